"""What is expected: values over the steps of a horizon, with members; plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.forecast.history import Doubt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Horizon

Key = tuple[str, str]
"""Component name and quantity, such as `("upper_lake", "inflow")`."""


@dataclass(frozen=True)
class Forecast:
    """One quantity over a horizon.

    Flows, rates and depths per day come as their amount over each step; stocks, fractions and prices as they are.
    """

    values: Floats
    """Shape (steps, members)."""

    label: str
    """How the values came to be: `recorded`, `climatology 2010-2020`, `assumed`; shown in the report."""

    filled: int = 0
    """How many of the values behind it were missing and filled."""

    notes: tuple[str, ...] = ()
    """What a reader should know of the data behind it: readings that were doubted, and what was done with them."""

    def __post_init__(self) -> None:
        """Refuse values of another shape, and values that are not numbers."""
        if self.values.ndim != 2:
            raise UsageError(f"a forecast has shape (steps, members); found {self.values.shape}")
        values = self.values.copy()
        values.setflags(write=False)
        object.__setattr__(self, "values", values)
        if np.isnan(self.values).any():
            raise UsageError(f"a forecast ({self.label}) holds values that are not numbers")

    @property
    def members(self) -> int:
        """Number of equally likely members."""
        return int(self.values.shape[1])

    def value(self, choice: str | float) -> Floats:
        """One value a step: `mean`, `median`, or a quantile such as 0.2. Shape (steps,)."""
        if self.members == 1:
            return self.values[:, 0]
        if choice == "mean":
            mean: Floats = self.values.mean(axis=1)
            return mean
        level = 0.5 if choice == "median" else float(choice)
        quantile: Floats = np.quantile(self.values, level, axis=1)
        return quantile


@dataclass(frozen=True)
class Forecasts:
    """All series that a plan is made with, on one horizon."""

    horizon: Horizon
    series: Mapping[Key, Forecast] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse series that are not on the horizon."""
        for (component, quantity), forecast in self.series.items():
            if len(forecast.values) != len(self.horizon):
                raise UsageError(f"{component}.{quantity} has {len(forecast.values)} values for {len(self.horizon)} steps")

    def get(self, component: str, quantity: str) -> Forecast | None:
        """The series of a quantity, or None."""
        return self.series.get((component, quantity))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Every doubt about readings once, behind the names of the series that have it; a plan has them as notes."""
        whose: dict[str, list[str]] = {}
        for key, forecast in self.series.items():
            for note in forecast.notes:
                if isinstance(note, Doubt):
                    whose.setdefault(note, []).append(".".join(key))
        return tuple(f"{', '.join(names)}: {note}" for note, names in whose.items())

    def choose(self, choices: Mapping[str, str | float], default: str | float = "median") -> Forecasts:
        """One member for a deterministic plan: per quantity the chosen value (`mean`, `median`, a quantile)."""
        chosen = {}
        for (component, quantity), forecast in self.series.items():
            choice = choices.get(quantity, default)
            note = "" if forecast.members == 1 else f" ({choice} of {forecast.members} members)"
            values = forecast.value(choice)[:, None]
            chosen[component, quantity] = replace(forecast, values=values, label=forecast.label + note)
        return Forecasts(self.horizon, chosen)

    def merged(self, other: Mapping[Key, Forecast]) -> Forecasts:
        """These series with others added or put in their place."""
        return Forecasts(self.horizon, {**self.series, **other})

    def from_step(self, index: int) -> Forecasts:
        """The same series without the first `index` steps."""
        series = {key: replace(forecast, values=forecast.values[index:]) for key, forecast in self.series.items()}
        return Forecasts(self.horizon.from_step(index), series)
