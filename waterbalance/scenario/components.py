"""The fields of components and rules out of the scenario file; values by date become series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
from pydantic import TypeAdapter, ValidationError

from waterbalance import units
from waterbalance.errors import Finding, Findings, Place
from waterbalance.scenario.dates import read_date
from waterbalance.scenario.document import Entries, Items, Node, Scalar, plain
from waterbalance.scenario.rows_file import FILE, columns_of, is_rows_file, moved, rows_from
from waterbalance.scenario.sections import from_file
from waterbalance.scenario.series import Series, SeriesKind
from waterbalance.scenario.told_by_crops import asked_of_crops
from waterbalance.scenario.wording import findings_of, listed, nearest, shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.network.component import Component
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.folder import Folder
    from waterbalance.scenario.rows_file import RowsFile

_ASSUMED = "assumed"

MONTHS = 12


@dataclass(frozen=True)
class ReadComponents:
    """What the two sections hold, as far as it could be read."""

    components: tuple[Component, ...]
    series: tuple[Series, ...]
    """Fields with values by date."""


def read_components(
    entries: Iterable[Entry], in_tables: Mapping[tuple[str, str], float], folder: Folder, *, sources_required: bool
) -> ReadComponents:
    """Read the fields of all entries; what is wrong goes to the folder's findings, and the rest is returned.

    `in_tables` are quantities that a table gives, with its first value: it stands in the field where the file leaves
    the field out, because a component may ask whether a field is given at all.
    """
    found: list[Component] = []
    series: list[Series] = []
    findings = folder.findings
    for entry in entries:
        component, dated = _read(entry, in_tables, folder)
        series.extend(dated)
        if sources_required:
            findings.extend(_without_source(entry))
        if component is not None:
            found.append(component)
    return ReadComponents(tuple(found), tuple(series))


def _read(entry: Entry, in_tables: Mapping[tuple[str, str], float], folder: Folder) -> tuple[Component | None, list[Series]]:
    """One component with its dated fields."""
    findings = folder.findings
    raw = plain(entry.node)
    del raw["type"]
    if "name" in raw:
        del raw["name"]
        remedy = "Remove it: the name is the key above."
        findings.add(Finding("unknown key", entry.key_place("name"), "'name'", listed(entry.fields), remedy))
    dated: list[Series] = []
    for field in [name for name, value in raw.items() if _is_dated(entry.kind, name, value)]:
        monthly = isinstance(raw[field], list)
        series = _monthly_field(entry, field, findings) if monthly else _dated_field(entry, field, findings)
        if series is None:
            # A stand-in, so that the other fields are still looked at; the finding already stops the scenario.
            del raw[field]
        else:
            dated.append(series)
            # The field itself keeps the first value; the series goes before it wherever the plan looks.
            raw[field] = raw[field][0] if monthly else plain(_rows(entry, field)[0][1])
    for field in ("in_service_from", "in_service_until"):
        if raw.get(field) is not None and not _date_is_good(entry, field, raw[field], findings):
            del raw[field]
    for field in asked_of_crops(entry):
        # It follows when the forecasts are known.
        del raw[field]
    files = _read_rows(entry, raw, folder)
    if files is None:
        return None, dated
    raw = _filled_from_tables(entry, in_tables) | raw
    try:
        component = entry.kind.model_validate({**raw, "name": entry.name}, context=from_file(entry.document))
    except ValidationError as error:
        stand_ins = {name for name in plain(entry.node) if name not in raw}
        complaints = (
            each for each in error.errors(include_url=False) if not (each["type"] == "missing" and each["loc"][0] in stand_ins)
        )
        told = findings_of(complaints, entry.document, entry.path, entry.fields, entry.name)
        findings.extend(moved(told, entry, files))
        return None, dated
    findings.extend(_unknown_sources(entry, component))
    return component, dated


def _read_rows(entry: Entry, raw: dict[str, Any], folder: Folder) -> dict[str, RowsFile] | None:
    """Put the rows of files into the fields that name them; None, and findings, where one of them cannot be read."""
    files: dict[str, RowsFile] = {}
    asked = [field for field in raw if is_rows_file(entry.kind, field, entry.document.node((*entry.path, field)))]
    for field in asked:
        read = rows_from(folder, entry, field, raw[field][FILE], folder.findings)
        if read is not None:
            files[field] = read
            units_of = columns_of(entry.kind, field)
            raw[field] = [{name: f"{value!r} {units_of[name]}" for name, value in row.items()} for row in read.rows]
    return files if len(files) == len(asked) else None


def _filled_from_tables(entry: Entry, in_tables: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Fields with a unit that a table gives, by their first value."""
    given = ((field, entry.kind.unit_of(field)) for field in entry.kind.varying if (entry.name, field) in in_tables)
    return {field: f"{in_tables[entry.name, field]!r} {unit}" for field, unit in given if unit is not None}


def _is_dated(kind: type[Component], field: str, value: object) -> bool:
    """Whether a mapping stands where a quantity belongs, or a list of values for the months."""
    if isinstance(value, list):
        return field in kind.varying and kind.unit_of(field) is not None
    return isinstance(value, dict) and (field in kind.varying or any(re.match(r"\d+-", key) for key in value))


def _rows(entry: Entry, field: str) -> list[tuple[Scalar, Any]]:
    node = entry.document.node((*entry.path, field))
    return list(node.entries.values()) if isinstance(node, Entries) else []


