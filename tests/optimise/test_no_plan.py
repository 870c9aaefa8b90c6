"""What is told where there is no plan, against what a hand finds in the gallery's networks."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from gallery import INVALID, Case
from waterbalance.errors import Finding, NoPlanError
from waterbalance.network.network import Network
from waterbalance.optimise.solve import solve
from waterbalance.solver.infeasible import conflicting_limits, impossible, smallest_relaxation
from waterbalance.solver.program import Program


def told(case: Case) -> tuple[Finding, ...]:
    with pytest.raises(NoPlanError) as caught:
        solve(case.network, case.state, case.forecasts, case.policy)
    assert caught.value.exit_code == 11
    return caught.value.findings


def named(findings: tuple[Finding, ...], words: str) -> list[tuple[str | None, str | None]]:
    return [(each.where.component, each.where.date) for each in findings if words in each.what]


@pytest.mark.parametrize(
    ("name", "since", "words"),
    [
        ("river_without_a_way_out", "2021-03-11", "the first 2 together have none"),
        ("ramp_against_capacity", "2021-03-12", "the first 3 together have none"),
        ("overdrawn_wells", "2021-03-10", "already the first step has no solution"),
        ("filling_too_large", "2021-03-10", "already the first step has no solution"),
        ("filling_too_large_later", "2021-03-11", "the first 2 together have none"),
        ("least_load_above_the_ramp", "2021-03-10", "already the first step has no solution"),
        ("closing_too_fast", "2021-03-12", "the first 3 together have none"),
        ("too_much_to_rest_too_little_to_run", "2021-03-11", "the first 2 together have none"),
        ("starting_too_slowly", "2021-03-10", "already the first step has no solution"),
    ],
)
def test_since_when(name: str, since: str, words: str) -> None:
    assert named(told(INVALID[name][0]()), words) == [(None, since)]


@pytest.mark.parametrize(
    ("name", "component", "date", "words"),
    [
        # A river of 100 and a pipe of 50.
        ("river_without_a_way_out", "weir to town", "2021-03-11", "inflow above its limit by 50 m3"),
        # 80 may fall to 70, 60 and 50, where the canal is closed: 50 more on any day are as good as 50 through the closed gate.
        ("ramp_against_capacity", "slowly", "2021-03-10", "change below its limit by 50 m3/day"),
        # 120 of 100 are drawn.
        ("overdrawn_wells", "wells", "2021-03-10", "annual limit above its limit by 20 m3"),
        # 20 have to pass a canal that stands still.
        ("filling_too_large", "canal to zone", "2021-03-10", "dry when stopped above its limit by 20 m3"),
        ("filling_too_large_later", "canal to zone", "2021-03-11", "dry when stopped above its limit by 20 m3"),
        # 20 may rise to 30, and 50 are the least.
        ("least_load_above_the_ramp", "pumps", "2021-03-10", "minimum load below its limit by 20 m3"),
        # From 60 to nothing in three days of 10 each: 30 more, and the pumps may not run at less than 50 on the way.
        ("closing_too_fast", "slowly", "2021-03-11", "change below its limit by 40 m3/day"),
        ("too_much_to_rest_too_little_to_run", "pumps", "2021-03-11", "minimum load below its limit by 10 m3"),
    ],
)
def test_the_smallest_relaxation(name: str, component: str, date: str, words: str) -> None:
    findings = told(INVALID[name][0]())
    assert named(findings, words) == [(component, date)]
    assert len(named(findings, "smallest relaxation")) == 1


@pytest.mark.parametrize("larger", [51.0, 49.0])
def test_the_relaxation_is_enough_and_less_is_not(larger: float) -> None:
    case = INVALID["river_without_a_way_out"][0]()
    wider = case.network["weir to town"].model_copy(update={"capacity": 50 + larger})
    network = Network.of([wider if each.name == wider.name else each for each in case.network])
    if larger < 50:
        assert named(told(replace(case, network=network)), "smallest relaxation")
    else:
        assert solve(network, case.state, case.forecasts, case.policy).values["weir to town", "inflow"][1] == pytest.approx(100)


@pytest.mark.parametrize("name", ["filling_too_large", "filling_too_large_later"])
def test_switches_that_conflict_are_named_and_others_are_not(name: str) -> None:
    make_case, component, date = INVALID[name]
    assert named(told(make_case()), "half on") == [(component, date)]


def conflicts(name: str) -> set[tuple[str | None, str, str | None]]:
    """Component, what, and what is allowed, of all that cannot hold."""
    found = told(INVALID[name][0]())
    return {(each.where.component, each.what, each.allowed) for each in found if "cannot hold" in each.what}


def test_a_ramp_and_a_least_load_are_named_together() -> None:
    """And nothing else: neither switches nor starts, and no unit of water for what is none."""
    assert conflicts("least_load_above_the_ramp") == {
        ("slowly", "the limits of change cannot hold", "at most 10 m3/day"),
        ("pumps", "the minimum load cannot hold", None),
        ("pumps", "the minimum up time cannot hold", None),
    }
    assert conflicts("closing_too_fast") == {
        ("slowly", "the limits of change cannot hold since 2021-03-10", "at least -10 m3/day"),
        ("pumps", "the limits of inflow cannot hold", "at most 0 m3 over the step"),
    }


def test_what_conflicts_with_a_switch_is_named_for_either_way() -> None:
    """Off, 20 have no way; on, the least load lies above what the ramp allows. Half on there would be a plan."""
    off, on = (f"with running of pumps {way} (2021-03-10): " for way in ("off", "on"))
    assert conflicts("starting_too_slowly") == {
        ("pumps", f"{off}the limit of what stands still cannot hold", None),
        ("weir to sea", f"{off}the limits of inflow cannot hold", "at most 40 m3 over the step"),
        ("weir", f"{off}the balance cannot hold", None),
        ("pumps", f"{on}the minimum load cannot hold", None),
        ("slowly", f"{on}the limits of change cannot hold", "at most 30 m3/day"),
    }
    assert named(told(INVALID["starting_too_slowly"][0]()), "half on") == [("pumps", "2021-03-10")]


@pytest.mark.parametrize("seed", range(8))
def test_a_conflict_is_irreducible(seed: int) -> None:
    """Its rows and bounds alone are impossible, and without any one of them they are not."""
    made = program(np.random.default_rng(seed))
    conflict = conflicting_limits(made)
    assert conflict is not None
    rows, lower, upper = (
        np.isin(np.arange(count), kept) for count, kept in ((8, conflict.rows), (4, conflict.lower), (4, conflict.upper))
    )

    def only(rows: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Program:
        return replace(
            made,
            row_lower=np.where(rows, made.row_lower, -np.inf),
            lower=np.where(lower, made.lower, -np.inf),
            upper=np.where(upper, made.upper, np.inf),
        )

    assert impossible(only(rows, lower, upper))
    for part in range(3):
        for one in np.flatnonzero((rows, lower, upper)[part]):
            kept = [each.copy() for each in (rows, lower, upper)]
            kept[part][one] = False
            assert not impossible(only(*kept))


def program(rng: np.random.Generator) -> Program:
    """Random rows that are all limits, most of them impossible together."""
    matrix = sp.csr_array(rng.normal(size=(8, 4)).round(2))
    nothing = np.zeros(4, dtype=bool)
    return Program(matrix, rng.uniform(1, 20, 8), np.full(8, np.inf), np.zeros(4), rng.uniform(0.1, 2, 4), nothing, nothing)


@pytest.mark.parametrize("seed", range(8))
def test_a_relaxation_makes_random_programs_possible(seed: int) -> None:
    made = program(np.random.default_rng(seed))
    assert impossible(made)
    relaxation = smallest_relaxation(made, np.ones(8, dtype=bool), np.ones(4, dtype=bool))
    assert relaxation is not None

    def given(share: float) -> Program:
        rows, columns = share * relaxation.rows, share * relaxation.columns
        return replace(
            made,
            row_lower=made.row_lower + np.minimum(rows, 0) - 1e-6,
            upper=made.upper + np.maximum(columns, 0) + 1e-6,
        )

    assert not impossible(given(1.0))
    assert impossible(given(0.99))
