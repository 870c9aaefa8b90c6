"""Parameters that read a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance.errors import InputError
from waterbalance.parameter.parameter import Number, One, OneOrNone, Parameter

if TYPE_CHECKING:
    from waterbalance.parameter.moment import Moment

_GRAVITY = 9.81
"""[m/s2]"""


class Interpolated(Parameter):
    """y at a value of x, on lines between points."""

    of: One
    """What is looked up."""

    x: Annotated[tuple[Number, ...], Field(min_length=2)]
    """Ascending."""

    y: tuple[Number, ...]
    beyond: Literal["refuse", "hold", "extend"] = "refuse"
    """Outside of the points: refuse, hold the end's value, or extend the last line."""

    @model_validator(mode="after")
    def _is_a_curve(self) -> Self:
        if len(self.x) != len(self.y):
            raise ValueError(f"{len(self.x)} values of x and {len(self.y)} of y; give as many of each")
        if any(later <= earlier for earlier, later in zip(self.x, self.x[1:], strict=False)):
            raise ValueError("the values of x must ascend")
        return self

    def value(self, moment: Moment) -> float:
        """See the class. Raises `InputError` outside of the points, where that is refused."""
        at = moment.value(self.of)
        if self.x[0] <= at <= self.x[-1] or self.beyond == "hold":
            return float(np.interp(at, self.x, self.y))
        if self.beyond == "refuse":
            raise InputError(f"{at:g} on {moment.start} lies outside of a curve from {self.x[0]:g} to {self.x[-1]:g}")
        first = 0 if at < self.x[0] else len(self.x) - 2
        slope = (self.y[first + 1] - self.y[first]) / (self.x[first + 1] - self.x[first])
        return self.y[first] + slope * (at - self.x[first])


class Polynomial(Parameter):
    """sum over n of coefficient[n] x (offset + scale x value)^n."""

    of: One
    coefficients: Annotated[tuple[Number, ...], Field(min_length=1)]
    offset: Number = 0.0
    scale: Number = 1.0

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(np.polynomial.polynomial.polyval(self.offset + self.scale * moment.value(self.of), self.coefficients))


class HydropowerTarget(Parameter):
    """The flow that makes a power: power / (density x gravity x head x efficiency x conversions), within limits."""

    power: One
    elevation: OneOrNone = None
    """Of the water above the turbine. [m]"""

    turbine_elevation: Number = 0.0
    """[m]"""

    efficiency: Annotated[Number, Field(gt=0)] = 1.0
    density: Annotated[Number, Field(gt=0)] = 1000.0
    """[kg/m3]"""

    minimum_head: Number = 0.0
    """Below it nothing flows. [m]"""

    smallest: OneOrNone = None
    largest: OneOrNone = None
    flow_conversion: Annotated[Number, Field(gt=0)] = 1.0
    """From the flow's unit to m3/day."""

    energy_conversion: Annotated[Number, Field(gt=0)] = 1e-6
    """From joules a day to the power's unit."""

    def value(self, moment: Moment) -> float:
        """See the class."""
        head = -self.turbine_elevation if self.elevation is None else moment.value(self.elevation) - self.turbine_elevation
        flow = 0.0
        if head > 0.0 and head >= self.minimum_head:
            per_flow = self.density * _GRAVITY * head * self.efficiency * self.flow_conversion * self.energy_conversion
            flow = moment.value(self.power) / per_flow
        if self.largest is not None:
            flow = min(flow, moment.value(self.largest))
        if self.smallest is not None:
            flow = max(flow, moment.value(self.smallest))
        return flow
