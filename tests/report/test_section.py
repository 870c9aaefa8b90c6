"""Sections on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from waterbalance.report.language import Wording
from waterbalance.report.section import Heading, Section, on_terminal

COLUMNS = (
    "Quantity",
    "Forecaster",
    "Skill, climatology",
    "Skill, last week",
    "MASE",
    "In 80 % interval",
    "PIT mean",
    "Bias of the sum",
)


@pytest.mark.parametrize("width", [80, 90, 100, 120, 140])
def test_names_are_not_broken(width: int) -> None:
    """Rich gives a table of many columns room in proportion: the name of a forecaster lost its last letter."""
    rows = (("city · demand", "household_demand", *["0.123"] * 6), ("factory · demand", "semiconductor_fab", *["0.123"] * 6))
    out = io.StringIO()
    section = Section("All leads together", COLUMNS, rows, words=2)
    Console(file=out, width=width).print(on_terminal(Heading("Kind", "Title", "dates"), (section,), Wording("en")))
    assert "household_demand" in out.getvalue()
    assert "semiconductor_fab" in out.getvalue()
