"""The section `ratings` of a scenario: how a structure's setting and its discharge hang together."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.network.fields import FlowRate, Fraction, Level
from waterbalance.schedule.command import Mode
from waterbalance.schedule.rating import PumpCurve, RatedTable, Rating, SluiceGate, Weir
from waterbalance.units import SECONDS_PER_DAY


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: ClassVar[Mode] = "position"
    """What its settings are."""

    source: str | None = None
    """Where the figures come from, or `assumed`."""


class SluiceGateSettings(_Model):
    """A vertical gate over a level sill; its setting is the opening [m]."""

    kind: Literal["sluice_gate"]
    """Swamee 1992."""

    width: Level = Field(gt=0)
    """[m]"""

    upstream_depth: Level = Field(gt=0)
    """Above the sill. [m]"""

    downstream_depth: Level = Field(default=0.0, ge=0)
    """Above the sill; drowns the gate where it is deep enough. [m]"""

    greatest_opening: Level = Field(default=float("inf"), gt=0)
    """How far the gate travels. [m]"""

    @model_validator(mode="after")
    def _lets_water_through(self) -> Self:
        if self.downstream_depth >= self.upstream_depth:
            raise ValueError("downstream_depth is not below upstream_depth, so that nothing flows; exchange them or mend one")
        return self

    def rating(self, structure: str) -> Rating:
        """Of a structure."""
        return SluiceGate(structure, self.width, self.upstream_depth, self.downstream_depth, self.greatest_opening)


class WeirSettings(_Model):
    """An overshot gate; its setting is the level of its crest [m]."""

    mode: ClassVar[Mode] = "level"

    kind: Literal["weir"]
    """Poleni; drowned after Villemonte 1947."""

    width: Level = Field(gt=0)
    """[m]"""

    upstream_level: Level
    """[m]"""

    lowest: Level
    """Lowest crest. [m]"""

    highest: Level
    """Highest crest: no water passes over it. [m]"""

    downstream_level: Level = float("-inf")
    """[m]"""

    coefficient: float = Field(default=0.62, gt=0, le=1.5)
    """Of discharge. [-]"""

    @model_validator(mode="after")
    def _travels(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("the crest does not travel, for lowest is not below highest; exchange them")
        return self

    def rating(self, structure: str) -> Rating:
        """Of a structure."""
        return Weir(
            structure, self.width, self.upstream_level, self.lowest, self.highest, self.downstream_level, self.coefficient
        )


class PumpSettings(_Model):
    """A pump of variable speed; its setting is the speed as a share of the rated one [-]."""

    mode: ClassVar[Mode] = "speed"

    kind: Literal["pump"]
    """Affinity laws."""

    shut_off_head: Level = Field(gt=0)
    """Head at rated speed without flow. [m]"""

    static_head: Level = Field(ge=0)
    """[m]"""

    curvature: float = Field(gt=0)
    """Of the pump's head. [m/(m3/s)2]"""

    friction: float = Field(default=0.0, ge=0)
    """Of the pipe. [m/(m3/s)2]"""

    slowest: Fraction = Field(default=0.5, gt=0)
    """Lowest speed at which it may run. [-]"""

    def rating(self, structure: str) -> Rating:
        """Of a structure."""
        return PumpCurve(structure, self.shut_off_head, self.curvature, self.static_head, self.friction, self.slowest)


class TableSettings(_Model):
    """Measured pairs of setting and discharge."""

    kind: Literal["table"]
    """Straight lines between the pairs."""

    settings: tuple[Level, ...] = Field(min_length=2)
    """Rising. [m]"""

    flows: tuple[FlowRate, ...] = Field(min_length=2)
    """Rising, one for each setting."""

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        pairs = zip((self.settings, self.flows), ("settings", "flows"), strict=True)
        for values, name in pairs:
            if any(later <= earlier for earlier, later in pairwise(values)):
                raise ValueError(f"{name} do not rise; write them in order, each once")
        if len(self.settings) != len(self.flows):
            raise ValueError(f"{len(self.settings)} settings and {len(self.flows)} flows; write one flow for each setting")
        return self

    def rating(self, structure: str) -> Rating:
        """Of a structure."""
        return RatedTable(structure, self.settings, tuple(flow / SECONDS_PER_DAY for flow in self.flows))


RatingSettings = Annotated[SluiceGateSettings | WeirSettings | PumpSettings | TableSettings, Field(discriminator="kind")]
