"""Switches by plain rules, where the search for them was stopped before it had found any that fit.

The relaxation's switches are rounded up, to the nearest, all on, all off; of those that leave a solution the best is taken.
Where none does, they are held one after another, the one that is most on first (diving).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.solver.outcome import Have, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waterbalance.horizon import Floats, Integers

    Held = Callable[[Floats, Floats], Outcome]
    """Solves with the switches between two vectors, not asking that they are whole."""

WHOLE = 1e-6
"""How far from a whole number a switch still counts as whole. [-]"""


def rounded(switches: Integers, lower: Floats, upper: Floats, known: Floats | None, held: Held) -> Outcome:
    """The best solution with whole switches that the rules find, and its gap to the relaxation.

    `known` are switches that fitted before. The outcome has no solution where the relaxation has none or no rule works.
    """
    relaxed = held(lower, upper)
    if not relaxed.usable:
        return relaxed
    found = [held(whole, whole) for whole in _guesses(relaxed.values[switches], lower, upper, known)]
    fitting = [each for each in found if each.usable] or [_dive(switches, lower, upper, relaxed, held)]
    best = min(fitting, key=lambda each: each.objective)
    if not best.usable:
        return replace(relaxed, have=Have.NOTHING)
    away = best.objective - relaxed.objective
    gap = 0.0 if away <= WHOLE * abs(best.objective) else away / abs(best.objective)
    return replace(best, have=Have.FEASIBLE, gap=gap)


def _guesses(relaxed: Floats, lower: Floats, upper: Floats, known: Floats | None) -> Iterator[Floats]:
    if known is not None:
        yield known
    for whole in (np.ceil(relaxed - WHOLE), np.round(relaxed), upper, lower):
        yield np.clip(whole, lower, upper)


def _dive(switches: Integers, lower: Floats, upper: Floats, relaxed: Outcome, held: Held) -> Outcome:
    """Hold what is whole already and what is most on, solve, and go on; where up does not fit, down."""
    least, most, outcome = lower.copy(), upper.copy(), relaxed
    while (least < most).any():
        value = outcome.values[switches]
        free = least < most
        settled = free & (np.abs(value - np.round(value)) <= WHOLE)
        trial_least, trial_most = least.copy(), most.copy()
        trial_least[settled] = trial_most[settled] = np.round(value[settled])
        open_still = np.flatnonzero(free & ~settled)
        chosen = int(open_still[np.argmax(value[open_still])]) if len(open_still) else int(np.flatnonzero(free)[0])
        trials = []
        for way in (np.ceil(value[chosen] - WHOLE), np.floor(value[chosen] + WHOLE)):
            # First with everything that is whole held as well, then with this one alone.
            for base_least, base_most in ((trial_least, trial_most), (least, most)):
                one_least, one_most = base_least.copy(), base_most.copy()
                one_least[chosen] = one_most[chosen] = way
                trials.append((one_least, one_most))
        for one_least, one_most in trials:
            outcome = held(one_least, one_most)
            if outcome.usable:
                least, most = one_least, one_most
                break
        else:
            return outcome
    return outcome
