"""What a policy leaves to chance: soft limits of a network that none of its goals counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.policy.presets import PRESETS
from waterbalance.scenario.end_conditions import TARGET
from waterbalance.scenario.needs import needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.network.component import Component
    from waterbalance.policy.goal import Policy, Term
    from waterbalance.scenario.scenario import Scenario

MOST_NAMES = 3
"""How many components a hint names."""


@dataclass(frozen=True)
class _Soft:
    """A measure that some goal should hold small."""

    measure: str
    otherwise: str
    """What a plan may do where no goal counts it."""

    instead: tuple[str, ...] = ()
    """Measures of the same component that a goal may count in its place."""

    elsewhere: tuple[str, ...] = ()
    """Measures of any component that do the same."""

    field: str | None = None
    """The limit only counts where this field, or a table for it, is given."""


SOFT = (
    _Soft("unrated_spill", "water may leave beyond what the spillway passes"),
    _Soft("overtopping", "water may run over the dam"),
    _Soft("flood_storage", "the flood pool may be filled for nothing"),
    _Soft(
        "below_dead_storage",
        "the dead storage may be used like any other water",
        ("storage",),
        ("storage_value",),
        "dead_storage",
    ),
    _Soft("shortage", "it may go without water for nothing", ("damage", "delivery", "energy_made")),
    _Soft("shortfall", "the river may be left dry"),
    _Soft("exceedance", "the limit holds nothing"),
    _Soft("excess_moves", "gates may be moved as often as they like", ("moves",)),
    _Soft("reserve_shortfall", "the reserve on site may be used at any time"),
    _Soft("target_shortfall", "the target holds nothing", ("storage",), field=TARGET),
    _Soft("compensation", "fields may be fallowed for nothing", ("damage", "fallowed_area")),
    _Soft("emergency_transfer", "the transfer is used like any other link", ("transfer_cost",)),
    _Soft("spill", "water may be let go for nothing, on the first day already", ("storage",), ("storage_value",)),
    _Soft("spread", "the rule holds nothing"),
)
"""What the presets count, too."""

STAGES = _Soft("damage", "nothing tells when a stage should be announced", ("stage", "curtailment"))
"""Of drought stages that a plan chooses. A preset that ranks shortages leaves them to the shortages."""


def hints(scenario: Scenario, policy: Policy) -> tuple[str, ...]:
    """A line for each soft limit that no goal counts: which, what may happen, and what to add. Such a plan is sound."""
    return tuple(_hints(scenario, policy))


def _hints(scenario: Scenario, policy: Policy) -> Iterator[str]:
    measured = needs_of(scenario.network).measures
    terms = [term for goal in policy.goals for term in goal.terms]
    for soft in SOFT:
        owners = [component for component in scenario.network if (component.name, soft.measure) in measured]
        yield from _hint(soft, [each for each in owners if _is_given(soft, each, scenario)], terms)
    if policy.name not in PRESETS:
        yield from _hint(STAGES, [each for each in scenario.network if each.type_name() == "drought_stage_choice"], terms)


def _hint(soft: _Soft, owners: list[Component], terms: list[Term]) -> Iterator[str]:
    if any(term.measure in soft.elsewhere for term in terms):
        return
    fitting = [term for term in terms if term.measure in {soft.measure, *soft.instead}]
    names = [each.name for each in owners if not any(_counts(term, each) for term in fitting)]
    if names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        whose = ", ".join(names[:MOST_NAMES]) + more
        yield (
            f"no goal counts {soft.measure!r} of {whose}: {soft.otherwise}. "
            f"Add a goal with the term {{measure: {soft.measure}}} to the policy."
        )


def _counts(term: Term, component: Component) -> bool:
    named = not term.components or component.name in term.components
    return named and (not term.user_classes or component.user_class_name in term.user_classes)


def _is_given(soft: _Soft, component: Component, scenario: Scenario) -> bool:
    """Whether there is a limit at all."""
    if soft.field is None or soft.field in component.model_fields_set:
        return True
    key = (component.name, soft.field)
    ends = scenario.end_conditions.get(component.name)
    at_the_end = soft.field == TARGET and ends is not None and ends.value is None
    return at_the_end or key in scenario.series or key in scenario.forecasts
