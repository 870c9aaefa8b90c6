"""What counts how much when turns are chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """What one unit of each thing counts, beside a cubic metre that is taken at the head of the tree."""

    shortage: float = 100.0
    """A cubic metre that a field lacks."""

    out_of_time: float = 0.05
    """A cubic metre that is a day early or late."""

    move: float = 5.0
    """An opening or a closing."""

    money: float = 1.0
    """A unit of currency for energy."""
