"""A scenario in words: what it holds, for `waterbalance describe`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.network.component import Component
    from waterbalance.report.language import Wording
    from waterbalance.scenario.scenario import Scenario

WIDTH = 100


def scenario_text(scenario: Scenario, say: Wording) -> str:
    """Title, horizon, policy, and all components by type."""
    by_type: dict[str, list[Component]] = {}
    for component in scenario.network:
        by_type.setdefault(component.type_name(), []).append(component)
    first = say.date(str(scenario.horizon.start))
    end = scenario.horizon.last_day
    last = say("describe.season_end") if end is None else say.date(str(end))
    lines = [scenario.label(say.language), *textwrap.wrap(scenario.description, WIDTH), ""]
    lines += [say("dates", start=first, last_day=last), say.pair("policy", say.known("policy", scenario.policy.name))]
    lines += [f"  {rank}. {say.known('goal', goal.name)}" for rank, goal in enumerate(scenario.policy.goals, start=1)]
    for name in sorted(by_type):
        lines += ["", f"{name} ({len(by_type[name])})"]
        lines += [f"  {component.name}{_title(component, say)}" for component in by_type[name]]
    return "\n".join(lines)


def _title(component: Component, say: Wording) -> str:
    label = component.label(say.language)
    return "" if label == component.name else f": {say.printable(label)}"
