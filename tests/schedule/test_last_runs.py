"""Runs at the end of the slots that have to be ended after it, by enumeration of all that gates can do until then."""

import datetime as dt
from itertools import product

import numpy as np
import pytest

from schedule.canals import MONDAY, at_the_end, turnout
from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Group, Hours, Reach, Rotation
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import DailyHours, slots_of
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_audit import audit_turns

SLOT, COUNT, AFTER = 4, 6, 12
"""Length of a slot [h], slots of a day, and how many after it are tried."""


def legal(run: tuple[int, ...], hours: Hours, minimum: int, turns: list[bool], *, night: bool) -> bool:
    """Whether a gate may do so, from the description alone; in the end it is shut."""
    clocks = [SLOT * slot % 24 for slot in range(len(run))]
    before, since = 0, 0
    for slot, (clock, now) in enumerate(zip(clocks, run, strict=True)):
        keeper = hours.working is None or hours.working.begin <= clock <= hours.working.end
        dark = any(hour % 24 >= 20 or hour % 24 < 5 for hour in range(clock, clock + SLOT))
        if (now != before and not keeper) or (now and (not turns[slot] or (dark and not night))):
            return False
        if before and not now and SLOT * (slot - since) < minimum:
            return False
        since, before = slot if now and not before else since, now
    return before == 0


def most(hours: Hours, minimum: int, turns: list[bool], *, night: bool) -> int:
    """Slots of the day in which the gate is open at most, by all that it can do in it and after it."""

    def can_go_on(day: tuple[int, ...]) -> bool:
        # After the day it stays as it is for a while, and is shut then.
        return any(
            legal((*day, *(day[-1],) * more, *(0,) * (AFTER - more)), hours, minimum, turns, night=night) for more in range(AFTER)
        )

    return max(sum(day) for day in product((0, 1), repeat=COUNT) if can_go_on(day))


@pytest.mark.parametrize("minimum", [0, 8, 16])
@pytest.mark.parametrize("working", [None, DailyHours(6.0, 18.0), DailyHours(8.0, 12.0)])
@pytest.mark.parametrize("night", [True, False])
@pytest.mark.parametrize(("turn", "order"), [(None, "fixed"), (12, "fixed"), (24, "fixed"), (12, "free")])
def test_what_begins_near_the_end_can_be_ended(
    minimum: int, working: DailyHours | None, night: bool, turn: int | None, order: str
) -> None:
    """`b` has the second turn, or any, of two; the other group wants nothing."""
    hours = Hours(working, DailyHours(20.0, 5.0))
    gates = [turnout(name, Gate(1.0, minimum_run=float(minimum), automatic=working is None)) for name in "ab"]
    rotation = None if turn is None else Rotation(float(turn), (Group("a", (("a",),)), Group("b", (("b",),))), order)  # type: ignore[arg-type]
    canal = Canal(
        "lateral",
        Gate(2.0, automatic=True),
        (Reach(2.0, turnouts=tuple(gates)),),
        operation="on_demand" if rotation is None else "rotational",
        rotation=rotation,
        night_irrigation=night,
    )
    slots = slots_of(dt.date.fromisoformat(str(MONDAY)), "Asia/Taipei", float(SLOT), 1)
    wanted = at_the_end([0.0, 24 * 3600.0], slots)
    timetable = make_timetable(CanalTree((canal,), hours), slots, wanted, limits=Limits(gap=1e-6, time=None))
    assert audit_turns(timetable) == ()
    whose = range(COUNT + AFTER)
    if turn is None:
        choices = [[True for _ in whose]]
    elif order == "fixed":
        choices = [[SLOT * slot // turn % 2 == 1 for slot in whose]]
    else:
        # Either turn of the day, and nobody knows whose the next one is.
        choices = [[SLOT * slot // turn == number for slot in whose] for number in (0, 1)]
    open_slots = max(most(hours, minimum, turns, night=night) for turns in choices)
    assert np.sum(timetable.take[1] > 0.5) == open_slots
    assert timetable.brought[1] == pytest.approx(open_slots * SLOT * 3600.0)
