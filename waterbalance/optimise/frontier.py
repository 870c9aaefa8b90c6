"""The trade-off curve between two goals: how much of the one must be given for how much of the other.

Goals above both stay frozen at their best; the goals after them follow as in the policy. The two are measured by their
totals, not shared: what sharing costs is another trade. With a and b the two goals, both to be minimised:

1. the ends are the two orders: a then b, and b then a;
2. without switches the curve is a convex broken line, and its corners are found one by one (Aneja and Nair 1979,
   doi:10.1287/mnsc.25.1.73): between two known points l and r minimise

       (b_l - b_r) x a + (a_r - a_l) x b

   What comes out below their chord is a new point. Where nothing does, the chord is an edge, and no point is needed on it;
3. with switches, or where hedging and other values follow from the plan, the curve may have dents and steps that no
   weights reach. There b is minimised for a row of limits on a (Haimes, Lasdon and Wismer 1971, epsilon-constraint;
   IEEE Transactions on Systems, Man, and Cybernetics 1(3), 296-297), and then a under the b that was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.optimise.solve import Planner
from waterbalance.plan.audit import audit
from waterbalance.plan.side import Side, goal_value
from waterbalance.policy.goal import Goal, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.errors import Finding
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.network import Network
    from waterbalance.network.state import State

WEIGHED = "weighed against each other"
AGAIN = "{} under it"

SAME = 1e-6
"""Share of the curve's extent below which two of its points are one."""

GRAINS = 20.0
"""How many of the solver's own tolerances two points must lie apart."""


@dataclass(frozen=True)
class Point:
    """One plan on the curve."""

    first: float
    """Value of the first goal, in its own sense, measured from the plan."""

    second: float
    side: Side
    findings: tuple[Finding, ...]
    """What the audit found; empty when the plan is sound."""


