"""The smallest of the declared relaxations with which there is a plan.

    declared   r1, r2, ..., the least painful first
    chosen     the first n of them, with the smallest n that makes the program possible; then without those it does not need
    change     field = value x (1 + s x (to - 1)) for the last one, with the smallest s, found by halving;
               those before it are changed in full
    told       the least by which limits of the chosen ones must give way (L1), by component and date

Whether a program is possible is asked of its first pass, without goals (phase one); the plan is then made in full.

Source of the L1 measure: Chinneck, J. W. (2008), Feasibility and infeasibility in optimization, doi:10.1007/978-0-387-74932-7.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError, NoPlanError, Place
from waterbalance.forecast.forecast import Forecasts
from waterbalance.network.network import Network
from waterbalance.optimise.explain import least_giving
from waterbalance.optimise.solve import LATE, Planner
from waterbalance.solver.infeasible import impossible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.network.component import Component
    from waterbalance.operate.planning.asked import Asked
    from waterbalance.operate.planning.ladder_settings import DeclaredRelaxation
    from waterbalance.policy.goal import Goal, Policy

HALVINGS = 8
"""How often the range of a change is halved: the smallest is found to a 256th of what is declared."""


@dataclass(frozen=True)
class Relaxed:
    """What is asked with some limits that give way."""

    asked: Asked
    told: tuple[str, ...]
    """What gives way, and by how much."""


def is_possible(asked: Asked, deadline: float = math.inf) -> bool:
    """Whether anything fits the physics and the rules; what the solver cannot tell in its time counts as possible.

    Raises `NoPlanError` after `deadline` [s on the clock of `time.monotonic`].
    """
    if time.monotonic() >= deadline:
        raise NoPlanError(LATE)
    return not impossible(Planner(asked.network).first_pass(asked.state, asked.outlook, asked.policy).program)


def smallest_relaxation(asked: Asked, declared: Sequence[DeclaredRelaxation], deadline: float = math.inf) -> Relaxed:
    """The first of the declared relaxations that are enough, and no more of the last one than is needed.

    Raises `NoPlanError` where all of them together are not enough or the deadline has passed, and `InputError` for one that
    names what is not there.
    """
    enough = next((n for n in range(1, len(declared) + 1) if is_possible(relaxed(asked, declared[:n]), deadline)), None)
    if enough is None:
        raise NoPlanError(f"not even all {len(declared)} declared relaxations together give a plan")
    chosen = list(declared[:enough])
    for each in declared[: enough - 1]:
        fewer = [other for other in chosen if other is not each]
        if is_possible(relaxed(asked, fewer), deadline):
            chosen = fewer
    share = _smallest_share(asked, chosen, deadline)
    return Relaxed(relaxed(asked, chosen, share), (*_told(chosen, share), *_where(asked, chosen)))


def relaxed(asked: Asked, chosen: Sequence[DeclaredRelaxation], share: float = 1.0) -> Asked:
    """What is asked when some limits give way, the last of them by a share of what is declared.

    Raises `InputError` for a component or a field that is not there.
    """
    for number, each in enumerate(chosen, start=1):
        asked = _relaxed_by(asked, each, share if number == len(chosen) else 1.0)
    return asked


def misfits(asked: Asked, declared: Sequence[DeclaredRelaxation]) -> tuple[Finding, ...]:
    """Declared relaxations that name what is not there; empty when all can be made."""
    found: list[Finding] = []
    for each in declared:
        try:
            _relaxed_by(asked, each, 1.0)
        except InputError as error:
            found.extend(error.findings)
    return tuple(found)


def _smallest_share(asked: Asked, chosen: Sequence[DeclaredRelaxation], deadline: float) -> float:
    if chosen[-1].to is None:
        return 1.0
    too_small, enough = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (too_small + enough) / 2
        if is_possible(relaxed(asked, chosen, middle), deadline):
            enough = middle
        else:
            too_small = middle
    return enough


def _relaxed_by(asked: Asked, each: DeclaredRelaxation, share: float) -> Asked:
    if each.component not in asked.network:
        raise _unfit(each, "a relaxation of what does not exist", each.component)
    component = asked.network[each.component]
    if each.field is None or each.to is None:
        if not component.is_rule:
            raise _unfit(each, "only rules can be left out", f"a {component.type_name()}")
        return _without(asked, component.name)
    return _changed(asked, component, each, 1.0 + share * (each.to - 1.0))


def _changed(asked: Asked, component: Component, each: DeclaredRelaxation, factor: float) -> Asked:
    """With a field, and the series of the same name, times a factor."""
    key = component.name, str(each.field)
    series, value = asked.expected.series.get(key), getattr(component, key[1], None)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if series is None and number is None:
        raise _unfit(each, f"there is no number {key[1]!r} that could be changed", repr(value))
    network = asked.network
    if number is not None:
        changed = component.model_copy(update={key[1]: number * factor})
        network = Network.of(changed if other is component else other for other in network)

    def scaled(forecasts: Forecasts) -> Forecasts:
        told = forecasts.series.get(key)
        return forecasts if told is None else forecasts.merged({key: replace(told, values=told.values * factor)})

    scenario = replace(asked.scenario, network=network)
    return replace(asked, scenario=scenario, expected=scaled(asked.expected), members=scaled(asked.members))


def _without(asked: Asked, rule: str) -> Asked:
    """Without a rule, its series, its past and what the policy says about it."""

    def others(forecasts: Forecasts) -> Forecasts:
        return Forecasts(forecasts.horizon, {key: each for key, each in forecasts.series.items() if key[0] != rule})

    state = asked.state
    return replace(
        asked,
        scenario=replace(asked.scenario, network=Network.of(each for each in asked.network if each.name != rule)),
        state=replace(
            state,
            stocks={key: value for key, value in state.stocks.items() if key[0] != rule},
            past={key: value for key, value in state.past.items() if key[0] != rule},
        ),
        expected=others(asked.expected),
        members=others(asked.members),
        policy=_silent_about(asked.policy, rule),
    )


def _silent_about(policy: Policy, rule: str) -> Policy:
    goals: list[Goal] = []
    for goal in policy.goals:
        terms = []
        for term in goal.terms:
            components = tuple(name for name in term.components if name != rule)
            if components or not term.components:
                terms.append(term.model_copy(update={"components": components}))
        if terms:
            goals.append(goal.model_copy(update={"terms": tuple(terms)}))
    return policy.model_copy(update={"goals": tuple(goals)})


def _told(chosen: Sequence[DeclaredRelaxation], share: float) -> list[str]:
    lines = []
    for number, each in enumerate(chosen, start=1):
        if each.to is None:
            lines.append(f"relaxed: {each.component} is not kept")
        else:
            part = share if number == len(chosen) else 1.0
            lines.append(
                f"relaxed: {each.component}.{each.field} at {1.0 + part * (each.to - 1.0):.1%} of its value "
                f"(declared: {each.to:.1%})"
            )
    return lines


def _where(asked: Asked, chosen: Sequence[DeclaredRelaxation]) -> list[str]:
    """The least by which the limits of what gives way are missed, and when."""
    planner = Planner(asked.network)
    outlook = asked.outlook
    posed = planner.first_pass(asked.state, outlook, asked.policy)
    owners = {each.component for each in chosen}
    return [
        f"{finding.where}: {finding.what}"
        for finding in least_giving(posed.program, planner.step, posed.layout, outlook.dates, owners)
    ]


def _unfit(each: DeclaredRelaxation, what: str, found: str) -> InputError:
    remedy = "Name a rule, or a component with one of its fields or series, in 'ladder: relaxations'."
    finding = Finding(what, Place(component=each.component), found, remedy=remedy)
    return InputError("a relaxation cannot be made", (finding,))
