"""Text in tables that a spreadsheet may open without harm."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that begins like this is a formula to a spreadsheet."""


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> safe_cell("=HYPERLINK(A1)"), safe_cell("upper_lake")
    ("'=HYPERLINK(A1)", 'upper_lake')
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text


def plain_cell(cell: str) -> str:
    """The text that `safe_cell` made this cell of.

    >>> plain_cell("'=HYPERLINK(A1)"), plain_cell("upper_lake")
    ('=HYPERLINK(A1)', 'upper_lake')
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell
