"""Climatology from a table of ten-day statistics, where the years themselves are not at hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import even_levels
from waterbalance.forecast.ten_day_record import PERIODS, period_index

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

_QUANTILE: Final = re.compile(r"^q(\d{1,2})$")


@dataclass(frozen=True)
class QuantileTable:
    """Quantiles of the 36 ten-day periods."""

    levels: Floats
    """Probability levels, rising, shape (levels,). [1]"""

    quantiles: Floats
    """Values, shape (36, levels)."""

    means: Floats | None
    """Means of the periods, shape (36,), where the table has them."""


@dataclass
class TenDayStatistics:
    """Members as quantiles of a table: member m is at the same probability level through the whole season.

    value[period, m] = quantile(period, level m), straight between the table's levels and flat below the lowest;
    above the highest level u an exponential tail, value = quantile(u) + s ln((1 - u) / (1 - level m)),
    with s >= 0 such that the members' mean is the table's mean (s = 0 without a column `mean`).

    Comonotone: a member that is dry in May is dry in June to the same degree, so totals of the season spread wider than
    in nature, on the dry side too. Use `TenDayClimatology` wherever a record of years is at hand, and do not use this for
    probabilities of accumulated volumes, nor with fewer than about ten members (no member then stands in the tail, and the
    mean is not kept).
    """

    table: pd.DataFrame
    """36 rows, by the number of the ten-day period (column `tenday` or index, 1 to 36); columns `q05` ... `q95` and
    perhaps `mean`, of a rate per [day] or a level."""

    kind: Kind = "rate"
    """Whether the table is of a rate (amounts per step are told) or a level (means are told)."""

    label: str = "climatology from ten-day statistics"
    """Where the statistics come from; shown in the report."""

    table_: QuantileTable | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:  # noqa: ARG002 (the contract's argument; the table is all there is)
        """Check the table; nothing is learned from the history, which may be empty.

        Raises `InputError` when rows, quantile columns or values are missing, or quantiles fall.
        """
        self.table_ = checked_table(self.table)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members)."""
        refuse_weather(weather, self)
        table, days = fitted(self.table_, self), asked_days(horizon, members, seed)
        daily = season_members(table, even_levels(members, seed))[period_index(days) % PERIODS]
        return Forecast(over_steps(daily, horizon, self.kind), self.label)


def checked_table(table: pd.DataFrame) -> QuantileTable:
    """Read the quantile columns of 36 periods.

    Raises `InputError` with all findings.
    """
    findings = Findings()
    numbers = table.set_index("tenday") if "tenday" in table.columns else table
    if sorted(numbers.index) != list(range(1, PERIODS + 1)):
        found = f"{len(numbers)} rows"
        findings.add(Finding("ten-day periods are missing or double", found=found, allowed="periods 1 to 36, each once"))
    names = sorted((name for name in map(str, numbers.columns) if _QUANTILE.match(name)), key=lambda name: int(name[1:]))
    if len(names) < 2:
        found = ", ".join(map(str, numbers.columns))
        findings.add(Finding("too few quantile columns", found=found, allowed="two or more such as q05, q50, q95"))
    findings.raise_if_any(InputError, "a table of ten-day statistics")
    used = numbers.sort_index()[[*names, *(["mean"] if "mean" in numbers.columns else [])]]
    values = used.apply(pd.to_numeric, errors="coerce")
    for period in values.index[~np.isfinite(values).all(axis=1)]:
        findings.add(Finding(f"period {period} has a value that is no finite number"))
    for period in values.index[(values[names].diff(axis=1) < 0.0).any(axis=1)]:
        findings.add(Finding(f"the quantiles of period {period} fall", allowed="values that rise with the level"))
    findings.raise_if_any(InputError, "a table of ten-day statistics")
    levels = np.array([int(name[1:]) / 100.0 for name in names])
    means = values["mean"].to_numpy(dtype=np.float64) if "mean" in values else None
    return QuantileTable(levels, values[names].to_numpy(dtype=np.float64), means)


def season_members(table: QuantileTable, levels: Floats) -> Floats:
    """Values of the 36 periods at the members' levels, shape (36, members)."""
    body = np.stack([np.interp(levels, table.levels, row) for row in table.quantiles])
    top = table.levels[-1]
    tail = np.log((1.0 - top) / np.minimum(1.0 - levels, 1.0 - top))
    if table.means is None or not tail.any():
        return body
    steepness = np.maximum(table.means - body.mean(axis=1), 0.0) / tail.mean()
    return np.asarray(body + steepness[:, None] * tail[None, :])
