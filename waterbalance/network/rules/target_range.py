"""A range in which a storage should lie, or any other volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from waterbalance.network.fields import Volume
from waterbalance.network.rules._range import _Range

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class TargetRange(_Range):
    """A storage that should lie between a lower and an upper value at the end of every step; or a volume over the step.

    quantity + below >= lower
    quantity - above <= upper
    penalty = days x ((below / scale)^2 + (above / scale)^2)

    Both limits are soft: goals say how much it matters to lie outside (measures `below`, `above` and, where there is a
    scale, `penalty`). With the same lower and upper value this is a target. The square is told by n straight segments:
    at most 1 / (4 n^2) too large up to the scale, never too small; beyond the scale it goes on in a straight line. In
    the penalty a step of ten days counts like ten of one day. Do not use it for flows, whose volume grows with the step:
    that is `flow_range`.

    Method: goal programming with a penalty function, Charnes and Cooper (1977), doi:10.1016/S0377-2217(77)81007-2.
    """

    _amount: ClassVar[bool] = True

    quantity: str = "storage"
    """Which of its quantities."""

    lower: Volume = 0.0
    """Least volume wanted; may be a table. [m3]"""

    upper: Volume | None = None
    """Largest volume wanted; may be a table, none when left out. [m3]"""

    scale: Annotated[Volume, Field(gt=0)] | None = None
    """Distance from the range that has a penalty of one a day; no penalty is measured when left out. [m3]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        per_scale = None if self.scale is None else (1 / self.scale) * step.days
        self._say_range(step, step.of(self.subject, self.quantity), self.scale, per_scale)

    def check(self, ledger: Ledger) -> None:
        """The distances from the range, and their squares, from the volume itself."""
        scale = None if self.scale is None else np.full(len(ledger.horizon), self.scale)
        self._check_range(ledger, ledger.value(self.subject, self.quantity), scale)
