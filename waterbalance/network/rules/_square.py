"""A deviation and its square, by straight segments: what a linear program can say of a quadratic goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Step

MOST_SEGMENTS = 200


def say_square(
    step: Step, component: Component, name: str, segments: int, scale: Expression, unit: str | None
) -> tuple[Expression, Expression]:
    """A deviation as the sum of new columns, and (deviation / scale)^2 x scale; `unit` as in `Step.flow`.

    With n segments the square is a chain of chords between n + 1 points from zero to the scale, and goes on in a straight
    line: up to the scale it is told at most 1 / (4 n^2) of the square of the scale too large, and never too small.
    """
    pieces = [
        step.flow(component, f"{name}_{number}", upper=None if number == segments else scale * (1 / segments), unit=unit)
        for number in range(1, segments + 1)
    ]
    squared = sum((2 * number - 1) / segments * piece for number, piece in enumerate(pieces, start=1))
    return sum(pieces), squared


def check_square(ledger: Ledger, component: Component, name: str, segments: int, scale: Floats) -> tuple[Floats, Floats]:
    """The deviation that the pieces make up, and what they tell of its square / scale; none is larger than its width."""
    pieces = np.array([ledger.value(component, f"{name}_{number}") for number in range(1, segments + 1)])
    for number, piece in enumerate(pieces, start=1):
        ledger.within(component, f"{name}_{number}", piece, 0.0, np.inf if number == segments else scale / segments)
    slopes = np.arange(1, 2 * segments, 2) / segments
    return pieces.sum(axis=0), slopes @ pieces
