"""The orders of turns run through the canals once more, as devices were told them: every field has its water on every day.

    flow of each gate, moment by moment, by the rounded rows of its command; by its order where no device takes it
    -> what comes to each turnout, from what stands in the canals as the orders begin      (`canal_simulation`)
    -> delivery of each day: the ordered one within 1 %, or what rounding to the devices' steps may change

Commands that say something else than the orders (a wrong rating, a lost row, a head that rises too slowly) show as fields that go
short, or have too much. The gate on the way whose command is farthest from its order on that day is named as the cause.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.schedule.canal_simulation import simulate_canals, volume_between
from waterbalance.schedule.passing import flow_at, step_at, valve_flow
from waterbalance.schedule.running import ROUNDED
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.schedule.canal_simulation import Signal
    from waterbalance.schedule.command import Command
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Order, Schedule
    from waterbalance.schedule.timetable import Timetable

SHARE = 0.01
"""Of a day's delivery that may be missing or too much. [-]"""


@dataclass(frozen=True)
class _Told:
    """Gates by the name of their orders; seconds count from one moment for all."""

    ordered: Mapping[str, Signal]
    commanded: Mapping[str, Signal]


def turns_resimulated(
    timetables: Sequence[Timetable], schedule: Schedule, commands: Sequence[Command], devices: Mapping[str, Device]
) -> tuple[Finding, ...]:
    """Turnouts to whose fields the commands bring something else than the orders say; empty when they do. `devices` by name."""
    orders, told = {order.structure: order for order in schedule.orders}, {each.structure: each for each in commands}
    found: list[Finding] = []
    for timetable in timetables:
        tree = timetable.tree
        gates = [*(canal.gate for canal in tree.canals), *(turnout.name for _, turnout in tree.turnouts)]
        zero = min(orders[name].valid_from for name in gates).timestamp()
        ordered = {name: _by_volume(orders[name], zero) for name in gates}
        commanded = {name: _set_to(orders[name], zero) for name in gates}
        room = ROUNDED * SECONDS_PER_DAY * len(gates)
        for name in (name for name in gates if name in told):
            command, device = told[name], devices[told[name].controller]
            commanded[name] = _commanded(command, device, orders[name], zero)
            room += _step(command, device)
        contents = {at: timetable.running.content(tree, at) for at in range(len(tree.nodes))}
        brought = simulate_canals(tree, commanded, contents)
        for place, turnout in tree.turnouts:
            way = [turnout.name, *(tree.nodes[at].canal.gate for at in reversed(tree.way_to(place)) if tree.nodes[at].is_head)]
            found.extend(_off(orders[turnout.name], way, brought[turnout.name], _Told(ordered, commanded), (room, zero)))
    return tuple(found)


def _set_to(order: Order, zero: float) -> Signal:
    """The setpoints of an order."""
    return _joined([(each.start, each.end, each.setpoint) for each in order.settings], zero)


def _by_volume(order: Order, zero: float) -> Signal:
    """The flows that bring the volumes of an order."""
    return _joined(
        [(each.start, each.end, each.volume / (each.end.timestamp() - each.start.timestamp())) for each in order.settings], zero
    )


def _commanded(command: Command, device: Device, order: Order, zero: float) -> Signal:
    """The rows of a command; where a device keeps fewer, the order behind them, which the next plan tells it."""
    if device.mode == "duration":
        open_for = (dt.timedelta(seconds=row.setpoint) for row in command.rows)
        rows = [(row.start, row.start + length, valve_flow(device)) for row, length in zip(command.rows, open_for, strict=True)]
    else:
        rows = [(row.start, row.end, flow_at(row.setpoint, device)) for row in command.rows]
    until = command.valid_until
    rest = [(max(each.start, until), each.end, each.setpoint) for each in order.settings if each.end > until]
    return _joined([*rows, *rest], zero)


def _joined(spans: list[tuple[dt.datetime, dt.datetime, float]], zero: float) -> Signal:
    """Flows from moment to moment, nothing between spans and at the end."""
    found: Signal = []
    for start, end, flow in spans:
        begin = start.timestamp() - zero
        if found and found[-1][0] >= begin:
            found.pop()
        found += [(begin, flow), (end.timestamp() - zero, 0.0)]
    return found


def _step(command: Command, device: Device) -> float:
    """What one step of a device's setpoint makes of a day's water at most. [m3]."""
    if device.mode == "duration":
        return len(command.rows) * device.setpoint_step * valve_flow(device)
    setpoints = {row.setpoint for row in command.rows if row.setpoint != device.closed}
    return SECONDS_PER_DAY * max((step_at(each, device) for each in setpoints), default=0.0)


def _off(order: Order, way: Sequence[str], brought: Signal, told: _Told, scale: tuple[float, float]) -> Iterator[Finding]:
    """The days of one turnout on which its field has too little or too much; `scale` is the room [m3] and the moment 0."""
    room, zero = scale
    for begin, end in pairwise(_midnights(order)):
        first, last = begin.timestamp() - zero, end.timestamp() - zero
        wanted, got = (volume_between(signal, first, last) for signal in (told.ordered[order.structure], brought))
        if abs(got - wanted) > max(SHARE * wanted, room):
            much = "less" if got < wanted else "more"
            where = Place(component=f"{order.structure} ({order.zone})", date=str(begin.date()))
            cause = _cause(way, told, first, last)
            yield Finding(
                f"the orders of the turns bring {much} than they should", where, f"{got:.0f} m3", f"{wanted:.0f} m3", cause
            )


def _midnights(order: Order) -> list[dt.datetime]:
    """Of the days of an order, by the clock at its gate; the first and the last cover what begins and ends within a day."""
    zone, day = order.valid_from.tzinfo, order.valid_from.date()
    found = [dt.datetime.combine(day, dt.time(), zone)]
    while found[-1].timestamp() < order.valid_until.timestamp():
        day += dt.timedelta(days=1)
        found.append(dt.datetime.combine(day, dt.time(), zone))
    return found


def _cause(way: Sequence[str], told: _Told, first: float, last: float) -> str:
    """The gate on the way that is told something else than its order, the nearest to the field where several are."""
    volumes = {name: tuple(volume_between(each[name], first, last) for each in (told.ordered, told.commanded)) for name in way}
    off = {name: abs(one - other) / max(one, other) if one or other else 0.0 for name, (one, other) in volumes.items()}
    name = max(way, key=lambda each: off[each])
    if off[name] <= SHARE:
        return "The water does not come when the gate is open: allow the devices on the way greater steps, or a shorter dwell."
    ordered, passes = volumes[name]
    return f"{name} is told {passes:.0f} m3 of the {ordered:.0f} m3 of its order: look at its device, the rating and the steps."
