"""Day after day without a look ahead, for many members of a scenario at once.

The members go side by side, so many at a time as fit into memory (`stepwise.py`); each comes out as a simulation of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import UsageError
from waterbalance.operate.rolling.known import labels_of, notes_of, records_of
from waterbalance.operate.rolling.roll import require_daily_plans
from waterbalance.operate.rolling.simulation import Simulation
from waterbalance.operate.rolling.stepwise import is_stepwise, members_in_years
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.join import one_after_another
from waterbalance.scenario.state import state_at, unknown_past

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from waterbalance.scenario.members import Members
    from waterbalance.scenario.scenario import Scenario

MOST_NUMBERS = 100_000_000
"""How many numbers of plans are held at a time."""


def simulate_members(scenario: Scenario, start: dt.date, end: dt.date, members: Members) -> Iterator[tuple[str, Simulation]]:
    """Operate every member from `start` to `end`, both included, each day alone as `simulate(..., myopic=True)` does.

    Yields each member's name and simulation, in their order. All begin in the scenario's own state. Raises `UsageError` for
    days that are none and where a step of the scenario is more than one linear program, `InputError` where the members do
    not fit the scenario, and `NoPlanError` on a day without a plan.
    """
    require_daily_plans(scenario, start, end)
    planner = Planner(scenario.network)
    if not is_stepwise(scenario, planner):
        raise UsageError(
            "members need steps that are one linear program each: a single goal that nothing shares or revises, no switches and"
            " no forecasters; simulate such a scenario member by member, with tables of its own"
        )
    opening, records = state_at(scenario, start), records_of(scenario, start)
    width = len(planner.step.columns) + len(planner.step.readings.names) + len(planner.step.givens)
    together = max(1, MOST_NUMBERS // (width * ((end - start).days + 1)))
    for first in range(0, len(members), together):
        some = members.some(slice(first, first + together))
        years = list(members_in_years(scenario, planner, opening, end, some))
        days = [day for plans in years for day in plans[0].horizon.starts]
        labels, notes = labels_of(scenario, records, days), (*notes_of(scenario, records, days), *unknown_past(opening))
        for name, *plans in zip(some.names, *years, strict=True):
            whole = replace(one_after_another(plans), labels=labels, notes=notes)
            findings = audit(whole, scenario.network)
            yield name, Simulation(scenario.name, scenario.network, True, whole, findings, scenario.reported)
