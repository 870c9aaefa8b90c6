"""CSV tables into series: the header names component, quantity and unit; the first column says what a row is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.errors import Findings, Place, UnitError
from waterbalance.scenario.csv_file import FILL, CsvComplaints, Row, cell_date, cell_number, csv_rows
from waterbalance.scenario.series import ROWS_OF_A_YEAR, Series, SeriesKind
from waterbalance.scenario.wording import listed, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.scenario.quantities import Quantity

KINDS: Mapping[str, SeriesKind] = {"date": "date", "from": "from", "ten_day": "ten_day", "month": "month"}

LARGEST = 1e300
"""Largest value that is read, in internal units; what is larger is a slip of the exponent."""

LEAVE_OUT = "Remove the row (days may be missing in this table), or fill the cell and say so in the source."
"""What to do about an empty cell where days may be missing."""

_HEADER = re.compile(r"(?P<component>[^.\[\]]+)\.(?P<quantity>[^.\[\]]+?)\s*(?:\[(?P<unit>[^\[\]]*)\])?")


@dataclass(frozen=True)
class Known:
    """What columns may speak about."""

    quantities: Mapping[str, Mapping[str, Quantity]]
    """By component, then by quantity."""

    unread: frozenset[str] = frozenset()
    """Components that exist but could not be read: their columns are left out without a complaint."""

    currency: str = units.MONEY
    """The word for money in units."""


@dataclass(frozen=True)
class Column:
    """What one header says."""

    component: str
    quantity: str
    unit: str
    """Internal unit."""

    factor: float
    """What one of the header's unit is in the internal unit."""

    limits: Quantity


@dataclass(frozen=True)
class TableText:
    """A table as it was found, with what the scenario says about it."""

    file: str
    """Name for complaints."""

    text: str
    label: str
    source: str | None = None
    holds: bool = False
    kinds: tuple[SeriesKind, ...] = ("date", "from", "ten_day", "month")
    """What the first column may be."""

    gapless: bool = True
    """Whether a `date` table needs a row for every day between its first and its last."""


def read_table(table: TableText, known: Known, findings: Findings) -> tuple[Series, ...]:
    """The series of a table; what is wrong goes to `findings`, and a column in doubt is left out."""
    complaints = CsvComplaints(table.file)
    series = _read(table, known, complaints)
    complaints.hand_over(findings)
    return series


def _read(table: TableText, known: Known, complaints: CsvComplaints) -> tuple[Series, ...]:
    rows = csv_rows(table.text, complaints)
    if not rows:
        if not len(complaints):
            complaints.add("the table is empty", 1, None, "no rows", "a header and at least one row", "Write the table.")
        return ()
    header, body = rows[0], rows[1:]
    kind = _kind(header, table.kinds, complaints)
    columns = _columns(header, known, complaints)
    if kind is None:
        return ()
    dates = _first_column(kind, body, table, complaints)
    empty = FILL if table.gapless else LEAVE_OUT
    cells = [
        [cell_number(cell, row.line, at, complaints, empty) for at, cell in enumerate(row.cells[1:], start=2)] for row in body
    ]
    found = []
    for at, column in enumerate(columns):
        if column is not None:
            with np.errstate(over="ignore"):
                # A product without end is found by the check of the limits.
                values = np.array([np.nan if row[at] is None else row[at] for row in cells], dtype=float) * column.factor
            _check_limits(column, values, body, at + 1, complaints)
            found.append(
                Series(
                    column.component,
                    column.quantity,
                    kind,
                    column.unit,
                    values,
                    dates,
                    holds=table.holds,
                    label=table.label,
                    source=table.source,
                    where=Place(table.file, header.line, at + 2, column.component),
                )
            )
    return () if len(complaints) else tuple(found)


def _check_limits(column: Column, values: Floats, body: list[Row], at: int, complaints: CsvComplaints) -> None:
    lowest, highest = column.limits.lowest, column.limits.highest
    for row in np.flatnonzero((values < lowest) | (values > highest) | (np.abs(values) > LARGEST)).tolist():
        limit = lowest if values[row] < lowest else min(highest, LARGEST)
        allowed = f"at {'least' if values[row] < lowest else 'most'} {limit / column.factor:g}"
        what = f"{column.component}.{column.quantity} is out of its range"
        complaints.add(what, body[row].line, at + 1, body[row].cells[at], allowed, "Mend the cell.")


def _kind(header: Row, allowed: tuple[SeriesKind, ...], complaints: CsvComplaints) -> SeriesKind | None:
    word = header.cells[0]
    if word not in allowed:
        remedy = nearest(word, allowed, "Name the first column after what its rows are.")
        complaints.add("the first column has an unknown header", header.line, 1, shown(word), listed(allowed), remedy)
        return None
    return KINDS[word]


def _columns(header: Row, known: Known, complaints: CsvComplaints) -> list[Column | None]:
    found: list[Column | None] = []
    seen: dict[tuple[str, str], int] = {}
    if len(header.cells) == 1:
        allowed = "columns such as dam.inflow [m3/s]"
        complaints.add("the table has no columns of values", header.line, None, shown(header.cells[0]), allowed, "Add a column.")
    for at, cell in enumerate(header.cells[1:], start=2):
        column = header_column(cell, header.line, at, known, complaints)
        found.append(column)
        if column is not None:
            key = (column.component, column.quantity)
            if key in seen:
                found_text = f"{cell!r}, first in column {seen[key]}"
                complaints.add("a column stands twice", header.line, at, found_text, "each quantity once", "Remove one.")
            seen.setdefault(key, at)
    return found


