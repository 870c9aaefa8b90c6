"""Goals one after another: each is solved, then frozen within its tolerance before the next one.

For goal k = 1, 2, ...:   minimise c_k x  subject to the network and  c_j x <= best_j + leeway_j  for all j < k.

The leeway is a small tolerance, and where a goal has a target also what it reaches beyond that: with targets on all goals
this is goal programming with aspirations, with one goal of several terms a weighted sum.

Method: preemptive (lexicographic) goal programming, Ignizio (1976), Goal Programming and Extensions. Each pass keeps
its own duals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy.sparse as sp

from waterbalance.optimise.equal_percentage import level_out
from waterbalance.optimise.equity import fill, spread
from waterbalance.optimise.objective import goal_cost
from waterbalance.optimise.rough_equity import rough_cost
from waterbalance.optimise.shares import shares_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.forecast.fan import Fan
    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.objective import Measures
    from waterbalance.policy.goal import Goal, Policy
    from waterbalance.solver.highs import WarmSolver
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

NEGLIGIBLE = 1e-9
"""Share of its scale that a frozen goal may move without meaning: the solver's feasibility tolerance and a margin."""

ROUNDING = 2.0**-20
"""Smallest scale of a goal beside that of all volumes: a billionth of it is what numbers of that size are rounded to."""

Sharing = Literal["not", "roughly", "fully"]
"""How goals with equity share: only their total counts; high ratios cost more, for a search of switches; to the end."""

NONE_HELD: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Frozen:
    """The row that keeps a goal at its best value while later ones are solved."""

    row: int
    per_goal: float
    """How far its side moves when the best value of the goal, minimised, moves by one. Zero where it is held by a number."""


@dataclass(frozen=True)
class Ranked:
    """One goal after its pass."""

    goal: Goal
    value: float
    """Best value, in the goal's own sense."""

    alone: float
    """Its value if nothing were shared: the difference is the price of equity."""

    outcome: Outcome

    note: str = ""
    """What a reader should know of the pass."""

    frozen: Frozen | None = None
    """What held it afterwards; None where it weighs nothing."""

    unshared: Outcome | None = None
    """The pass before the shortage was shared; None where nothing was."""


def optimise_in_ranks(  # noqa: PLR0913 (each is one thing that a pass is made of)
    solver: WarmSolver,
    policy: Policy,
    measures: Measures,
    network: Network,
    fan: Fan,
    givens: Givens,
    require: Callable[[Outcome], None],
    *,
    share: Sharing,
    held: Mapping[str, float] = NONE_HELD,
) -> tuple[tuple[Ranked, ...], Floats]:
    """Solve all goals in order; returns them with the last solution.

    `require` raises when an outcome cannot be used. `share` tells how the ranks that want equity get it. A goal in `held`
    may get as bad as the value there [goal's own sense], not only as its best, for the sake of later goals.
    """
    ranked: list[Ranked] = []
    outcome: Outcome | None = None
    for goal in policy.goals:
        cost_and_constant = goal_cost(goal, measures, network, fan)
        if cost_and_constant is None:
            continue
        cost, constant = cost_and_constant
        outcome = first = solver.minimise(cost)
        require(outcome)
        alone = outcome.objective + constant
        size = float(np.abs(cost).max(initial=0.0))
        shared = (
            goal.shared is not None
            and share != "not"
            and alone > NEGLIGIBLE * goal_scale(solver.program, cost, solver.scale) * size
        )
        decided = outcome.values if share == "fully" else None
        shares = shares_of(goal, measures, network, givens, fan, decided) if shared else None
        note = ""
        if shares is not None and share == "roughly":
            cost, constant = rough_cost(solver, shares), 0.0
            outcome = solver.minimise(cost)
            require(outcome)
        elif shares is not None:
            if goal.shared == "equal percentage":
                filled = level_out(solver, shares, measures, policy.equity_tolerance)
            else:
                filled = fill(solver, shares, policy.equity_tolerance)
            even = spread(solver, shares, measures)
            note = "" if filled and even else f"{goal.name}: sharing stopped before every user was settled"
            outcome = solver.minimise(cost, cold=True)
            require(outcome)
        value = outcome.objective + constant
        sign = 1.0 if goal.sense == "minimise" else -1.0
        most = max(outcome.objective, sign * held[goal.name] - constant) if goal.name in held else outcome.objective
        frozen = freeze(solver, cost, most, goal.leeway(sign * value))
        if frozen is not None and (goal.name in held or goal.reaches(sign * value)):
            frozen = replace(frozen, per_goal=0.0)
        ranked.append(Ranked(goal, sign * value, sign * alone, outcome, note, frozen, None if shares is None else first))
    if outcome is None:
        outcome = solver.minimise(np.zeros(solver.program.columns))
        require(outcome)
    return tuple(ranked), outcome.values[: solver.program.columns]


def freeze(solver: WarmSolver, cost: Floats, objective: float, leeway: float) -> Frozen | None:
    """Add the row that keeps a goal at its value within its leeway, in units in which the goal's own numbers are near one.

    Returns where it stands, or None where the goal weighs nothing.
    """
    size = float(np.abs(cost).max(initial=0.0))
    if size == 0.0:
        return None
    scale = goal_scale(solver.program, cost, solver.scale)
    row = sp.csr_array((cost / size * (solver.scale / scale))[None, :])
    most = frozen_limit(objective, leeway, size, scale) * (solver.scale / scale)
    number = int(solver.add_rows(row, np.array([-np.inf]), np.array([most]))[0])
    return Frozen(number, solver.scale / scale / size)


def goal_scale(program: Program, cost: Floats, volume_scale: float) -> float:
    """Power of two near the largest number that a goal's columns meet, at most the volume scale: a village counts in its own.

    Those are the finite bounds of the columns and the sides of their rows, each as a volume of the goal's heaviest column.
    [m3].
    """
    share = np.zeros(program.columns)
    share[: len(cost)] = np.abs(cost[: program.columns])
    if not share.any() or np.any(cost[program.columns :]) or share[program.number].any():
        return volume_scale
    share /= share.max()
    matrix = program.matrix
    sides = np.repeat(_largest(program.row_lower, program.row_upper), np.diff(matrix.indptr))
    meets = (share[matrix.indices] > 0) & (matrix.data != 0)
    met = share[matrix.indices[meets]] * sides[meets] / np.abs(matrix.data[meets])
    largest = max(met.max(initial=0.0), (share * _largest(program.lower, program.upper)).max())
    if largest == 0.0:
        return volume_scale
    return float(np.clip(2.0 ** np.ceil(np.log2(largest)), ROUNDING * volume_scale, volume_scale))


def _largest(lower: Floats, upper: Floats) -> Floats:
    """The larger of two bounds or sides where they are finite, else 0."""
    return np.maximum(*(np.where(np.isfinite(each), np.abs(each), 0.0) for each in (lower, upper)))


def frozen_limit(objective: float, leeway: float, size: float, scale: float) -> float:
    """How large a frozen goal, divided by its largest weight `size`, may still become [m3]; `scale` is that of the goal.

    Rounded up, so that warm and cold runs, which agree to a billionth, go on from exactly the same rows.
    """
    grain = NEGLIGIBLE * scale
    return float(np.ceil((objective + leeway) / size / grain + 1.0) * grain)
