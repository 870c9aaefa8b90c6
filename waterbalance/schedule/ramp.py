"""Setpoints that step no further than their device may: a change is divided into stairs, and the day keeps its volume.

    step    = the greatest step, in whole setpoint steps
    hold    = how long each stair lasts: the device's least dwell, a quarter of an hour where it names none
    stairs  = before + step, before + 2 step, ... below the day's level; at its end the same down to the day after
    level   = flow of (volume of the day - volume of the stairs) / (length of the day - hold x stairs)

Of two days the one with more water takes the change in: it rises after it has begun, falls before it ends, and its level is
higher for it. So a closed day stays closed, and every day keeps its volume, to half a setpoint step over its level.

The level is found by Newton's method: the volume is piecewise linear in it, concave above the neighbours and convex below, so
that it comes nearer from one side and ends after as many rounds as there are stairs.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.schedule.command import Row
from waterbalance.schedule.passing import flow_at, goes_on, next_midnight, setting_for, step_at, stepped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.schedule.device import Device

HOLD = 900.0
"""Of a stair where the device names no dwell. [s]"""

SHARE = 0.01
"""Of a day's volume that may be missing or too much. [-]"""

ROUNDS = 100
"""Of the search for a level; stairs that still change then are refused by whoever looks at the rows last."""

NEAR = 1e-9
"""By which a step may be over the greatest, as a share of it: rounding of binary fractions. [-]"""


@dataclass(frozen=True)
class Ramp:
    """Rows within the greatest step, as far as there is room for them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    """Days whose volume the device cannot keep so, and by how much."""


def ramped(rows: Sequence[Row], device: Device, before: float | None = None) -> Ramp:
    """Rows as they are where no step is too great; `before` is what the device holds when they begin, if that is known.

    A day that is too short for its stairs stays as it is. Open times (`duration`) have no steps.
    """
    greatest = device.limits.greatest_step
    steps = [*([] if before is None else [before]), *(row.setpoint for row in rows)]
    if greatest is None or device.mode == "duration" or not any(_too_far(a, b, greatest) for a, b in pairwise(steps)):
        return Ramp(tuple(rows), ())
    days = [piece for row in rows for piece in _by_day(row)]
    levels: dict[int, float] = {-1: before} if before is not None else {}
    made: dict[int, tuple[Row, ...]] = {}
    for k in sorted(range(len(days)), key=lambda k: days[k].setpoint):
        made[k], levels[k] = _day(days[k], device, levels.get(k - 1), levels.get(k + 1))
    findings = [finding for k, day in enumerate(days) for finding in _off(day, made[k], device)]
    return Ramp(merged([row for k in range(len(days)) for row in made[k]]), tuple(findings))


def ramped_from(before: float, rows: Sequence[Row], device: Device) -> tuple[Row, ...]:
    """Rows that begin within the greatest step of what the device holds, as near to their volume as it can come.

    Stairs with which they began already are made anew. Nothing is refused: a gate that has to close closes as fast as it may,
    over midnight where the day is too short.
    """
    greatest = device.limits.greatest_step
    if greatest is None or device.mode == "duration" or not rows:
        return tuple(rows)
    if _too_far(before, rows[0].setpoint, greatest):
        rows = _without_stairs(rows, device)
    made = ramped(rows, device, before).rows
    steps = pairwise([before, *(row.setpoint for row in made)])
    return _at_once(before, made, device) if any(_too_far(a, b, greatest) for a, b in steps) else made


def _at_once(before: float, rows: Sequence[Row], device: Device) -> tuple[Row, ...]:
    """Stairs from what the device holds, and wherever the days had no room for them, whatever volume that costs."""
    greatest, hold = device.limits.greatest_step or 0.0, dt.timedelta(seconds=device.limits.least_dwell or HOLD)
    told: list[Row] = []
    at, level = rows[0].start, before
    for row in rows:
        while at < row.end and _too_far(level, row.setpoint, greatest) and (stairs := _stairs(level, row.setpoint, device)):
            level = stairs[0]
            told.append(Row(at, at + hold, level))
            at += hold
        if told and row.start < at and row.end - at < hold:
            # Too little is left of the row to be held: the stair lasts until the next one.
            at = max(at, row.end)
            told[-1] = Row(told[-1].start, at, level)
        elif at < row.end:
            level = row.setpoint
            told.append(Row(at, row.end, level))
            at = row.end
    return merged([Row(row.start, min(row.end, rows[-1].end), row.setpoint) for row in told if row.start < rows[-1].end])


def _without_stairs(rows: Sequence[Row], device: Device) -> list[Row]:
    """The first rows, none longer than a stair, and the longer one that follows them on their day, as one of the same volume."""
    hold = device.limits.least_dwell or HOLD
    pieces = [piece for row in rows for piece in _by_day(row)]
    today = [piece for piece in pieces if piece.start.date() == pieces[0].start.date()]
    stairs = next((k for k, row in enumerate(today) if row.seconds > hold), len(today) - 1)
    first = pieces[: stairs + 1]
    flow = sum(flow_at(row.setpoint, device) * row.seconds for row in first) / sum(row.seconds for row in first)
    return [Row(first[0].start, first[-1].end, stepped(setting_for(flow, device), device)), *pieces[stairs + 1 :]]


def merged(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Neighbouring rows of one setpoint as one."""
    found: list[Row] = []
    for row in rows:
        if found and goes_on(found[-1], row):
            found[-1] = Row(found[-1].start, row.end, row.setpoint)
        else:
            found.append(row)
    return tuple(found)


