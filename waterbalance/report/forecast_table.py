"""What is expected, as a table: low, median and high of the members, and the value that a plan takes."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from waterbalance import units
from waterbalance.report.csv_text import number_text
from waterbalance.scenario.spreadsheet_cell import safe_cell

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats
    from waterbalance.report.language import Wording
    from waterbalance.scenario.scenario import Scenario

LOW, HIGH = 0.1, 0.9

COLUMNS = (
    "step_start",
    "step_end",
    "component",
    "quantity",
    "low_10",
    "median",
    "high_90",
    "planned",
    "unit",
    "members",
    "label",
    "filled",
    "notes",
)


@dataclass(frozen=True)
class ForecastRow:
    """One series over the horizon. Shapes (steps,), amounts over each step."""

    component: str
    quantity: str
    low: Floats
    median: Floats
    high: Floats
    planned: Floats
    unit: str
    """Internal unit of the quantity; what is per day comes as its amount over the step."""

    members: int
    label: str
    filled: int
    """How many days of the record were missing and filled."""

    notes: tuple[str, ...]
    """Readings of the record that were doubted, and what stands for weather that nobody tells."""


def forecast_rows(scenario: Scenario, forecasts: Forecasts) -> tuple[ForecastRow, ...]:
    """One row a series, in the order of their names."""
    chosen = forecasts.choose(scenario.planning_values)
    rows = []
    for (component, quantity), forecast in sorted(forecasts.series.items()):
        unit = type(scenario.network[component]).unit_of(quantity) or units.FRACTION
        rows.append(
            ForecastRow(
                component=component,
                quantity=quantity,
                low=np.quantile(forecast.values, LOW, axis=1),
                median=np.quantile(forecast.values, 0.5, axis=1),
                high=np.quantile(forecast.values, HIGH, axis=1),
                planned=chosen.series[component, quantity].values[:, 0],
                unit=unit,
                members=forecast.members,
                label=chosen.series[component, quantity].label,
                filled=forecast.filled,
                notes=forecast.notes,
            )
        )
    return tuple(rows)


def forecast_csv(rows: tuple[ForecastRow, ...], forecasts: Forecasts) -> str:
    """Tidy table: one line for each series and step."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        names = safe_cell(row.component), safe_cell(row.quantity)
        for t, (start, end) in enumerate(zip(forecasts.horizon.starts, forecasts.horizon.ends, strict=True)):
            values = (number_text(float(each[t])) for each in (row.low, row.median, row.high, row.planned))
            told = row.filled, safe_cell("; ".join(row.notes))
            writer.writerow((start, end, *names, *values, _over_a_step(row.unit), row.members, safe_cell(row.label), *told))
    return out.getvalue()


def forecast_terminal(rows: tuple[ForecastRow, ...], scenario: Scenario, forecasts: Forecasts, say: Wording) -> Group:
    """Flows and rates as means over the horizon [m3/s, mm/day], stocks at its end, other values as means; doubted readings."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("component", "quantity"):
        table.add_column(say(column))
    for column in ("forecast.low", "forecast.median", "forecast.high", "forecast.planned"):
        table.add_column(say(column), justify="right")
    for column in ("unit", "origin"):
        table.add_column(say(column), overflow="fold")
    days = float(forecasts.horizon.days.sum())
    for row in rows:
        told = [_told(values, row.unit, days, say) for values in (row.low, row.median, row.high, row.planned)]
        cells = (
            say.name(scenario.network, row.component),
            say.quantity(row.quantity),
            *(say.number(value, 3) for value, _ in told),
            told[0][1],
            say.origin(row.label),
        )
        table.add_row(*map(Text, cells))
    doubted = [
        Text(
            say(
                "pair", name=f"{say.name(scenario.network, row.component)} · {say.quantity(row.quantity)}", value=say.origin(note)
            )
        )
        for row in rows
        for note in row.notes
    ]
    return Group(table, *([Text(say("forecast.notes"), style="bold"), *doubted] if doubted else []))


def _told(values: Floats, unit: str, days: float, say: Wording) -> tuple[float, str]:
    """One number for a series and its unit, as people read it."""
    if unit == units.FLOW:
        return float(values.sum()) / days / units.SECONDS_PER_DAY, "m³/s"
    if unit == units.DEPTH_RATE:
        return float(values.sum()) / days * 1000.0, say("unit.depth_rate")
    if unit == units.RATE:
        return float(values.sum()) / days, unit
    if unit == units.VOLUME:
        divisor, name = say.volume_unit
        return float(values[-1]) / divisor, name
    return float(values.mean()), unit


def _over_a_step(unit: str) -> str:
    """What a rate becomes over a step."""
    return unit.removesuffix("/day") if units.integrates_over_step(unit) else unit
