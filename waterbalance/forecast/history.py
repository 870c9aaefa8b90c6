"""The observed past: checked once, then a complete row of days with NaN where nothing is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.horizon import TEN_DAY_STARTS, next_ten_day_start, ten_day_start

_SHORTEST_TEN_DAY_PERIOD = pd.Timedelta(days=8)  # 21 to 28 February


class Doubt(str):
    """A note on readings that somebody should look at, beside notes on how a forecast was made."""

    __slots__ = ()


@dataclass(frozen=True)
class History:
    """Daily values without holes in the dates."""

    values: pd.Series
    """One value a day on local dates without a time zone, NaN where missing."""

    missing: int
    """How many of the days have no value. [1]"""

    notes: tuple[str, ...] = ()
    """Readings that were doubted, and what was done with them (`screening.py`)."""

    @property
    def years(self) -> str:
        """First and last year, as `2010-2020`."""
        first, last = self.values.index[0].year, self.values.index[-1].year
        return str(first) if first == last else f"{first}-{last}"


def checked_history(history: pd.Series, *, shortest: int, lowest: float | None = 0.0) -> History:
    """Check a daily (or ten-day) series and fill the row of its days.

    A series of ten-day means (every date on the 1st, 11th or 21st) is spread evenly over its days. Dates with a time zone
    keep their local day. NaN and missing dates are allowed. `shortest` is how many days must have a value; `lowest` is the
    smallest value allowed, None for no limit.

    Raises `InputError` with all findings: no series of numbers on dates, dates that are not midnights, not in order
    or double, values that are infinite or below `lowest`, and too few values.
    """
    findings = Findings(_index_findings(history))
    findings.raise_if_any(InputError, "a history to learn from")
    numbers = _numbers(history, findings)
    dates = pd.DatetimeIndex(history.index).tz_localize(None)
    numbers.index = dates
    findings.extend(_date_findings(dates))
    findings.extend(_value_findings(numbers, lowest))
    daily = numbers if len(findings) else every_day(numbers, dates)
    known = int(daily.notna().sum())
    if known < shortest:
        remedy = "Give a longer record, or use a forecaster that needs none."
        findings.add(
            Finding("too few values to learn from", found=f"{known} days", allowed=f"{shortest} days or more", remedy=remedy)
        )
    findings.raise_if_any(InputError, "a history to learn from")
    return History(daily, len(daily) - known)


def _index_findings(history: object) -> list[Finding]:
    if not isinstance(history, pd.Series):
        return [Finding("a history is one series", found=type(history).__name__, allowed="a pandas Series of daily values")]
    if len(history) == 0:
        return [Finding("the history is empty", found="no values", allowed="daily values")]
    if not isinstance(history.index, pd.DatetimeIndex):
        found = type(history.index).__name__
        remedy = "Read the dates with pandas.to_datetime."
        return [Finding("the history has no dates", found=found, allowed="a DatetimeIndex", remedy=remedy)]
    if history.index.hasnans:
        return [
            Finding("a date is missing", found=f"{int(np.sum(history.index.isna()))} rows without a date", allowed="a date each")
        ]
    return []


def _numbers(history: pd.Series, findings: Findings) -> pd.Series:
    """The values as floats; what is no number is told and becomes NaN."""
    plain = history.dtype.kind in "iuf" if isinstance(history.dtype, np.dtype) else pd.api.types.is_numeric_dtype(history.dtype)
    if plain and not pd.api.types.is_bool_dtype(history.dtype):
        return history.astype("float64")
    converted = pd.to_numeric(history.astype("string"), errors="coerce").astype("float64")
    wrong = history[converted.isna() & history.notna()]
    text = f"{wrong.iloc[0]!r}" if len(wrong) else f"numbers written as {history.dtype}"
    place = Place(date=str(wrong.index[0].date())) if len(wrong) else Place()
    remedy = "Convert the column to numbers; leave missing values empty."
    findings.add(Finding("the history holds values that are not numbers", place, text, "numbers", remedy))
    return converted


def _date_findings(dates: pd.DatetimeIndex) -> list[Finding]:
    found = []
    hours = dates[dates != dates.normalize()]
    if len(hours):
        found.append(Finding("a date is not a midnight", Place(date=str(hours[0])), allowed="one value a day"))
    if not dates.is_monotonic_increasing:
        place = Place(date=str(dates[1:][np.diff(dates.asi8) < 0][0].date()))
        found.append(Finding("the dates are not in order", place, allowed="rising dates", remedy="Sort the series by date."))
    if dates.has_duplicates:
        doubles = dates[dates.duplicated()]
        place = Place(date=str(doubles[0].date()))
        found.append(Finding("a date stands twice", place, f"{len(doubles)} double dates", "each date once"))
    return found


def _value_findings(numbers: pd.Series, lowest: float | None) -> list[Finding]:
    found = []
    infinite = numbers[np.isinf(numbers)]
    if len(infinite):
        found.append(Finding("a value is infinite", Place(date=str(infinite.index[0].date())), f"{len(infinite)} values"))
    below = numbers[numbers < lowest] if lowest is not None else numbers.iloc[:0]
    if len(below):
        place = Place(date=str(below.index[0].date()))
        remedy = "Leave a faulty reading empty."
        found.append(Finding("a value is too low", place, f"{below.iloc[0]:g}", f"{lowest:g} or more", remedy))
    return found


def of_ten_days(dates: pd.DatetimeIndex) -> bool:
    """Whether a record's dates are those of ten-day means: all on the 1st, 11th or 21st, and none closer than a period."""
    steps = dates[1:] - dates[:-1]
    return len(steps) > 0 and bool(dates.day.isin(TEN_DAY_STARTS).all()) and bool((steps >= _SHORTEST_TEN_DAY_PERIOD).all())


def known_before(rows: pd.Series | pd.DataFrame, day: dt.date) -> pd.Series | pd.DataFrame:
    """The rows of a record, daily or of ten-day means, whose period ended before `day` began."""
    dates = pd.DatetimeIndex(rows.index)
    end = ten_day_start(day) if of_ten_days(dates) else day
    return rows[dates < pd.Timestamp(end)]


def newest_day(rows: pd.Series) -> dt.date | None:
    """Last day of the last period with a value; None where no row has one."""
    known = pd.DatetimeIndex(rows.index[rows.notna()])
    if not len(known):
        return None
    last = known[-1].date()
    return next_ten_day_start(last) - dt.timedelta(days=1) if of_ten_days(pd.DatetimeIndex(rows.index)) else last


def every_day(numbers: pd.Series, dates: pd.DatetimeIndex) -> pd.Series:
    """Values on every day from the first date to the last: ten-day means spread evenly, else NaN where nothing is known."""
    if not of_ten_days(dates):
        return numbers.reindex(pd.date_range(dates[0], dates[-1], freq="D"))
    last = next_ten_day_start(dates[-1].date()) - dt.timedelta(days=1)
    days = pd.date_range(dates[0], last, freq="D")
    starts = days - pd.to_timedelta(days.day - np.minimum((days.day - 1) // 10, 2) * 10 - 1, unit="D")
    return pd.Series(numbers.reindex(starts).to_numpy(), index=days)
