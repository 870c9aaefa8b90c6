"""A trade-off curve from a scenario to files: what `waterbalance frontier` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.planning.expected import expected_of
from waterbalance.optimise.frontier import frontier
from waterbalance.report.atomic import require_writable, write_text
from waterbalance.report.frontier import frontier_csv, frontier_dict, frontier_heading, frontier_sections
from waterbalance.report.json_text import json_text
from waterbalance.report.section import on_page, on_terminal
from waterbalance.scenario.preferred import OWN, preferred
from waterbalance.scenario.read import read_scenario

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import RenderableType

    from waterbalance.policy.goal import Policy
    from waterbalance.report.language import Wording


def frontier_into(
    path: Path,
    goals: tuple[str, str],
    points: int,
    start: dt.date | None,
    policy: str | None,
    folder: Path | None,
    say: Wording,
    *,
    on_point: Callable[[int], None] | None = None,
) -> tuple[RenderableType, str, bool]:
    """Trace the curve, and write frontier.html, frontier.csv and frontier.json into a folder where one is named.

    Returns the tables, the JSON, and whether the audit found nothing in any of the plans.
    """
    scenario = read_scenario(path)
    chosen = preferred(scenario, policy or OWN)
    first, second = (_goal(chosen, word) for word in goals)
    if folder is not None:
        require_writable(folder)
    state, forecasts = expected_of(scenario, start)
    curve = frontier(scenario.network, state, forecasts, chosen, first, second, points=points, on_point=on_point)
    top, told = frontier_heading(curve, scenario.label(say.language), say), frontier_sections(curve, say)
    text = json_text(frontier_dict(curve))
    if folder is not None:
        write_text(folder / "frontier.html", on_page(top, told, say))
        write_text(folder / "frontier.csv", frontier_csv(curve))
        write_text(folder / "frontier.json", text)
    return on_terminal(top, told, say), text, not any(point.findings for point in curve.points)


def _goal(policy: Policy, word: str) -> str:
    """A goal by its name, or by its rank in the policy."""
    names = [goal.name for goal in policy.goals]
    return names[int(word) - 1] if word not in names and word.isdecimal() and 0 < int(word) <= len(names) else word