def _day(day: Row, device: Device, before: float | None, after: float | None) -> tuple[tuple[Row, ...], float]:
    """Rows of one day between what its neighbours hold, and its level; None for a neighbour that comes to it by itself."""
    volume, hold = flow_at(day.setpoint, device) * day.seconds, device.limits.least_dwell or HOLD
    level, up, down = day.setpoint, list[float](), list[float]()
    for _ in range(ROUNDS):
        rise, fall = _stairs(before, level, device), _stairs(after, level, device)
        if (rise, fall) == (up, down):
            break
        up, down = rise, fall
        rest = day.seconds - hold * (len(up) + len(down))
        if rest < hold:
            return (day,), day.setpoint
        left = volume - hold * sum(flow_at(stair, device) for stair in (*up, *down))
        level = min(stepped(setting_for(max(left / rest, 0.0), device), device), device.limits.most)
    return _rows(day, [*up, level, *reversed(down)], up=len(up), hold=dt.timedelta(seconds=hold)), level


def _stairs(neighbour: float | None, level: float, device: Device) -> list[float]:
    """Between what a neighbour holds and the level, nearest to the neighbour first."""
    if neighbour is None or device.limits.greatest_step is None:
        return []
    step = math.floor(device.limits.greatest_step * (1.0 + NEAR) / device.setpoint_step) * device.setpoint_step
    if step <= 0.0:
        return []
    number = math.ceil(abs(level - neighbour) / step * (1.0 - NEAR)) - 1
    return [stepped(neighbour + math.copysign(k * step, level - neighbour), device) for k in range(1, number + 1)]


def _rows(day: Row, setpoints: list[float], up: int, hold: dt.timedelta) -> tuple[Row, ...]:
    """Every stair for `hold`, the level between them for the rest."""
    down = len(setpoints) - up - 1
    edges = [day.start + k * hold for k in range(up + 1)] + [day.end - k * hold for k in range(down, -1, -1)]
    return tuple(Row(start, end, told) for (start, end), told in zip(pairwise(edges), setpoints, strict=True))


def _off(day: Row, rows: Sequence[Row], device: Device) -> list[Finding]:
    wanted = flow_at(day.setpoint, device) * day.seconds
    passed = sum(flow_at(row.setpoint, device) * row.seconds for row in rows)
    step = step_at(day.setpoint, device)
    if abs(passed - wanted) <= max(SHARE * wanted, step * day.seconds):
        return []
    limits = device.limits
    where = Place(component=f"{device.controller} ({device.structure})", date=str(day.start.date()))
    short = f"{abs(passed - wanted):.0f} m3 {'less' if passed < wanted else 'more'} than the {wanted:.0f} m3 of its order"
    allowed = f"steps of {limits.greatest_step:g} {device.unit}, up to {limits.most:g} {device.unit}"
    remedy = "Allow a greater step or a shorter dwell, or a plan that changes less from day to day."
    return [Finding("the volume cannot be kept within the greatest step", where, short, allowed, remedy)]


def _by_day(row: Row) -> list[Row]:
    """Cut at its midnights."""
    pieces, start = [], row.start
    while start < row.end:
        pieces.append(Row(start, min(next_midnight(start, row), row.end), row.setpoint))
        start = pieces[-1].end
    return pieces


def _too_far(one: float, other: float, greatest: float) -> bool:
    return abs(one - other) > greatest * (1.0 + NEAR)
