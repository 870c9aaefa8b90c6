"""Thousands of zones at once: calendar and robust ridge in arrays, no loop over zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.demand_effects import DAYS_FOR_THE_SEASON, Calendar, learned_effects
from waterbalance.forecast.direct_ridge import by_week, learn_ridge, told_by_ridge
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.household import unmetered_weekdays
from waterbalance.forecast.screening import outages_left_out
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats, Horizon

_LEADS: Final = 7
_SHORTEST: Final = 84
_MEMORY: Final = 1096
_ORIGINS: Final = 364
_AT_ONCE: Final = 50


@dataclass
class ManyZones:
    """The week ahead of many zones: the effects and the ridge of `HouseholdBlend`, without the ways that need a fit each.

    ln y = constant + calendar + u,   u ahead by `direct_ridge.py`, members from past errors of the same days in all zones

    For networks whose night is too short for a blend of each zone. Zeros are outages: they count as missing. Do not use it
    beyond a week.
    """

    country: str | None = None
    """Whose public holidays count."""

    last_day_: pd.Timestamp | None = field(default=None, init=False, repr=False)
    told_: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)
    """Of each zone ln of what is told, shape (7,)."""

    errors_: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)
    """Of each zone past errors, shape (origins, 7)."""

    missing_: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    notes_: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    def fit(self, histories: pd.DataFrame) -> Self:
        """Learn from daily demand in [m3/day], one column a zone; gaps and NaN are allowed.

        Raises `InputError` naming every zone with a faulty history or less than 84 days of values.
        """
        known = self._checked(histories)
        self.notes_ = {name: (*history.notes, *unmetered_weekdays(history.values)) for name, history in known.items()}
        frame = pd.DataFrame({name: history.values for name, history in known.items()}).iloc[-_MEMORY:]
        days = pd.DatetimeIndex(frame.index)
        self.last_day_ = days[-1]
        self.missing_ = {str(name): int(count) for name, count in frame.isna().sum().items()}
        ahead = days.union(pd.date_range(days[-1], periods=_LEADS + 1))
        columns = Calendar(self.country, 2 if len(days) >= DAYS_FOR_THE_SEASON else 0).columns(ahead)
        logarithms = np.log(frame.to_numpy(dtype=np.float64).T)
        for start in range(0, len(frame.columns), _AT_ONCE):
            self._learn(list(frame.columns[start : start + _AT_ONCE]), logarithms[start : start + _AT_ONCE], columns)
        return self

    def predict(self, horizon: Horizon, *, members: int = 100, seed: int = 0) -> dict[str, Forecast]:
        """Volumes over the steps of each zone, shape (steps, members) [m3 per step].

        Raises `InputError` when the horizon begins before the history ends, or ends more than a week after it.
        """
        days = asked_days(horizon, members, seed)
        leads = days_ahead(fitted(self.last_day_, self), days).astype(np.int64)
        if leads[-1] > _LEADS:
            found, allowed = f"{leads[-1]} days ahead", f"{_LEADS} or fewer"
            raise InputError("many zones", (Finding("the horizon is too long", found=found, allowed=allowed),))
        generator = np.random.default_rng(seed)
        levels = generator.permutation((np.arange(members) + generator.random()) / members)
        made = {}
        for name, told in self.told_.items():
            errors = self.errors_[name]
            drawn = errors[(levels * len(errors)).astype(np.int64)]
            values = np.exp(told + drawn - np.median(drawn, axis=0)).T[leads - 1]
            made[name] = Forecast(over_steps(values, horizon), "robust ridge on meters", self.missing_[name], self.notes_[name])
        return made

    def _checked(self, histories: pd.DataFrame) -> dict[str, History]:
        findings, made = Findings(), {}
        for name, series in histories.items():
            try:
                made[str(name)] = outages_left_out(series, shortest=_SHORTEST)
            except InputError as error:
                findings.extend([Finding(each.what, Place(str(name)), each.found, each.allowed) for each in error.findings])
        findings.raise_if_any(InputError, "histories to learn from")
        return made

    def _learn(self, names: list[str], logarithms: Floats, columns: Floats) -> None:
        count = logarithms.shape[1]
        effects = learned_effects(logarithms, columns[:count])
        known = effects.of(columns)
        departures = logarithms - known[:, :count]
        told = told_by_ridge(departures, *learn_ridge(departures, _LEADS))
        first = max(count - _LEADS - _ORIGINS, _SHORTEST // 3)
        origins = np.arange(first, count - _LEADS)
        came = by_week(departures)[:, origins[:, None] + np.arange(1, _LEADS + 1)]
        errors = came - told[:, origins]
        for number, name in enumerate(names):
            self.told_[name] = known[number, count:] + told[number, -1]
            self.errors_[name] = errors[number]
