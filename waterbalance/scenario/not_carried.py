"""What a model of another tool had and a scenario lacks, told with every plan for as long as the scenario says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.scenario.scenario import Scenario

MOST = 20
"""How many are told one by one."""


def not_carried(scenario: Scenario) -> tuple[str, ...]:
    """A line for each thing, with its place in that model; one for all that are too many."""
    lines = [f"not carried over: {place}: {told}" for place, told in scenario.not_carried_over.items()]
    rest = len(lines) - MOST
    return (*lines[:MOST], *([f"{rest} more were not carried over: see 'not_carried_over'"] if rest > 0 else ()))
