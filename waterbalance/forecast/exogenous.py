"""Exogenous columns by name: what a forecaster asks for it must be given, and nothing else.

A history with exogenous columns is a frame: the column `y` is what is forecast, all others have the names that the
forecaster's setting `exogenous` lists. Over the horizon they come as `weather`: one frame, or one for each equally
likely member of the weather. A column too many is as wrong as one too few: it would be dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats

TARGET = "y"


def without_exogenous(history: Past) -> pd.Series:
    """The series of a history that may hold nothing else.

    Raises `InputError` where it is a frame with more columns than `y`.
    """
    return split(history, ())[0]


def target_of(history: Past) -> pd.Series:
    """What is forecast, whatever else the history holds.

    Raises `InputError` where a frame has no column `y`.
    """
    if not isinstance(history, pd.DataFrame):
        return history
    if TARGET not in history.columns:
        here = _listed([str(column) for column in history.columns])
        raise InputError("a history to learn from", (Finding(f"the history lacks the column {TARGET!r}", found=here),))
    return history[TARGET]


def own_record(history: Past) -> pd.Series | None:
    """The past of what is forecast; None where nothing of it is known (a frame of weather, no value)."""
    if isinstance(history, pd.DataFrame) and TARGET not in history.columns:
        return None
    series = target_of(history)
    return series if series.notna().any() else None


def split(history: Past, names: Sequence[str]) -> tuple[pd.Series, pd.DataFrame]:
    """What is forecast, and its exogenous columns `names` as floats on the same dates.

    Raises `InputError` naming every column that is missing or was not asked for.
    """
    if not isinstance(history, pd.DataFrame):
        if names:
            found = f"a {type(history).__name__}".lower()
            findings = Findings([Finding("the history has no exogenous columns", found=found, allowed=_listed(names))])
            findings.raise_if_any(InputError, "a history to learn from")
        return history, pd.DataFrame(index=_dates(history))
    findings = Findings(_columns(history, (TARGET, *names), "the history"))
    findings.raise_if_any(InputError, "a history to learn from")
    told = _numbers(history[list(names)], "the history", findings)
    for name in names:
        if len(told) and told[name].isna().all() and history[name].isna().all():
            finding = Finding(f"the column {name!r} holds no value", found=f"{len(told)} days without", allowed="numbers")
            findings.add(finding)
    findings.raise_if_any(InputError, "a history to learn from")
    return history[TARGET], told


def refuse_weather(weather: Weather, forecaster: object) -> None:
    """Complain about weather that a forecaster without exogenous columns would ignore."""
    if weather is not None:
        found = Finding(f"{type(forecaster).__name__} takes no weather", found="exogenous columns", remedy="Leave them out.")
        raise InputError("weather of the days to come", (found,))


def weather_members(weather: Weather, names: Sequence[str], days: pd.DatetimeIndex) -> Floats:
    """Exogenous values over `days`, shape (weather members, days, names).

    Dates with a time zone keep their local day. Raises `InputError` naming every column that is missing or was not asked
    for, and the first day on which one has no value.
    """
    frames = [] if weather is None else [weather] if isinstance(weather, pd.DataFrame) else list(weather)
    findings = Findings()
    if not frames:
        findings.add(Finding("no weather for the days to come", found="none", allowed=_listed(names)))
    for frame in frames:
        findings.extend(_frame_findings(frame) or _columns(frame, names, "the weather"))
    findings.raise_if_any(InputError, "weather of the days to come")
    told = [_on_days(frame[list(names)], days, findings) for frame in frames]
    findings.raise_if_any(InputError, "weather of the days to come")
    return np.stack(told)


def _columns(frame: pd.DataFrame, names: Sequence[str], whose: str) -> list[Finding]:
    found = []
    for name in names:
        if name not in frame.columns:
            here = _listed([str(column) for column in frame.columns])
            found.append(Finding(f"{whose} lacks the column {name!r}", found=here, allowed=_listed(names)))
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        found.append(Finding(f"{whose} has a column twice", found=repr(twice[0]), allowed="each name once"))
    for column in frame.columns:
        if column not in names:
            remedy = "Leave it out, or name it in the forecaster's settings."
            found.append(Finding(f"{whose} has a column that was not asked for", Place(), repr(column), _listed(names), remedy))
    return found


def _frame_findings(frame: object) -> list[Finding]:
    """What is wrong with a member of the weather before its columns are looked at."""
    if not isinstance(frame, pd.DataFrame):
        allowed = "a pandas DataFrame, or several"
        return [Finding("the weather is no frame", found=type(frame).__name__, allowed=allowed)]
    if not isinstance(frame.index, pd.DatetimeIndex):
        remedy = "Read the dates with pandas.to_datetime, and make them the index."
        return [Finding("the weather has no dates", found=type(frame.index).__name__, allowed="a DatetimeIndex", remedy=remedy)]
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        place, remedy = Place(date=str(twice[0].date())), "Give each member of an ensemble a frame of its own."
        return [Finding("the weather tells a date twice", place, f"{len(twice)} double dates", "each date once", remedy)]
    return []


def _dates(history: object) -> pd.Index | None:
    """None where a history is nothing that has dates; it is refused later, by `checked_history`."""
    return history.index if isinstance(history, pd.Series) else None


def _numbers(frame: pd.DataFrame, whose: str, findings: Findings) -> pd.DataFrame:
    """The columns as floats; what is no number is told and becomes NaN."""
    made: pd.DataFrame = frame.apply(pd.to_numeric, errors="coerce").astype("float64")
    for name in frame.columns:
        wrong = frame[name][made[name].isna() & frame[name].notna()]
        if len(wrong):
            place, found = Place(date=str(wrong.index[0])[:10]), f"{wrong.iloc[0]!r} and {len(wrong) - 1} more"
            remedy = "Convert the column to numbers; leave missing values empty."
            findings.add(Finding(f"{whose} holds values of {name!r} that are not numbers", place, found, "numbers", remedy))
    return made


def _on_days(frame: pd.DataFrame, days: pd.DatetimeIndex, findings: Findings) -> Floats:
    dates = pd.DatetimeIndex(frame.index).tz_localize(None)
    before = len(findings)
    numbers = _numbers(frame, "the weather", findings)
    values = numbers.set_axis(dates, axis=0).reindex(days).to_numpy(dtype=np.float64)
    if len(findings) > before:
        return values
    for column, name in enumerate(frame.columns):
        unknown = np.flatnonzero(~np.isfinite(values[:, column]))
        if unknown.size:
            place, found = Place(date=str(days[unknown[0]].date())), f"{unknown.size} of {len(days)} days without a number"
            allowed = f"a number on every day from {days[0].date()} to {days[-1].date()}"
            remedy = "Tell these days too, from the day after the history's last one on."
            findings.add(Finding(f"the weather lacks values of {name!r}", place, found, allowed, remedy))
    return values


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
