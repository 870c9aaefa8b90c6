"""Inflow of a river: it keeps what it has, forgets over days, weeks and seasons, and past weather comes again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, InputError, Place
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.day_of_year import stretches
from waterbalance.forecast.exogenous import refuse_weather, split, weather_members
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import History, checked_history, of_ten_days
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.pool import best_shares, pooled
from waterbalance.forecast.residual_states import NEAR
from waterbalance.forecast.river import River, dry_below, learn_river
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

RAIN: Final = "rain"

MOST_RAIN: Final = 2000.0
"""Most rain of a day that is believed; the record of the world is 1825 mm. [mm]"""

UNTOLD_RAIN: Final = "nobody tells the rain of the days to come: it comes again with what past days brought"

SHORTEST: Final = 365
"""Days of the record that must be known. [day]"""

_OF_PERIODS: Final = "the record holds ten-day means, whose days are alike: ten_day_climatology tells these better"

BRIDGED: Final = 3
"""Longest gap of a record that is bridged by a straight line to learn how the river goes on. [day]"""

_HALF_WINDOW: Final = 7
_LEAST_KNOWN: Final = 0.8
_LEADS: Final = 30
_TRIED: Final = 150
_TRIED_DAYS: Final = 20 * 365
_MEMBERS: Final = 60

_DRAWN: Final = 4
"""Drawn for each member that is told, so that less is left to chance."""


@dataclass(frozen=True)
class Experience:
    """What the river's past has taught about its paths."""

    share: Floats
    """Share of the river's own members beside climatology at leads 1 to 30, shape (30,). [1]"""

    dry: float
    """Members that do not exceed it are a dry river, in the unit of the history."""


