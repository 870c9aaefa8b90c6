"""Parameters that follow how full storages are at the end of the step before.

share = sum of storage / capacity; 1 where there is no capacity
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance.parameter.parameter import Number, One, OneOrNone, Parameter, Several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats, Integers
    from waterbalance.parameter.moment import Moment
    from waterbalance.parameter.moments import Moments


class _OfStorages(Parameter):
    storages: Annotated[tuple[str, ...], Field(min_length=1)]
    """Storages or accounts that count together."""

    def stocks(self) -> Iterator[str]:
        """The storages."""
        return iter(self.storages)

    def _stored(self, moment: Moment) -> float:
        return sum(moment.stored(name) for name in self.storages)

    def _stored_over(self, moments: Moments) -> Floats:
        found: Floats = np.sum([moments.stored(name) for name in self.storages], axis=0)
        return found


class Stored(_OfStorages):
    """What storages hold together [m3], or how full they are where a capacity is given [-]."""

    capacity: OneOrNone = None
    """Of all together. [m3]"""

    def value(self, moment: Moment) -> float:
        """See the class."""
        stored = self._stored(moment)
        return stored if self.capacity is None else _share(stored, moment.value(self.capacity))

    def over(self, moments: Moments) -> Floats:
        """See the class."""
        stored = self._stored_over(moments)
        return stored if self.capacity is None else _shares(stored, moments.values(self.capacity))


class _Curve(_OfStorages):
    capacity: One
    """Of all storages together. [m3]"""

    curves: Annotated[Several, Field(min_length=1)]
    """Shares of the capacity, the highest first. [-]"""

    def _place(self, moment: Moment) -> tuple[float, int]:
        """How full they are, and how many curves lie above that."""
        share = _share(self._stored(moment), moment.value(self.capacity))
        above = 0
        for curve in self.curves:
            if share >= moment.value(curve):
                break
            above += 1
        return share, above

    def _places(self, moments: Moments) -> Integers:
        """How many curves lie above how full they are."""
        share = _shares(self._stored_over(moments), moments.values(self.capacity))
        reached = np.array([share >= moments.values(curve) for curve in self.curves])
        return np.where(reached.any(axis=0), reached.argmax(axis=0), len(self.curves))


class ControlCurve(_Curve):
    """The first value above the first curve, the next between it and the second, the last below all."""

    values: Several
    """One more than curves."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_values(len(self.values), len(self.curves) + 1)
        return self

    def value(self, moment: Moment) -> float:
        """See the class."""
        return moment.value(self.values[self._place(moment)[1]])

    def over(self, moments: Moments) -> Floats:
        """See the class."""
        places = self._places(moments)
        found = np.empty(len(places))
        for place in np.flatnonzero(np.bincount(places)).tolist():
            found[places == place] = moments.values(self.values[place])[places == place]
        return found


class ControlCurveIndex(_Curve):
    """How many curves lie above what is stored."""

    def value(self, moment: Moment) -> float:
        """See the class."""
        return float(self._place(moment)[1])

    def over(self, moments: Moments) -> Floats:
        """See the class."""
        return self._places(moments).astype(float)


class ControlCurveLine(_Curve):
    """A line from value to value: full, on each curve, and empty."""

    values: Several
    """Two more than curves."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_values(len(self.values), len(self.curves) + 2)
        return self

    def value(self, moment: Moment) -> float:
        """See the class."""
        share, above = self._place(moment)
        values = [moment.value(each) for each in self.values[above : above + 2]]
        shares = [1.0, *(moment.value(curve) for curve in self.curves), 0.0][above : above + 2]
        return _between(share, shares[0], shares[1], values[0], values[1])


class ControlCurvePieces(_Curve):
    """A line of its own in each piece between two curves."""

    values: tuple[tuple[Number, Number], ...]
    """The value at the upper and at the lower end of each piece, the highest first; one more than curves."""

    top: Number = 1.0
    bottom: Number = 0.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_values(len(self.values), len(self.curves) + 1)
        return self

    def value(self, moment: Moment) -> float:
        """See the class."""
        share, above = self._place(moment)
        shares = [self.top, *(moment.value(curve) for curve in self.curves), self.bottom]
        upper, lower = self.values[above]
        return _between(share, shares[above], shares[above + 1], upper, lower)


def _require_values(found: int, wanted: int) -> None:
    if found != wanted:
        raise ValueError(f"{found} values; with so many curves there must be {wanted}")


def _share(stored: float, capacity: float) -> float:
    return stored / capacity if capacity > 0.0 else 1.0


def _shares(stored: Floats, capacity: Floats) -> Floats:
    return np.divide(stored, capacity, out=np.ones_like(stored), where=capacity > 0.0)


def _between(share: float, upper: float, lower: float, at_upper: float, at_lower: float) -> float:
    """On the line between two points, at its ends beyond them."""
    if share >= upper or upper <= lower:
        return at_upper
    if share <= lower:
        return at_lower
    return at_lower + (at_upper - at_lower) * (share - lower) / (upper - lower)
