"""What is told where there is no plan, against what a hand finds in the gallery's networks."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from gallery import INVALID, Case
from waterbalance.errors import Finding, NoPlanError
from waterbalance.network.network import Network
from waterbalance.optimise.solve import solve
from waterbalance.solver.infeasible import impossible, smallest_relaxation
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
    ],
)
def test_since_when(name: str, since: str, words: str) -> None:
    assert named(told(INVALID[name][0]()), words) == [(None, since)]


@pytest.mark.parametrize(
    ("name", "component", "date", "words"),
    [
        # A river of 100 and a pipe of 50.
        ("river_without_a_way_out", "weir to town", "2021-03-11", "inflow above its limit by 50 m3"),
        # 80 may fall to 70, 60 and 50, where the canal is closed.
        ("ramp_against_capacity", "canal to zone", "2021-03-12", "inflow above its limit by 50 m3"),
        # 120 of 100 are drawn.
        ("overdrawn_wells", "wells", "2021-03-10", "annual limit above its limit by 20 m3"),
        # 20 have to pass a canal that stands still.
        ("filling_too_large", "canal to zone", "2021-03-10", "dry when stopped above its limit by 20 m3"),
        ("filling_too_large_later", "canal to zone", "2021-03-11", "dry when stopped above its limit by 20 m3"),
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
