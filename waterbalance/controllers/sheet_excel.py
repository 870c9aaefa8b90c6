"""The gatekeeper's sheet as a printable Excel workbook; every cell is text, so that none is a formula."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.missing_extra import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from waterbalance.controllers.sheet import Sheet, SheetOrder

_WIDTHS = (26, 26, 22, 14, 14, 26)

_SETPOINT = 3
"""The column that is read from afar."""

_WIDEST = 1800
"""Characters of a line, times their size. [pt]"""

_HEIGHT = 26
"""Of a line that is written into by hand. [pt]"""


@dataclass(frozen=True)
class _Line:
    """One line of the worksheet."""

    cells: tuple[str, ...] = ()
    size: int = 12
    bold: bool = False
    framed: bool = False


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
        for column, width in zip("ABCDEF", _WIDTHS, strict=True):
            page.column_dimensions[column].width = width
        for number, line in enumerate(_lines(sheet), start=1):
            _write(page, number, line)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _lines(sheet: Sheet) -> Iterator[_Line]:
    texts = sheet.texts
    yield _Line((sheet.heading,), 20, bold=True)
    if sheet.issued:
        yield _Line((f"{texts['issued']} {sheet.issued}{texts['replaces']}",))
    for order in sheet.orders:
        if order.urgent:
            yield from _order_lines(sheet, order)
    if sheet.steps:
        yield _Line()
        yield _Line((texts["in_order"],), 18, bold=True)
        yield _Line(tuple(texts[word] for word in ("when", "structure", "setpoint", "seen")), bold=True, framed=True)
    for step in sheet.steps:
        setpoint = texts["closed"] if step.is_closed else f"{step.setpoint} {step.unit}"
        yield _Line((step.start, step.gate, setpoint, ""), 14, framed=True)
    for order in sheet.orders:
        if not order.urgent:
            yield from _order_lines(sheet, order)
    yield _Line()
    yield _Line((texts["receipt" if sheet.orders else "none"],))
    if sheet.orders:
        yield _Line((texts["office"].format(at=sheet.issued),))


def _order_lines(sheet: Sheet, order: SheetOrder) -> Iterator[_Line]:
    texts = sheet.texts
    yield _Line()
    yield _Line((order.gate,), 18, bold=True)
    yield from (_Line(fact) for fact in order.facts)
    yield _Line((order.told,), 18 if order.urgent else 12, bold=order.urgent)
    heads = texts["start"], texts["end"], f"{texts['setpoint']} {order.unit}", texts["set_to"], texts["at"], texts["by"]
    yield _Line(heads, bold=True, framed=True)
    for row in order.rows:
        yield _Line(
            (row.start, row.end, f"{row.setpoint} {texts['closed']}" if row.is_closed else row.setpoint, "", "", ""),
            14,
            framed=True,
        )
    if not order.rows:
        yield _Line(("",) * len(heads), 14, framed=True)


def _write(page: Any, number: int, line: _Line) -> None:  # noqa: ANN401 (openpyxl has no types)
    styles = library("openpyxl.styles", "excel")
    side = styles.Side(style="thin")
    for column, text in enumerate(line.cells, start=1):
        cell = page.cell(number, column)
        # openpyxl takes a text that begins with "=" for a formula unless it is told that it is a string.
        cell.value = "".join(character for character in text if character.isprintable())
        cell.data_type = "s"
        cell.number_format = "@"
        cell.font = styles.Font(size=line.size, bold=line.bold or (line.framed and column == _SETPOINT))
        if line.framed:
            cell.border = styles.Border(left=side, right=side, top=side, bottom=side)
            cell.alignment = styles.Alignment(vertical="center", wrap_text=True)
            page.row_dimensions[number].height = _HEIGHT * (2 if line.bold else 1)
    if len(line.cells) == 1:
        # A sentence takes the whole line, in as many lines as it needs.
        page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(_WIDTHS))
        page.cell(number, 1).alignment = styles.Alignment(vertical="center", wrap_text=True)
        page.row_dimensions[number].height = _HEIGHT * (1 + len(line.cells[0]) * line.size // _WIDEST)
