"""Readings far beyond all that was ever known, and storages far above their capacity: how they are told.

The rules are `known_range.py`, `unit_slip.py` and `capacity.py` of `sources/quality`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding, Place
from waterbalance.forecast.exogenous import own_record
from waterbalance.forecast.history import known_before
from waterbalance.forecast.readings import Origin, Trust, by_series
from waterbalance.sources.quality.capacity import FAR_ABOVE, Capacity
from waterbalance.sources.quality.known_range import KnownRange
from waterbalance.sources.quality.unit_slip import UnitSlip

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from waterbalance.forecast.readings import Key, Reading
    from waterbalance.scenario.scenario import Scenario

_UNKNOWN = "the reading is far from all that was ever known"
_ABOVE = "the storage is observed far above its capacity"

_TOLD = {
    f"{KnownRange.word}: ": _UNKNOWN,
    f"{UnitSlip.word}: ": _UNKNOWN,
    f"{Capacity.word}: {FAR_ABOVE}, ": _ABOVE,
}
"""What the lines of these rules begin with, and what is found."""

_LIMITS = "Limits of the series ('quality: hard') take the place of this."

_REMEDIES = {
    (_UNKNOWN, True): f"Look at the gauge and at its unit: it is used. {_LIMITS}",
    (_UNKNOWN, False): f"Look at the gauge and at its unit: it is not used. {_LIMITS}",
    (_ABOVE, True): (
        "Look at the gauge, and at the capacity of the date: it is used, "
        "and the plan uses or spills what is above on its first day."
    ),
    (_ABOVE, False): "Look at the gauge, and at the capacity of the date: it is not used.",
}
"""What to do, by what is found and whether the reading is used."""


def records(scenario: Scenario, read: Iterable[Reading], day: dt.date) -> Mapping[Key, pd.Series]:
    """The scenario's own records, before `day`, of the series that were read."""
    units = {each.key: each.unit for each in read}
    found = {}
    for key, recipe in scenario.forecasts.items():
        own = own_record(recipe.record(key, day)) if units.get(key) == recipe.unit else None
        if own is not None:
            found[key] = cast("pd.Series", known_before(own, day))
    return found


def strange(readings: Iterable[Reading]) -> tuple[Finding, ...]:
    """The newest such reading of each series, with what is known, and how many more there are."""
    return tuple(_findings(readings))


def doubts(readings: Iterable[Reading], now: dt.datetime, time_zone: str) -> tuple[Finding, ...]:
    """Such readings that became known today and are used all the same."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    return strange(each for each in readings if each.trust is Trust.DOUBTFUL and each.known_at.astimezone(zone).date() == today)


def _findings(readings: Iterable[Reading]) -> Iterator[Finding]:
    read = [each for each in readings if each.origin is Origin.ORIGINAL]
    for what in dict.fromkeys(_TOLD.values()):
        begins = tuple(begin for begin, found in _TOLD.items() if found == what)
        told = (each for each in read if any(line.startswith(begins) for line in each.why))
        for key, own in by_series(told).items():
            newest = own[-1]
            line = next(line for line in newest.why if line.startswith(begins)).partition(": ")[2].removeprefix(f"{FAR_ABOVE}, ")
            more = f"; and {len(own) - 1} more of its days" if len(own) > 1 else ""
            place = Place(component=".".join(key), date=str(newest.date))
            yield Finding(what, place, f"{line}{more}", remedy=_REMEDIES[what, newest.usable])
