"""Series of a configuration against what is read and what the scenario makes of it: names nobody reads, units of other kinds.

A folder whose headings tell its series may hold any of a component or station that somebody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from waterbalance import units
from waterbalance.errors import Finding
from waterbalance.scenario.document import Entries
from waterbalance.scenario.informed import unheard
from waterbalance.scenario.measured import is_kind, units_of
from waterbalance.scenario.wording import listed, nearest, shown
from waterbalance.sources.derived import DerivedSeries, unknown_parts
from waterbalance.sources.gaps.ratio import Ratio
from waterbalance.sources.kind import other_kind
from waterbalance.sources.quality.amount import Number
from waterbalance.sources.quality.settings import DEFAULT
from waterbalance.sources.series_settings import measure
from waterbalance.sources.source import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.operate.configuring.night_file import NightFile
    from waterbalance.scenario.document import Document, PathInside
    from waterbalance.scenario.scenario import Scenario


@dataclass(frozen=True)
class Written:
    """Series that stand in sources and derivations that could not be read: whoever names them makes no mistake."""

    names: frozenset[str] = frozenset()
    by_headings: bool | None = None
    """Whether there is a source that names none; None where all sources could be read and tell it themselves."""


NOTHING_ELSE = Written()


def written_series(document: Document) -> Written:
    """Those of a document, however little of it can be read."""
    found, by_headings = set(), False
    sources, derived = document.node(("sources",)), document.node(("derived",))
    for name, _, _ in sources if isinstance(sources, Entries) else ():
        named = document.node(("sources", name, "series"))
        found |= set(named.entries) if isinstance(named, Entries) else set()
        by_headings = by_headings or named is None
    found |= set(derived.entries) if isinstance(derived, Entries) else set()
    return Written(frozenset(found), by_headings)


def misfits_of_series(
    file: NightFile, document: Document, scenario: Scenario, written: Written = NOTHING_ELSE
) -> Iterator[Finding]:
    """A finding for every name and every unit that does not fit."""
    series = _Series.of(file, scenario, written)
    for path, name in _named(file):
        if not series.is_known(name):
            what, remedy = "nobody reads this series", nearest(name, series.allowed, "Mend its name.")
            yield Finding(what, document.key_place(path), shown(name), listed(series.allowed), remedy)
    if not series.by_headings:
        above = "a series of a source, or one that is derived further up"
        for name, part in unknown_parts(file.derived, map(key_of, (*series.read, *written.names))):
            place = document.key_place(("derived", name, "sum", part))
            yield Finding("a derived series has a part that nobody reads", place, part, above, "Mend its name.")
    yield from _of_sources(file, document, series)
    for name, derived in file.derived.items():
        yield from _of_derived(name, derived, document, series)
    for name, quality in file.quality.items():
        unit = series.units.get(name)
        for path, number in _numbers(quality, ("quality", name)) if unit is not None and name != DEFAULT else ():
            yield from _of_amount(path, number, units.VOLUME if path[2:4] == ("balance", "tolerance") else str(unit), document)


@dataclass(frozen=True)
class _Series:
    """What is known of series."""

    read: Mapping[str, str | None]
    """Of sources, by `component.quantity`: the unit as it is written."""

    derived: frozenset[str]
    by_headings: bool
    due: Mapping[str, str]
    """Internal units that the scenario gives."""

    heard: tuple[str, ...]
    """Those of them that states begin with or forecasts learn from."""

    @classmethod
    def of(cls, file: NightFile, scenario: Scenario, written: Written) -> _Series:
        read = {name: each.unit for source in file.sources.values() for name, each in source.series.items()}
        by_key = units_of(scenario, file.feeds)
        idle = set(unheard(scenario, by_key, file.feeds))
        due = {".".join(key): unit for key, unit in by_key.items()}
        by_headings = written.by_headings
        if by_headings is None:
            by_headings = not all(source.keys for source in file.sources.values())
        return cls(
            read,
            frozenset(file.derived) | written.names,
            by_headings,
            due,
            tuple(".".join(key) for key in sorted({*by_key} - idle)),
        )

    @property
    def allowed(self) -> tuple[str, ...]:
        """Names that may be meant; where headings tell them, those that the scenario asks for."""
        return tuple(dict.fromkeys((*self.read, *self.derived, *(self.heard if self.by_headings else ()))))

    def is_known(self, name: str) -> bool:
        """Whether somebody reads it, or may."""
        owners = {key_of(each)[0] for each in (*self.read, *self.derived, *self.due)}
        return name in self.read or name in self.derived or (self.by_headings and key_of(name)[0] in owners)

    @property
    def units(self) -> Mapping[str, str]:
        """Internal unit of every series of which it is known: the scenario's, else the source's."""
        return {**{name: measure(unit).internal for name, unit in self.read.items() if unit}, **self.due}


def _named(file: NightFile) -> Iterator[tuple[PathInside, str]]:
    """Every series that is named and has to be read, with its place."""
    yield from ((("critical", number), name) for number, name in enumerate(file.critical))
    for name, quality in file.quality.items():
        yield from [] if name == DEFAULT else [(("quality", name), name)]
        if quality.balance is not None:
            yield from ((("quality", name, "balance", "gains", n), each) for n, each in enumerate(quality.balance.gains))
            yield from ((("quality", name, "balance", "losses", n), each) for n, each in enumerate(quality.balance.losses))
        yield from ((("quality", name, "at_most", "of"), each.of) for each in (quality.at_most,) if each is not None)
        yield from ((("quality", name, "copied", "of"), each.of) for each in (quality.copied,) if each is not None)
    for name, ladder in file.gaps.items():
        yield from [] if name == DEFAULT else [(("gaps", name), name)]
        for number, rung in enumerate(ladder):
            if isinstance(rung, Ratio):
                yield from ((("gaps", name, number, "of", n), each) for n, each in enumerate(rung.of))


def _of_sources(file: NightFile, document: Document, series: _Series) -> Iterator[Finding]:
    for source, settings in file.sources.items():
        for name, each in settings.series.items():
            other = other_kind(each.unit, series.due[name]) if each.unit and name in series.due else None
            if other is not None:
                place = document.place(("sources", source, "series", name, "unit"), name)
                remedy = f"Write '{other[2]}' if its numbers are that, else read another column."
                yield Finding(other[0], place, shown(each.unit), other[1], remedy)


def _of_derived(name: str, derived: DerivedSeries, document: Document, series: _Series) -> Iterator[Finding]:
    """All parts and amounts have one kind: the one that the scenario gives the series, else that of the first part."""
    parts = {part: series.units[part] for part in derived.sum if part in series.units}
    due = series.due.get(name) or next(iter(parts.values()), None)
    for part, unit in parts.items() if due is not None else ():
        if not is_kind(unit, str(due)):
            what = f"a part is {units.describe(unit)}, and the series is {units.describe(str(due))}"
            place = document.key_place(("derived", name, "sum", part), name)
            yield Finding(what, place, f"{part} in {unit}", units.describe(str(due)), "Derive it from series of its own kind.")
    for path, number in _numbers(derived, ("derived", name)) if due is not None else ():
        yield from _of_amount(path, number, str(due), document)


def _of_amount(path: PathInside, number: Number, due: str, document: Document) -> Iterator[Finding]:
    if not is_kind(number.unit, due):
        what = f"the amount is {units.describe(number.unit)}, and the series is {units.describe(due)}"
        found = getattr(document.node(path), "text", f"{number.value:g} {number.unit}")
        allowed = f"{units.describe(due)}, such as {units.examples(due)}"
        yield Finding(what, document.place(path, str(path[1])), shown(found), allowed, "Mend the amount or its unit.")


def _numbers(settings: object, path: PathInside) -> Iterator[tuple[PathInside, Number]]:
    """Every amount inside of settings, with its place."""
    if isinstance(settings, Number):
        yield path, settings
    elif isinstance(settings, BaseModel):
        for name in settings.model_fields_set:
            yield from _numbers(getattr(settings, name), (*path, name))
    elif isinstance(settings, Mapping):
        for key, value in settings.items():
            yield from _numbers(value, (*path, str(key)))
