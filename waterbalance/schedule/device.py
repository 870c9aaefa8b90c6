"""A device as orders see it: what it moves, in which words it is told, and how far it may be asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.schedule.command import Fallback, Limits, Mode

if TYPE_CHECKING:
    from waterbalance.schedule.rating import Rating

UNITS: dict[Mode, str] = {"flow": "m3/s", "level": "m", "position": "m", "speed": "1", "duration": "s"}


@dataclass(frozen=True)
class Device:
    """One controller and the structure it moves."""

    controller: str
    structure: str
    limits: Limits
    """In the unit of the mode."""

    mode: Mode = "flow"
    rating: Rating | None = None
    """From discharge to setpoint, for `level`, `position` and `speed`."""

    valve_flow: float | None = None
    """What an open valve lets through, for `duration`. [m3/s]"""

    setpoint_step: float = 0.001
    """Smallest difference between setpoints that the device can tell apart, in the unit of the mode."""

    least_setpoint: float = 0.0
    """Below it a row is closed, in the unit of the mode."""

    registers: tuple[float, float] = (-math.inf, math.inf)
    """Least and greatest setpoint for which its registers have room, in the unit of the mode."""

    most_rows: int = 24
    """Rows that it can keep."""

    keeper: bool = False
    """Whether it is a person, who signs when the gate has been set."""

    any_hour: bool = False
    """Whether it may be moved at any hour, so that a flow between two of its steps is told as both."""

    fallback: Fallback = field(default_factory=Fallback)

    @property
    def closed(self) -> float:
        """The setpoint that lets least through, in the unit of the mode."""
        return self.limits.closed(self.mode)

    def may_be_at(self, setpoint: float) -> bool:
        """Whether it may be told a setpoint: closed, or within its limits and no trickle."""
        return setpoint == self.closed or max(self.limits.least, self.least_setpoint) <= setpoint <= self.limits.most

    @property
    def unit(self) -> str:
        """Of its setpoints."""
        return UNITS[self.mode]
