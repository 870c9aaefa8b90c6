"""From where a night may begin."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration, Fraction, Volume


class StateSettings(BaseModel):
    """From where a night may begin, and when somebody is told that it does so elsewhere than expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oldest_warm: Duration = Field(default=7.0, ge=1.0)
    """How long ago the night may lie whose plan is believed of today. [day]"""

    greatest_jump: Fraction = 0.05
    """How far an observed storage may lie from the expected one, as a share of the capacity. [-]"""

    jumps: Mapping[str, Volume] = Field(default_factory=dict)
    """The same by reservoir, as a volume. [m3]"""
