"""What works have in common that produce fresh water: lines of which a share is at work, and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from waterbalance.network.components._switched import _Switched
from waterbalance.network.fields import FlowRate, Fraction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class _Plant(_Switched):
    """A source whose production no river limits.

    taken = production + brought
    production <= capacity x availability
    """

    is_place: ClassVar[bool] = True
    is_source: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity", "availability")
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate
    """Most that can be produced with every line at work. [m3/day]"""

    availability: Fraction = 1.0
    """Share of the capacity that is at work. [-]"""

    def say_production(self, step: Step) -> Flow:
        """Say what is produced, with its switches."""
        available = step.derived(
            self, "available_capacity", self._available_capacity, step.given(self, "capacity"), step.given(self, "availability")
        )
        production = step.flow(self, "production", upper=available)
        self.say_switches(step, production, available)
        step.measure(self, "production", production)
        return production

    def _available_capacity(self, capacity: Floats, availability: Floats) -> Floats:
        """What the lines at work can produce in a step, as a volume [m3]."""
        return capacity * availability

    def check_production(self, ledger: Ledger) -> Floats:
        """Production within what is available, and its switches."""
        production = ledger.value(self, "production")
        most = ledger.given(self, "availability") * ledger.given(self, "capacity")
        ledger.within(self, "production", production, 0.0, most)
        self.check_switches(ledger, "production", production, most)
        return production
