"""Which rung of the ladder a plan stands on, and why it is not a higher one."""

from __future__ import annotations

from dataclasses import dataclass

RUNGS = (
    "full plan",
    "declared relaxations",
    "without switches",
    "deterministic",
    "previous plan shifted",
    "rule curves alone",
)
"""What is tried, one after another, until there is a plan that the audit finds sound."""


@dataclass(frozen=True)
class Fallback:
    """The rung that a plan stands on."""

    rung: int = 0
    """0 is the full plan."""

    reasons: tuple[str, ...] = ()
    """Why each rung before it was left, in their order."""

    @property
    def label(self) -> str:
        """The rung in words."""
        return RUNGS[self.rung]


NO_FALLBACK = Fallback()
