"""No plan in which a rule that closes links leaves a lifeline short: found by planning again without such rules.

`network/lifelines.py` looks at capacities and demands of the fields before anything is planned. What only dates tell (an
outage of the other pipe, a demand that rises, a source that runs dry) is seen here, and only where a lifeline is short: then
the goals down to the lifelines' are solved once more for the network without the rules, and if the lifelines fare better,
the rules have cut them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.forecast.forecast import Forecasts
from waterbalance.network.network import Network
from waterbalance.policy.goal import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.fan import Fan
    from waterbalance.horizon import Floats
    from waterbalance.network.state import State
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Goal

CUT = "the plan would cut a lifeline"

SHORT = 1.0
"""A lifeline that lacks less over a step is served. [m3]"""

SHARE = 1e-6
"""Of the shortage: what is less is rounding. [-]"""


def require_lifelines_uncut(
    network: Network, plan: Plan, fan: Fan, policy: Policy, again: Callable[[Network, State, Fan, Policy], Plan]
) -> None:
    """Raise `InputError` where lifelines lack what they would have without the rules that close links.

    `again` plans a network for a state, forecasts and a policy. Where members part, what is expected of all of them counts.
    """
    lacking = _lacking(network, plan)
    closing = {rule.name for rule in network.rules if any(rule.closings())}
    goals = _down_to_lifelines(policy, closing)
    if not closing or not goals or lacking.sum() <= SHORT:
        return
    open_network = Network.of(each for each in network if each.name not in closing)
    state = plan.opening
    without = again(
        open_network,
        replace(
            state,
            stocks={key: value for key, value in state.stocks.items() if key[0] not in closing},
            past={key: value for key, value in state.past.items() if key[0] not in closing},
        ),
        fan.over_paths(lambda path: _without(path, closing)),
        Policy(name=policy.name, goals=goals, equity_tolerance=policy.equity_tolerance, smallest_change=False),
    )
    cut = lacking.sum() - _lacking(open_network, without).sum()
    if cut <= SHORT + SHARE * lacking.sum():
        return
    day = plan.horizon.starts[int(np.flatnonzero(lacking > SHORT)[0])]
    finding = Finding(
        "lifelines are cut by rules that close links",
        Place(component=", ".join(sorted(closing)), date=str(day)),
        f"{cut:,.6g} m3 that {', '.join(_short_ones(network, plan))} would have without them over the plan",
        "nothing: no rule cuts a lifeline",
        "Take their links out of the rules, or give them another supply on these days.",
    )
    raise InputError(CUT, (finding,))


def _without(forecasts: Forecasts, closing: set[str]) -> Forecasts:
    return Forecasts(forecasts.horizon, {key: value for key, value in forecasts.series.items() if key[0] not in closing})


def _down_to_lifelines(policy: Policy, closing: set[str]) -> tuple[Goal, ...]:
    """The goals down to the last one that counts shortages of lifelines, without those that speak about closing rules."""
    counts = [
        any(term.measure == "shortage" and (not term.user_classes or "lifeline" in term.user_classes) for term in goal.terms)
        for goal in policy.goals
    ]
    if not any(counts):
        return ()
    last = len(counts) - counts[::-1].index(True)
    return tuple(goal for goal in policy.goals[:last] if not any(closing.intersection(term.components) for term in goal.terms))


def _short_ones(network: Network, plan: Plan) -> list[str]:
    names = (each.name for each in network if each.user_class_name == "lifeline" and (each.name, "shortage") in plan.values)
    return [name for name in names if any(path.values[name, "shortage"].max() > SHORT for path in plan.paths)]


def _lacking(network: Network, plan: Plan) -> Floats:
    """What lifelines lack in every step, shape (steps,), as it is expected. [m3]."""
    lacking = np.zeros(len(plan.horizon))
    likely = [1.0] if plan.ensemble is None else [branch.probability for branch in plan.ensemble.branches]
    for name in _short_ones(network, plan):
        for path, probability in zip(plan.paths, likely, strict=True):
            lacking = lacking + probability * path.values[name, "shortage"]
    return lacking
