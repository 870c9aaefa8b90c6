"""Daily demand of households: calendar, weather and restrictions, and the median of several ways to go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.demand_effects import (
    DAYS_FOR_THE_SEASON,
    Calendar,
    Effects,
    WeatherColumns,
    learned_effects,
    weather_columns,
)
from waterbalance.forecast.departure_members import WAYS, Parameters
from waterbalance.forecast.departure_paths import DeparturePaths, departure_paths, without_spikes
from waterbalance.forecast.exogenous import refuse_weather, split, weather_members
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.household import departure_model, unmetered_weekdays
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.screening import outages_left_out
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon

_LEARN_DAYS: Final = 731
_CONSTANT: Final = 1.0e-9
_MOST_CUT: Final = 0.99


@dataclass(frozen=True)
class HouseholdKnowledge:
    """What `fit` learned; `follow` keeps it."""

    effects: Effects
    calendar: Calendar
    weather: WeatherColumns | None
    ways: dict[str, Parameters]
    """Numbers of each way (`departure_members.WAYS`) that the record is long enough for."""

    long_run: Parameters
    label: str


@dataclass
class HouseholdBlend:
    """Meters of a zone, daily, as a blend that keeps a seasonal-naive member.

    ln(demand - leakage) = ln(1 - cut) + constant + effects of calendar and weather + u         (`demand_effects.py`)
    u ahead = median of what several ways tell (`departure_members.py`), plus a path of past errors (`departure_paths.py`)

    Holidays are those of `country`, Lunar New Year by the lunar calendar. `exogenous` names the columns of weather (their
    effect enters once the record holds two years: below that they did harm); `restriction` that of announced cuts
    [share, 0 to 0.99], which count from the first day. The history is then a frame with `y` and these columns, and
    `predict` asks for them over its days. Leakage is no use: neither weather nor restriction moves it.

    No setting is tuned to a series. Chosen on BWDF origins of November 2021 to September 2022, before the scored ones of the
    README: the median against the mean, the local level against one that returns, SARIMAX (1, 1, 1)(1, 0, 0) against (1, 0, 1)
    (1, 0, 1). Priors are set by the size of effects. That spikes of the last three days are told both ways (a spike, a new
    level) is a hedge: earlier origins prefer a new level by half a percent, scored ones both, which was made with them in sight.
    Zeros are outages: missing, and named. The same seed draws errors of the same days for zones with the same record. Source
    of the median: Stock, J. H., Watson, M. W. (2004), doi:10.1002/for.928. Do not use it for hours (`HourlyDemand`).
    """

    country: str | None = None
    """Whose public holidays count, such as `TW`, or `US-CA` with a subdivision."""

    exogenous: tuple[str, ...] = ()
    """Columns of weather, such as `temperature` and `rain`."""

    restriction: str | None = None
    """Column of the announced cut."""

    leakage: float = 0.0
    """What the pipes lose before the taps. [m3/day]"""

    harmonics: int = 2
    """How many sine waves describe the year, from two years of values on. [1]"""

    memory: int = 1461
    """Most recent days that are learned from. [day]"""

    shortest: int = 28
    """Fewest days with a value to learn from. [day]"""

    knowledge_: HouseholdKnowledge | None = field(default=None, init=False, repr=False)
    paths_: DeparturePaths | None = field(default=None, init=False, repr=False)
    history_: History | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily demand in [m3/day].

        Raises `InputError` when the history is no series of numbers on dates, has too few days, or lies below the leakage.
        """
        known, told = self._known(history)
        logarithms, days = self._logarithms(known), pd.DatetimeIndex(known.values.index)
        enough = bool(np.isfinite(logarithms).sum() >= DAYS_FOR_THE_SEASON)
        weather = self._weather(told) if enough and self.exogenous else None
        calendar = Calendar(self.country, self.harmonics if enough else 0)
        columns, cut = self._columns(days, told.to_numpy(), calendar, weather)
        effects = learned_effects((logarithms - cut)[None], columns)
        departures = (logarithms - cut - effects.of(columns)[0])[-_LEARN_DAYS:]
        constant = np.nanmax(np.abs(departures), initial=0.0) < _CONSTANT
        count = 0 if constant else np.isfinite(departures).sum()
        tame = without_spikes(departures)
        ways = {name: way.learn(tame) for name, way in WAYS.items() if way.shortest <= count}
        label = self._label(known, ways, weather)
        self.knowledge_ = HouseholdKnowledge(effects, calendar, weather, ways, _long_run(tame), label)
        return self._go_on(known, told, logarithms)

    def follow(self, history: Past) -> Self:
        """Go on from the newest values; effects and ways stay as they were learned."""
        fitted(self.knowledge_, self)
        known, told = self._known(history)
        return self._go_on(known, told, self._logarithms(known))

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends, and for columns that are missing or too many.
        """
        knowledge, history = fitted(self.knowledge_, self), fitted(self.history_, self)
        days = asked_days(horizon, members, seed)
        leads = days_ahead(history.values.index[-1], days)
        departures = fitted(self.paths_, self).drawn(leads.astype(np.int64), members, seed)
        if not self._names:
            refuse_weather(weather, self)
            ahead = np.empty((1, len(days), 0))
        else:
            ahead = weather_members(weather, self._names, days)
        told = [self._columns(days, values, knowledge.calendar, knowledge.weather) for values in ahead]
        known = np.stack([cut + knowledge.effects.of(columns)[0] for columns, cut in told], axis=1)
        logarithms = known[:, deal(len(ahead), members, seed)] + departures
        values = over_steps(np.exp(logarithms) + self.leakage, horizon)
        return Forecast(values, knowledge.label, history.missing, history.notes)

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self.exogenous, *(() if self.restriction is None else (self.restriction,)))

    def _known(self, history: Past) -> tuple[History, pd.DataFrame]:
        """The checked demand of the days of the memory, and its exogenous columns."""
        values, told = split(history, self._names)
        last = checked_history(values, shortest=1).values.iloc[-self.memory :]
        known = outages_left_out(last, shortest=self.shortest)
        known = replace(known, notes=(*known.notes, *unmetered_weekdays(known.values)))
        dates = pd.DatetimeIndex(told.index).tz_localize(None)
        return known, told.set_axis(dates, axis=0).reindex(known.values.index)

    def _logarithms(self, known: History) -> Floats:
        use = known.values.to_numpy(dtype=np.float64) - self.leakage
        if np.nanmedian(use) <= 0.0:
            found, allowed = f"{self.leakage:g} m3/day", f"less than the demand, {known.values.median():g} m3/day"
            raise InputError("household demand", (Finding("the leakage is above the demand", found=found, allowed=allowed),))
        return np.log(np.where(use > 0.0, use, np.nan))

    def _weather(self, told: pd.DataFrame) -> WeatherColumns:
        return weather_columns(self.exogenous, told[list(self.exogenous)].to_numpy(dtype=np.float64))

    def _columns(
        self, days: pd.DatetimeIndex, told: Floats, calendar: Calendar, weather: WeatherColumns | None
    ) -> tuple[Floats, Floats]:
        """Columns of the effects, shape (days, columns), and ln(1 - cut), shape (days,)."""
        columns, cut = [calendar.columns(days)], np.zeros(len(days))
        if self.restriction is not None:
            share = told[:, -1]
            if not ((share >= 0.0) & (share <= _MOST_CUT))[np.isfinite(share)].all():
                found, allowed = f"{np.nanmin(share):g} to {np.nanmax(share):g}", f"shares from 0 to {_MOST_CUT:g}"
                finding = Finding(f"the column {self.restriction!r} holds no shares", found=found, allowed=allowed)
                raise InputError("restrictions", (finding,))
            cut = np.log1p(-share)
            columns.append(cut[:, None])
        if weather is not None:
            columns.append(weather.columns(told[:, : len(self.exogenous)]))
        return np.column_stack(columns), cut

    def _go_on(self, known: History, told: pd.DataFrame, logarithms: Floats) -> Self:
        knowledge = fitted(self.knowledge_, self)
        days = pd.DatetimeIndex(known.values.index)
        columns, cut = self._columns(days, told.to_numpy(), knowledge.calendar, knowledge.weather)
        departures = (logarithms - cut - knowledge.effects.of(columns)[0])[-_LEARN_DAYS:]
        self.history_ = known
        self.paths_ = departure_paths(departures, knowledge.ways, knowledge.long_run)
        return self

    def _label(self, known: History, ways: Iterable[str], weather: WeatherColumns | None) -> str:
        parts = [f"household meters {known.years}", f"median of {', '.join(ways)}" if ways else "constant"]
        if self.exogenous:
            named = ", ".join(self.exogenous)
            parts.append(f"with {named}" if weather else f"without {named}: less than {DAYS_FOR_THE_SEASON} days of record")
        return "; ".join(parts)


def _long_run(departures: Floats) -> Parameters:
    """Persistence, shock and noise of a departure that returns (the member `HouseholdDemand`)."""
    return tuple(np.asarray(each) for each in departure_model(departures)[:3])
