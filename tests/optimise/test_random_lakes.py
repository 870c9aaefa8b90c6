"""Lakes that may hold each other's water settle: neither do they swap, nor jump from one end to the other for ever."""

import numpy as np
import pytest
from hypothesis import given, settings

from gallery import Case
from optimise.random_lakes import lakes_of, random_lakes
from waterbalance.optimise import revise
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import drought_practice, water_act

JUMP = (66, 80, 96, 112, 138)
"""Water goes to the lake whose surface of the last pass was the smaller one, which makes that the larger one."""

SWAP = (7, 8, 29, 32, 61, 135)
"""Goals care little in which of two lakes water stands: without nearness these swap for ever."""


def settled(each: Case) -> Plan:
    """The plan, which is sound and has settled."""
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    assert [str(finding) for finding in audit(plan, each.network, each.forecasts)] == []
    assert [note for note in plan.notes if "had not settled" in note] == []
    return plan


@settings(max_examples=25, deadline=None)
@given(each=random_lakes(water_act()))
def test_all_settle(each: Case) -> None:
    """By the Water Act storage for the next season stands high: what evaporates counts."""
    settled(each)


@pytest.mark.parametrize("seed", SWAP)
def test_lakes_do_not_swap(seed: int) -> None:
    """And no storage has to be held for that: prices are those of the network."""
    assert revise.HELD not in settled(lakes_of(np.random.default_rng(seed), drought_practice())).notes


@pytest.mark.parametrize("seed", JUMP)
def test_lakes_do_not_jump(seed: int) -> None:
    """Where only held storages settle, a note tells so."""
    assert revise.HELD in settled(lakes_of(np.random.default_rng(seed), water_act())).notes


@pytest.mark.parametrize("seed", SWAP)
def test_nearness_costs_no_goal_anything(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goals are what they are where every pass takes any of equally good plans, but for how far that had not settled."""
    each = lakes_of(np.random.default_rng(seed), drought_practice())
    near = settled(each)
    monkeypatch.setattr(revise, "FREE_PASSES", revise.MOST_PASSES)
    monkeypatch.setattr(revise, "NEARLY_SETTLED", 0.0)
    monkeypatch.setattr(revise, "UNBOUND_PASSES", revise.MOST_PASSES)
    free = solve(each.network, each.state, each.forecasts, each.policy)
    assert any("had not settled" in note for note in free.notes)
    assert [rank.value for rank in near.ranks] == pytest.approx([rank.value for rank in free.ranks], rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("seed", JUMP)
def test_a_jump_without_bounds_is_told(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a test that cannot fail: without the bounds these do not settle, and the audit objects."""
    monkeypatch.setattr(revise, "UNBOUND_PASSES", revise.MOST_PASSES)
    each = lakes_of(np.random.default_rng(seed), water_act())
    plan = solve(each.network, each.state, each.forecasts, each.policy)
    assert any("had not settled" in note for note in plan.notes)
