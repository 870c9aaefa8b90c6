"""A past season that is planned again by what drives it: the weather as it was, and another forecaster's answer to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

import pandas as pd

from waterbalance.forecast.daily_steps import asked_days
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.weather_ahead import DATE, WeatherSource

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecast
    from waterbalance.forecast.forecaster import Forecaster, Past, Weather
    from waterbalance.horizon import Horizon

FORESIGHT: Final = "perfect foresight: the weather of days on record is told as it was"


@dataclass
class RecordedWeather:
    """A forecaster that is told the weather of its own record where a horizon begins in that, as `RecordedFirst` is its values.

    Days beyond the record are those of the years before the horizon. For planning a past season again with one scenario file; do
    not judge forecasts, policies or reliability with it. A horizon that begins after the record is forecast as ever.
    """

    forecaster: Forecaster
    record_: pd.DataFrame | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Keep the weather, and let the other forecaster learn from it. Raises `InputError` as that does."""
        self.forecaster.fit(history)
        frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame()
        daily = {str(name): checked_history(frame[name], shortest=1, lowest=None).values for name in frame.columns}
        self.record_ = pd.DataFrame(daily, index=None if daily else pd.DatetimeIndex([]))
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """As the forecaster tells, with the recorded weather unless `weather` is given."""
        record, days = fitted(self.record_, self), asked_days(horizon, members, seed)
        if weather is not None or record.empty or record.index[-1] < days[0]:
            return self.forecaster.predict(horizon, weather=weather, members=members, seed=seed)
        never = pd.DatetimeIndex([pd.NaT] * len(record))
        issue = record.rename_axis(DATE).reset_index().assign(issued=never, member="1")
        told = WeatherSource(record, issue).told(days[0], days, members, seed)
        made = self.forecaster.predict(horizon, weather=told.frames, members=members, seed=seed)
        until = min(record.index[-1], days[-1]).date()
        usual = tuple(note for note in told.notes if until < days[-1].date())
        return replace(made, label=f"recorded weather to {until}", notes=(*made.notes, FORESIGHT, *usual))
