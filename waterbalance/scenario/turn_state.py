"""Gates and canals of the turns as the table of the state tells them at a midnight.

main.flow [m3/s]        what passes a gate: a turnout, or the head of a canal by the name of its orders
main.open_for [h]       how long it has been open; long enough where that is not told
main.reach_1 [m3]       what stands of a reach's fill_volume, in the order of the file from 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.turn_settings import HOURS_PER_DAY
from waterbalance.schedule.running import Running, RunningGate
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from waterbalance.scenario.series import Series
    from waterbalance.scenario.turn_settings import TurnSettings

    Key = tuple[str, str]

READ_TO = 0.02
"""How well the flow through a gate is known. [-]"""


def turn_quantities(turns: TurnSettings | None) -> dict[str, dict[str, Quantity]]:
    """What the table of the state may tell of the turns, by gate or canal and quantity."""
    found: dict[str, dict[str, Quantity]] = {}
    for gate in sorted(turns.structures) if turns else ():
        found[gate] = {"flow": Quantity(units.FLOW, lowest=0.0), "open_for": Quantity(units.TIME, lowest=0.0)}
    for name, canal in turns.canals.items() if turns else ():
        for number, reach in enumerate(canal.reaches, 1):
            found.setdefault(name, {})[f"reach_{number}"] = Quantity(units.VOLUME, 0.0, reach.fill_volume)
    return found


def running_at(turns: TurnSettings, observations: Mapping[Key, Series], day: dt.date) -> Running:
    """What is told to run at the midnight at which `day` begins; only a row of that very day tells it."""
    flows = {gate: _told(observations, (gate, "flow"), day) for gate in turns.structures}
    ages = {gate: _told(observations, (gate, "open_for"), day) for gate in turns.structures}
    gates = {
        gate: RunningGate(flow / SECONDS_PER_DAY, off_by=READ_TO * flow / SECONDS_PER_DAY)
        if (age := ages[gate]) is None
        else RunningGate(flow / SECONDS_PER_DAY, age * HOURS_PER_DAY, off_by=READ_TO * flow / SECONDS_PER_DAY)
        for gate, flow in flows.items()
        if flow is not None
    }
    contents = {
        (name, number): volume
        for name, canal in turns.canals.items()
        for number in range(len(canal.reaches))
        if (volume := _told(observations, (name, f"reach_{number + 1}"), day)) is not None
    }
    return Running(gates, contents)


def _told(observations: Mapping[Key, Series], key: Key, day: dt.date) -> float | None:
    series = observations.get(key)
    if series is None or day not in series.dates:
        return None
    return float(series.values[series.dates.index(day)])
