"""CALVIN's matrices of one and five years: the published optimum, and every condition of an optimum by plain arithmetic."""

import csv
import gzip
from functools import cache

import numpy as np
import pytest
import scipy.sparse as sp

from interop.calvin_matrices import CASES
from shared_data import needs_shared
from waterbalance.interop.calvin.solved import Solved, solve_matrix

pytestmark = needs_shared

REPAIRED = "calvin_01y_WY1922_repaired.csv.gz"
RAW = {"1-year": "calvin_01y_WY2003_raw.csv.gz", "5-year": "calvin_05y_WY1999_2003_raw.csv.gz"}
FILES = (REPAIRED, *RAW.values())

REPAIRED_OBJECTIVE = -496278933.8038055
"""Not published: HiGHS called by hand."""


@cache
def solved(file: str) -> Solved:
    return solve_matrix(CASES / file, CASES / "demand_nodes.csv")


@cache
def rows(file: str) -> tuple[list[str], list[str], np.ndarray]:
    """The file read by itself: nodes from, nodes to, and k, cost, gain, lower and upper bound."""
    with gzip.open(CASES / file, "rt", encoding="utf-8", newline="") as text:
        table = list(csv.reader(text))[1:]
    return [row[0] for row in table], [row[1] for row in table], np.array([row[2:] for row in table], dtype=float)


def published(size: str) -> float:
    with (CASES / "published_benchmark_output.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["data size"] == size and row["solver"] == "cplex"]
    return float(found[0]["objective (K$)"])


@pytest.mark.parametrize("size", RAW)
def test_the_least_cost_is_the_published_one(size: str) -> None:
    assert solved(RAW[size]).outcome.objective == pytest.approx(published(size), rel=1e-9)


def test_the_least_cost_of_the_repaired_matrix() -> None:
    assert solved(REPAIRED).outcome.objective == pytest.approx(REPAIRED_OBJECTIVE, rel=1e-9)


@pytest.mark.parametrize("file", FILES)
def test_it_is_an_optimum(file: str) -> None:
    """Balances, bounds, signs of prices, complementary slackness, and the same objective from the prices alone."""
    source, target, numbers = rows(file)
    _, cost, gain, lower, upper = numbers.T
    names = {name: place for place, name in enumerate(dict.fromkeys([*source, *target]))}
    leave, arrive = (np.array([names[name] for name in side]) for side in (source, target))
    each = np.arange(len(cost))
    into = sp.csr_array((np.ones(len(each)), (arrive, each)), shape=(len(names), len(each)))
    away = sp.csr_array((1 / gain, (leave, each)), shape=(len(names), len(each)))
    closed = np.array([name not in {"SOURCE", "SINK"} for name in names])
    found = solved(file)
    flow = found.outcome.values
    assert np.abs((into @ flow - away @ flow)[closed]).max() < 1e-6 * max(1.0, np.abs(flow).max())
    assert (flow >= lower - 1e-6).all()
    assert (flow <= upper + 1e-6).all()

    price = np.zeros(len(names))
    nodes = found.links.nodes
    for name, row in zip(nodes.name, nodes.row.tolist(), strict=True):
        price[names[name]] = found.outcome.row_dual[row] if row >= 0 else 0.0
    reduced = cost - (into.T @ price - away.T @ price)
    assert np.allclose(reduced, found.outcome.column_dual, atol=1e-6)
    held = np.abs(reduced) > 1e-5
    assert np.allclose(flow[held], np.where(reduced > 0, lower, upper)[held], atol=1e-6)
    bound = np.where(reduced > 0, lower, np.where(upper < 1e12, upper, 0.0))
    assert reduced @ bound == pytest.approx(found.outcome.objective, rel=1e-9)
    assert cost @ flow == pytest.approx(found.outcome.objective, rel=1e-12)


@pytest.mark.parametrize("file", FILES)
def test_storages_follow_from_the_flows_of_the_plan(file: str) -> None:
    """Before + what comes - what goes - evaporation = after, at every reservoir and step, from the plan alone."""
    plan = solved(file).plan
    change: dict[str, np.ndarray] = {}
    steps = len(plan.horizon)
    pairs = {(source.rsplit(".", 1)[0], target.rsplit(".", 1)[0]) for source, target in zip(*rows(file)[:2], strict=True)}
    for source, target in pairs:
        flow = plan.values.get((f"{source}-{target}", "flow"), np.zeros(steps))
        lost = plan.values.get((f"{source}-{target}", "loss"), np.zeros(steps))
        if target not in {"FINAL", source} and source != "INITIAL":
            change[target] = change.get(target, np.zeros(steps)) + flow
            change[source] = change.get(source, np.zeros(steps)) - flow - lost
    for (place, quantity), after in ((key, values) for key, values in plan.values.items() if key[1] == "storage"):
        before = np.concatenate([[plan.opening.stocks.get((place, quantity), 0.0)], after[:-1]])
        missing = plan.values.get((place, "missing"), 0.0) - plan.values.get((place, "surplus"), np.zeros(steps))
        closing = before + change[place] + missing - plan.values[place, "evaporation"]
        assert np.allclose(closing, after, atol=1e-5, rtol=1e-9), place


def test_shortages_of_the_listed_demands() -> None:
    """Upper bounds minus flow, summed over everything, straight from the file."""
    found = solved(RAW["1-year"])
    source, target, numbers = rows(RAW["1-year"])
    with (CASES / "demand_nodes.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["link"] for row in csv.DictReader(file)}
    names = [f"{one.rsplit('.', 1)[0]}-{two.rsplit('.', 1)[0]}" for one, two in zip(source, target, strict=True)]
    marked = np.array([name in listed for name in names])
    expected = (numbers[marked, 4] - found.outcome.values[marked]).sum()
    told = sum(values.sum() for (_, quantity), values in found.plan.values.items() if quantity == "shortage")
    assert told == pytest.approx(expected, abs=1e-5)
    assert len([key for key in found.plan.values if key[1] == "shortage"]) == len(listed)
