"""Rows of a field out of a CSV file: a survey or a rating that would be long in the scenario file.

    level_area_volume: {file: tables/survey.csv}

The header names the columns with their units, `level [m],area [km2],volume [Mm3]`; every other row is one of the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from waterbalance import units
from waterbalance.errors import Finding, Place, UnitError
from waterbalance.network.fields import unit_inside
from waterbalance.scenario.csv_file import CsvComplaints, cell_number, csv_rows
from waterbalance.scenario.document import Entries
from waterbalance.scenario.sections import currency_of
from waterbalance.scenario.wording import listed, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.errors import Findings
    from waterbalance.network.component import Component
    from waterbalance.scenario.csv_file import Row
    from waterbalance.scenario.document import Node
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.folder import Folder

FILE = "file"

_HEADER = re.compile(r"(?P<name>\w+)\s*\[(?P<unit>[^\[\]]*)\]")
_AT_ROW = re.compile(r"at row (\d+)")


@dataclass(frozen=True)
class RowsFile:
    """What a file gives a field."""

    name: str
    """Of the file, for complaints."""

    rows: tuple[dict[str, float], ...]
    """In internal units."""

    lines: tuple[int, ...]
    """Where each row stands."""

    def place_of(self, finding: Finding, component: str) -> Place:
        """Where a complaint about the rows belongs: at the row that it names, else at the header."""
        named = _AT_ROW.search(finding.what)
        at = int(named[1]) - 1 if named else -1
        return Place(self.name, self.lines[at] if 0 <= at < len(self.lines) else 1, None, component)


def columns_of(kind: type[Component], field: str) -> Mapping[str, str]:
    """Columns and internal units of a field that holds rows of quantities; none for all other fields."""
    info = kind.model_fields.get(field)
    row = next(iter(get_args(info.annotation)), None) if info is not None else None
    if not isinstance(row, type) or not issubclass(row, BaseModel):
        return {}
    found = {name: unit_inside(each) for name, each in row.model_fields.items()}
    return {name: unit for name, unit in found.items() if unit is not None} if None not in found.values() else {}


def is_rows_file(kind: type[Component], field: str, node: Node | None) -> bool:
    """Whether a field of rows names a file in their place."""
    return isinstance(node, Entries) and set(node.entries) == {FILE} and bool(columns_of(kind, field))


def rows_from(folder: Folder, entry: Entry, field: str, name: object, findings: Findings) -> RowsFile | None:
    """Read the file of a field; None, and findings, where it cannot be read."""
    text = folder.text(str(name), entry.place(field, FILE))
    if text is None:
        return None
    complaints = CsvComplaints(folder.label(str(name)))
    table = csv_rows(text, complaints)
    read = _rows(table, entry, field, complaints) if table else ()
    if not read and not len(complaints):
        complaints.add("the table has no rows", 1, None, "a header only", "at least one row", "Write the rows.")
    complaints.hand_over(findings)
    return None if len(complaints) else RowsFile(complaints.file, read, tuple(row.line for row in table[1:]))


def _rows(table: list[Row], entry: Entry, field: str, complaints: CsvComplaints) -> tuple[dict[str, float], ...]:
    header, *body = table
    columns = columns_of(entry.kind, field)
    currency = currency_of(entry.document)
    factors = [_factor(cell, (header.line, at), columns, currency, complaints) for at, cell in enumerate(header.cells, start=1)]
    model = get_args(entry.kind.model_fields[field].annotation)[0]
    missing = [name for name in columns if model.model_fields[name].is_required() and name not in dict(filter(None, factors))]
    if missing and not len(complaints):
        allowed = f"columns for {listed(columns)}"
        complaints.add("a column is missing", header.line, None, f"no {missing[0]!r}", allowed, f"Add '{missing[0]} [unit]'.")
    found = []
    for row in body:
        cells = [cell_number(cell, row.line, at, complaints) for at, cell in enumerate(row.cells, start=1)]
        if None not in factors and None not in cells and not missing:
            values = {each[0]: each[1] * cell for each, cell in zip(factors, cells, strict=True) if each and cell is not None}
            _check(model, values, row, [name for name, _ in filter(None, factors)], complaints)
            found.append(values)
    return tuple(found)


def _factor(
    cell: str, where: tuple[int, int], columns: Mapping[str, str], currency: str, complaints: CsvComplaints
) -> tuple[str, float] | None:
    """The column that a header names, and what one of its unit is inside."""
    match = _HEADER.fullmatch(cell)
    if match is None or match["name"] not in columns:
        name = cell.partition("[")[0].strip()
        remedy = nearest(name, [each for each in columns if each != name], f"Write it as '{next(iter(columns))} [unit]'.")
        complaints.add("this header cannot be read", *where, shown(cell), f"a unit in brackets after {listed(columns)}", remedy)
        return None
    internal = columns[match["name"]]
    try:
        return match["name"], units.factor(match["unit"].strip(), internal, currency)
    except UnitError as error:
        allowed = f"a unit of {units.describe(internal)}, as in {units.examples(internal, currency)}"
        complaints.add("the unit in the header is wrong", *where, shown(cell), allowed, f"Mend the header: {error.title}.")
        return None


def _check(model: type[BaseModel], values: dict[str, Any], row: Row, names: list[str], complaints: CsvComplaints) -> None:
    """Whether the quantities of one row can be."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            at = names.index(str(each["loc"][0])) if each["loc"] else None
            allowed = each["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
            found = ", ".join(row.cells) if at is None else row.cells[at]
            column = None if at is None else at + 1
            complaints.add("this row cannot be", row.line, column, shown(found), allowed, "Mend the cell.")


def moved(findings: Iterable[Finding], entry: Entry, files: Mapping[str, RowsFile]) -> Iterable[Finding]:
    """Complaints about rows at their place in the file that holds them."""
    lines = {entry.place(field).line: file for field, file in files.items()}
    for finding in findings:
        file = lines.get(finding.where.line)
        about_rows = file is not None and _AT_ROW.search(finding.what) is not None
        yield replace(finding, where=file.place_of(finding, entry.name)) if file is not None and about_rows else finding