def header_column(cell: str, line: int, at: int, known: Known, complaints: CsvComplaints) -> Column | None:
    """What the header in cell `at` of a row says; None, and findings, where it cannot be read."""
    match = _HEADER.fullmatch(cell)
    if match is None:
        allowed = "component.quantity [unit], such as dam.inflow [m3/s]"
        complaints.add("this header cannot be read", line, at, shown(cell), allowed, "Write it in that form.")
        return None
    component, quantity, unit = match["component"].strip(), match["quantity"].strip(), match["unit"]
    if component in known.unread:
        return None
    allowed_here = known.quantities.get(component)
    if allowed_here is None:
        remedy = nearest(component, known.quantities, "Name a component of the scenario.")
        complaints.add("unknown component", line, at, shown(component), listed(known.quantities), remedy)
        return None
    if quantity not in allowed_here:
        remedy = nearest(quantity, allowed_here, "Choose one of those.")
        complaints.add("unknown quantity", line, at, shown(f"{component}.{quantity}"), listed(allowed_here), remedy)
        return None
    return _with_unit((component, quantity, unit), allowed_here[quantity], (line, at), known.currency, complaints)


def _with_unit(
    header: tuple[str, str, str | None],
    limits: Quantity,
    where: tuple[int, int],
    currency: str,
    complaints: CsvComplaints,
) -> Column | None:
    component, quantity, unit = header
    name, internal = f"{component}.{quantity}", limits.unit
    kind = "a unit" if internal is None else f"a unit of {units.describe(internal)}, as in {units.examples(internal, currency)}"
    if unit is None or not unit.strip():
        remedy = f"Write the header as '{name} [unit]'."
        complaints.add("the header has no unit", *where, shown(name), kind, remedy)
        return None
    try:
        known = internal or _unit_by_dimension(unit, currency)
        return Column(component, quantity, known, units.factor(unit.strip(), known, currency), limits)
    except UnitError as error:
        complaints.add("the unit in the header is wrong", *where, shown(f"[{unit}]"), kind, f"Mend the header: {error.title}.")
        return None


def _unit_by_dimension(unit: str, currency: str) -> str:
    """The internal unit of the same kind, for quantities that are known by their tables only."""
    for internal in (units.FRACTION, units.VOLUME, units.FLOW, units.LENGTH, units.AREA, units.DEPTH_RATE, units.TIME,
                     units.RATE, units.POWER, units.ENERGY, units.ENERGY_PER_VOLUME, units.MONEY, units.MONEY_PER_VOLUME,
                     units.MONEY_PER_AREA, units.TURBIDITY):  # fmt: skip
        try:
            units.factor(unit.strip(), internal, currency)
        except UnitError:
            continue
        return internal
    raise UnitError(f"{unit!r} is not a known unit")


def _first_column(kind: SeriesKind, body: list[Row], table: TableText, complaints: CsvComplaints) -> tuple[dt.date, ...]:
    """The rows' dates; none for tables of a year, whose numbers are checked here."""
    if not body:
        complaints.add("the table has no rows", 1, None, "a header only", "at least one row", "Write the rows.")
        return ()
    if kind in ROWS_OF_A_YEAR:
        _check_numbers(kind, body, complaints)
        return ()
    dates: list[dt.date] = []
    for row in body:
        date = cell_date(row.cells[0], row.line, complaints)
        if date is None:
            continue
        if dates:
            _check_order(dates[-1], date, row, gapless=kind == "date" and table.gapless, complaints=complaints)
        dates.append(date)
    return tuple(dates)


def _check_numbers(kind: SeriesKind, body: list[Row], complaints: CsvComplaints) -> None:
    rows = ROWS_OF_A_YEAR[kind]
    expected = [str(number) for number in range(1, rows + 1)]
    for row, number in zip(body, expected, strict=False):
        if row.cells[0] != number:
            complaints.add(
                f"the numbers of the column {kind!r} are not in order", row.line, 1, shown(row.cells[0]), number, "Sort the rows."
            )
            return
    if len(body) != rows:
        complaints.add(
            "the year is not complete", body[-1].line, 1, f"{len(body)} rows", f"{rows} rows", f"Write rows 1 to {rows}."
        )


def _check_order(before: dt.date, date: dt.date, row: Row, *, gapless: bool, complaints: CsvComplaints) -> None:
    expected = before + dt.timedelta(days=1)
    if date == before:
        complaints.add("a day stands twice", row.line, 1, str(date), "each day once", "Remove one of the rows.")
    elif date < before:
        complaints.add(
            "the rows are not in order", row.line, 1, f"{date} after {before}", "oldest first", "Sort the rows by date."
        )
    elif gapless and date != expected:
        missing = (date - expected).days
        found = f"{date} after {before}"
        remedy = "Fill the gap (and say so in the source), or use a `from` table."
        complaints.add(f"{missing} day{'s are' if missing > 1 else ' is'} missing", row.line, 1, found, str(expected), remedy)
