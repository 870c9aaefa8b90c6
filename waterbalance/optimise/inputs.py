"""What a plan is asked to be made from, looked at before anything is built: every misfit is named, all at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.forecast import Forecasts
from waterbalance.network.lifelines import lifelines_cut
from waterbalance.network.topology import unanswered_names, unknown_neighbours
from waterbalance.optimise.shares import ENTITLEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.policy.goal import Goal, Policy, Term


def require_connected(network: Network) -> None:
    """Raise `InputError` when there is nothing to plan, or a component names a neighbour that does not exist."""
    findings = Findings()
    if not len(network):
        findings.add(Finding("the network has no components", remedy="Add at least one source, one link and one user."))
    findings.extend(unknown_neighbours(network))
    findings.extend(lifelines_cut(network))
    findings.extend(unanswered_names(network))
    findings.raise_if_any(InputError, "the network cannot be planned")


def require_fitting(network: Network, state: State, forecasts: Forecasts, policy: Policy) -> None:
    """Raise `InputError` with everything in state, forecasts and policy that does not fit the network or the horizon."""
    findings = Findings()
    findings.extend(_state(network, state, forecasts))
    findings.extend(_series(network, forecasts, policy))
    findings.extend(_policy(network, forecasts, policy))
    findings.raise_if_any(InputError, "the plan cannot be made from this")


def of_the_network(network: Network, forecasts: Forecasts) -> Forecasts:
    """The series that the network itself asks for, without those that only goals weigh by."""
    asked = {key: each for key, each in forecasts.series.items() if key[1] in network[key[0]].varying_here()}
    return Forecasts(forecasts.horizon, asked)


def _state(network: Network, state: State, forecasts: Forecasts) -> Iterator[Finding]:
    if state.day != forecasts.horizon.start:
        yield Finding(
            "the state is of another day than the plan",
            Place(date=str(state.day)),
            f"a state of {state.day}",
            f"a state of {forecasts.horizon.start}, the first day of the horizon",
            "Observe the state anew, or plan from its day.",
        )
    for component, quantity in (*state.stocks, *state.past):
        if component not in network:
            yield _unknown(component, f"the state holds {quantity!r} of a component that does not exist", network)
    for (component, quantity), value in state.stocks.items():
        if not np.isfinite(value):
            yield Finding(f"the opening {quantity} is not a finite number", Place(component=component), str(value))
    for (component, quantity), past in state.past.items():
        ordered = sorted(past, key=lambda each: each.start)
        pairs = zip(ordered, (*(each.start for each in ordered[1:]), state.day)[: len(ordered)], strict=True)
        for each, following in pairs:
            if each.end <= each.start or each.end > following or not np.isfinite(each.volume):
                yield Finding(
                    f"the past {quantity} has an interval that cannot be",
                    Place(component=component, date=str(each.start)),
                    f"{each.volume:g} m3 from {each.start} to {each.end}",
                    f"finite volumes over intervals that do not overlap and end by {state.day}",
                )


def _series(network: Network, forecasts: Forecasts, policy: Policy) -> Iterator[Finding]:
    benefits = {term.benefit for goal in policy.goals for term in goal.terms if term.benefit is not None}
    for (name, quantity), forecast in forecasts.series.items():
        if name not in network:
            yield _unknown(name, f"a series of {quantity!r} belongs to a component that does not exist", network)
            continue
        allowed = sorted({*network[name].varying_here(), *benefits})
        if quantity not in allowed:
            yield Finding(
                f"a series that nothing asks for: {quantity!r}",
                Place(component=name),
                quantity,
                ", ".join(allowed) or "none",
                _closest(quantity, allowed),
            )
        elif forecast.members != 1:
            yield Finding(
                f"the series of {quantity!r} has {forecast.members} members",
                Place(component=name),
                allowed="one value a step",
                remedy="Choose one with Forecasts.choose.",
            )


def _policy(network: Network, forecasts: Forecasts, policy: Policy) -> Iterator[Finding]:
    for goal in policy.goals:
        for term in goal.terms:
            for name in term.components:
                if name not in network:
                    yield _unknown(name, f"goal {goal.name!r} speaks about a component that does not exist", network)
            yield from _without_a_right(goal, term, network, forecasts)
            if term.benefit is not None and not any(quantity == term.benefit for _, quantity in forecasts.series):
                yield Finding(
                    f"goal {goal.name!r} weighs by {term.benefit!r}, for which there is no series",
                    remedy=f"Add a series (<component>, {term.benefit!r}) for each component that counts.",
                )


def _without_a_right(goal: Goal, term: Term, network: Network, forecasts: Forecasts) -> Iterator[Finding]:
    """Users who should share in proportion to a right that nobody has told."""
    if goal.shared != "proportional to right":
        return
    for user in network:
        chosen = (not term.components or user.name in term.components) and (
            not term.user_classes or user.user_class_name in term.user_classes
        )
        if not chosen or user.shortage_of is None or forecasts.get(user.name, ENTITLEMENT) is not None:
            continue
        if user.default_given(ENTITLEMENT) is None:
            yield Finding(
                f"goal {goal.name!r} shares in proportion to rights, and this user has none",
                Place(component=user.name),
                f"no {ENTITLEMENT!r}",
                "a field or a series",
                f"Give {user.name!r} an entitlement (0 if it comes after all others), or leave it out of the goal.",
            )


def _unknown(name: str, what: str, network: Network) -> Finding:
    known = [component.name for component in network]
    return Finding(what, Place(component=name), repr(name), remedy=_closest(name, known))


def _closest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else "Check the spelling."
