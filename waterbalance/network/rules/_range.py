"""What ranges have in common: how far a quantity lies outside, and the square of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from waterbalance import units
from waterbalance.network.fields import Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force
from waterbalance.network.rules._square import MOST_SEGMENTS, check_square, say_square

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Step


class _Range(_Limit):
    """A quantity that should lie between a lower and an upper value.

    quantity + below >= lower
    quantity - above <= upper
    penalty = days x ((below / scale)^2 + (above / scale)^2)

    Both limits are soft: goals say how much it matters to lie outside. With n segments the square is told by chords, at
    most 1 / (4 n^2) too large up to the scale and never too small; beyond the scale it goes on in a straight line. In the
    penalty a step of ten days counts like ten of one day. Goals that do not want it small may tell too much of each.
    """

    varying: ClassVar[tuple[str, ...]] = ("lower", "upper")

    subject: Subject
    """The component whose quantity is meant."""

    segments: int = Field(default=10, ge=1, le=MOST_SEGMENTS)
    """How many straight segments stand for the square up to the scale. [-]"""

    _amount: ClassVar[bool] = False
    """Whether the quantity is an amount at the end of a step, and no flow over it."""

    def _say_range(self, step: Step, quantity: Expression, scale: Expression | None, per_scale: Expression) -> None:
        """See the class for the equations; `scale` is that of one step [m3], `per_scale` the days of the step by it."""
        unit = units.VOLUME if self._amount else None
        in_force = step.given(self, IN_FORCE)
        least = step.derived(self, "lower_in_force", _lower_in_force, step.given(self, "lower"), in_force)
        most = step.derived(self, "upper_in_force", while_in_force, step.given(self, "upper"), in_force)
        lifted = step.flow(self, "lifted", lower=least, unit=unit)
        lowered = step.flow(self, "lowered", lower=None, upper=most, unit=unit)
        segments = 1 if scale is None else self.segments
        below, below_squared = say_square(step, self, "below", segments, scale, unit)
        above, above_squared = say_square(step, self, "above", segments, scale, unit)
        step.constraint(self, "lower", lifted == quantity + below)
        step.constraint(self, "upper", lowered == quantity - above)
        step.measure(self, "below", below)
        step.measure(self, "above", above)
        if scale is not None:
            step.measure(self, "penalty", per_scale * (below_squared + above_squared), unit="day")

    def _check_range(self, ledger: Ledger, quantity: Floats, scale: Floats | None) -> None:
        """What lies outside is told in full, and its square is what the segments make of it."""
        in_force = ledger.given(self, IN_FORCE)
        below, above = ledger.value(self, "below"), ledger.value(self, "above")
        ledger.equal(self, "lifted", ledger.value(self, "lifted"), quantity + below)
        ledger.equal(self, "lowered", ledger.value(self, "lowered"), quantity - above)
        ledger.within(self, "quantity + below", quantity + below, _lower_in_force(ledger.given(self, "lower"), in_force), np.inf)
        most = np.where(in_force > 0, ledger.given(self, "upper"), np.inf)
        ledger.within(self, "quantity - above", quantity - above, -np.inf, most)
        segments = 1 if scale is None else self.segments
        wide = np.full(len(quantity), np.inf) if scale is None else scale
        below_told, below_squared = check_square(ledger, self, "below", segments, wide)
        above_told, above_squared = check_square(ledger, self, "above", segments, wide)
        ledger.equal(self, "below", below, below_told)
        ledger.equal(self, "above", above, above_told)
        if scale is not None:
            penalty = ledger.horizon.days * (below_squared + above_squared) / scale
            ledger.equal(self, "penalty", ledger.value(self, "penalty"), penalty)


def _lower_in_force(lower: Floats, in_force: Floats) -> Floats:
    """The lower value, none out of service."""
    return np.where(in_force > 0, lower, -np.inf)
