"""How good forecasters were on their past: sections for the terminal and the page, a tidy table, and JSON."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from waterbalance.forecast.backtest import NO_RECORD
from waterbalance.report.csv_text import number_text
from waterbalance.report.figures.skill import coverage_figure, skill_figure
from waterbalance.report.section import Heading, Section
from waterbalance.scenario.spreadsheet_cell import safe_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from waterbalance.forecast.backtest import Tried
    from waterbalance.report.language import Wording
    from waterbalance.scenario.scenario import Scenario

COLUMNS = ("component", "quantity", "forecaster", "lead", "score", "value", "unit")

NOTHING = "–"

IN_THE_UNIT = ("crps", "pinball")

SHOWN = ("skill_climatology", "skill_seasonal_naive", "mase", "coverage_80", "pit_mean", "pit_spread", "accumulated_bias")

DIGITS = 3


def backtest_heading(tried: Sequence[Tried], scenario: Scenario, say: Wording) -> Heading:
    """Which days were told."""
    told = [each.result.told for each in tried if each.result is not None]
    dates = NOTHING
    if told:
        first, last = min(each["ds"].min() for each in told), max(each["ds"].max() for each in told)
        dates = say("dates", start=say.date(str(first.date())), last_day=say.date(str(last.date())))
    return Heading(say("backtest"), say.printable(scenario.label(say.language)), dates)


def backtest_sections(tried: Sequence[Tried], scenario: Scenario, say: Wording) -> tuple[Section, ...]:
    """A summary over all leads, then every quantity lead by lead, and what could not be tried.

    What was known ahead of the weather stands beside the summary.
    """
    known = [(each, each.result) for each in tried if each.result is not None]
    names = {id(each): _name(each, scenario, say) for each, _ in known}
    scores = tuple(say(f"score.{name}") for name in SHOWN)
    summary = Section(
        say("backtest.summary"),
        (say("quantity"), say("backtest.forecaster"), *scores),
        tuple((names[id(each)], say.printable(each.forecaster), *_row(result.scores.loc[0], say)) for each, result in known),
        words=2,
        note=say("backtest.summary.note"),
    )
    by_lead = [
        Section(
            names[id(each)],
            (
                say("backtest.lead"),
                say("backtest.origins"),
                *scores,
                *(f"{say(f'score.{name}')} [{each.unit}]" for name in IN_THE_UNIT),
            ),
            tuple(
                (str(lead), say.number(row["origins"], 0), *_row(row, say), *(_size(row[name], say) for name in IN_THE_UNIT))
                for lead, row in result.scores.drop(0).iterrows()
            ),
            figures=(skill_figure(each, result, say), coverage_figure(each, result, say)),
        )
        for each, result in known
    ]
    doubts = tuple((names[id(each)], say.printable(note)) for each, result in known for note in result.notes)
    doubted = Section(say("forecast.notes"), (say("quantity"), say("backtest.reason")), doubts, words=2)
    rest = tuple((_name(each, scenario, say), _reason(each, say)) for each in tried if each.result is None)
    left_out = Section(say("backtest.left_out"), (say("quantity"), say("backtest.reason")), rest, words=2)
    told = tuple((_name(each, scenario, say), "; ".join(map(say.origin, each.notes))) for each in tried if each.notes)
    weather = Section(say("backtest.weather"), (say("quantity"), say("notes")), told, words=2)
    return (
        summary,
        *([weather] if told else []),
        *by_lead,
        *([doubted] if doubts else []),
        *([left_out] if rest else []),
    )


def _reason(each: Tried, say: Wording) -> str:
    """Why a forecaster was not tried; a complaint for which there are no words here comes in its own."""
    return say("backtest.no_record") if each.reason == NO_RECORD else say.finding(each.reason)


def backtest_csv(tried: Sequence[Tried]) -> str:
    """Tidy: one row for each quantity, lead and score; lead 0 is over all leads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in tried:
        if each.result is None:
            continue
        names = safe_cell(each.component), safe_cell(each.quantity), safe_cell(each.forecaster)
        for lead, row in each.result.scores.iterrows():
            for score, value in row.items():
                unit = each.unit if score in {"mae", "crps", "pinball"} else "1"
                writer.writerow((*names, lead, score, "" if math.isnan(value) else number_text(float(value)), unit))
    return out.getvalue()


def backtest_dict(tried: Sequence[Tried]) -> dict[str, object]:
    """Ready for JSON."""
    return {
        "schema": "waterbalance.backtest/1",
        "quantities": [
            {
                "component": each.component,
                "quantity": each.quantity,
                "forecaster": each.forecaster,
                "unit": each.unit,
                "reason": each.reason,
                "notes": [*each.notes, *(() if each.result is None else each.result.notes)],
                "scores": [] if each.result is None else _scores(each.result.scores),
                "judges": {} if each.result is None else {name: _scores(judge) for name, judge in each.result.judges.items()},
            }
            for each in tried
        ],
    }


def _scores(table: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {"lead": lead, **{str(name): None if math.isnan(value) else float(value) for name, value in row.items()}}
        for lead, row in table.iterrows()
    ]


def _size(value: float, say: Wording) -> str:
    """A score in the unit of its quantity, with four digits that count."""
    if math.isnan(value):
        return NOTHING
    return say.number(value, max(0, 3 - math.floor(math.log10(value))) if value > 0.0 else 0)


def _name(each: Tried, scenario: Scenario, say: Wording) -> str:
    return f"{say.name(scenario.network, each.component)} · {say.quantity(each.quantity)}"


def _row(row: object, say: Wording) -> tuple[str, ...]:
    values = [float(row[name]) for name in SHOWN]  # type: ignore[index]  # (a row of a frame)
    return tuple(NOTHING if math.isnan(value) else say.number(value, DIGITS) for value in values)
