"""A range in which a flow should lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from waterbalance.network.fields import FlowRate
from waterbalance.network.rules._range import _Range

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class FlowRange(_Range):
    """A mean flow that should lie between a lower and an upper value.

    flow + below >= lower
    flow - above <= upper
    penalty = days x ((below / scale)^2 + (above / scale)^2), with below and above as mean flows

    Both limits are soft: goals say how much it matters to lie outside (measures `below` and `above`, as volumes, and,
    where there is a scale, `penalty`). The square is told by n straight segments: at most 1 / (4 n^2) too large up to
    the scale, never too small; beyond the scale it goes on in a straight line. For a limit that must hold use a capacity
    or a `minimum_flow` in an early goal.
    """

    quantity: str = "inflow"
    """Which of its quantities."""

    lower: FlowRate = 0.0
    """Least flow wanted; may be a table. [m3/day]"""

    upper: FlowRate | None = None
    """Largest flow wanted; may be a table, none when left out. [m3/day]"""

    scale: Annotated[FlowRate, Field(gt=0)] | None = None
    """Distance from the range that has a penalty of one a day; no penalty is measured when left out. [m3/day]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        scale = None if self.scale is None else self.scale * step.days
        per_scale = None if self.scale is None else 1 / self.scale
        self._say_range(step, step.of(self.subject, self.quantity), scale, per_scale)

    def check(self, ledger: Ledger) -> None:
        """The distances from the range, and their squares, from the flow itself."""
        scale = None if self.scale is None else self.scale * ledger.horizon.days
        self._check_range(ledger, ledger.value(self.subject, self.quantity), scale)
