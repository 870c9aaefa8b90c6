"""Hourly meters as a table of local days and hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.screening import BEFORE, TOO_LARGE, TOO_SMALL, stuck, thousandfold

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

HOURS: Final = 24

STUCK_HOURS: Final = 24
"""Hours in a row with the same value at which a meter hangs. [h]"""

UNIT_HOURS: Final = 6
"""Hours in a row in another unit. [h]"""


@dataclass(frozen=True)
class HourlyRecord:
    """Whole local days."""

    days: pd.DatetimeIndex
    values: Floats
    """Shape (days, 24), NaN where unknown."""

    notes: tuple[str, ...]


def hourly_record(history: pd.Series, time_zone: str, shortest: int) -> HourlyRecord:
    """Hourly rates, stamped by the beginning of their hour, by local day and hour.

    Stamps carry their zone or offset, or are local times without one. Where clocks go forward an hour is unknown; where they
    go back the two hours of one name are averaged, which takes stamps with an offset: local times that stand twice cannot be
    told apart and are refused. Hours of the last, unfinished day are left out and counted in the notes, and so are readings that
    a meter cannot have meant (`screening.py`).

    Raises `InputError` with all findings: no series of numbers on times, times out of order or double or between the hours,
    negative or infinite values, fewer than `shortest` whole days with a value.
    """
    findings = Findings(_time_findings(history))
    findings.raise_if_any(InputError, "an hourly history to learn from")
    local = local_hours(pd.DatetimeIndex(history.index), time_zone)
    values = history.astype("float64")
    findings.extend(_value_findings(values, local))
    findings.raise_if_any(InputError, "an hourly history to learn from")
    row, day = np.asarray(local.normalize()), pd.date_range(local[0].normalize(), local[-1].normalize(), name="day")
    rows = pd.DataFrame({"day": row, "hour": local.hour, "value": values.to_numpy()})
    table = rows.pivot_table("value", "day", "hour").reindex(index=day, columns=range(HOURS))
    notes = []
    if local[-1].hour < HOURS - 1:
        notes.append(f"{int(local[-1].hour) + 1} hours of the unfinished day {table.index[-1].date()} left out")
        table = table.iloc[:-1]
    doubled = int(pd.Index(local).duplicated().sum())
    if doubled:
        notes.append(f"{doubled} hours that the clocks told twice averaged")
    table, doubts = _screened(table)
    notes.extend(doubts)
    seen = int(table.notna().any(axis=1).sum())
    if seen < shortest:
        finding = Finding("too few values to learn from", found=f"{seen} whole days", allowed=f"{shortest} or more")
        raise InputError("an hourly history to learn from", (finding,))
    return HourlyRecord(pd.DatetimeIndex(table.index), table.to_numpy(dtype=np.float64), tuple(notes))


def _screened(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The hours without those on which a meter hangs or tells another unit, and what was left out."""
    values = table.to_numpy(dtype=np.float64).ravel()
    times = pd.DatetimeIndex(table.index).repeat(HOURS) + pd.to_timedelta(np.tile(np.arange(HOURS), len(table)), unit="h")
    month = BEFORE * HOURS
    found = {
        "the same value hour after hour (a stuck meter?)": stuck(values, STUCK_HOURS),
        TOO_LARGE: thousandfold(values, up=True, least=UNIT_HOURS, before=month),
        TOO_SMALL: thousandfold(values, up=False, least=UNIT_HOURS, before=month),
    }
    notes = []
    for what, mask in found.items():
        hours = np.flatnonzero(mask)
        if hours.size:
            first, last = (f"{times[hour]:%Y-%m-%d %H:%M}" for hour in (hours[0], hours[-1]))
            notes.append(f"{hours.size} hours left out, {first} to {last}: {what}")
    doubted = np.logical_or.reduce(list(found.values())).reshape(table.shape)
    return table.mask(doubted), notes


def _time_findings(history: object) -> list[Finding]:
    if not isinstance(history, pd.Series) or not isinstance(history.index, pd.DatetimeIndex) or not len(history):
        allowed = "a pandas Series of hourly values on a DatetimeIndex"
        return [Finding("the hourly history is no series on times", found=type(history).__name__, allowed=allowed)]
    if not pd.api.types.is_numeric_dtype(history.dtype) or pd.api.types.is_bool_dtype(history.dtype):
        remedy = "Convert the column to numbers; leave missing values empty."
        return [Finding("the hourly history holds values that are not numbers", found=str(history.dtype), remedy=remedy)]
    stamps, found = history.index, []
    if not stamps.is_monotonic_increasing:
        found.append(Finding("the times are not in order", Place(date=str(stamps[1:][np.diff(stamps.asi8) < 0][0]))))
    if stamps.has_duplicates:
        remedy = "Where clocks go back, give times with their offset from UTC."
        twice = stamps[stamps.duplicated()]
        place = Place(date=str(twice[0]))
        found.append(Finding("a time stands twice", place, f"{len(twice)} double times", "each time once", remedy))
    return found


def local_hours(times: pd.DatetimeIndex, time_zone: str) -> pd.DatetimeIndex:
    """Full hours by the clocks of `time_zone`, without a zone; times that have none are taken as local.

    Raises `InputError` for a zone that does not exist, and for times between the local hours: where clocks are half an hour
    apart from UTC, its full hours are such.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as error:
        finding = Finding("no such time zone", found=repr(time_zone), allowed="a name such as Asia/Taipei")
        raise InputError("hours by local clocks", (finding,)) from error
    local = times if times.tz is None else times.tz_convert(zone).tz_localize(None)
    between = np.flatnonzero((local.minute != 0) | (local.second != 0))
    if between.size:
        place, found = Place(date=str(times[between[0]])), f"{local[between[0]]:%H:%M} in {time_zone}, {between.size} such times"
        finding = Finding("a time is not a full hour", place, found, "one value an hour, by the local clocks")
        raise InputError("hours by local clocks", (finding,))
    return local


def _value_findings(values: pd.Series, local: pd.DatetimeIndex) -> list[Finding]:
    wrong = np.flatnonzero(np.isinf(values) | (values < 0.0))
    if not wrong.size:
        return []
    place = Place(date=str(local[wrong[0]]))
    allowed, remedy = "0 or more", "Leave a faulty reading empty."
    return [Finding("a value is negative or infinite", place, f"{values.iloc[wrong[0]]:g}", allowed, remedy)]
