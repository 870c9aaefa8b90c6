"""A first timetable of which only those turns are left out that do not fit."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedule.canals import at_the_end, hourly, lateral
from waterbalance.schedule import search, timetable
from waterbalance.schedule.canal_tree import Gate
from waterbalance.schedule.first_turns import FirstTurns
from waterbalance.schedule.mend import Wish, mended, turns_of
from waterbalance.schedule.search import Limits
from waterbalance.schedule.turn_audit import audit_turns

HOUR = 3600.0
TURNS = 9
PAIRS = list(combinations(range(TURNS), 2))


@given(st.sets(st.sampled_from(PAIRS)), st.sets(st.integers(0, TURNS - 1)))
def test_nothing_that_fits_is_left_out(clashes: set[tuple[int, int]], impossible: set[int]) -> None:
    """Turns may be impossible alone or beside another one: what is left is possible, and no other turn fits beside it."""
    tried: list[Mapping[int, float]] = []

    def completed(held: Mapping[int, float]) -> np.ndarray | None:
        tried.append(held)
        chosen = {turn for turn in range(TURNS) if held[turn] > 0}
        clash = any(set(pair) <= chosen for pair in clashes) or chosen & impossible
        return None if clash else np.array([held[turn] for turn in range(TURNS)])

    base = dict.fromkeys(range(TURNS), 0.0)
    found = mended(Wish(base, tuple({turn: 1.0} for turn in range(TURNS))), completed)
    assert found is not None
    assert len(tried) <= 2 * TURNS
    assert completed(dict(enumerate(found))) is not None
    for turn in np.flatnonzero(found == 0.0).tolist():
        assert completed({**dict(enumerate(found)), turn: 1.0}) is None


def test_without_a_base_there_is_nothing() -> None:
    assert mended(Wish({0: 0.0}, ({0: 1.0},)), lambda _: None) is None


def test_a_turn_is_what_a_gate_does_otherwise_for_a_while() -> None:
    columns = np.arange(12).reshape(2, 6), np.arange(12, 24).reshape(2, 6)
    base = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]), np.zeros((2, 6))
    wished = np.array([[1, 1, 1, 0, 0, 1], [0, 0, 0, 1, 1, 0]]), np.array([[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    turns = turns_of(columns, wished, base)
    assert turns == ({2: 1, 14: 1}, {9: 1, 10: 1, 21: 0, 22: 0}, {5: 1, 17: 0})


def test_a_clash_costs_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """`c` takes the canal of which `a` before it and `b` after it need the most: of the three it alone is left out."""
    tree, slots = lateral(1.0, [Gate(1.0, least=0.6, automatic=True)] * 3), hourly(12)
    wanted = at_the_end([4 * HOUR] * 3, slots)
    opened = np.zeros((3, 12))
    opened[0, 0:4] = opened[1, 4:8] = opened[2, 2:6] = 1.0
    wished = FirstTurns(opened, np.zeros((3, 12)), np.ones((1, 12)))
    shut = replace(wished, open=np.zeros((3, 12)))
    monkeypatch.setattr(timetable, "first_turns", lambda _tree, _slots, each, *_: (wished if each.volume.any() else shut,))
    monkeypatch.setattr(search, "_improved", lambda _program, _cost, best, *_: best)
    found = timetable.make_timetable(tree, slots, wanted, limits=Limits(time=60.0))
    assert found.brought == pytest.approx([4 * HOUR, 4 * HOUR, 0.0])
    assert audit_turns(found) == ()
