"""A first timetable that is nearly the one that was wished: only those of its turns are left out that do not fit.

A turn is what one gate does otherwise than in a timetable that is known to be possible, from a slot on until they agree again.
All turns are tried at once; where they do not fit, the sooner half of them and then what of the later half fits beside it, and so
on with halves of halves: k turns of n that do not fit are found with some 2 k log2(n) trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from waterbalance.horizon import Floats, Integers

    Switches = Mapping[int, float]


@dataclass(frozen=True)
class Wish:
    """Switches by their columns: those that are likely to be possible, and what each turn changes of them."""

    base: Switches
    turns: tuple[Switches, ...]
    """The sooner ones first."""

    @property
    def whole(self) -> Switches:
        """With all turns."""
        return with_turns(self.base, self.turns)


def with_turns(base: Switches, turns: Sequence[Switches]) -> Switches:
    """The base as the turns change it."""
    return {column: value for each in (base, *turns) for column, value in each.items()}


def turns_of(columns: Sequence[Integers], wished: Sequence[Floats], base: Sequence[Floats]) -> tuple[Switches, ...]:
    """What is wished otherwise than in the base, the sooner turns first; all arrays of shape (gates, slots)."""
    other = np.any([one != two for one, two in zip(wished, base, strict=True)], axis=0)
    begins = np.diff(other, prepend=False, axis=1) & other
    number = np.cumsum(begins, axis=1)
    found = []
    for slot, row in np.argwhere(begins.T):
        members = other[row] & (number[row] == number[row, slot])
        changed = [(numbers[row, members], to[row, members]) for numbers, to in zip(columns, wished, strict=True)]
        found.append(by_column(changed))
    return tuple(found)


def by_column(pairs: Iterable[tuple[Integers, Floats]]) -> Switches:
    """Values by the numbers of their columns; both of one shape."""
    return {
        column: value
        for numbers, values in pairs
        for column, value in zip(numbers.ravel().tolist(), values.ravel().tolist(), strict=True)
    }


def mended(wish: Wish, completed: Callable[[Switches], Floats | None]) -> Floats | None:
    """The solution with as many turns as fit, one after another; None where not even the base leads to one."""
    values = completed(wish.base)
    return None if values is None else _with_what_fits(wish.base, wish.turns, completed, values)[1]


def _with_what_fits(
    base: Switches, turns: Sequence[Switches], completed: Callable[[Switches], Floats | None], known: Floats
) -> tuple[Switches, Floats]:
    """The base with those turns that fit, and its solution; `known` is that of the base."""
    if not turns:
        return base, known
    tried = with_turns(base, turns)
    values = completed(tried)
    if values is not None:
        return tried, values
    if len(turns) == 1:
        return base, known
    half = len(turns) // 2
    base, known = _with_what_fits(base, turns[:half], completed, known)
    return _with_what_fits(base, turns[half:], completed, known)
