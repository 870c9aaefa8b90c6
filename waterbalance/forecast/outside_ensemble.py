"""Members that somebody else tells, such as a weather office or a flood centre, behind the same door as one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import Kind, asked_days, over_steps
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.ensemble_units import checked_unit
from waterbalance.forecast.exogenous import refuse_weather, without_exogenous
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import Doubt
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.odd_members import without_odd_members
from waterbalance.forecast.partial_members import without_partial_members
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather

ISSUED, DATE, MEMBER, VALUE = "issued", "ds", "member", "value"
COLUMNS: Final = (ISSUED, DATE, MEMBER, VALUE)

_SHRUNK: Final = 30.0
_WEEK: Final = 7


@dataclass
class OutsideEnsemble:
    """The newest issue from before the horizon, then day-of-year climatology.

    told[d, m] = value[issue, d, m] x correction[week of lead]                     (rates; + correction for levels)
    correction = (sum of what came / sum of the ensemble means) ^ (n / (n + 30))   (levels: mean difference x n / (n + 30))

    Corrections are learned from the n days of earlier issues that the record knows; without such days nothing is corrected.
    Days that the issue does not tell for every member (before its first, beyond its last lead) are climatology's; the label says
    until when the issue goes, a note that there is none. Only issues from before the horizon's first day count, also where the
    history ends earlier; so backtests are honest.

    Source of the correction: linear scaling, as in Teutschbein, C., Seibert, J. (2012), doi:10.1016/j.jhydrol.2012.05.052.
    It mends the mean, not the spread. Members in another unit than the rest are left out by name
    (`odd_members.py`), and so are those that broke off (`partial_members.py`).
    """

    issues: pd.DataFrame
    """One row for each issue, day and member: `issued` and `ds` (dates), `member`, `value` (a rate per [day], or a level)."""

    kind: Kind = "rate"
    """Whether values are a rate (amounts per step are told) or a level (means are told)."""

    lowest: float | None = 0.0
    """Smallest value allowed in history and issues; None for no limit."""

    climatology_: DayOfYearClimatology | None = field(default=None, init=False, repr=False)
    issues_: pd.DataFrame | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Keep daily values, which correct the issues.

        Raises `InputError` when the history or the issues are faulty.
        """
        series = without_exogenous(history)
        climatology = DayOfYearClimatology(kind=self.kind, lowest=self.lowest).fit(series)
        self.climatology_, self.issues_ = climatology, _checked(self.issues, self.lowest)
        return self

    def follow(self, history: Past) -> Self:
        """The past and the issues are all that it ever learns."""
        return self.fit(history)

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts (or mean levels) over the steps, shape (steps, members).

        Raises `InputError` when the issues tell another unit than the history (`ensemble_units.py`).
        """
        refuse_weather(weather, self)
        climatology = fitted(self.climatology_, self)
        days = asked_days(horizon, members, seed)
        daily = Horizon((*(day.date() for day in days), horizon.end), horizon.time_zone)
        past = climatology.predict(daily, members=members, seed=seed)
        values = past.values / (daily.days[:, None] if self.kind == "rate" else 1.0)
        issues = fitted(self.issues_, self)
        known = issues[issues[ISSUED] < days[0]]
        if known.empty:
            forecast = over_steps(values, horizon, self.kind)
            return Forecast(forecast, past.label, past.filled, (*past.notes, "no issue of the outside ensemble is known yet"))
        record = fitted(climatology.history_, climatology).values
        known, doubts = without_partial_members(known)
        if self.kind == "rate":
            known, odd = without_odd_members(known)
            doubts = (*doubts, *odd, *checked_unit(known, record))
        issue, issued = _corrected(known, record, self.kind), known[ISSUED].max()
        told = issue.reindex(days).to_numpy(dtype=np.float64)
        whole = np.isfinite(told).all(axis=1)
        values = np.where(whole[:, None], told[:, deal(told.shape[1], members, seed)], values)
        named = f"{issue.shape[1]} members issued {issued.date()}"
        if whole.any():
            label, notes = f"{named} to {days[whole][-1].date()}, then {past.label}", doubts
        else:
            label, notes = past.label, (*doubts, Doubt(f"the newest outside ensemble, {named}, tells none of these days"))
        return Forecast(over_steps(values, horizon, self.kind), label, past.filled, (*past.notes, *notes))


def _corrected(known: pd.DataFrame, record: pd.Series, kind: Kind) -> pd.DataFrame:
    """The newest of the issues, a row for each day and a column for each member, corrected by those before it."""
    newest = known[ISSUED].max()
    issue = known[known[ISSUED] == newest].set_index([DATE, MEMBER])[VALUE].unstack()  # noqa: PD010 (nothing to aggregate)
    correction = _corrections(known[known[ISSUED] < newest], record, kind)
    weeks = _week_of_lead(pd.DatetimeIndex(issue.index) - newest)
    nothing = 1.0 if kind == "rate" else 0.0
    by_day = np.array([correction.get(min(week, max(correction, default=0)), nothing) for week in weeks.tolist()])
    corrected: pd.DataFrame = issue.mul(by_day, axis=0) if kind == "rate" else issue.add(by_day, axis=0)
    return corrected


def _checked(issues: pd.DataFrame, lowest: float | None) -> pd.DataFrame:
    """The issues with dates as dates.

    Raises `InputError` where a column is missing, a value is none or too low, or a member tells a day twice.
    """
    findings = Findings(
        Finding(f"the issues lack the column {name!r}", found=", ".join(map(str, issues.columns)), allowed=", ".join(COLUMNS))
        for name in COLUMNS
        if name not in issues.columns
    )
    findings.raise_if_any(InputError, "an outside ensemble")
    if issues.empty:
        raise InputError("an outside ensemble", (Finding("there are no issues", found="no rows", allowed="one row or more"),))
    read = issues[list(COLUMNS)].assign(**{name: pd.to_datetime(issues[name]).dt.tz_localize(None) for name in (ISSUED, DATE)})
    values = read[VALUE].to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(values) | ((values < lowest) if lowest is not None else False)
    if wrong.any():
        first = read[wrong].iloc[0]
        told = f"{first[VALUE]} for {first[DATE].date()}, member {first[MEMBER]}, issued {first[ISSUED].date()}"
        findings.add(Finding("a value of an issue cannot be", found=told, allowed="numbers that are not negative"))
    twice = read[read.duplicated([ISSUED, DATE, MEMBER])]
    if len(twice):
        first = twice.iloc[0]
        told = f"{first[DATE].date()}, member {first[MEMBER]}, issued {first[ISSUED].date()}"
        findings.add(Finding("a member tells a day twice", found=told, allowed="each day once"))
    findings.raise_if_any(InputError, "an outside ensemble")
    return read


def _corrections(archive: pd.DataFrame, record: pd.Series, kind: Kind) -> dict[int, float]:
    """Factors (or differences) by week of lead, from 0; none where the record knows no day of the archive."""
    means = archive.groupby([ISSUED, DATE], as_index=False)[VALUE].mean()
    means["came"] = record.reindex(means[DATE]).to_numpy()
    means = means.dropna()
    weeks = _week_of_lead(pd.TimedeltaIndex(means[DATE] - means[ISSUED]))
    found: dict[int, float] = {}
    for week in np.unique(weeks).tolist():
        days = means[weeks == week]
        told, came, trust = days[VALUE].sum(), days["came"].sum(), len(days) / (len(days) + _SHRUNK)
        if kind == "level":
            found[week] = float((days["came"] - days[VALUE]).mean() * trust)
        elif told > 0.0 and came > 0.0:
            found[week] = float((came / told) ** trust)
    return found


def _week_of_lead(ahead: pd.TimedeltaIndex) -> npt.NDArray[np.int64]:
    """0 for the first seven days after the day of issue, and so on; -1 for that day itself."""
    return np.asarray((ahead.days - 1) // _WEEK, dtype=np.int64)
