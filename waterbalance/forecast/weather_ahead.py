"""Weather of the days to come, as it is known on a day: the newest issue, then past years.

    value[d, k] = measured[d]                          on days before the horizon, where the record knows them
                  issue[member deal(k), d]             on days that the newest issue tells for all its members
                  record[d - years of member k]        on all others; all columns of a member come from the same year

All columns are drawn together, and the same seed, members and files give the same weather to every forecaster: member k of the
rain is member k of the warmth, at the river and in the town.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.day_of_year import stretches
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.ten_day_record import PERIODS, period_index

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

ISSUED, DATE, MEMBER = "issued", "ds", "member"

LEAST_KNOWN: Final = 0.8
"""Share of the days that a past year must know to become a member. [1]"""


@dataclass(frozen=True)
class WeatherTold:
    """Equally likely members of the weather, and where they come from."""

    frames: tuple[pd.DataFrame, ...]
    label: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeatherSource:
    """What is on file of the weather. Columns have one name and one unit in all frames."""

    record: pd.DataFrame
    """Past days, a column for each quantity; days from the first one of a horizon on are never looked at."""

    issues: pd.DataFrame
    """Columns `issued` (NaT where no day of issue is known), `ds`, `member`, and those of the record; may be empty."""

    normals: pd.DataFrame | None = None
    """36 ten-day values for each quantity, where there is no record of days."""

    def newest_issue(self, start: pd.Timestamp) -> pd.DataFrame:
        """The rows of the newest issue before the day `start`; those without a day of issue are always known."""
        known = self.issues[self.issues[ISSUED].isna() | (self.issues[ISSUED] < start)]
        newest: pd.DataFrame = known[known[ISSUED].isna() | (known[ISSUED] == known[ISSUED].max())]
        return newest

    def told(self, since: pd.Timestamp, days: pd.DatetimeIndex, members: int, seed: int) -> WeatherTold:
        """Weather from the day `since` (the horizon's first or earlier) to the last of `days`, those of the horizon.

        Raises `InputError` where neither issue nor record knows anything of a quantity.
        """
        start, whole_days = days[0], pd.date_range(since, days[-1])
        issue = _members(self.newest_issue(start), list(self.record.columns), whole_days)
        by_issue = np.asarray(np.isfinite(issue).all(axis=(0, 2)) & (len(issue) > 0))
        ahead = np.asarray(whole_days >= start)
        if by_issue[ahead].all():
            values, usual = issue, ""
        else:
            years, usual = self._usual(start, whole_days)
            values = years
            if by_issue[ahead].any():
                values = years[deal(len(years), members, seed + 1)]
                values[:, by_issue] = issue[deal(len(issue), members, seed)][:, by_issue]
        values = self._measured(np.array(values), whole_days, start)
        frames = tuple(pd.DataFrame(each, index=whole_days, columns=self.record.columns) for each in values)
        return WeatherTold(frames, *_words(self.newest_issue(start), whole_days[by_issue & ahead], days, usual))

    def _usual(self, start: pd.Timestamp, days: pd.DatetimeIndex) -> tuple[Floats, str]:
        """Past years on the dates of `days`, shape (years, days, names), and what they are called."""
        past = self.record[self.record.index < start]
        if self.normals is not None and past.dropna(how="all").empty:
            return self.normals.to_numpy(dtype=np.float64)[period_index(days) % PERIODS][None], "ten-day normals"
        unknown = [str(name) for name in past.columns if not past[name].notna().any()]
        if unknown:
            remedy = "Give a table of past weather with that column, or a forecast of the weather that reaches to the last day."
            found, allowed = f"no value of {', '.join(unknown)} before {start.date()}", "past days, or an issue for all days"
            raise InputError(
                "weather of the days to come", (Finding("the weather is not known", found=found, allowed=allowed, remedy=remedy),)
            )
        daily = past.reindex(pd.date_range(past.index[0], past.index[-1]))
        years = np.stack([stretches(daily[name], days, 0) for name in daily.columns], axis=2).transpose(1, 0, 2)
        years = years[np.isfinite(years[:, days >= start]).mean(axis=(1, 2)) >= LEAST_KNOWN]
        mean = np.broadcast_to(daily.mean().to_numpy(dtype=np.float64), (1, len(days), daily.shape[1]))
        if not len(years):
            return mean, f"the mean of {daily.index[0].date()} to {daily.index[-1].date()}, for no past year knows these dates"
        counts = np.isfinite(years).sum(axis=0)
        typical = np.where(counts > 0, np.nansum(years, axis=0) / np.maximum(counts, 1), mean[0])
        return np.where(np.isfinite(years), years, typical), f"{len(years)} past {'years' if len(years) > 1 else 'year'}"

    def _measured(self, values: Floats, days: pd.DatetimeIndex, start: pd.Timestamp) -> Floats:
        """The same with what was measured on days before the horizon."""
        seen = self.record[self.record.index < start].reindex(days).to_numpy(dtype=np.float64)
        return np.where(np.isfinite(seen), seen, values)


def no_issues(names: list[str]) -> pd.DataFrame:
    """An archive in which nothing was ever issued."""
    return pd.DataFrame({ISSUED: pd.Series(dtype="datetime64[ns]"), DATE: pd.Series(dtype="datetime64[ns]"), MEMBER: []}).reindex(
        columns=[ISSUED, DATE, MEMBER, *names]
    )


def _members(issue: pd.DataFrame, names: list[str], days: pd.DatetimeIndex) -> Floats:
    """Shape (members, days, names), NaN where the issue tells nothing."""
    told = [one.set_index(DATE)[names].reindex(days).to_numpy(dtype=np.float64) for _, one in issue.groupby(MEMBER, sort=True)]
    return np.stack(told) if told else np.empty((0, len(days), len(names)))


def _words(issue: pd.DataFrame, told: pd.DatetimeIndex, days: pd.DatetimeIndex, usual: str) -> tuple[str, tuple[str, ...]]:
    """Label and notes of members."""
    if not len(told):
        return f"weather of {usual}", (f"nobody tells the weather of the days to come: {usual} stand for it",)
    count = issue[MEMBER].nunique()
    when = "without a day of issue" if issue[ISSUED].isna().all() else f"issued {issue[ISSUED].max().date()}"
    label = f"weather {when} ({count} {'members' if count > 1 else 'member'}) to {told[-1].date()}"
    if not usual:
        return label, ()
    missing = days.difference(told)
    note = f"nobody tells the weather of {len(missing)} of {len(days)} days, the first {missing[0].date()}: {usual} stand for it"
    return f"{label}, then of {usual}", (note,)
