"""What is preferred: goals in ranked order over the measures that components name."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.network.fields import UserClass


class Term(BaseModel):
    """A weighted measure of some components, at every step or at the last one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    """Name of a measure, such as `shortage`, `spill` or `energy`."""

    user_classes: tuple[UserClass, ...] = ()
    """Only users of these classes; all components when empty."""

    components: tuple[str, ...] = ()
    """Only these components; all when empty."""

    weight: float = Field(default=1.0, allow_inf_nan=False)
    """Weight of one unit of the measure."""

    benefit: str | None = None
    """Name of a table of the component that multiplies the weight by date; a component without it is left out."""

    at: Literal["every step", "last step"] = "every step"
    """Whether the measure counts at every step or only at the end."""


Equity = Literal["minimax", "equal percentage", "proportional to right"]


class Goal(BaseModel):
    """One rank: the weighted sum of its terms, as small or as large as the goals before it allow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Name in reports."""

    sense: Literal["minimise", "maximise"] = "minimise"
    """Which way."""

    terms: tuple[Term, ...] = Field(min_length=1)
    """What is added up."""

    equity: Equity | Literal[True, False] = False
    """Share the shortage in each ten-day period, evenly inside the period: `minimax` (the same as true), `equal percentage`
    or `proportional to right`. Only for shortages."""

    target: float | None = Field(default=None, allow_inf_nan=False)
    """Good enough: what this goal reaches beyond its target later goals may use up. In the goal's own units."""

    tolerance: float = Field(default=1e-7, ge=0, le=1)
    """How much of this goal later goals may give up, relative to its best value or its target. [-]"""

    absolute_tolerance: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """The same in the goal's own units; the larger of both counts."""

    @model_validator(mode="after")
    def _only_a_shortage_is_shared(self) -> Self:
        unfit = [term for term in self.terms if term.measure != "shortage" or term.at != "every step" or term.weight <= 0]
        if self.equity and (self.sense != "minimise" or unfit):
            raise ValueError(f"goal {self.name!r} has equity; then it minimises 'shortage' at every step with positive weights")
        if self.equity and self.target is not None:
            raise ValueError(f"goal {self.name!r} has equity, which holds every share; then it has no target, only a tolerance")
        if self.shared not in {None, "minimax"} and len({term.weight for term in self.terms}) > 1:
            raise ValueError(f"goal {self.name!r} has equity: {self.equity}; then all its terms have the same weight")
        return self

    @property
    def shared(self) -> Equity | None:
        """How the shortage is shared; None where only the total counts."""
        if self.equity is True:
            return "minimax"
        return self.equity or None

    def reaches(self, best: float) -> bool:
        """Whether a best value is as good as the target, so that the target holds the goal and not its best value."""
        if self.target is None:
            return False
        return best <= self.target if self.sense == "minimise" else best >= self.target

    def leeway(self, best: float) -> float:
        """How far later goals may lead away from the best value, in the goal's own units."""
        spare = 0.0
        if self.target is not None:
            spare = max(0.0, self.target - best if self.sense == "minimise" else best - self.target)
        held = best + spare if self.sense == "minimise" else best - spare
        return spare + max(self.absolute_tolerance, self.tolerance * abs(held))


class Policy(BaseModel):
    """Goals in ranked order. Earlier goals are never traded for later ones beyond their tolerance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "own order"
    """Name in reports."""

    goals: tuple[Goal, ...] = Field(min_length=1)
    """Highest rank first."""

    equity_tolerance: float = Field(default=0.001, gt=0, le=1)
    """Shortage ratios within this of each other count as equal. [-]"""

    smallest_change: bool = True
    """Last of all, stay as close to the previous plan as the goals allow."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [goal.name for goal in self.goals]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"goals need names of their own; used twice: {', '.join(twice)}")
        return self
