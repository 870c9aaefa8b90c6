"""Demand of households without a history: people x litres a head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.dated_table import DatedTable, range_findings, values_on
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import relative_factors

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Horizon

_HIGHEST_LEAKAGE = 0.95  # Beyond this, nearly all water is lost and the division runs away.


@dataclass
class PerCapitaDemand:
    """What must leave the treatment works so that the people of a zone get theirs.

    demand = population x litres_per_head / 1000 x monthly factor / (1 - leakage) x member factor   [m3/day]

    A member keeps one lognormal factor of median 1 through the whole horizon. Do not use it where meters exist:
    `HouseholdDemand` learns the week, the season and the spread from them.
    """

    population: DatedTable | float
    """People served. [1]"""

    litres_per_head: DatedTable | float
    """Use at the tap per person. [litre/day]"""

    monthly_factors: tuple[float, ...] = (1.0,) * 12
    """Use of each month, January to December, relative to the year's mean. [1]"""

    leakage: DatedTable | float = 0.0
    """Share of what leaves the works that is lost before the meters. [1]"""

    uncertainty: float = 0.0
    """Relative standard deviation between members; declared, not learned. [1]"""

    label: str = "people x litres a head"
    """Where the figures come from; shown in the report."""

    checked_: bool | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:  # noqa: ARG002 (the contract's argument; there is nothing to learn)
        """Check the settings; nothing is learned from the history, which may be empty.

        Raises `InputError` with all settings that are out of their range.
        """
        findings = Findings()
        if len(self.monthly_factors) != 12:
            findings.add(Finding("monthly factors are not complete", found=str(len(self.monthly_factors)), allowed="12 factors"))
        for month, factor in enumerate(self.monthly_factors, start=1):
            findings.extend(range_findings(f"the factor of month {month}", factor, 0.0))
        findings.extend(range_findings("population", self.population, 0.0))
        findings.extend(range_findings("litres per head", self.litres_per_head, 0.0))
        findings.extend(range_findings("leakage", self.leakage, 0.0, _HIGHEST_LEAKAGE))
        findings.extend(range_findings("uncertainty", self.uncertainty, 0.0, 1.0))
        findings.raise_if_any(InputError, "demand per head")
        self.checked_ = True
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step]."""
        refuse_weather(weather, self)
        fitted(self.checked_, self)
        days = asked_days(horizon, members, seed)
        use = values_on(self.population, days) * values_on(self.litres_per_head, days) / 1000.0
        daily = use * np.array(self.monthly_factors)[days.month - 1] / (1.0 - values_on(self.leakage, days))
        factors = relative_factors(members, seed, self.uncertainty)
        return Forecast(over_steps(daily[:, None] * factors[None, :], horizon), self.label)
