"""Members that somebody else has told, out of a long CSV file: one row for each issue, day and member.

    issued,ds,member,value [m3/s]
    2021-05-30,2021-05-31,1,12.5

of one quantity; or of the weather, whose columns belong together:

    issued,ds,member,weather.rain [mm/day],weather.temperature [degC]
    2021-05-30,2021-05-31,1,12.5,28.1

Each column of each issue of each member becomes one series of days, named by all three.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.scenario.csv_file import CsvComplaints, cell_date, cell_number, csv_rows
from waterbalance.scenario.series import Series
from waterbalance.scenario.tables import Column, header_column
from waterbalance.scenario.wording import shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from waterbalance.errors import Findings
    from waterbalance.scenario.csv_file import Row
    from waterbalance.scenario.quantities import Quantity
    from waterbalance.scenario.tables import Known, TableText

    Runs = dict[tuple[dt.date, str], dict[dt.date, tuple[float, ...]]]

ISSUED = "issued"

_HEADER = (ISSUED, "ds", "member")
_VALUE = re.compile(r"value\s*\[(?P<unit>[^\[\]]*)\]")
_LARGEST = 1e300


def read_ensemble(table: TableText, component: str, wanted: Quantity, findings: Findings) -> tuple[Series, ...]:
    """The runs of a table, quantity `ISSUED MEMBER`; what is wrong goes to `findings`."""
    complaints = CsvComplaints(table.file)
    rows = _rows(table, complaints)
    unit = wanted.unit or units.FRACTION
    factor = _factor(rows[0], unit, complaints) if rows else None
    columns = [] if factor is None else [Column(component, "", unit, factor, wanted)]
    runs = _runs(rows[1:], columns, complaints)
    complaints.hand_over(findings)
    return tuple(_series(component, f"{issued} {member}", unit, run, 0) for (issued, member), run in runs.items())


def read_issues(table: TableText, component: str, known: Known, findings: Findings) -> tuple[Series, ...]:
    """The runs of a table of weather, quantity `ISSUED COLUMN MEMBER`; what is wrong goes to `findings`."""
    complaints = CsvComplaints(table.file)
    rows = _rows(table, complaints)
    columns = _columns(rows[0], known, complaints) if rows else []
    runs = _runs(rows[1:], columns, complaints)
    complaints.hand_over(findings)
    return tuple(
        _series(component, f"{issued} {column.quantity} {member}", column.unit, run, at)
        for (issued, member), run in runs.items()
        for at, column in enumerate(columns)
    )


def _rows(table: TableText, complaints: CsvComplaints) -> list[Row]:
    rows = csv_rows(table.text, complaints)
    if not rows and not len(complaints):
        complaints.add("the table is empty", 1, None, "no rows", "a header and at least one row", "Write the table.")
    return rows


def _factor(header: Row, unit: str, complaints: CsvComplaints) -> float | None:
    """What one of the header's unit is inside; None where the header is another."""
    match = _VALUE.fullmatch(header.cells[-1])
    if header.cells[:-1] != _HEADER or match is None:
        found, allowed = shown(",".join(header.cells)), "issued,ds,member,value [unit]"
        complaints.add("this is not the header of an ensemble", header.line, None, found, allowed, "Mend the header.")
        return None
    try:
        return units.factor(match["unit"].strip(), unit)
    except UnitError as error:
        allowed = f"a unit of {units.describe(unit)}, as in {units.examples(unit)}"
        found, remedy = shown(header.cells[-1]), f"Mend the header: {error.title}."
        complaints.add("the unit in the header is wrong", header.line, 4, found, allowed, remedy)
        return None


def _columns(header: Row, known: Known, complaints: CsvComplaints) -> list[Column]:
    """The columns of weather; none where one of them cannot be read."""
    start = len(_HEADER)
    if header.cells[:start] != _HEADER or len(header.cells) == start:
        found, allowed = shown(",".join(header.cells)), "issued,ds,member, then columns such as weather.rain [mm/day]"
        complaints.add("this is not the header of an ensemble", header.line, None, found, allowed, "Mend the header.")
        return []
    cells = list(enumerate(header.cells[start:], start=start + 1))
    for at, cell in cells:
        if cell in header.cells[: at - 1]:
            complaints.add("a column stands twice", header.line, at, shown(cell), "each quantity once", "Remove one.")
    read = [header_column(cell, header.line, at, known, complaints) for at, cell in cells]
    return [] if len(complaints) else [column for column in read if column is not None]


def _runs(rows: Sequence[Row], columns: Sequence[Column], complaints: CsvComplaints) -> Runs:
    """Values of each issue and member by day, in internal units; nothing where there are no columns."""
    runs: Runs = {}
    for row in rows if columns else ():
        read = _cells(row, columns, complaints)
        if read is None:
            continue
        issued, day, member, values = read
        run = runs.setdefault((issued, member), {})
        if day in run:
            found = f"{day} of member {member}, issued {issued}"
            complaints.add("a member tells a day twice", row.line, 2, found, "each day once", "Remove one of the rows.")
        run[day] = values
    return runs


def _cells(
    row: Row, columns: Sequence[Column], complaints: CsvComplaints
) -> tuple[dt.date, dt.date, str, tuple[float, ...]] | None:  # fmt: skip
    """Issue, day, member and values of a row, in internal units; None, and findings, where it cannot be read."""
    issued, day = (cell_date(row.cells[at], row.line, complaints, at + 1) for at in (0, 1))
    member = row.cells[2]
    if not member:
        complaints.add("the member is missing", row.line, 3, "nothing", "a number or a name", "Name the member.")
    start = len(_HEADER)
    read = [_value(row, at, column, complaints) for at, column in enumerate(columns, start=start)]
    values = tuple(value for value in read if value is not None)
    if issued is None or day is None or not member or len(values) < len(columns):
        return None
    return issued, day, member, values


def _value(row: Row, at: int, column: Column, complaints: CsvComplaints) -> float | None:
    value = cell_number(row.cells[at], row.line, at + 1, complaints)
    if value is None:
        return None
    value *= column.factor
    lowest, highest = column.limits.lowest, column.limits.highest
    if not max(lowest, -_LARGEST) <= value <= min(highest, _LARGEST):
        allowed = f"{lowest / column.factor:g} to {highest / column.factor:g}"
        complaints.add("the value is out of its range", row.line, at + 1, shown(row.cells[at]), allowed, "Mend the cell.")
        return None
    return value


def _series(component: str, name: str, unit: str, run: dict[dt.date, tuple[float, ...]], at: int) -> Series:
    days = tuple(sorted(run))
    return Series(component, name, "date", unit, np.array([run[day][at] for day in days]), days)
