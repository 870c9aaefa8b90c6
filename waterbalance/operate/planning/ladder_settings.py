"""What a night may do when there is no full plan: which limits may give way, and how long each rung may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.network.fields import Duration, Fraction, Share, UserClass
from waterbalance.scenario.issuing import SECONDS


class DeclaredRelaxation(BaseModel):
    """A limit that may give way when there is no plan with it: agreed upon by daylight, not at night."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    component: str
    """The component or rule."""

    field: str | None = None
    """Its field or series that is changed; left out, the rule is not kept at all."""

    to: Share | None = None
    """Share of its value down to which (`50 %`) or up to which (`130 %`) it may be changed. [-]"""

    @model_validator(mode="after")
    def _a_field_and_how_far(self) -> Self:
        if (self.field is None) != (self.to is None):
            raise ValueError("field and to belong together: give both, or neither to leave the rule out")
        return self


class LadderSettings(BaseModel):
    """The ladder of plans."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relaxations: tuple[DeclaredRelaxation, ...] = ()
    """What may give way, the least painful first: the first alone, then the first two, and so on until there is a plan."""

    deterministic: Mapping[str, Literal["mean", "median"] | Annotated[float, Field(ge=0, le=1)]] = {}
    """Value of the members by quantity that the deterministic rung plans with; the median for all others."""

    nodes: int | None = Field(default=None, ge=0, strict=True)
    """Nodes of each search for switches; the same plan on every machine. Unlimited when left out."""

    search: Duration | None = None
    """Longest search of each goal for switches; a plan after such a stop cannot be replayed. Unlimited when left out. [day]"""

    rung: Duration = Field(default=900 * SECONDS, gt=0)
    """Most that one rung may take; after that the next one is tried. [day]"""

    total: Duration = Field(default=1800 * SECONDS, gt=0)
    """Most that all rungs together may take. [day]"""

    kept_back: Fraction = Field(default=0.25, lt=1)
    """Share of the total that is kept for the last two rungs. [-]"""

    oldest_previous: Duration = Field(default=3.0, gt=0)
    """How many days before today the plan may begin that is shifted. [day]"""

    below_lower: Mapping[UserClass, Fraction] = {}
    """Share of the demand that a class of users is given below the lower curves of its reservoirs, by rule curves alone; for
    users that no rule of the network cuts. All of it when left out. [-]"""

    below_severe: Mapping[UserClass, Fraction] = {}
    """The same below the severe curves; that of the lower curves when left out. [-]"""

    @model_validator(mode="after")
    def _lifelines_are_not_cut(self) -> Self:
        if min(self.below_lower.get("lifeline", 1.0), self.below_severe.get("lifeline", 1.0)) < 1:
            raise ValueError("lifelines are cut by no curve; leave them out of below_lower and below_severe")
        return self
