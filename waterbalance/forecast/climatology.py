"""Ten-day climatology: the past years, each as one member."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.exogenous import refuse_weather
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.seasonal_naive import days_ahead
from waterbalance.forecast.ten_day_record import TenDayRecord, screened_record

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Horizon


@dataclass
class TenDayClimatology:
    """Historical ensemble: a member is what one past year brought, as ten-day means.

    amount[t, m] = sum over the days d of step t of mean(ten-day period of d, in the year of member m) x length of d

    Dry spells and wet seasons of a year stay together in a member, also across the year's end. With fewer years than
    members each year is dealt equally often; the same seed gives the same years at all places whose records hold the same
    years, so that a dry member is dry everywhere. Unknown periods of a year take the median of the other years.

    Source: the "extended streamflow prediction" of Day, G. N. (1985), doi:10.1061/(ASCE)0733-9496(1985)111:2(157), without
    the hydrological model. Do not use it for the first days after rain (it knows nothing of today), nor under a trend.
    """

    kind: Kind = "rate"
    """Whether the history is a rate (amounts per step are told) or a level (means are told)."""

    least_coverage: float = 0.8
    """Share of the horizon's days that a past year must know to become a member. [1]"""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit."""

    history_: History | None = field(default=None, init=False, repr=False)
    record_: TenDayRecord | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily values or ten-day means, a rate per [day]; every ten-day period needs a value in some year.

        Raises `InputError` when the history is no series of numbers on dates, or does not cover the year.
        """
        self.history_, self.record_ = screened_record(history, self.lowest)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends.
        """
        refuse_weather(weather, self)
        record, history = fitted(self.record_, self), fitted(self.history_, self)
        days = asked_days(horizon, members, seed)
        days_ahead(history.values.index[-1], days)
        years = record.start_years(days, self.least_coverage)
        sequences = record.filled_sequences(days, years)
        values = over_steps(sequences, horizon, self.kind)[:, deal(len(years), members, seed)]
        return Forecast(values, f"climatology {history.years}, {len(years)} years", history.missing, history.notes)