def _dated_field(entry: Entry, field: str, findings: Findings) -> Series | None:
    """A field that is a mapping from dates to values; None, and findings, where it cannot be read."""
    before = len(findings)
    if field not in entry.kind.varying:
        allowed = f"one value; by date only: {listed(entry.kind.varying)}"
        remedy = "Write one value, with its unit."
        findings.add(Finding(f"{field!r} does not change by date", entry.key_place(field), "values by date", allowed, remedy))
        return None
    if entry.kind.unit_of(field) is None:
        remedy = "Give it in a table."
        findings.add(Finding(f"{field!r} is no field", entry.key_place(field), "values by date", "a table", remedy))
        return None
    rows: list[tuple[dt.date, float]] = []
    for key, node in _rows(entry, field):
        date = _row_date(entry, key, findings)
        place = Place(entry.document.file, key.line, key.column, entry.name)
        value = _value(entry, field, key.text, place, plain(node), findings)
        if date is not None and value is not None:
            rows.append((date, value))
    if not _rows(entry, field):
        findings.add(Finding(f"{field!r} holds no dates", entry.key_place(field), "{}", "at least one date", "Write one value."))
    if len(findings) > before:
        return None
    dates = [date for date, _ in rows]
    for earlier, later in pairwise(dates):
        if later < earlier:
            what = f"the dates of {field!r} are not in order"
            findings.add(Finding(what, entry.key_place(field), f"{later} after {earlier}", "oldest first", "Sort them."))
            return None
    return _series(entry, field, "from", [value for _, value in rows], dates, label="by date in the scenario")


def _series(
    entry: Entry, field: str, kind: SeriesKind, values: list[float], dates: Iterable[dt.date] = (), *, label: str
) -> Series:
    source = entry.document.node((*entry.path, "sources", field))
    return Series(
        entry.name,
        field,
        kind,
        entry.kind.unit_of(field) or units.FRACTION,
        np.array(values),
        tuple(dates),
        holds=kind == "from",
        label=label,
        source=source.text if isinstance(source, Scalar) else None,
        where=entry.key_place(field),
    )


def _monthly_field(entry: Entry, field: str, findings: Findings) -> Series | None:
    """A field that is a list of twelve values, from January to December; None, and findings, where it cannot be read."""
    node = entry.document.node((*entry.path, field))
    items = node.items if isinstance(node, Items) else ()
    if len(items) != MONTHS:
        remedy = "Write one value for each month, January first, or one value for all."
        findings.add(Finding(f"{field!r} is not complete", entry.key_place(field), f"{len(items)} values", "12 values", remedy))
        return None
    values = [_value(entry, field, number, entry.place(field), plain(item), findings) for number, item in enumerate(items)]
    known = [value for value in values if value is not None]
    if len(known) < MONTHS:
        return None
    return _series(entry, field, "month", known, label="by month in the scenario")


def _row_date(entry: Entry, key: Scalar, findings: Findings) -> dt.date | None:
    try:
        return read_date(key.text)
    except ValueError as error:
        place = Place(entry.document.file, key.line, key.column, entry.name)
        findings.add(Finding("this is not a date", place, repr(key.text), str(error), "Write year-month-day."))
        return None


def _value(entry: Entry, field: str, at: str | int, place: Place, value: object, findings: Findings) -> float | None:
    """One of the values of a field, read like the field itself."""
    info = entry.kind.model_fields[field]
    # The unit of a field that may be left out stands inside its annotation, and none beside it.
    annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    adapter: TypeAdapter[float | None] = TypeAdapter(cast("Any", annotation))
    try:
        number = adapter.validate_python(value, context=from_file(entry.document))
    except ValidationError as error:
        path = (*entry.path, field, at)
        findings.extend(findings_of(error.errors(include_url=False), entry.document, path, (), entry.name))
        return None
    if number is None:
        findings.add(Finding("a value is missing", place, "nothing", "a value with its unit", "Write the value."))
    return number


def _date_is_good(entry: Entry, field: str, value: object, findings: Findings) -> bool:
    try:
        read_date(value)
    except ValueError as error:
        findings.add(Finding(f"{field!r} is not a date", entry.place(field), shown(value), str(error), "Write year-month-day."))
        return False
    return True


def _unknown_sources(entry: Entry, component: Component) -> Iterator[Finding]:
    known = tuple(dict.fromkeys((*entry.fields, *entry.kind.varying)))
    for field, source in component.sources.items():
        where = entry.key_place("sources", field)
        if field not in known:
            yield Finding("a source for an unknown key", where, repr(field), listed(known), nearest(field, known, "Remove it."))
        elif not source.strip():
            yield Finding("a source is empty", where, "''", f"a source, or {_ASSUMED!r}", f"Write {_ASSUMED!r} if there is none.")


def _without_source(entry: Entry) -> Iterator[Finding]:
    """Figures that stand in the file and have no source."""
    node = entry.document.node((*entry.path, "sources"))
    told = set(node.entries) if isinstance(node, Entries) else set()
    words = {"type", "title", "sources", "in_service_from", "in_service_until", *told}
    for field, _, value in entry.node:
        figure = _holds_figure(value) or is_rows_file(entry.kind, field, value)
        if field not in words and field in entry.kind.model_fields and figure:
            yield Finding(
                f"the figure {field!r} has no source",
                entry.key_place(field),
                f"no 'sources: {{{field}: ...}}'",
                f"a source, or the word {_ASSUMED!r}",
                f"Add 'sources: {{{field}: {_ASSUMED}}}' or say where it comes from.",
            )


def _holds_figure(node: Node) -> bool:
    """Whether a number stands in a value, with or without a unit."""
    if isinstance(node, Scalar):
        return re.match(r"\s*[+-]?\.?\d", node.text) is not None
    if isinstance(node, Items):
        return any(_holds_figure(item) for item in node.items)
    return any(_holds_figure(value) for _, _, value in node)
