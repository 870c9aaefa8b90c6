"""How much of the water at a zone's head reaches the root zones, and how much of the rest comes back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from waterbalance.forecast.dated_table import range_findings

if TYPE_CHECKING:
    from waterbalance.errors import Finding

_LEAST = 0.05


@dataclass(frozen=True)
class Efficiency:
    """Conveyance x distribution x application.

    Source: Bos, M. G., Nugteren, J. (1990): On irrigation efficiencies, ILRI Publication 19.
    """

    conveyance: float = 1.0
    """Main canals and laterals: 0.75 is Taiwan's mean with distribution. [1]"""

    distribution: float = 1.0
    """Ditches between lateral and field. [1]"""

    application: float = 1.0
    """On the field. [1]"""

    returned: float = 0.0
    """Share of what is lost on the way that comes back to the river or the drains. [1]"""

    @property
    def total(self) -> float:
        """Share of the water at the head that reaches the root zones [1]."""
        return self.conveyance * self.distribution * self.application

    def findings(self) -> list[Finding]:
        """What is wrong with these figures."""
        lowest = {item.name: _LEAST for item in fields(self)} | {"returned": 0.0}
        return [
            finding
            for name, least in lowest.items()
            for finding in range_findings(f"efficiency: {name}", getattr(self, name), least, 1.0)
        ]


def efficiency_of(figure: float | Efficiency) -> Efficiency:
    """A single figure as a whole."""
    return figure if isinstance(figure, Efficiency) else Efficiency(float(figure))


def efficiency_findings(figure: float | Efficiency) -> list[Finding]:
    """What is wrong with a figure or its parts."""
    return figure.findings() if isinstance(figure, Efficiency) else range_findings("efficiency", figure, _LEAST, 1.0)
