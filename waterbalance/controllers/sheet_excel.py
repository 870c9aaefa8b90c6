"""The gatekeeper's sheet as a printable Excel workbook; every cell is text, so that none is a formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.missing_extra import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waterbalance.controllers.sheet import Sheet, SheetOrder

_WIDTHS = (18, 18, 12, 18, 12, 18, 22)


def sheet_excel(sheets: Sequence[Sheet]) -> bytes:
    """One worksheet a language. Raises `UsageError` where openpyxl is missing (extra `excel`)."""
    workbook = library("openpyxl", "excel").Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.language)
        page.page_setup.paperSize = page.PAPERSIZE_A4
        page.page_setup.orientation = page.ORIENTATION_LANDSCAPE
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        for column, width in zip("ABCDEFG", _WIDTHS, strict=True):
            page.column_dimensions[column].width = width
        for number, line in enumerate(_lines(sheet), start=1):
            _write(page, number, line)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _lines(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    yield (sheet.heading,)
    for order in sheet.orders:
        yield ()
        yield from _order_lines(sheet, order)
    if not sheet.orders:
        yield (sheet.texts["none"],)
    yield ()
    yield (sheet.texts["receipt"],)


def _order_lines(sheet: Sheet, order: SheetOrder) -> Iterator[tuple[str, ...]]:
    yield (order.gate,)
    yield from order.facts
    yield (order.told,)
    yield tuple(sheet.texts[word] for word in ("start", "end", "setpoint", "unit", "set_to", "at", "by"))
    yield from ((row.start, row.end, row.setpoint, order.unit, "", "", "") for row in order.rows)


def _write(page: Any, number: int, line: tuple[str, ...]) -> None:  # noqa: ANN401 (openpyxl has no types)
    for column, text in enumerate(line, start=1):
        cell = page.cell(number, column)
        # openpyxl takes a text that begins with "=" for a formula unless it is told that it is a string.
        cell.value = "".join(character for character in text if character.isprintable())
        cell.data_type = "s"
        cell.number_format = "@"
