"""Works that make used water fit for industry again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Fraction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class ReclaimedWorks(Component):
    """A source of reclaimed water that no drought touches.

    taken = production + brought
    production <= capacity x availability

    The used water that it treats is taken to be plentiful; where it is not, let its amount set the availability.
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "availability")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate
    """Most that can be produced with every line at work. [m3/day]"""

    availability: Fraction = 1.0
    """Share of the capacity that is at work. [-]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        available = step.derived(
            self, "available_capacity", self._available_capacity, step.given(self, "capacity"), step.given(self, "availability")
        )
        production = step.flow(self, "production", upper=available)
        step.gain(self, "production", production)
        step.measure(self, "production", production)

    def _available_capacity(self, capacity: Floats, availability: Floats) -> Floats:
        """What the lines at work can produce in a step, as a volume [m3]."""
        return capacity * availability

    def check(self, ledger: Ledger) -> None:
        """Production within what is available."""
        production = ledger.value(self, "production")
        ledger.within(self, "production", production, 0.0, ledger.given(self, "availability") * ledger.given(self, "capacity"))
        ledger.gains(self, production)
