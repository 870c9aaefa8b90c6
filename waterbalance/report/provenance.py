"""Where every series of a plan comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.report.planned import Planned


@dataclass(frozen=True)
class SeriesOrigin:
    """One series and how its values came to be."""

    component: str
    quantity: str
    label: str
    filled: int
    """How many of the values behind it were missing and filled."""


def provenance(planned: Planned) -> tuple[SeriesOrigin, ...]:
    """One row for each series, in the order of their names; and one for each stock that was not observed on the day."""
    rows = [
        SeriesOrigin(component, quantity, forecast.label, forecast.filled)
        for (component, quantity), forecast in planned.forecasts.series.items()
    ]
    rows += [SeriesOrigin(component, quantity, "assumed at the start", 0) for component, quantity in planned.state.assumed]
    return tuple(sorted(rows, key=lambda row: (row.component, row.quantity, row.label)))
