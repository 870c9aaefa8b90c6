"""Members that somebody else has told, out of a long CSV file: one row for each issue, day and member.

    issued,ds,member,value [m3/s]
    2021-05-30,2021-05-31,1,12.5

Each issue of each member becomes one series of days, named by both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.scenario.csv_file import CsvComplaints, cell_date, cell_number, csv_rows
from waterbalance.scenario.series import Series
from waterbalance.scenario.wording import shown

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.errors import Findings
    from waterbalance.scenario.csv_file import Row
    from waterbalance.scenario.quantities import Quantity
    from waterbalance.scenario.tables import TableText

_HEADER = ("issued", "ds", "member")
_VALUE = re.compile(r"value\s*\[(?P<unit>[^\[\]]*)\]")
_LARGEST = 1e300


def read_ensemble(table: TableText, component: str, wanted: Quantity, findings: Findings) -> tuple[Series, ...]:
    """The runs of a table, quantity `ISSUED MEMBER`; what is wrong goes to `findings`."""
    complaints = CsvComplaints(table.file)
    rows = csv_rows(table.text, complaints)
    if not rows and not len(complaints):
        complaints.add("the table is empty", 1, None, "no rows", "a header and at least one row", "Write the table.")
    factor = _factor(rows[0], wanted.unit or units.FRACTION, complaints) if rows else None
    runs: dict[tuple[dt.date, str], dict[dt.date, float]] = {}
    for row in rows[1:] if factor is not None else ():
        read = _cells(row, wanted, factor or 1.0, complaints)
        if read is None:
            continue
        issued, day, member, value = read
        run = runs.setdefault((issued, member), {})
        if day in run:
            found = f"{day} of member {member}, issued {issued}"
            complaints.add("a member tells a day twice", row.line, 2, found, "each day once", "Remove one of the rows.")
        run[day] = value
    complaints.hand_over(findings)
    unit = wanted.unit or units.FRACTION
    return tuple(
        Series(component, f"{issued} {member}", "date", unit, np.array([run[day] for day in sorted(run)]), tuple(sorted(run)))
        for (issued, member), run in runs.items()
    )


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


def _cells(
    row: Row, wanted: Quantity, factor: float, complaints: CsvComplaints
) -> tuple[dt.date, dt.date, str, float] | None:  # fmt: skip
    """Issue, day, member and value of a row, in internal units; None, and findings, where it cannot be read."""
    issued, day = (cell_date(row.cells[at], row.line, complaints, at + 1) for at in (0, 1))
    value = cell_number(row.cells[3], row.line, 4, complaints)
    if not row.cells[2]:
        complaints.add("the member is missing", row.line, 3, "nothing", "a number or a name", "Name the member.")
    if issued is None or day is None or value is None or not row.cells[2]:
        return None
    value *= factor
    if not max(wanted.lowest, -_LARGEST) <= value <= min(wanted.highest, _LARGEST):
        allowed = f"{wanted.lowest / factor:g} to {wanted.highest / factor:g}"
        complaints.add("the value is out of its range", row.line, 4, shown(row.cells[3]), allowed, "Mend the cell.")
        return None
    return issued, day, row.cells[2], value
