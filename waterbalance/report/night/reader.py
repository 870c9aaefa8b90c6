"""How a night is told to its reader: titles in place of names, local times, amounts in the units that people speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance import units

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording

NOTHING = "–"

VILLAGE = 0.01 * units.SECONDS_PER_DAY
"""Flows below it are told by the day. [m3/day]"""


@dataclass(frozen=True)
class Reader:
    """A language, the titles of a network, and a time zone."""

    say: Wording
    network: Network
    time_zone: str

    def name(self, component: str) -> str:
        """Title of a component, the name itself where the network has none."""
        return self.say.name(self.network, component)

    def series(self, component: str, quantity: str) -> str:
        """Title of a component, and what of it."""
        return f"{self.name(component)} · {self.say.quantity(quantity)}"

    def titled(self, series: str) -> str:
        """The same from `component.quantity`."""
        component, _, quantity = series.partition(".")
        return self.series(component, quantity) if quantity else self.name(component)

    def date(self, day: dt.date | None) -> str:
        """A date, or nothing."""
        return NOTHING if day is None else self.say.date(str(day))

    def period(self, first: dt.date, last: dt.date) -> str:
        """Days in a row."""
        return self.date(first) if first == last else self.say("dates", start=self.date(first), last_day=self.date(last))

    def moment(self, moment: dt.datetime | None) -> str:
        """Local date and time, or nothing."""
        if moment is None:
            return NOTHING
        local = moment.astimezone(ZoneInfo(self.time_zone))
        return f"{self.say.day(str(local.date()))} {local:%H:%M}"

    def amount(self, value: float | None, unit: str) -> str:
        """A value of an internal unit that is no flow, or nothing."""
        say = self.say
        if value is None:
            return NOTHING
        if unit == units.VOLUME:
            return say.volume(value)
        if unit == units.DEPTH_RATE:
            return f"{say.number(value * 1000.0, 1)} {say('unit.depth_rate')}"
        shown = say.number(value, 0 if abs(value) >= 100.0 else 2)
        return shown if unit == units.FRACTION else f"{shown} {unit}"

    def amounts(self, values: Sequence[float | None], unit: str) -> tuple[str, ...]:
        """Values that are compared: flows all by the second, or all by the day where they are a village's."""
        if unit != units.FLOW:
            return tuple(self.amount(value, unit) for value in values)
        by_day = 0.0 < max((abs(value) for value in values if value is not None), default=0.0) < VILLAGE
        divisor, decimals, name = (1.0, 0, self.say("unit.day_flow")) if by_day else (units.SECONDS_PER_DAY, 3, "m³/s")
        return tuple(NOTHING if each is None else f"{self.say.number(each / divisor, decimals)} {name}" for each in values)

    def share(self, value: float | None) -> str:
        """A fraction as percent, or nothing."""
        return NOTHING if value is None else self.say.percent(value, 0)

    def skill(self, value: float | None) -> str:
        """A skill, or nothing."""
        return NOTHING if value is None else self.say.number(value, 2)
