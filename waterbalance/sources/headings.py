"""Headings of tables: which series they tell, and what is said of those that tell none."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.errors import UnitError
from waterbalance.scenario.measured import is_kind
from waterbalance.scenario.wording import shown
from waterbalance.sources.samples import few
from waterbalance.sources.series_settings import measure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from waterbalance.sources.samples import Telling
    from waterbalance.sources.source import Surroundings

_HEADING = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\[\]]*)\])?")
_SERIES = re.compile(r"[^.\s]+\.[^.\s]+")

MISSPELT = 0.85
"""Ratio of equal letters from which a heading counts as misspelt (`difflib`)."""

ALIKE = 0.7
"""Ratio from which it may be meant by one that is missing."""


@dataclass(frozen=True)
class Column:
    """A heading."""

    name: str
    unit: str | None
    file: str = ""
    """In which it stands first."""

    def is_like(self, other: Column) -> bool:
        """Whether the units are one, however they are written."""
        if self.unit is None or other.unit is None or self.unit == other.unit:
            return self.unit == other.unit
        try:
            return measure(self.unit) == measure(other.unit)
        except UnitError:
            return False

    @property
    def names_a_series(self) -> bool:
        """Whether it needs no settings: `component.quantity [unit]`."""
        return bool(self.unit and _SERIES.fullmatch(self.name))


def heading(cell: str, path: Path) -> Column:
    """What stands in the first line of a column."""
    match = _HEADING.fullmatch(cell)
    unit = None if match is None else (match["unit"] or "").strip() or None
    return Column(cell if match is None else match["name"], unit, str(path))


def tell_headings(columns: Collection[Column], around: Surroundings, telling: Telling) -> None:
    """Headings from which a series is hardly wanted so, of tables that are read by them alone.

    Without a unit, or almost that of one of the scenario's series; and all that are not known, where a series is missing that
    the source told of late, or no heading names any.
    """
    names = {".".join(key): unit for key, unit in around.due.items()}
    told = {each.name for each in columns if each.unit and each.name in names}
    almost: set[str] = set()
    for each in columns:
        if each.name in told:
            continue
        meant = next((name for name in sorted(names.keys() - told) if _is_almost(each.name, name)), None)
        if meant is not None:
            almost |= {each.name, meant}
        if not each.unit and (meant is not None or _SERIES.fullmatch(each.name)):
            remedy = f"Write '{meant or each.name} [unit]'; the column is left out."
            telling.add("the heading has no unit", shown(each.name), "m3/s, 1e4 m3, mm/day and others in brackets", remedy)
        elif meant is not None:
            telling.add("the heading names no series of the scenario", shown(each.name), meant, f"Did you mean {meant!r}?")
    before = [name for key in around.before if (name := ".".join(key)) not in {each.name for each in columns}]
    wanted = before or ([] if any(each.names_a_series for each in columns) else sorted(names))
    missing = {name: names.get(name) for name in wanted if name not in almost}
    tell_missing(missing, [each for each in columns if each.name not in {*told, *almost}], telling)


def tell_missing(missing: Mapping[str, str | None], unknown: Collection[Column], telling: Telling) -> None:
    """Columns that are not there, with their internal units where those are known, and the ones that are there in their place."""
    if not missing or not unknown:
        return
    found, allowed = (few([shown(name) for name in names]) for names in ([each.name for each in unknown], missing))
    pairs = ", ".join(f"{own!r} by {name!r}" for name, own in _meant(missing, unknown))
    remedy = f"{f'Did you mean {pairs}? ' if pairs else ''}Mend the headings or the settings; the series are left out."
    what = "columns are missing, and others are not known"
    telling.add(what, f"not known: {found}", f"missing: {allowed}", remedy)


def _meant(missing: Mapping[str, str | None], unknown: Collection[Column]) -> Iterator[tuple[str, str]]:
    """Missing names, each with the heading that is like it, or is the only one with a unit of its kind."""
    for name, unit in missing.items():
        alike = difflib.get_close_matches(name.casefold(), [each.name.casefold() for each in unknown], n=1, cutoff=ALIKE)
        same = [each.name for each in unknown if each.name.casefold() in alike]
        if not same and unit is not None and sum(_is_kind(other, unit) for other in missing.values()) == 1:
            of_kind = [each.name for each in unknown if each.unit is not None and _is_kind(_internal(each.unit), unit)]
            same = of_kind if len(of_kind) == 1 else []
        yield from ((name, each) for each in same[:1])


def _internal(unit: str) -> str | None:
    try:
        return measure(unit).internal
    except UnitError:
        return None


def _is_kind(unit: str | None, due: str) -> bool:
    return unit is not None and is_kind(unit, due)


def _is_almost(heading: str, name: str) -> bool:
    """Whether a heading is the name of a series in other letters, or without its component; another number is another gauge."""
    own, asked = heading.casefold(), name.casefold()
    if own in {asked, asked.partition(".")[2]}:
        return True
    numbers = re.findall(r"\d+", own) == re.findall(r"\d+", asked)
    return numbers and difflib.SequenceMatcher(None, own, asked).ratio() >= MISSPELT
