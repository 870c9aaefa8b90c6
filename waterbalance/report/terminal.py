"""The plan as tables in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from waterbalance.report.futures import FUTURE_COLUMNS, future_rows, futures_told
from waterbalance.report.rows import (
    RECORD_COLUMNS,
    binding_rows,
    damage_rows,
    drought_rows,
    end_rows,
    flow_rows,
    goal_rows,
    outage_rows,
    planning_values,
    record_rows,
    stage_rows,
    storage_rows,
    supply_columns,
    supply_rows,
)
from waterbalance.report.turn_rounds import ROUND_COLUMNS, round_rows
from waterbalance.report.turns import TURN_COLUMNS, search_notes, turn_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from waterbalance.network.network import Network
    from waterbalance.report.drought_light import Light
    from waterbalance.report.language import Wording
    from waterbalance.report.row import Row
    from waterbalance.report.summary import Summary

STYLES: dict[str, str] = {
    "blue": "bold blue",
    "green": "bold green",
    "yellow": "bold yellow",
    "orange": "bold dark_orange",
    "red": "bold red",
}

MOST_BINDINGS = 10
"""How many places that bind a terminal shows."""


def terminal_summary(summary: Summary, network: Network, say: Wording) -> RenderableType:
    """Everything a planner wants at a glance."""
    parts = [_header(summary, say), _storages(summary, network, say)]
    parts.append(_table(say("supply"), supply_columns(summary), supply_rows(summary, say), say))
    parts += [_binding(summary, network, say), _ends(summary, network, say)]
    if summary.kept_flows:
        rows = flow_rows(summary, network, say)
        parts.append(_table(say("kept_flows"), ("rule", "wanted", "shortfall", "days_short"), rows, say))
    if summary.outages:
        rows = outage_rows(summary, network, say)
        parts.append(_table(say("outages"), ("place", "when", "available", "reason"), rows, say))
    if summary.turns:
        parts.append(_table(say("turns"), TURN_COLUMNS, turn_rows(summary.turns, network, say), say))
        if summary.turn_rounds:
            rows = round_rows(summary.turn_rounds, summary.turns, network, say)
            parts.append(_table(say("turns.round"), ROUND_COLUMNS, rows, say))
        parts += [Text(note) for note in search_notes(summary.turn_searches, say)]
    if summary.stages:
        parts.append(_table(say("stages"), ("rule", "when"), stage_rows(summary, network, say), say))
    if summary.drought_stages:
        rows = drought_rows(summary, network, say)
        parts.append(_table(say("drought_stages"), ("rule", "drought_stage", "when", "in_force_from", "why"), rows, say))
    if summary.stage_damages:
        rows = damage_rows(summary, network, say)
        parts.append(_table(say("stage_damages"), ("rule", "announced_cuts", "damage", "damage.avoided"), rows, say))
    if summary.recorded:
        parts.append(_table(say("recorded"), RECORD_COLUMNS, record_rows(summary, network, say), say))
    parts += _goals(summary, say)
    for component, volume in summary.below_dead_storage:
        text = say("below_dead.value", place=say.name(network, component), volume=say.volume(volume))
        parts.append(Text(say.pair("below_dead", text), style="bold red"))
    parts += [Text(say.pair("notes", say.finding(note))) for note in summary.notes]
    parts += [Text(finding, style="red") for finding in summary.audit]
    return Group(*parts)


def _header(summary: Summary, say: Wording) -> RenderableType:
    title = summary.title.get(say.language) or summary.title.get("en") or summary.scenario
    dates = say("dates", start=say.date(summary.start), last_day=say.date(summary.last_day))
    status = (
        Text(say("status.sound"), style="green")
        if summary.sound
        else Text(say("status.unsound", count=len(summary.audit)), style="bold red")
    )
    fallback = []
    if summary.fallback_rung:
        label = say(f"fallback.{summary.fallback_rung}")
        fallback = [Text(say("fallback.rung", rung=summary.fallback_rung, label=label), style="bold dark_orange")]
        fallback += [Text(f"  {say.printable(reason)}") for reason in summary.fallback_reasons]
    lines = [
        Text(f"{title} · {dates} · {say('steps', steps=summary.steps)}", style="bold"),
        Text(say.pair("policy", say.known("policy", summary.policy))),
        Text(say.pair("planning_values", planning_values(summary, say))),
        status,
        *fallback,
    ]
    return Padding(Group(*lines), (1, 0))


def _goals(summary: Summary, say: Wording) -> list[RenderableType]:
    """All goals, and what they are expected to be with other plans where there are several futures."""
    rows = [row[1:] for row in goal_rows(summary, say)]
    parts: list[RenderableType] = [_table(say("goals"), ("goal", "result", "equity_price"), rows, say)]
    if summary.futures is not None:
        if summary.futures.goals:
            parts.append(_table(say("futures"), FUTURE_COLUMNS, future_rows(summary.futures, say), say))
        parts.append(Text(say.pair("futures", futures_told(summary.futures, say))))
    return parts


def _storages(summary: Summary, network: Network, say: Wording) -> RenderableType:
    table = _empty(say("storages"), ("storage", "at_start", "full", "least", "at_end", "lasts"), say)
    table.add_column(say("light"))
    table.add_column(say("light.worst"))
    for row, each in zip(storage_rows(summary, network, say), summary.storages, strict=True):
        table.add_row(*map(Text, row), _light(each.light, say), _light(each.worst_light, say))
    return table


def _light(light: Light | None, say: Wording) -> Text:
    if light is None:
        return Text(say("light.none"))
    return Text(f"● {say.known('light', light)}", style=STYLES[light])


def _binding(summary: Summary, network: Network, say: Wording) -> RenderableType:
    rows = binding_rows(summary, network, say)
    if not rows:
        return Padding(Text(say.pair("binding", say("binding.none"))), (0, 0, 1, 0))
    table = _table(say("binding"), ("place", "helps", "worth", "when"), rows[:MOST_BINDINGS], say)
    if len(rows) > MOST_BINDINGS:
        table.caption = say("binding.more", count=len(rows) - MOST_BINDINGS)
        table.caption_justify = "left"
    return table


def _ends(summary: Summary, network: Network, say: Wording) -> RenderableType:
    rows = end_rows(summary, network, say)
    if not rows:
        return Padding(Text(say.pair("end_conditions", say("end_conditions.none"))), (0, 0, 1, 0))
    return _table(say("end_conditions"), ("storage", "condition", "wanted", "at_end", "holds"), rows, say)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[Row], say: Wording) -> Table:
    table = _empty(title, columns, say)
    for row in rows:
        # Names come from files: as plain text they cannot switch the terminal's markup.
        table.add_row(*map(Text, row))
    return table


_RIGHT = {
    "at_start",
    "full",
    "at_end",
    "demand",
    "spared",
    "supplied",
    "shortage",
    "share",
    "worth",
    "wanted",
    "shortfall",
    "days_short",
    "result",
    "equity_price",
    "recorded.was",
    "recorded.planned",
    "recorded.difference",
}


def _empty(title: str, columns: tuple[str, ...], say: Wording) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        right = column in _RIGHT
        table.add_column(
            say(column), justify="right" if right else "left", overflow="fold", min_width=12 if number == 0 else None
        )
    return table