@dataclass
class RiverInflow:
    """Paths and past stretches from today's flow, pooled with what came on these dates in past years.

    flow -> standardised anomaly (`flow_anomalies.py`) -> half of the members paths (`anomaly_paths.py`), half past stretches
    on the mean of a regression for each lead (`past_stretches.py`) -> flow
    members[lead] = share[lead] from these, the rest from the past years around the date, narrowed as much as pooling widens

    What each lead tells is read off four times as many members as are asked for, in the order of as many as are.

    Near leads are the river's own, far ones more and more the climatology's: the share falls with the lead as it has the
    least CRPS and as far as that is sure (`pool.py`), at origins in the second half of the history, for members that have
    learned from all of it and for members that have learned from its first half. There too is learned below what members
    are a dry river. With `rain` the history is a frame with the columns `y` and `rain` [mm/day]; rain of the days to come is
    told by `weather=` frames (an outside ensemble) with the column `rain`, and all members are then paths; else it comes
    again with the residuals.

    The same seed draws the same past days for all rivers, so that a wet member is wet everywhere. Past years all count alike:
    to deal the recent ones more often (half-lives of 1.5 to 20 years), or only those that stood as today in the mean of 30, 90
    or 365 days, lost on the first 70 % of rivers with ten years of record; that the last months were dry stands in the
    means of 20 and 90 days by which the other members go on. Do not use it with less than a year, for hours, or below a
    reservoir.
    """

    rain: bool = False
    """Whether rain is learned from."""

    lowest: float | None = 0.0
    """Smallest value allowed in the history; None for no limit, and negative values then count as a dry river."""

    history_: History | None = field(default=None, init=False, repr=False)
    rain_: Floats | None = field(default=None, init=False, repr=False)
    river_: River | None = field(default=None, init=False, repr=False)
    experience_: Experience | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily flows, a rate per [day].

        Raises `InputError` when the history is faulty, holds less than a year of values, or lacks the column `rain`.
        """
        self.history_, self.rain_ = flow_and_rain(history, rain=self.rain, lowest=self.lowest)
        flows, days = self._flows()
        river = learn_river(flows, days, self.rain_)
        if river is None:
            known = int(self.history_.values.notna().sum())
            allowed = f"some weeks without gaps of more than {BRIDGED} days"
            remedy = "Give a record that is read more often, or use day_of_year or ten_day_climatology."
            finding = Finding("gaps leave no days in a row", found=f"{known} of {len(days)} days", allowed=allowed, remedy=remedy)
            raise InputError("inflow of a river", (finding,))
        self.river_ = river
        seen = self.history_.values.notna().to_numpy()
        self.experience_ = experience(river, flows, seen, days, self.rain_)
        return self

    def follow(self, history: Past) -> Self:
        """Go on from the last days of `history`; season, coefficients and shares stay."""
        fitted(self.river_, self)
        self.history_, self.rain_ = flow_and_rain(history, rain=self.rain, lowest=self.lowest)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends, or `weather` has other columns than `rain`.
        """
        history = fitted(self.history_, self)
        if not self.rain:
            refuse_weather(weather, self)
        days = asked_days(horizon, members, seed)
        ahead = days_ahead(history.values.index[-1], days)
        # From the day after the record on, so that a horizon that begins later goes on from the same paths.
        all_days = pd.date_range(days[-1] - pd.Timedelta(days=int(ahead[-1]) - 1), days[-1])
        river = fitted(self.river_, self).of_late(*self._flows(), self.rain_)
        order, many = (self._paths(river, all_days, weather, count, seed) for count in (members, _DRAWN * members))
        told = self._pooled(order, many, history.values, all_days, seed)[-len(days) :]
        notes = (*history.notes, UNTOLD_RAIN) if self.rain and weather is None else history.notes
        return Forecast(over_steps(told, horizon), f"river and climatology {history.years}", history.missing, notes)

    def _flows(self) -> tuple[Floats, pd.DatetimeIndex]:
        values = fitted(self.history_, self).values
        return bridged(values).to_numpy(dtype=np.float64), pd.DatetimeIndex(values.index)

    def _paths(self, river: River, days: pd.DatetimeIndex, weather: Weather, members: int, seed: int) -> Floats:
        """The river's own members, dry where they are next to nothing, shape (days, members)."""
        flows, known = self._flows()
        rain = None if weather is None else told_rain(weather, days, members, seed)
        told = river.members(flows, known, self.rain_, days, rain, members, seed)
        return np.where(told <= fitted(self.experience_, self).dry, 0.0, told)

    def _pooled(self, order: Floats, many: Floats, past: pd.Series, days: pd.DatetimeIndex, seed: int) -> Floats:
        """What many members of the river and past years tell, in the order of a few, shape (days, members)."""
        learned = fitted(self.experience_, self)
        climate = climate_members(past, days, many.shape[1], seed)
        later = np.full(max(0, len(days) - _LEADS), learned.share[-1])
        share = np.concatenate([learned.share, later])[: len(days)]
        return pooled(order, many, many if climate is None else climate, share)


def flow_and_rain(history: Past, *, rain: bool, lowest: float | None) -> tuple[History, Floats | None]:
    """A record of flows without doubtful readings, and rain [mm] on its days where it is asked for.

    Raises `InputError` when the history is faulty, holds less than a year of values, or lacks the column `rain`.
    """
    series, frame = split(history, (RAIN,) if rain else ())
    learned = screened(checked_history(series, shortest=SHORTEST, lowest=lowest))
    if of_ten_days(pd.DatetimeIndex(series.index).tz_localize(None)):
        learned = replace(learned, notes=(*learned.notes, _OF_PERIODS))
    if not rain:
        return learned, None
    return learned, checked_rain(frame[RAIN]).values.reindex(learned.values.index).to_numpy(dtype=np.float64)


def checked_rain(rain: pd.Series) -> History:
    """Past rain [mm/day], unknown on any day but not on all.

    Raises `InputError` for rain that cannot be: negative, or more than `MOST_RAIN`.
    """
    try:
        known = checked_history(rain, shortest=1)
    except InputError as error:
        findings = tuple(replace(each, where=replace(each.where, component=RAIN)) for each in error.findings)
        raise InputError("rain of the past", findings) from error
    beyond = known.values[known.values > MOST_RAIN]
    if len(beyond):
        place, found = Place(component=RAIN, date=str(beyond.index[0].date())), f"{beyond.iloc[0]:g} mm"
        remedy = "Mend it, or leave the reading empty; rain is told in millimetres a day."
        finding = Finding("rain of a past day cannot be", place, found, f"0 to {MOST_RAIN:g} mm", remedy)
        raise InputError("rain of the past", (finding,))
    return known


