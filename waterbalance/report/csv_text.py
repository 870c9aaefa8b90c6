"""A plan as a tidy CSV table that a spreadsheet may open without harm."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from waterbalance.scenario.spreadsheet_cell import safe_cell

if TYPE_CHECKING:
    from waterbalance.plan.plan import Plan

COLUMNS = ("step_start", "step_end", "member", "component", "quantity", "value", "unit")


def plan_csv(plan: Plan) -> str:
    """All values of a plan: step_start, step_end, member, component, quantity, value, unit.

    Values have ten significant digits, more than any gate, gauge or solver tells apart.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    steps = list(zip(map(str, plan.horizon.starts), map(str, plan.horizon.ends), strict=True))
    for (component, quantity), values in plan.values.items():
        unit = plan.units.get((component, quantity), "m3")
        names = safe_cell(component), safe_cell(quantity)
        writer.writerows(
            (start, end, 0, *names, number_text(value), unit) for (start, end), value in zip(steps, values.tolist(), strict=True)
        )
    return out.getvalue()


def cells_text(*cells: str) -> str:
    """Cells of a row as they stand in a file, for rows of which only some cells change."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(map(safe_cell, cells))
    return out.getvalue()


def number_text(value: float) -> str:
    """A number with ten significant digits; minus zero is zero."""
    return f"{value + 0.0:.10g}"
