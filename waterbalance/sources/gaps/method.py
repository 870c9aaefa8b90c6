"""The contract of a method that completes a gap: settings, and `fill`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.readings import Key, Reading


@dataclass(frozen=True)
class Gap:
    """Days in a row of one series that nobody has read, or not so that it may be used."""

    key: Key
    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How long it is. [day]."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        """Series and dates, for people."""
        dates = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{'.'.join(self.key)}: {dates} ({self.days} {'day' if self.days == 1 else 'days'})"


@dataclass(frozen=True)
class Filled:
    """A value for one day, what it rests on, and how it was found."""

    value: float
    told: str
    rests_on: tuple[Reading, ...]


Known = dict[dt.date, "Reading"]


class Method(BaseModel):
    """One rung of the ladder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: ClassVar[bool] = False
    """Whether `longest` counts the whole gap; else the days since its beginning, and the next rung takes the rest."""

    method: str
    """The word for this method."""

    longest: Duration = Field(ge=1)
    """Longest gap that it may fill. [day]"""

    def fill(self, gap: Gap, known: Known, others: Callable[[Key], Known]) -> Mapping[dt.date, Filled]:
        """Values of days of the gap; of none where it cannot tell.

        `known` are the usable measurements of the series by date, `others` gives those of another series.
        """
        raise NotImplementedError
