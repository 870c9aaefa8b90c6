"""Series that nobody reads, but that follow from those that are read: a flow less a release, a share of a gauge.

    value(d) = max(least, sum over parts (factor x part(d)) + plus(month of d))

on days on which every part is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.errors import Finding, InputError, Place
from waterbalance.forecast.readings import Origin, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.series_settings import SeriesName
from waterbalance.sources.source import key_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from waterbalance.forecast.readings import Key, Reading

DERIVED = "derived"
"""What stands in the place of a source."""

_WORST = (Trust.UNRELIABLE, Trust.DOUBTFUL, Trust.RELIABLE)


class DerivedSeries(BaseModel):
    """One series as a sum of others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sum: Mapping[SeriesName, float] = Field(min_length=1)
    """Series -> factor; parts are read, or derived further up."""

    plus: Mapping[Annotated[int, Field(ge=1, le=12)], Amount] = {}
    """Month (1 to 12) -> an amount that is added on its days."""

    least: Amount | None = None
    """The series never falls below it; unlimited when left out."""


DerivedSettings = Annotated[Mapping[SeriesName, DerivedSeries], Field(default_factory=dict)]
"""By `component.quantity`, in the order in which they are computed."""


def with_derived(readings: Iterable[Reading], settings: Mapping[str, DerivedSeries]) -> tuple[Reading, ...]:
    """The readings, and behind them what follows from those that are usable; what was read of such a series itself stands.

    A derived value is as old, as completed and as doubtful as its parts. Raises `InputError` where parts are of several kinds.
    """
    given = tuple(readings)
    by_key: dict[Key, dict[dt.date, Reading]] = {}
    for each in given:
        if each.usable:
            by_key.setdefault(each.key, {})[each.date] = each
    added: list[Reading] = []
    for name, series in settings.items():
        own = by_key.setdefault(key_of(name), {})
        new = [each for each in _derived(name, series, by_key) if each.date not in own]
        own |= {each.date: each for each in new}
        added += new
    return (*given, *added)


def _derived(name: str, series: DerivedSeries, by_key: Mapping[Key, Mapping[dt.date, Reading]]) -> Iterator[Reading]:
    key = key_of(name)
    parts = [(factor, by_key.get(key_of(part), {})) for part, factor in series.sum.items()]
    formula = " + ".join(f"{factor:g} x {part}" for part, factor in series.sum.items())
    for day in sorted(set.intersection(*(set(days) for _, days in parts))):
        terms = [(factor, days[day]) for factor, days in parts]
        plus = series.plus.get(day.month)
        amounts = [each for each in (plus, series.least) if each is not None]
        _require_one_kind(name, {reading.unit for _, reading in terms} | {each.unit for each in amounts})
        value = sum(factor * reading.value for factor, reading in terms) + (0.0 if plus is None else plus.value)
        newest = max((reading for _, reading in terms), key=lambda each: each.known_at)
        yield replace(
            newest,
            component=key[0],
            quantity=key[1],
            value=value if series.least is None else max(value, series.least.value),
            source=DERIVED,
            origin=Origin.COMPLETED if any(each.origin is Origin.COMPLETED for _, each in terms) else Origin.ORIGINAL,
            trust=min((reading.trust for _, reading in terms), key=_WORST.index),
            read=None,
            why=(f"derived: {formula}", *(why for _, reading in terms for why in reading.why)),
        )


def _require_one_kind(name: str, units: set[str]) -> None:
    if len(units) > 1:
        remedy = "Derive it from series of one kind."
        finding = Finding("its parts are of several kinds", Place(component=name), ", ".join(sorted(units)), "one unit", remedy)
        raise InputError("a series cannot be derived", (finding,))


def unknown_parts(settings: Mapping[str, DerivedSeries], read: Iterable[Key]) -> Iterator[tuple[str, str]]:
    """Derived series, each with a part that no source reads and nothing derives further up."""
    known = {".".join(key) for key in read}
    for name, series in settings.items():
        yield from ((name, part) for part in series.sum if part not in known)
        known.add(name)
