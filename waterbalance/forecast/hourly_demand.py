"""Hourly demand of a district: the weekday's profile, and how the last days departed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.direct_ridge import WEEK, by_week
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.holidays import holiday_columns
from waterbalance.forecast.hourly_record import HOURS, HourlyRecord, hourly_record, local_hours
from waterbalance.forecast.huber_ridge import huber_ridge
from waterbalance.forecast.member_draw import check_draw

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_WEEKS: Final = 6
_LEADS: Final = 7
_PENALTY: Final = 10.0
_BURN_IN: Final = 8 * WEEK
_ORIGINS: Final = 364
_WEEKEND: Final = 5


@dataclass
class HourlyDemand:
    """Hours of the next days, for schedules within the day.

    q[d + h, i] = profile + a_hi + b_hi . x[d, i]             lead h = 1 ... 7 [day], hour i = 0 ... 23
    profile = median of the same hour on the last six same weekdays; on a holiday, on the last six Sundays
    x = how yesterday, its neighbouring hours, and the last week departed from their profiles; means of the day, three days and
        the week; last week and the week before, from the profile; holidays; yesterday's departure again at weekends

    A robust ridge for every hour and lead (`huber_ridge.py`); further ahead the week goes on. Members are past errors of
    one origin over all hours, so that they hang together. Chosen on BWDF weeks of November 2021 to July 2022, before the scored
    ones: this ridge against its median with last week, and Sundays for holidays. Rates stay in the unit of the history. Source
    of profiles by weekday and hour: Alvisi, S., Franchini, M., Marinelli, A. (2007), doi:10.2166/hydro.2006.014.
    """

    time_zone: str = "UTC"
    """Whose clocks people live by."""

    country: str | None = None
    """Whose public holidays count."""

    memory: int = 1096
    """Most recent days that are learned from. [day]"""

    record_: HourlyRecord | None = field(default=None, init=False, repr=False)
    week_: Floats | None = field(default=None, init=False, repr=False)
    """What is told, shape (7 days, 24)."""

    errors_: Floats | None = field(default=None, init=False, repr=False)
    """Past errors, shape (origins, 7 days, 24)."""

    def fit(self, history: pd.Series) -> Self:
        """Learn from hourly rates [per any time], NaN and holes allowed.

        Raises `InputError` as `hourly_record` does, and with less than 9 weeks.
        """
        record = hourly_record(history, self.time_zone, _BURN_IN + WEEK)
        record = HourlyRecord(record.days[-self.memory :], record.values[-self.memory :], record.notes)
        told, errors = [], []
        for lead, (profile, columns, targets) in enumerate(self._leads(record), start=1):
            constant, slopes = huber_ridge(columns, targets.T, _PENALTY)
            all_told = profile + (constant[:, None] + (columns @ slopes[..., None])[..., 0]).T
            told.append(all_told[-1])
            errors.append((record.values[_BURN_IN + lead :] - all_told[_BURN_IN:-lead])[: len(all_told) - _BURN_IN - _LEADS])
        self.record_, self.week_ = record, np.maximum(np.stack(told), 0.0)
        self.errors_ = _without_gaps(np.stack(errors, axis=1)[-_ORIGINS:])
        return self

    def predict(self, times: pd.DatetimeIndex, *, members: int = 100, seed: int = 0) -> pd.DataFrame:
        """Rates in each hour of `times`, one column a member; equally likely. `attrs["notes"]` tells what was left out.

        Raises `InputError` for times without a zone, and before the end of the record.
        """
        record, week = fitted(self.record_, self), fitted(self.week_, self)
        check_draw(members, seed)
        if times.tz is None:
            remedy = "Localise them: an hour of a clock change could be either of two."
            raise InputError("an hourly forecast", (Finding("the times have no time zone", remedy=remedy),))
        local = local_hours(times, self.time_zone)
        leads = np.asarray((local.normalize() - record.days[-1]).days)
        if leads.min() < 1:
            found, allowed = str(times[0]), f"after {record.days[-1].date()}, the last whole day of the history"
            raise InputError("an hourly forecast", (Finding("the times begin in the history", found=found, allowed=allowed),))
        same = (leads - 1) % WEEK
        errors = self._drawn(members, seed)[:, same, local.hour]
        values = np.maximum(week[same, local.hour] + errors, 0.0)
        told = pd.DataFrame(values.T, index=times)
        told.attrs["notes"] = record.notes
        return told

    def _drawn(self, members: int, seed: int) -> Floats:
        """Past errors, evenly over the origins and centred, shape (members, 7, 24)."""
        errors = fitted(self.errors_, self)
        generator = np.random.default_rng(seed)
        even = (np.arange(members) + generator.random()) / members * len(errors)
        drawn = errors[generator.permutation(even.astype(np.int64))]
        return np.asarray(drawn - np.median(drawn, axis=0))

    def _leads(self, record: HourlyRecord) -> list[tuple[Floats, Floats, Floats]]:
        """For each lead: profile (days, 24), columns (24, days, columns), targets (days, 24) with NaN where unknown."""
        count = len(record.days)
        dates = pd.date_range(record.days[0], periods=count + _LEADS)
        feast = holiday_columns(dates, self.country).max(axis=1, initial=0.0)
        ordinary = by_week(np.where(feast[:count, None] > 0.0, np.nan, record.values).T).T
        size = max(float(ordinary.std()), 1.0e-12)
        sunday = _profile_of_sundays(ordinary, record.days)
        profiles = [
            np.where(feast[lead : lead + count, None] > 0.0, sunday, _profile(ordinary, lead)) for lead in range(1, _LEADS + 1)
        ]
        departure = np.zeros_like(ordinary)
        departure[1:] = by_week(record.values.T).T[1:] - profiles[0][:-1]
        around = (np.roll(departure, 1, axis=1) + np.roll(departure, -1, axis=1)) / 2.0
        means = [_trailing(departure.mean(axis=1, keepdims=True), days) for days in (1, 3, WEEK)]
        made = []
        for lead, profile in enumerate(profiles, start=1):
            weeks = [_same_weekday(ordinary, lead, back) - profile for back in (1, 2)]
            holiday = size * feast[lead : lead + count, None]
            weekend = (dates[lead : lead + count].day_of_week >= _WEEKEND)[:, None] * departure
            parts = [departure, around, _trailing(departure, WEEK), *means, *weeks, holiday, weekend]
            columns = np.stack([np.broadcast_to(part, profile.shape) for part in parts], axis=-1).transpose(1, 0, 2) / size
            targets = np.full_like(profile, np.nan)
            targets[_BURN_IN:-lead] = record.values[_BURN_IN + lead :] - profile[_BURN_IN:-lead]
            made.append((profile, columns, targets))
        return made


def _same_weekday(values: Floats, lead: int, back: int) -> Floats:
    """On each day the values `back` weeks before `lead` days ahead, shape (days, 24)."""
    days = np.arange(len(values))
    return np.asarray(values[np.maximum(days + lead - WEEK * back, days % WEEK)])


def _profile(values: Floats, lead: int) -> Floats:
    """Median of the last six same weekdays, shape (days, 24)."""
    return np.asarray(np.median([_same_weekday(values, lead, back) for back in range(1, _WEEKS + 1)], axis=0))


def _profile_of_sundays(values: Floats, days: pd.DatetimeIndex) -> Floats:
    """Median of the last six Sundays up to each day, shape (days, 24)."""
    last = np.arange(len(days)) - (days.day_of_week.to_numpy() + 1) % WEEK
    return np.asarray(np.median([values[np.maximum(last - WEEK * back, 0)] for back in range(_WEEKS)], axis=0))


def _trailing(values: Floats, days: int) -> Floats:
    """Means of the last days, shape (days, columns)."""
    return pd.DataFrame(values).rolling(days, min_periods=1).mean().to_numpy()


def _without_gaps(errors: Floats) -> Floats:
    """Unknown errors as those of the hour before; origins with hardly any are left out. Shape (origins, 7, 24)."""
    flat = errors.reshape(len(errors), -1)
    kept = flat[np.isfinite(flat).mean(axis=1) > 0.5]
    filled = pd.DataFrame(kept).ffill(axis=1).bfill(axis=1).to_numpy()
    return filled.reshape(-1, _LEADS, HOURS) if len(filled) else np.zeros((1, _LEADS, HOURS))
