"""A search for switches that is stopped, even before it has found anything: there is a plan, sound, and labelled with its gap."""

import numpy as np
import pytest

from gallery import GALLERY, Case
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.solver.outcome import Have, Outcome, Stop
from waterbalance.solver.rounding import rounded

SWITCHED = [name for name, make_case in GALLERY.items() if compile_step(make_case().network).integer.any()]


def planned(case: Case, **limits: float) -> Plan:
    return Planner(case.network, **limits).plan(case.state, case.forecasts, case.policy)  # type: ignore[arg-type]


@pytest.mark.parametrize("limits", [{"node_limit": 0}, {"time_limit": 0.0}], ids=str)
@pytest.mark.parametrize("name", SWITCHED)
def test_there_is_a_plan_and_its_gap_is_true(name: str, limits: dict[str, float]) -> None:
    case = GALLERY[name]()
    best, found = planned(case), planned(case, **limits)
    assert audit(found, case.network, case.forecasts) == ()
    first, exact = found.ranks[0], best.ranks[0]
    sign = 1.0 if first.sense == "minimise" else -1.0
    worse = sign * (first.value - exact.value)
    assert worse >= -1e-6 * max(1.0, abs(exact.value))
    assert worse <= first.gap * abs(first.value) + 1e-6 * max(1.0, abs(first.value))
    assert all(np.isfinite(rank.gap) for rank in found.ranks)
    for rank in found.ranks:
        noted = any(note.startswith(f"{rank.name}: the search for switches was stopped") for note in found.notes)
        assert noted == (rank.stop != "finished")


def test_some_searches_are_really_stopped() -> None:
    stops = {rank.stop for name in SWITCHED for rank in planned(GALLERY[name](), node_limit=0).ranks}
    assert stops == {"finished", "work limit"}
    # A goal that the presolve settles on its own is finished in no time.
    assert "time limit" in {rank.stop for rank in planned(GALLERY["two_far_fields"](), time_limit=0.0).ranks}


def test_without_a_limit_no_note_tells_of_one() -> None:
    assert planned(GALLERY["two_far_fields"]()).notes == ()


def solved_by(fits: dict[tuple[float, ...], float], relaxed: tuple[float, ...]) -> tuple[list[tuple[float, ...]], object]:
    """Two switches; whatever is not listed has no solution. Keeps what was tried."""
    tried = []

    def held(least: np.ndarray, most: np.ndarray) -> Outcome:
        free = bool((least < most).any())
        key = tuple(float(each) for each in least)
        values = np.array(relaxed) if free else least
        if free:
            values = np.clip(values, least, most)
            possible = [each for each in fits if all(least <= np.array(each)) and all(np.array(each) <= most)]
            objective = 0.0 if possible else np.nan
        else:
            tried.append(key)
            objective = fits.get(key, np.nan)
        have = Have.OPTIMUM if np.isfinite(objective) else Have.INFEASIBLE
        nothing = np.zeros(0)
        return Outcome(Stop.FINISHED, have, objective, 0.0, values, nothing, nothing, nothing, 0, 0.0, 1e-10)

    return tried, held


@pytest.mark.parametrize(
    ("fits", "relaxed", "chosen"),
    [
        ({(1, 1): 5.0}, (0.3, 0.2), (1, 1)),  # up
        ({(1, 1): 5.0, (0, 0): 3.0}, (0.3, 0.2), (0, 0)),  # the nearest is better
        ({(1, 0): 4.0}, (0.3, 0.7), (1, 0)),  # no rule: one after another, the second one down
        ({(0, 1): 4.0}, (0.6, 0.4), (0, 1)),  # the first one down
    ],
)
def test_the_rules(fits: dict[tuple[float, ...], float], relaxed: tuple[float, ...], chosen: tuple[float, ...]) -> None:
    _, held = solved_by(fits, relaxed)
    found = rounded(np.arange(2), np.zeros(2), np.ones(2), None, held)  # type: ignore[arg-type]
    assert found.have is Have.FEASIBLE
    assert tuple(found.values) == chosen
    assert found.gap == 1.0


def test_what_fitted_before_is_tried_first() -> None:
    tried, held = solved_by({(0, 1): 4.0}, (0.6, 0.4))
    found = rounded(np.arange(2), np.zeros(2), np.ones(2), np.array([0.0, 1.0]), held)  # type: ignore[arg-type]
    assert tried[0] == (0, 1)
    assert tuple(found.values) == (0, 1)


def test_nothing_is_told_as_nothing() -> None:
    _, held = solved_by({}, (0.6, 0.4))
    assert not rounded(np.arange(2), np.zeros(2), np.ones(2), None, held).usable  # type: ignore[arg-type]
