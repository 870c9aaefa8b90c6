"""Hourly demand of a district: the weekday's profile, and how the last days departed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.direct_ridge import WEEK
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.holidays import holiday_columns
from waterbalance.forecast.hourly_record import HOURS, HourlyRecord, hourly_record, local_hours
from waterbalance.forecast.huber_ridge import huber_ridge
from waterbalance.forecast.member_draw import check_draw
from waterbalance.forecast.weekday_hours import weekday_hours

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_LEADS: Final = 7
_PENALTY: Final = 10.0
_BURN_IN: Final = 8 * WEEK
_ORIGINS: Final = 364
_FOLDS: Final = 5
_SUNDAY: Final = 6
_EVENING: Final = 4
_OUTLIER: Final = 8.0
_NORMAL: Final = 1.4826


@dataclass
class HourlyDemand:
    """Hours of the next days, for schedules within the day.

    q[d + h, i] = profile[d + h, i] + a_hi + b_hi . x[d, i]     lead h = 1 ... 7 [day], hour i = 0 ... 23
    profile = mean over several speeds at which each weekday's hours follow demand (`weekday_hours.py`); holidays as Sundays
    x = how yesterday departed from its profile, at the hour, around it, in the evening, over the day, three days and the week;
        how the same weekday of last week did; holidays; how the speeds differ

    A robust ridge for every hour and lead (`huber_ridge.py`); further ahead the week goes on. Members are past errors of one
    origin over all hours, so that they hang together, of a ridge that learned from other months than theirs, and as much larger
    or smaller as departures have lately been (filtered historical simulation).
    Every choice was made on BWDF weeks of November 2021 to July 2022, before the scored ones (`household_skill.py`). Rates stay
    in the unit of the history. Source of the two steps, profiles and then what persists of departures from them: Alvisi, S.,
    Franchini, M., Marinelli, A. (2007), doi:10.2166/hydro.2006.014; members: Barone-Adesi, G. et al. (1999),
    doi:10.1002/(SICI)1096-9934(199908)19:5<583::AID-FUT5>3.0.CO;2-S.
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
        leads, unrest = self._leads(record)
        for profile, columns, targets in leads:
            constant, slopes = huber_ridge(columns, targets.T, _PENALTY)
            told.append(profile[-1] + constant + (columns[:, -1] * slopes).sum(axis=-1))
            errors.append(_errors_elsewhere(columns, targets.T).T)
        self.record_, self.week_ = record, np.maximum(np.stack(told), 0.0)
        scaled = np.stack(errors, axis=1) * (unrest[-1] / unrest)[:, None, None]
        self.errors_ = _without_gaps(scaled[_BURN_IN:-_LEADS][-_ORIGINS:])
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

    def _leads(self, record: HourlyRecord) -> tuple[list[tuple[Floats, Floats, Floats]], Floats]:
        """For each lead: profile (days, 24), columns (24, days, columns), targets (days, 24) with NaN where unknown.

        Beside them the size of late departures on each day, shape (days,).
        """
        count = len(record.days)
        dates = pd.date_range(record.days[0], periods=count + _LEADS)
        feast = holiday_columns(dates, self.country).max(axis=1, initial=0.0)
        told = weekday_hours(record.values, np.where(feast > 0.0, _SUNDAY, dates.day_of_week), _LEADS)
        profiles = told.mean(axis=1)
        departure = _departures(record.values, profiles[:, 0])
        size = max(float(np.nanstd(record.values)), 1.0e-12)
        around = (np.roll(departure, 1, axis=1) + np.roll(departure, -1, axis=1)) / 2.0
        evening = departure[:, -_EVENING:].mean(axis=1, keepdims=True)
        means = [_trailing(departure.mean(axis=1, keepdims=True), days) for days in (1, 3, WEEK)]
        made = []
        for lead in range(1, _LEADS + 1):
            profile, then = profiles[:, lead - 1], slice(lead, lead + count)
            slow, fast = told[:, 0, lead - 1] - profile, told[:, -1, lead - 1] - profile
            last_week = departure[np.maximum(np.arange(count) + lead - WEEK, 0)]
            parts = [departure, around, evening, *means, last_week, size * feast[then, None], slow, fast]
            columns = np.stack([np.broadcast_to(part, profile.shape) for part in parts], axis=-1).transpose(1, 0, 2) / size
            targets = np.full_like(profile, np.nan)
            targets[_BURN_IN:-lead] = record.values[_BURN_IN + lead :] - profile[_BURN_IN:-lead]
            made.append((profile, columns, targets))
        return made, _unrest(departure)


def _unrest(departures: Floats) -> Floats:
    """Mean size of the departures of the last days, half of it from the last week, shape (days,)."""
    sizes = pd.Series(np.abs(departures).mean(axis=1)).where(np.any(departures != 0.0, axis=1))
    late = sizes.ewm(halflife=WEEK, min_periods=WEEK).mean().bfill().to_numpy(dtype=np.float64)
    return np.nan_to_num(np.maximum(late, 0.1 * np.nanmean(late)), nan=1.0) if np.isfinite(late).any() else np.ones(len(late))


def _departures(values: Floats, profile: Floats) -> Floats:
    """How each day came apart from what the day before told, shape (days, 24); zero where unknown, bursts cut short."""
    apart = np.zeros_like(values)
    apart[_BURN_IN + 1 :] = values[_BURN_IN + 1 :] - profile[_BURN_IN:-1]
    most = _OUTLIER * _NORMAL * np.nanmedian(np.abs(apart[_BURN_IN + 1 :]))
    return np.nan_to_num(np.clip(apart, -most, most))


def _errors_elsewhere(columns: Floats, targets: Floats) -> Floats:
    """Errors on each day of a ridge that learned from the other fifths of the record, shape (24, days)."""
    errors = np.full_like(targets, np.nan)
    fifth = np.arange(targets.shape[1]) * _FOLDS // targets.shape[1]
    for fold in range(_FOLDS):
        inside = fifth == fold
        constant, slopes = huber_ridge(columns, np.where(inside, np.nan, targets), _PENALTY)
        errors[:, inside] = targets[:, inside] - constant[:, None] - (columns[:, inside] @ slopes[..., None])[..., 0]
    return errors


def _trailing(values: Floats, days: int) -> Floats:
    """Means of the last days, shape (days, columns)."""
    return pd.DataFrame(values).rolling(days, min_periods=1).mean().to_numpy()


def _without_gaps(errors: Floats) -> Floats:
    """Unknown errors as those of the hour before; origins with hardly any are left out. Shape (origins, 7, 24)."""
    flat = errors.reshape(-1, _LEADS * HOURS)
    kept = flat[np.isfinite(flat).mean(axis=1) > 0.5]
    filled = pd.DataFrame(kept).ffill(axis=1).bfill(axis=1).to_numpy()
    return filled.reshape(-1, _LEADS, HOURS) if len(filled) else np.zeros((1, _LEADS, HOURS))
