"""A trade-off curve in words: sections for the terminal and the page, a tidy table, and JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.plan.compare import class_shortages, energy_of, storages_at_end
from waterbalance.plan.side import goal_measure
from waterbalance.report.csv_text import number_text
from waterbalance.report.figures.trade_off import GoalAxis, trade_off_figure
from waterbalance.report.section import Heading, Section
from waterbalance.scenario.spreadsheet_cell import safe_cell
from waterbalance.units import VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.optimise.frontier import Frontier
    from waterbalance.plan.side import GoalMeasure
    from waterbalance.policy.goal import Goal
    from waterbalance.report.language import Wording

COLUMNS = ("point", "table", "item", "value", "unit")

NOTHING = "–"


def frontier_heading(curve: Frontier, title: str, say: Wording) -> Heading:
    """Which goals, over which days, and how far the curve is known."""
    horizon = curve.points[0].side.plan.horizon
    last = horizon.end - dt.timedelta(days=1)
    above = " · ".join(_goal(name, say) for name in curve.above) or say("frontier.above.none")
    known = "frontier.one" if len(curve.points) == 1 else f"frontier.complete.{'yes' if curve.complete else 'no'}"
    return Heading(
        say("frontier"),
        say.printable(title),
        say("dates", start=say.date(str(horizon.start)), last_day=say.date(str(last))),
        (
            (say("frontier.goals"), f"{_goal(curve.first.name, say)} · {_goal(curve.second.name, say)}"),
            (say("frontier.above"), above),
            (say("frontier.complete"), say(known)),
        ),
        tuple(str(finding) for point in curve.points for finding in point.findings),
    )


def frontier_sections(curve: Frontier, say: Wording) -> tuple[Section, ...]:
    """The curve with its points, and what each point means for users and storages."""
    sides = [point.side for point in curve.points]
    numbers = [str(number) for number in range(1, len(sides) + 1)]
    rates = (*(say.number(rate, 3) for rate in curve.rates), NOTHING)
    axes = _axes(curve, say)
    shortages, storages = class_shortages(sides), storages_at_end(sides)
    titles = {name: title for side in sides for name, title in side.titles.items()}

    def label(component: str) -> str:
        title = titles.get(component, {})
        return say.printable(title.get(say.language) or title.get("en") or component)

    return (
        Section(
            say("frontier.points"),
            (say("frontier.point"), *(axis.title for axis in axes), _rate_title(curve, say)),
            tuple(
                (number, _amount(point.first, axes[0], say), _amount(point.second, axes[1], say), rate)
                for number, point, rate in zip(numbers, curve.points, rates, strict=True)
            ),
            note=say("frontier.points.note"),
            figures=(trade_off_figure(curve, axes, say),),
        ),
        Section(
            say("frontier.shortages"),
            (say("frontier.point"), *(say.known("class", each.user_class) for each in shortages), say("compare.energy")),
            tuple(
                (
                    number,
                    *(_volume(each.shortage[place], say) for each in shortages),
                    f"{say.number(energy_of(sides[place]), 0)} kWh",
                )
                for place, number in enumerate(numbers)
            ),
        ),
        Section(
            say("frontier.storages"),
            (say("frontier.point"), *(label(each.component) for each in storages)),
            tuple(
                (number, *(_volume(each.end[place], say) for each in storages))
                for place, number in enumerate(numbers)
                if storages
            ),
        ),
    )


def _axes(curve: Frontier, say: Wording) -> tuple[GoalAxis, GoalAxis]:
    """Both goals with what they add up and its unit: volumes as people speak of them, others in their own."""
    side = curve.points[0].side
    pairs = [(abs(each.first), abs(each.second)) for each in curve.points]
    largest = np.array(pairs).max(axis=0)
    first, second = (
        _axis(goal, goal_measure(goal, side), size, say) for goal, size in zip((curve.first, curve.second), largest, strict=True)
    )
    return first, second


def _axis(goal: Goal, measure: GoalMeasure, largest: float, say: Wording) -> GoalAxis:
    name = _goal(goal.name, say)
    if measure.weighted:
        parts = (f"{say.quantity(each)} [{unit}]" for each, unit in measure.measures.items())
        return GoalAxis(name, 1.0, "", say("frontier.weighted", goal=name, measures=", ".join(parts)))
    size, unit = (1.0, measure.unit)
    if measure.unit == VOLUME:
        size, unit = say.volume_unit if largest >= say.volume_unit[0] else (1.0, "m³")
    return GoalAxis(name, size, unit, f"{say('pair', name=name, value=', '.join(map(say.quantity, measure.measures)))} [{unit}]")


def _rate_title(curve: Frontier, say: Wording) -> str:
    """With a unit where it has one: shares of the same unit have none, and weighted sums have no name."""
    first, second = (goal_measure(goal, curve.points[0].side) for goal in (curve.first, curve.second))
    named = first.unit != second.unit and not first.weighted and not second.weighted
    return say("frontier.rate") + (f" [{second.unit}/{first.unit}]" if named else "")


def _amount(value: float, axis: GoalAxis, say: Wording) -> str:
    """With as many digits as tell the points of a curve apart."""
    return say.number(value / axis.size, 0 if axis.size == 1.0 else 2)


def _goal(name: str, say: Wording) -> str:
    return say.printable(say.known("goal", name))


def _volume(volume: float | None, say: Wording) -> str:
    return NOTHING if volume is None else say.volume(volume)


def frontier_dict(curve: Frontier) -> dict[str, object]:
    """Ready for JSON."""
    rates: list[float | None] = [*curve.rates, None]
    return {
        "schema": "waterbalance.frontier/1",
        "first": curve.first.name,
        "first_unit": _units(curve)[0],
        "second": curve.second.name,
        "second_unit": _units(curve)[1],
        "above": list(curve.above),
        "complete": curve.complete,
        "points": [
            {
                "first": point.first,
                "second": point.second,
                "rate_to_next": rate,
                "shortage": {each.user_class: each.shortage[0] for each in class_shortages([point.side])},
                "energy": energy_of(point.side),
                "storage_at_end": {each.component: each.end[0] for each in storages_at_end([point.side])},
                "audit": [str(finding) for finding in point.findings],
                "notes": list(point.side.plan.notes),
            }
            for point, rate in zip(curve.points, rates, strict=True)
        ],
    }


def _units(curve: Frontier) -> tuple[str, str]:
    side = curve.points[0].side
    return goal_measure(curve.first, side).unit, goal_measure(curve.second, side).unit


def frontier_csv(curve: Frontier) -> str:
    """Tidy: one row a number and point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_numbers(curve))
    return out.getvalue()


def _numbers(curve: Frontier) -> Iterator[tuple[int, str, str, str, str]]:
    units = [safe_cell(unit) for unit in _units(curve)]
    for number, point in enumerate(curve.points, start=1):
        yield number, "goal", safe_cell(curve.first.name), number_text(point.first), units[0]
        yield number, "goal", safe_cell(curve.second.name), number_text(point.second), units[1]
        for each in class_shortages([point.side]):
            yield number, "shortage", each.user_class, number_text(each.shortage[0] or 0.0), "m3"
        yield number, "energy", "", number_text(energy_of(point.side)), "kWh"
        for storage in storages_at_end([point.side]):
            yield number, "storage at the end", safe_cell(storage.component), number_text(storage.end[0] or 0.0), "m3"
