"""A plan as people name it: the beginning of its hash."""

from __future__ import annotations

SHORT = 12
"""Characters that people are shown; any beginning that means one plan is understood."""


def short(plan: str) -> str:
    """The beginning of a plan's hash."""
    return plan[:SHORT]
