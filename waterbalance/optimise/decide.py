"""Switches first: decided in the order of the goals, then held, so that the rest is linear and has duals.

Values of the last pass (hedging, surfaces, heads) move a little from pass to pass. To decide the switches anew in each
would take long, and would not settle where two ways of switching are nearly as good. So the switches are held while these
values settle, and then they are asked for once more: they stay unless others are better by more than a goal's leeway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.optimise.rank import NEGLIGIBLE
from waterbalance.solver.highs import RELATIVE_GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats
    from waterbalance.optimise.rank import Ranked
    from waterbalance.optimise.revise import Revised
    from waterbalance.solver.program import Program

MOST_DECISIONS = 4
"""How many times the switches are asked for again."""

UNDECIDED = f"switches were still decided otherwise after {MOST_DECISIONS} rounds: another plan may be a little better"


@dataclass(frozen=True)
class Decisions:
    """What the switches are held at, and how sure that is."""

    values: Floats
    """A solution with these switches, shape (columns,)."""

    revised: Revised
    """Values of the last pass for which they were decided."""

    ranked: tuple[Ranked, ...]
    """The goals as the search left them: its gaps, and why it stopped."""

    def as_searched(self, ranked: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
        """Goals with the gap and the end of their search, which the linear program after it does not know."""
        found = {each.goal.name: each.outcome for each in self.ranked}
        return tuple(
            replace(each, outcome=replace(each.outcome, gap=found[each.goal.name].gap, stop=found[each.goal.name].stop))
            if each.goal.name in found
            else each
            for each in ranked
        )


def hold(program: Program, values: Floats) -> Program:
    """The program with its switches held where a solution has them: it is linear."""
    switches = np.flatnonzero(program.integer)
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[switches] = upper[switches] = np.round(values[switches])
    return replace(relax(program), lower=lower, upper=upper)


def relax(program: Program) -> Program:
    """The program with switches that may be partly on."""
    return replace(program, integer=np.zeros_like(program.integer))


def better(new: Sequence[Ranked], old: Sequence[Ranked], scale: float) -> bool:
    """Whether the first goal in which two ways of switching differ is better served by the new one."""
    for one, other in zip(new, old, strict=True):
        sign = 1.0 if one.goal.sense == "minimise" else -1.0
        gain = sign * (other.value - one.value)
        size = max(abs(term.weight) for term in one.goal.terms)
        same = one.goal.leeway(other.value) + RELATIVE_GAP * abs(other.value) + NEGLIGIBLE * scale * size
        if abs(gain) > same:
            return gain > 0
    return False
