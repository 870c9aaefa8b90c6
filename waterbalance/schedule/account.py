"""What a schedule leaves to the one after it, beside what runs: what each field lacks, who had its turn, what stood in canals.

    lacking later = lacking + planned since then - brought since then by the orders        [m3], below 0 where more was brought

Whose turns the running cycle has seen only a free order has to tell: a fixed one follows from the calendar.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from waterbalance.schedule.told import moment, number

LITRES = 3
"""Decimals of the volumes that are kept."""


@dataclass(frozen=True)
class RoundSoFar:
    """The round of turns that runs as the orders of a turnout begin."""

    begin: dt.datetime
    """At the turnout, with its offset."""

    ordered: float
    """What orders have brought to the field in it before. [m3]"""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {"begin": self.begin.isoformat(), "ordered_m3": round(self.ordered, LITRES)}

    @staticmethod
    def from_dict(told: dict[str, Any]) -> RoundSoFar:
        """What `to_dict` has written."""
        return RoundSoFar(moment(told["begin"]), number(told["ordered_m3"]))


@dataclass(frozen=True)
class Account:
    """Of one turnout. Volumes at the field in [m3]."""

    turnout: str
    lacking: float
    """As its orders begin, before the first of the planned days; what was brought earlier on that day is taken off."""

    planned: tuple[tuple[dt.date, float], ...]
    """What the plan brings on every day."""

    round: RoundSoFar | None = None
    """None without turns."""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        planned = {day.isoformat(): round(volume, LITRES) for day, volume in self.planned}
        told: dict[str, object] = {"turnout": self.turnout, "lacking_m3": round(self.lacking, LITRES), "planned_m3": planned}
        return told if self.round is None else told | {"round": self.round.to_dict()}

    @staticmethod
    def from_dict(told: dict[str, Any]) -> Account:
        """What `to_dict` has written."""
        planned = tuple((dt.date.fromisoformat(day), number(volume)) for day, volume in told["planned_m3"].items())
        running = RoundSoFar.from_dict(told["round"]) if "round" in told else None
        return Account(str(told["turnout"]), number(told["lacking_m3"]), planned, running)


@dataclass(frozen=True)
class HeldTurn:
    """A turn of the running cycle of a canal in free order, and whose it was."""

    canal: str
    group: str
    begin: dt.datetime
    """At the head of the canals, with its offset."""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {"canal": self.canal, "group": self.group, "begin": self.begin.isoformat()}

    @staticmethod
    def from_dict(told: dict[str, Any]) -> HeldTurn:
        """What `to_dict` has written."""
        return HeldTurn(str(told["canal"]), str(told["group"]), moment(told["begin"]))


@dataclass(frozen=True)
class StandingWater:
    """What stands in one reach of a canal as the orders begin, or what was followed before them."""

    canal: str
    reach: int
    """Its number in the canal, from 1."""

    volume: float
    """[m3]"""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON."""
        return {"canal": self.canal, "reach": self.reach, "volume_m3": round(self.volume, LITRES)}

    @staticmethod
    def from_dict(told: dict[str, Any]) -> StandingWater:
        """What `to_dict` has written."""
        return StandingWater(str(told["canal"]), int(number(told["reach"], 1.0)), number(told["volume_m3"], 0.0))
