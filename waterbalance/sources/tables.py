"""Rows of text out of CSV and Excel files in a folder; a file that cannot be read costs itself only."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, Findings, Place, UsageError
from waterbalance.scenario.csv_file import CsvComplaints, Row, csv_rows
from waterbalance.scenario.folder import LARGEST_FILE, Folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXCEL = frozenset({".xlsx", ".xlsm"})

_MOST_ROWS = 1_000_000


def rows_of(path: Path, findings: Findings) -> list[Row]:
    """Header and rows of a file, of equal lengths; none, and findings, where it cannot be read.

    Raises `UsageError` where it is one of Excel and openpyxl is not installed.
    """
    complaints = CsvComplaints(str(path))
    if path.suffix.lower() in EXCEL:
        return _excel_rows(path, findings)
    text = Folder(path.parent, findings).text(path.name, Place(str(path)))
    if text is None:
        return []
    rows = csv_rows(text, complaints)
    if rows and not text.endswith(("\n", "\r")):
        remedy = "Look whether the file has been copied to its end."
        complaints.add("the last line has no end", rows[-1].line, None, ",".join(rows[-1].cells)[-40:], "a whole file", remedy)
    complaints.hand_over(findings)
    return rows


def _excel_rows(path: Path, findings: Findings) -> list[Row]:
    """The first sheet."""
    try:
        import openpyxl  # noqa: PLC0415 (an extra: only who reads Excel needs it)
    except ImportError:
        remedy = "Install it with: pip install 'waterbalance[excel]'"
        raise UsageError(
            "a library is missing", (Finding("openpyxl is not installed", Place(str(path)), remedy=remedy),)
        ) from None
    size = path.stat().st_size
    if size > LARGEST_FILE:
        found, allowed = f"{size / 1024**2:.0f} MB", f"at most {LARGEST_FILE / 1024**2:.0f} MB"
        findings.add(Finding("the file is too large", Place(str(path)), found, allowed, "Keep only the rows that are needed."))
        return []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            lines = list(sheet.iter_rows(values_only=True, max_row=_MOST_ROWS))
        finally:
            book.close()
    except (OSError, ValueError, KeyError, IndexError, SyntaxError, zipfile.BadZipFile) as error:
        remedy = "Save it again, or as CSV."
        findings.add(Finding("the file is no Excel workbook", Place(str(path)), type(error).__name__, "an xlsx file", remedy))
        return []
    return _even(lines)


def _even(lines: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Rows that are not blank, as wide as the first one."""
    rows = [Row(number, tuple(_text(cell) for cell in cells)) for number, cells in enumerate(lines, start=1)]
    rows = [row for row in rows if any(row.cells)]
    width = max((at for at, cell in enumerate(rows[0].cells, start=1) if cell), default=0) if rows else 0
    return [Row(row.line, (*row.cells, *("",) * width)[:width]) for row in rows]


def _text(cell: object) -> str:
    """A cell as a CSV file would tell it; a moment at midnight is a date, as Excel knows no others."""
    if isinstance(cell, dt.datetime):
        return (cell.date() if cell.time() == dt.time() else cell.replace(microsecond=0)).isoformat()
    return "" if cell is None else str(cell).strip()
