"""The contract of a source: it is asked for the days of its series, and hands over readings and what it has to tell.

A source is a pydantic model of its settings; its file holds nothing else. What every one of them keeps:

- Days are those of the configuration's time zone. A flow, rate or depth has the date of the day over which it is meant, a stock
  the date of the day at whose first moment, local midnight, it holds.
- Values leave in internal units, those of `Surroundings.due` where it names the series; another kind is refused. A number that is
  not there is no reading; nothing is filled, guessed or judged here.
- A series that cannot be read costs only itself: the others are handed over, and a finding names it.
- A source that holds its own past names in `Fetched.whole` what it has read of it without a fault: what it told of those days and
  does not tell any more is withdrawn. Who tells the newest only, or fails, withdraws nothing.
- A source of which nothing can be had raises: `SourceError` where the server is silent or refuses, `InputError` where the answer
  or the file is not what was promised. Messages name the source and the place, never a key.
- It asks the outside world through `Surroundings.client` only.

`tests/sources/test_every_source.py` holds every adapter against this page.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.sources.address import holds_no_secret
from waterbalance.sources.series_settings import SeriesName, SeriesSettings

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from waterbalance.errors import Finding
    from waterbalance.forecast.readings import Key, Reading
    from waterbalance.sources.http_client import HttpClient


@dataclass(frozen=True)
class Surroundings:
    """What a source is told besides its settings."""

    name: str
    """Of the source in the configuration; every reading and every complaint carries it."""

    folder: Path
    """Of the configuration: paths are relative to it."""

    time_zone: ZoneInfo
    """Whose days are meant."""

    now: dt.datetime
    """When it is asked, with an offset: readings become known at this moment."""

    client: HttpClient

    due: Mapping[Key, str] = field(default_factory=dict)
    """Internal unit in which a series has to come; of one that is not named any will do."""

    before: tuple[Key, ...] = ()
    """Series of which the source has told days like those that are asked for, in nights before."""


@dataclass(frozen=True)
class Fetched:
    """What a source hands over."""

    readings: tuple[Reading, ...]
    """By series and date, each day of a series once."""

    findings: tuple[Finding, ...] = ()
    """What is missing or doubtful, and why; empty where all was as promised."""

    whole: Mapping[Key, tuple[dt.date, dt.date]] = field(default_factory=dict)
    """First and last day of what was read without a fault, by series: of a day within that has no reading the source has none."""


class SourceSettings(BaseModel, ABC):
    """One source: where it is, and which of its columns are which series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    """Which adapter reads it."""

    series: Mapping[SeriesName, SeriesSettings] = Field(min_length=1)
    """By `component.quantity`."""

    _before = model_validator(mode="before")(holds_no_secret)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Component and quantity of every series that is asked for."""
        return tuple(key_of(name) for name in self.series)

    @abstractmethod
    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """The readings of the days from `first` to `last`, both included.

        Raises `SourceError` where the server gives nothing, `InputError` where what it gives cannot be read, `UsageError` where a
        key or a library is missing.
        """


def key_of(name: str) -> Key:
    """Component and quantity of `component.quantity`.

    >>> key_of("upper_lake.inflow")
    ('upper_lake', 'inflow')
    """
    component, _, quantity = name.partition(".")
    return component, quantity
