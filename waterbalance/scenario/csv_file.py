"""A CSV file as rows of text with line numbers; nothing is guessed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field

from waterbalance.errors import Finding, Findings, Place
from waterbalance.scenario.wording import shown

MOST_COMPLAINTS = 20
"""Most findings about one file; the rest are counted."""

FILL = "Fill it (and say so in the source), or remove the row and use a `from` table."
"""What to do about an empty cell where every day needs a value."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,'\u2019 \u00a0\u202f_][0-9]{3})+(?:[.,][0-9]*)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]?[\d:.,+Zz -].*")


@dataclass
class CsvComplaints:
    """Collects findings about one file, and counts what is beyond the first ones."""

    file: str
    kept: list[Finding] = field(default_factory=list)
    more: int = 0

    def add(self, what: str, line: int, column: int | None, found: str, allowed: str, remedy: str) -> None:
        """Keep one finding; `column` counts the cells of the row from 1."""
        if len(self.kept) < MOST_COMPLAINTS:
            self.kept.append(Finding(what, Place(self.file, line, column), found, allowed, remedy))
        else:
            self.more += 1

    def __len__(self) -> int:
        return len(self.kept) + self.more

    def hand_over(self, findings: Findings) -> None:
        """Put everything into the common heap."""
        findings.extend(self.kept)
        if self.more:
            remedy = "Mend those above first; the same mistake often repeats."
            findings.add(Finding("there are more problems in this file", Place(self.file), f"{self.more} more", "none", remedy))


@dataclass(frozen=True)
class Row:
    """One row of cells, stripped."""

    line: int
    cells: tuple[str, ...]


def csv_rows(text: str, complaints: CsvComplaints) -> list[Row]:
    """All rows that are not blank. Rows of another length than the header are findings and left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    last_line = 0
    try:
        for cells in reader:
            line, last_line = last_line + 1, reader.line_num
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped) or len(stripped) > 1:
                rows.append(Row(line, stripped))
    except csv.Error as error:
        remedy = "Look at the quotes and the separators of this line."
        complaints.add("this is not CSV", reader.line_num, None, str(error), "comma-separated values", remedy)
    return _even(rows, complaints)


def _even(rows: list[Row], complaints: CsvComplaints) -> list[Row]:
    if not rows:
        return rows
    width = len(rows[0].cells)
    if width == 1 and any(separator in rows[0].cells[0] for separator in ";\t"):
        complaints.add(
            "the columns are not separated by commas", rows[0].line, None, shown(rows[0].cells[0]), "commas", "Save as CSV."
        )
        return []
    even = []
    for row in rows:
        if len(row.cells) == width:
            even.append(row)
        else:
            remedy = "Look for a missing cell, or for a comma inside of a number."
            found, allowed = f"{len(row.cells)} cells", f"{width} cells, as in the header"
            complaints.add("the row has another length than the header", row.line, None, found, allowed, remedy)
    return even


def cell_number(cell: str, line: int, column: int, complaints: CsvComplaints, empty: str = FILL) -> float | None:
    """The number in a cell, or None and a finding; `empty` is what to do about an empty cell."""
    allowed = "a number such as 1234.5"
    if _NUMBER.fullmatch(cell):
        value = float(cell)
        if value in {float("inf"), float("-inf")}:
            complaints.add("the number is too large", line, column, shown(cell), allowed, "Mend the exponent.")
            return None
        return value
    if not cell:
        complaints.add("the cell is empty", line, column, "nothing", allowed, empty)
    elif _THOUSANDS.fullmatch(cell):
        complaints.add("the number has separators of thousands", line, column, shown(cell), allowed, "Write it without them.")
    else:
        complaints.add("text stands in a column of numbers", line, column, shown(cell), allowed, "Mend the cell.")
    return None


def cell_date(cell: str, line: int, complaints: CsvComplaints, column: int = 1) -> dt.date | None:
    """The local date in a cell (the first of its row), or None and a finding."""
    allowed = "a local date, such as 2021-02-01"
    if _DATE.fullmatch(cell):
        try:
            return dt.date.fromisoformat(cell)
        except ValueError as error:
            complaints.add("there is no such day", line, column, shown(cell), allowed, f"Mend the date ({error}).")
    elif _MOMENT.fullmatch(cell):
        remedy = "Turn it into the day of the scenario's time zone; write no time and no offset."
        complaints.add("a time or a time zone stands where a local date belongs", line, column, shown(cell), allowed, remedy)
    else:
        complaints.add("this is not a date", line, column, shown(cell), allowed, "Write year-month-day.")
    return None
