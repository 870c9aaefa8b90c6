"""A plan that was never optimised over its horizon: its days are decided one after another, each from the state before.

    day[t]  = decided from state[t] and what is expected of day t alone
    state[t + 1] = day[t].state_after(1)

A day on which nothing fits, or a lifeline would be cut, ends the plan: the days before it stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import InputError, NoPlanError
from waterbalance.horizon import Horizon
from waterbalance.operate.planning.asked import on_step, on_steps
from waterbalance.plan.join import Columns, Day, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan


def one_step(plan: Plan, step: int) -> Plan:
    """One step of a plan, with the opening state of the whole."""
    return replace(
        plan,
        horizon=Horizon(plan.horizon.edges[step : step + 2], plan.horizon.time_zone),
        values={key: each[step : step + 1] for key, each in plan.values.items()},
        givens={key: each[step : step + 1] for key, each in plan.givens.items()},
    )


def day_by_day(
    planner: Planner, state: State, expected: Forecasts, steps: int, one: Callable[[int, State, Forecasts], Plan]
) -> tuple[Plan, Forecasts]:
    """Up to `steps` steps, each decided by `one` from its number, its state and what is expected; with the forecasts of these.

    Raises `NoPlanError` or `InputError` where already the first has no plan.
    """
    columns: Columns | None = None
    days: list[Day] = []
    notes: dict[str, None] = {}
    opening = state
    for step in range(steps):
        try:
            plan = one(step, state, on_step(expected, step))
        except (NoPlanError, InputError) as error:
            if not days:
                raise
            notes[f"the plan ends before {state.day}: {error.title}"] = None
            break
        columns = columns or Columns.of(plan)
        days.append(Day.of(plan, columns))
        notes |= dict.fromkeys(plan.notes)
        state = plan.state_after(1)
    if columns is None:
        raise NoPlanError("no plan: there is no day to plan for")
    known = on_steps(expected, 0, len(days))
    whole = joined(columns, days, opening)
    labels = {key: known.series[key].label for key in sorted(known.series)}
    return replace(whole, labels=labels, notes=tuple(notes), measures=tuple(sorted(planner.step.measures))), known
