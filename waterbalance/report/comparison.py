"""A comparison of plans in words: sections for the terminal and the page, and a tidy table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from waterbalance.report.csv_text import number_text
from waterbalance.report.figures.beside import shortage_bars, storage_lines
from waterbalance.report.section import Heading, Section
from waterbalance.scenario.spreadsheet_cell import safe_cell
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from waterbalance.plan.compare import Amounts, Comparison
    from waterbalance.plan.side import Side
    from waterbalance.report.language import Wording

COLUMNS = ("table", "item", "detail", "first_day", "last_day", "plan", "value", "unit")

NOTHING = "–"


def heading(comparison: Comparison, title: str, findings: Sequence[str], say: Wording) -> Heading:
    """What is compared, and over which days."""
    dates = say("dates", start=say.date(comparison.start), last_day=say.date(comparison.last_day))
    steps = say("steps", steps=comparison.steps)
    plans = (say("compare.plans"), " · ".join(say.printable(say.known("policy", name)) for name in comparison.plans))
    return Heading(say("compare"), say.printable(title), f"{dates} · {steps}", (plans,), tuple(findings))


def sections(comparison: Comparison, sides: Sequence[Side], say: Wording) -> tuple[Section, ...]:
    """All tables of a comparison, with pictures for a page."""
    plans = tuple(say.printable(say.known("policy", name)) for name in comparison.plans)
    titles = {name: title for side in sides for name, title in side.titles.items()}

    def label(component: str) -> str:
        title = titles.get(component, {})
        return say.printable(title.get(say.language) or title.get("en") or component)

    return (
        _goals(comparison, plans, say),
        _supply(comparison, plans, say),
        Section(
            say("compare.storages"),
            (say("storage"), *plans, say("compare.difference")),
            tuple((label(each.component), *_with_difference(each.end, say.volume)) for each in comparison.storages),
            figures=storage_lines(sides, label, say),
        ),
        Section(
            say("compare.energy"),
            ("", *plans, say("compare.difference")),
            ((say("compare.energy.row"), *_with_difference(comparison.energy, lambda kwh: f"{say.number(kwh, 0)} kWh")),),
        ),
        _users(comparison, plans, label, say),
        _gates(comparison, plans, label, say),
    )


def _goals(comparison: Comparison, plans: tuple[str, ...], say: Wording) -> Section:
    rows = [
        (
            say.printable(say.known("goal", each.name)),
            " / ".join(NOTHING if rank is None else str(rank) for rank in each.ranks),
            *_with_difference(each.values, lambda value: say.number(value, 0)),
        )
        for each in comparison.goals
    ]
    columns = (say("goal"), say("compare.ranks"), *plans, say("compare.difference"))
    return Section(say("compare.goals"), columns, tuple(rows), 2, say("compare.goals.note"))


def _supply(comparison: Comparison, plans: tuple[str, ...], say: Wording) -> Section:
    rows = [
        (
            say.known("class", each.user_class),
            *(
                NOTHING
                if shortage is None or demand is None
                else f"{say.volume(shortage)} ({say.percent(_share(shortage, demand))})"
                for shortage, demand in zip(each.shortage, each.demand, strict=True)
            ),
            _difference(each.shortage, say.volume),
        )
        for each in comparison.shortages
    ]
    columns = (say("class"), *plans, say("compare.difference"))
    figures = shortage_bars(comparison, plans, say)
    return Section(say("compare.supply"), columns, tuple(rows), note=say("compare.supply.note"), figures=figures)


def _users(comparison: Comparison, plans: tuple[str, ...], label: Callable[[str], str], say: Wording) -> Section:
    rows = [
        (
            label(each.component),
            say("period", first=say.day(each.first_day), last=say.day(each.last_day)),
            *_with_difference(each.shortage, say.volume),
        )
        for each in comparison.users
    ]
    columns = (say("compare.user"), say("when"), *plans, say("compare.difference"))
    return Section(say("compare.users"), columns, tuple(rows), 2, say("compare.users.note"))


def _gates(comparison: Comparison, plans: tuple[str, ...], label: Callable[[str], str], say: Wording) -> Section:
    rows = [
        (
            f"{label(each.component)}: {say.quantity(each.quantity)}",
            *(NOTHING if volume is None else say.volume(volume) for volume in each.volume),
            say("compare.largest.value", flow=say.number(each.largest / SECONDS_PER_DAY, 3), date=say.day(each.largest_on)),
        )
        for each in comparison.gates
    ]
    columns = (say("structure"), *plans, say("compare.largest"))
    return Section(say("compare.gates"), columns, tuple(rows), note=say("compare.gates.note"))


def _share(shortage: float, demand: float) -> float:
    return shortage / demand if demand > 0 else 0.0


def _with_difference(values: Amounts, tell: Callable[[float], str]) -> tuple[str, ...]:
    return (*(NOTHING if value is None else tell(value) for value in values), _difference(values, tell))


def _difference(values: Amounts, tell: Callable[[float], str]) -> str:
    """The last less the first of two; the largest less the smallest of several."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return NOTHING
    return tell(known[1] - known[0]) if len(values) == 2 else tell(max(known) - min(known))


def comparison_csv(comparison: Comparison) -> str:
    """Tidy: one row a number and plan."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table, item, detail, days, values, unit in _numbers(comparison):
        for plan, value in zip(comparison.plans, values, strict=True):
            cell = "" if value is None else number_text(value)
            writer.writerow((table, safe_cell(item), safe_cell(detail), *days, safe_cell(plan), cell, unit))
    return out.getvalue()


def _numbers(comparison: Comparison) -> Iterator[tuple[str, str, str, tuple[str, str], Amounts, str]]:
    whole = comparison.start, comparison.last_day
    for goal in comparison.goals:
        yield "goal", goal.name, goal.sense, whole, goal.values, safe_cell(goal.unit)
    for each in comparison.shortages:
        yield "demand", each.user_class, "", whole, each.demand, "m3"
        yield "shortage", each.user_class, "", whole, each.shortage, "m3"
    yield "energy", "", "", whole, comparison.energy, "kWh"
    for storage in comparison.storages:
        yield "storage at the end", storage.component, "storage", (comparison.last_day, comparison.last_day), storage.end, "m3"
    for user in comparison.users:
        yield "shortage by user", user.component, "shortage", (user.first_day, user.last_day), user.shortage, "m3"
    for gate in comparison.gates:
        yield "flow", gate.component, gate.quantity, whole, gate.volume, "m3"
