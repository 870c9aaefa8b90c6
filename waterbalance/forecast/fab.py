"""Water demand of a semiconductor fab from its production plan."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.dated_table import DatedTable, range_findings, values_on
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import relative_factors

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon


@dataclass
class FabDemand:
    """Intake of fresh water that a production plan asks for.

    intake = production x intensity x (1 - recycling) / yield x member factor   [m3/day]

    kept between the minimum stable load and the contract while anything is produced, and 0 otherwise. A member keeps one
    lognormal factor of median 1 through the whole horizon: the doubt is about the plan, not about single days. Cooling
    water is part of the intensity here; do not use it where weather drives the towers strongly.
    """

    production: DatedTable | float
    """Good units made, such as wafer layers; a ramped table for a fab that starts up. [unit/day]"""

    intensity: DatedTable | float
    """Water used per unit started, fresh and recycled together. [m3/unit]"""

    recycling: DatedTable | float = 0.0
    """Share of the use that recycled water covers. [1]"""

    production_yield: DatedTable | float = 1.0
    """Good units per unit started. [1]"""

    minimum_load: DatedTable | float = 0.0
    """Intake below which the fab cannot run stably. [m3/day]"""

    contract: DatedTable | float = math.inf
    """Most that the supply contract allows. [m3/day]"""

    uncertainty: float = 0.0
    """Relative standard deviation between members; declared, not learned. [1]"""

    label: str = "production plan x intensity"
    """Where the figures come from; shown in the report."""

    checked_: bool | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:  # noqa: ARG002 (the contract's argument; there is nothing to learn)
        """Check the settings; nothing is learned from the history, which may be empty.

        Raises `InputError` with all settings that are out of their range.
        """
        findings = Findings()
        findings.extend(range_findings("production", self.production, 0.0))
        findings.extend(range_findings("intensity", self.intensity, 0.0))
        findings.extend(range_findings("recycling", self.recycling, 0.0, 1.0))
        findings.extend(range_findings("production yield", self.production_yield, 0.01, 1.0))
        findings.extend(range_findings("minimum load", self.minimum_load, 0.0))
        findings.extend(range_findings("contract", self.contract, 0.0))
        findings.extend(range_findings("uncertainty", self.uncertainty, 0.0, 1.0))
        findings.raise_if_any(InputError, "demand of a fab")
        self.checked_ = True
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` on a day whose minimum load is above the contract.
        """
        refuse_weather(weather, self)
        fitted(self.checked_, self)
        days = asked_days(horizon, members, seed)
        least, most = values_on(self.minimum_load, days), values_on(self.contract, days)
        refuse_contradiction(days, least, most)
        production = values_on(self.production, days)
        use = production * values_on(self.intensity, days) / values_on(self.production_yield, days)
        intake = (use * (1.0 - values_on(self.recycling, days)))[:, None] * relative_factors(members, seed, self.uncertainty)
        bounded = np.clip(intake, least[:, None], most[:, None])
        return Forecast(over_steps(np.where(production[:, None] > 0.0, bounded, 0.0), horizon), self.label)


def refuse_contradiction(days: pd.DatetimeIndex, least: Floats, most: Floats) -> None:
    """Raise `InputError` for the first day whose minimum load is above the contract, shapes (days,) [m3/day]."""
    above = np.flatnonzero(least > most)
    if above.size:
        day = above[0]
        remedy = "Raise the contract or lower the minimum load."
        where = Place(date=str(days[day].date()))
        finding = Finding("the minimum load is above the contract", where, f"{least[day]:g}", f"at most {most[day]:g}", remedy)
        raise InputError("demand of a fab", (finding,))