def bridged(values: pd.Series) -> pd.Series:
    """A value a day with gaps of at most `BRIDGED` days on a straight line: a gauge that nobody reads on Sundays."""
    known = values.notna()
    gap = (~known).groupby(known.cumsum()).transform("sum")
    return values.where(known | (gap > BRIDGED), values.interpolate(limit_area="inside"))


def experience(
    river: River, flows: Floats, seen: npt.NDArray[np.bool_], days: pd.DatetimeIndex, rain: Floats | None
) -> Experience:
    """How paths do in the second half of a record, beside climatology: those of the river, and of what the first half tells.

    Only days that were `seen` count as what came, and as the last day that is known.
    The river has seen the days that it is tried on, the other has learned from half as much: the truth lies between.
    """
    half = len(flows) // 2
    # Half a year tells no season.
    early = None if half < SHORTEST else learn_river(flows[:half], days[:half], None if rain is None else rain[:half])
    first, last = max(half, len(flows) - _TRIED_DAYS), len(flows) - _LEADS
    paths: list[list[Floats]] = [[], []]
    climates, observed = [], []
    for origin in np.unique(np.linspace(first, last, _TRIED).astype(int)).tolist():
        ahead, known, before = days[origin : origin + _LEADS], days[:origin], flows[:origin]
        climate = climate_members(pd.Series(before, index=known), ahead, _MEMBERS, origin)
        if climate is not None and seen[origin - 1]:
            rained = None if rain is None else rain[:origin]
            for each, told in zip((river, early), paths, strict=True):
                if each is not None:
                    told.append(each.members(before, known, rained, ahead, None, _MEMBERS, origin))
            climates.append(climate)
            observed.append(np.where(seen, flows, np.nan)[origin : origin + _LEADS])
    if not climates:
        return Experience(np.ones(_LEADS), 0.0)
    dry = dry_below(np.stack(paths[0]), np.stack(observed))
    # Both at one origin stand beside each other: the order of time, by which chance is told.
    tried = np.stack([told for pair in zip(*(each for each in paths if each), strict=True) for told in pair])
    times = len(tried) // len(observed)
    climate, came = (np.repeat(np.stack(each), times, axis=0) for each in (climates, observed))
    return Experience(best_shares(np.where(tried <= dry, 0.0, tried), climate, came, NEAR), dry)


def climate_members(values: pd.Series, days: pd.DatetimeIndex, members: int, seed: int) -> Floats | None:
    """Past years around the dates, shape (days, members); None where too little is known of them.

    A stretch of the past must know four fifths of its days; the others take the median of the stretches.
    """
    found = stretches(values, days, _HALF_WINDOW)
    found = np.maximum(found[:, np.isfinite(found).mean(axis=0) >= _LEAST_KNOWN], 0.0)
    known = np.isfinite(found)
    if not known.any(axis=1).all():
        return None
    filled = found if known.all() else np.where(known, found, np.nanmedian(found, axis=1)[:, None])
    return filled[:, deal(filled.shape[1], members, seed)]


def told_rain(weather: Weather, days: pd.DatetimeIndex, members: int, seed: int) -> Floats:
    """What a forecast of rain tells [mm] for the days from the record on, dealt to the members, shape (days, members).

    Raises `InputError` naming the first day that is not told, or cannot be.
    """
    told = weather_members(weather, (RAIN,), days)[:, :, 0].T
    wrong = np.argwhere(~((told >= 0.0) & (told <= MOST_RAIN)))
    if wrong.size:
        day, frame = wrong[0]
        found, allowed = f"{told[day, frame]:g} mm", f"0 to {MOST_RAIN:g} mm"
        remedy = "Mend the forecast of rain; it is told in millimetres a day."
        finding = Finding("rain of a day to come cannot be", Place(date=str(days[day].date())), found, allowed, remedy)
        raise InputError("weather of the days to come", (finding,))
    return told[:, deal(told.shape[1], members, seed)]
