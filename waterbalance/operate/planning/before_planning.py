"""What can be told of a scenario before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.planning.expected import expected_of
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.numbers import require_comparable
from waterbalance.optimise.possible import require_possible
from waterbalance.scenario.hints import hints
from waterbalance.scenario.not_carried import not_carried
from waterbalance.scenario.state import unknown_past

if TYPE_CHECKING:
    from waterbalance.scenario.scenario import Scenario


def hints_before_planning(scenario: Scenario) -> tuple[str, ...]:
    """What the policy leaves to chance, what nobody knows of the past, what is doubtful in records: notes of a plan.

    Raises `InputError` as a plan would where the forecasts cannot be made, the numbers lie too far apart, or limits
    contradict each other.
    """
    state, expected = expected_of(scenario)
    step = compile_step(scenario.network)
    givens = resolve(scenario.network, expected, step.givens, step.derived, {})
    require_comparable(scenario.network, givens)
    require_possible(step, givens, expected.horizon)
    return (*not_carried(scenario), *hints(scenario, scenario.policy), *unknown_past(state), *expected.doubts)
