"""What a solve brought: why it stopped and what we have are two things."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


class Stop(Enum):
    """Why the solver stopped."""

    FINISHED = "finished"
    """It proved what it says."""

    TIME_LIMIT = "time limit"
    """The wall clock ran out; the result cannot be replayed exactly."""

    WORK_LIMIT = "work limit"
    """A deterministic limit on nodes or iterations was reached."""

    TROUBLE = "trouble"
    """Numerical trouble, or the solver refused the program."""


class Have(Enum):
    """What the solver left us with."""

    OPTIMUM = "optimum"
    """A solution proved best within the tolerances."""

    FEASIBLE = "feasible"
    """A solution with a known gap."""

    INFEASIBLE = "infeasible"
    """A proof that there is no solution."""

    UNBOUNDED = "unbounded"
    """A proof that the objective has no limit (or that there is no solution)."""

    NOTHING = "nothing"
    """No solution and no proof."""


@dataclass(frozen=True)
class Outcome:
    """The result of one solve."""

    stop: Stop
    have: Have
    objective: float
    """Value of the objective, in its own units."""

    gap: float
    """Relative distance from the best bound; zero for linear programs. [-]"""

    values: Floats
    """Columns, shape (columns,)."""

    row_dual: Floats
    """Change of the objective per unit of each row's side; zero for programs with whole numbers."""

    column_dual: Floats
    """Reduced costs; zero for programs with whole numbers."""

    cost: Floats
    """What was minimised, by column; shape (columns,)."""

    iterations: int
    seconds: float
    tolerance: float
    """By how much a limit may be missed, in volumes divided by the volume scale: how finely it was solved in the end. [-]"""

    @property
    def usable(self) -> bool:
        """Whether there is a solution to work with."""
        return self.have in {Have.OPTIMUM, Have.FEASIBLE}