@dataclass(frozen=True)
class Frontier:
    """Plans of which none is better in both goals than another, from the best of the first goal to that of the second."""

    first: Goal
    second: Goal
    above: tuple[str, ...]
    """Goals that are held at their best all along the curve."""

    points: tuple[Point, ...]
    complete: bool
    """Whether the straight lines between the points are the curve itself; else other plans may lie between them."""

    @property
    def rates(self) -> tuple[float, ...]:
        """From each point to the next: by how much the second goal changes for one unit of the first."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return tuple((later.second - earlier.second) / (later.first - earlier.first) for earlier, later in pairs)


def frontier(
    network: Network,
    state: State,
    forecasts: Forecasts,
    policy: Policy,
    first: str,
    second: str,
    *,
    points: int = 11,
    on_point: Callable[[int], None] | None = None,
) -> Frontier:
    """The curve between two goals of the policy, by name, with at most so many points; one program is kept warm for all.

    `on_point` hears how many points there are. Raises `UsageError` where the policy has no such goals or nothing in the
    network is measured by one of them, and what `solve` raises.
    """
    if points < 2:
        raise UsageError(f"a curve has at least two points; {points} were asked for")
    trade = _Trade(network, state, forecasts, policy, (first, second), on_point)
    left, right = trade.end(0), trade.end(1)
    if trade.same(left, right):
        return trade.curve([left], complete=True)
    if trade.is_linear:
        return _corners(trade, left, right, points)
    limits = np.linspace(left[0], right[0], points)[1:-1]
    return trade.curve([left, right, *(trade.at_most(float(limit)) for limit in limits)], complete=False)


Pair = tuple[float, float]
"""Both goals as amounts to be minimised."""


def _corners(trade: _Trade, left: Pair, right: Pair, points: int) -> Frontier:
    """Split the chord that leaves the largest triangle open, until every chord is an edge."""
    found, open_chords = [left, right], [(left, right)]
    while open_chords and len(found) < points:
        open_chords.sort(key=lambda chord: (chord[1][0] - chord[0][0]) * (chord[0][1] - chord[1][1]))
        near, far = open_chords.pop()
        between = trade.below(near, far)
        if between is not None:
            found.append(between)
            open_chords += [(near, between), (between, far)]
    return trade.curve(found, complete=not open_chords and trade.is_linear)


class _Trade:
    """Two goals, the plans that were made for them, and the program that makes more."""

    def __init__(
        self,
        network: Network,
        state: State,
        forecasts: Forecasts,
        policy: Policy,
        names: tuple[str, str],
        on_point: Callable[[int], None] | None,
    ) -> None:
        self._network, self._state, self._forecasts, self._policy = network, state, forecasts, policy
        places = _place(policy, names[0]), _place(policy, names[1])
        if places[0] == places[1]:
            raise UsageError(f"a trade-off needs two goals; {names[0]!r} was named twice")
        whole = {"equity": False, "tolerance": 0.0}
        self.goals = policy.goals[places[0]].model_copy(update=whole), policy.goals[places[1]].model_copy(update=whole)
        self.above = policy.goals[: min(places)]
        self._rest = tuple(goal for place, goal in enumerate(policy.goals) if place > min(places) and place not in places)
        self._signs = tuple(1.0 if goal.sense == "minimise" else -1.0 for goal in self.goals)
        self._planner = Planner(network)
        self._points: dict[Pair, Point] = {}
        self._extent: Pair = (0.0, 0.0)
        self._on_point = on_point

    @property
    def is_linear(self) -> bool:
        """Whether all plans so far were made by one linear program: without switches, and with the same givens.

        Not told by the passes: every plan has some more for a first guess where any component could revise its givens.
        """
        plans = [each.side.plan for each in self._points.values()]
        return not self._planner.step.integer.any() and all(
            np.array_equal(values, plans[0].givens[key]) for plan in plans[1:] for key, values in plan.givens.items()
        )

    def end(self, number: int) -> Pair:
        """The best of one goal, and then the best of the other."""
        found = self._plan(self.goals if number == 0 else self.goals[::-1])
        ends = np.array([*self._points])
        self._extent = (float(np.ptp(ends[:, 0])), float(np.ptp(ends[:, 1])))
        return found

    def below(self, left: Pair, right: Pair) -> Pair | None:
        """A point below the chord between two points; None where the chord is an edge of the curve."""
        weights = np.array([left[1] - right[1], right[0] - left[0]])
        weights /= weights.max()
        terms = [
            term.model_copy(update={"weight": float(weight * sign * term.weight)})
            for goal, sign, weight in zip(self.goals, self._signs, weights, strict=True)
            for term in goal.terms
        ]
        found = self._plan((Goal(name=WEIGHED, terms=tuple(terms), tolerance=0.0),))
        gain = float(weights @ left - weights @ found)
        extent = float(weights @ np.abs(np.subtract(right, left)))
        apart = not (self.same(left, found) or self.same(found, right))
        return found if apart and gain > max(SAME * extent, self._grain(weights)) else None

    def at_most(self, limit: float) -> Pair:
        """The best of the second goal while the first is no worse than a limit, and then the best of the first."""
        first, second = self.goals
        again = first.model_copy(update={"name": AGAIN.format(first.name)})
        return self._plan((first, second, again), {first.name: self._signs[0] * limit})

    def same(self, one: Pair, other: Pair) -> bool:
        """Whether two points are one as far as the solver can tell in one of the goals."""
        apart = np.abs(np.subtract(one, other))
        least = [max(SAME * extent, self._grain(unit)) for extent, unit in zip(self._extent, np.eye(2), strict=True)]
        return bool((apart <= least).any())

    def curve(self, found: Sequence[Pair], *, complete: bool) -> Frontier:
        """The points that no other one dominates, in order."""
        kept: list[Pair] = []
        for pair in sorted(found):
            if not kept or (pair[1] < kept[-1][1] and not self.same(kept[-1], pair)):
                kept.append(pair)
        points = tuple(self._points[pair] for pair in kept)
        return Frontier(self.goals[0], self.goals[1], self._held(points[0]), points, complete)

    def _held(self, point: Point) -> tuple[str, ...]:
        """Goals above both that something in the network is measured by."""
        ranked = {rank.name for rank in point.side.plan.ranks}
        return tuple(goal.name for goal in self.above if goal.name in ranked)

    def _grain(self, weights: Sequence[float] | np.ndarray) -> float:
        """What the solver's tolerance comes to in a weighted sum of the goals."""
        sizes = [max(abs(term.weight) for term in goal.terms) for goal in self.goals]
        return GRAINS * self._planner.grain * float(np.max(np.multiply(weights, sizes)))

    def _plan(self, middle: Sequence[Goal], held: Mapping[str, float] | None = None) -> Pair:
        policy = self._policy.model_copy(update={"goals": (*self.above, *middle, *self._rest)})
        plan = self._planner.plan(self._state, self._forecasts, policy, held=held)
        side = Side.of(str(len(self._points) + 1), plan, policy, self._network, self._forecasts)
        values = [goal_value(goal, side) for goal in self.goals]
        for goal, value in zip(self.goals, values, strict=True):
            if value is None:
                measured = ", ".join(rank.name for rank in plan.ranks)
                raise UsageError(f"nothing in the network is measured by the goal {goal.name!r}; choose two of {measured}")
        first, second = (float(value) for value in values if value is not None)
        pair = self._signs[0] * first, self._signs[1] * second
        self._points[pair] = Point(first, second, side, tuple(audit(plan, self._network, self._forecasts)))
        if self._on_point is not None:
            self._on_point(len(self._points))
        return pair


def _place(policy: Policy, name: str) -> int:
    names = [goal.name for goal in policy.goals]
    if name in names:
        return names.index(name)
    raise UsageError(f"the policy has no goal {name!r}; its goals are {', '.join(names)}")
