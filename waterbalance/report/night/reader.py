"""How a night is told to its reader: titles in place of names, local times, amounts in the units that people speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance import units

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording

NOTHING = "–"


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
        """A value of an internal unit, or nothing."""
        say = self.say
        if value is None:
            return NOTHING
        if unit == units.VOLUME:
            return say.volume(value)
        if unit == units.FLOW:
            return say.small_flow(value)
        if unit == units.DEPTH_RATE:
            return f"{say.number(value * 1000.0, 1)} {say('unit.depth_rate')}"
        shown = say.number(value, 0 if abs(value) >= 100.0 else 2)
        return shown if unit == units.FRACTION else f"{shown} {unit}"

    def share(self, value: float | None) -> str:
        """A fraction as percent, or nothing."""
        return NOTHING if value is None else self.say.percent(value, 0)

    def skill(self, value: float | None) -> str:
        """A skill, or nothing."""
        return NOTHING if value is None else self.say.number(value, 2)
