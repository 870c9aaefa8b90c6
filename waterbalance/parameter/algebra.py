"""Parameters made of others."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from waterbalance.errors import Finding, InputError, Place
from waterbalance.parameter.parameter import Argument, Number, One, Parameter, Several

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waterbalance.horizon import Floats
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.moments import Moments

_FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "product": math.prod,
    "smallest": min,
    "largest": max,
    "mean": statistics.fmean,
    "median": statistics.median,
    "any": lambda values: float(any(values)),
    "all": lambda values: float(all(values)),
}

_OVER: dict[str, Callable[..., Floats]] = {
    "sum": np.sum,
    "product": np.prod,
    "smallest": np.min,
    "largest": np.max,
    "mean": np.mean,
}

Function = Literal["sum", "product", "smallest", "largest", "mean", "median", "any", "all"]


class Aggregated(Parameter):
    """Sum, product, smallest, largest, mean or median of several, or whether any or all of them are not zero."""

    function: Function
    of: Annotated[Several, Field(min_length=1)]

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(_FUNCTIONS[self.function]([moment.value(each) for each in self.of]))

    def over(self, moments: Moments) -> Floats:
        """See the class."""
        if self.function not in _OVER:
            return super().over(moments)
        found: Floats = _OVER[self.function](np.array([moments.values(each) for each in self.of]), axis=0)
        return found


class AggregatedIndex(Parameter):
    """The same of places in lists."""

    function: Function
    of: Annotated[Several, Field(min_length=1)]

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(_FUNCTIONS[self.function]([moment.index(each) for each in self.of]))


class Quotient(Parameter):
    """numerator / denominator."""

    numerator: One
    denominator: One

    def value(self, moment: Moment) -> float:
        """See the class. Raises `InputError` where the denominator is zero."""
        divisor = moment.value(self.denominator)
        if divisor == 0.0:
            raise InputError(f"a parameter divides by zero on {moment.start}; mend its denominator")
        return moment.value(self.numerator) / divisor


class IndexedArray(Parameter):
    """One of several, chosen by the place that another one stands for."""

    place: One
    """From 0."""

    of: Annotated[Several, Field(min_length=1)]

    def value(self, moment: Moment) -> float:
        """See the class. Raises `InputError` for a place that is not in the list."""
        place = moment.index(self.place)
        if not 0 <= place < len(self.of):
            found = f"place {place}"
            finding = Finding(
                "a place that a list does not have",
                Place(date=str(moment.start)),
                found,
                f"0 to {len(self.of) - 1}",
                "Add values to the list, or mend what chooses among them.",
            )
            raise InputError("a parameter chooses what is not there", (finding,))
        return moment.value(self.of[place])


class Threshold(Parameter):
    """One of two values: the second where something is above, below or at a threshold. Its place is 0 or 1."""

    of: One
    is_: Annotated[Literal["<", ">", "=", "<=", ">="], Field(alias="is")]
    threshold: One
    values: Annotated[tuple[Argument, Argument], "Arguments"] = (0.0, 1.0)
    """Where it is not so, and where it is so."""

    def value(self, moment: Moment) -> float:
        """See the class."""
        return moment.value(self.values[self.index(moment)])

    def index(self, moment: Moment) -> int:
        """1 where it is so."""
        found, limit = moment.value(self.of), moment.value(self.threshold)
        so = {"<": found < limit, ">": found > limit, "=": found == limit, "<=": found <= limit, ">=": found >= limit}
        return int(so[self.is_])


class BinaryStep(Parameter):
    """output where the value is above zero, else 0."""

    of: One
    output: Number

    def value(self, moment: Moment) -> float:
        """See the class."""
        return self.output if moment.value(self.of) > 0.0 else 0.0


class Rectifier(Parameter):
    """smallest + (largest - smallest) x value where the value is above zero, else 0."""

    of: One
    largest: Number
    smallest: Number = 0.0

    def value(self, moment: Moment) -> float:
        """See the class."""
        found = moment.value(self.of)
        return self.smallest + (self.largest - self.smallest) * found if found > 0.0 else 0.0


class Logistic(Parameter):
    """largest / (1 + exp(-growth x value))."""

    of: One
    largest: Number
    growth: Number

    def value(self, moment: Moment) -> float:
        """See the class."""
        return self.largest / (1.0 + math.exp(-self.growth * moment.value(self.of)))
