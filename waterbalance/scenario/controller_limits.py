"""What a device may be asked for, and what it does by itself: parts of the section `controllers`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance.scenario.controller_quantities import CubicMetres, Seconds, SetpointText


class Model(BaseModel):
    """Frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LimitSettings(Model):
    """What a device may be asked for."""

    least: SetpointText
    """Least setpoint."""

    most: SetpointText
    """Greatest setpoint."""

    least_setpoint: SetpointText | None = None
    """Below it a row is closed, and its water goes on to the next one; left out: as low as `least`."""

    greatest_step: SetpointText | None = None
    """Greatest change from one row to the next."""

    least_dwell: Seconds = 0.0
    """How long a setpoint holds at least. [s]"""

    daily_volume: CubicMetres | None = None
    """Most that may pass on one local day. [m3]"""

    source: str | None = None
    """Where the figures come from, or `assumed`."""


class FallbackSettings(Model):
    """What the device does by itself when its rows have ended, or the engine is silent."""

    mode: Literal["hold_last", "close", "flow"]
    """Hold the last setpoint, close, or go to `setpoint`."""

    setpoint: SetpointText | None = None
    """For `flow`."""

    after: Seconds = 93_600.0
    """Silence of the engine that calls it. [s]"""

    @model_validator(mode="after")
    def _has_its_setpoint(self) -> Self:
        if (self.setpoint is not None) != (self.mode == "flow"):
            raise ValueError("the fallback 'flow' has a setpoint, and no other has; write one or leave it out")
        return self
