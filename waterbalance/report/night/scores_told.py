"""How good forecasts and plans were, as plain values of `night.json`."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from waterbalance.report.night.plain import Plain


class ScoreTold(Plain):
    """Something that was foreseen, beside what was read. In `unit`."""

    component: str
    quantity: str
    of: Literal["forecast", "plan"]
    date: dt.date
    expected: float
    observed: float
    unit: str
    crps: float | None = None
    climatology: float | None = None
    """Crps of the past years."""

    inside: bool | None = None
    """Whether the middle 80 % of the members holds what came."""


class SkillTold(Plain):
    """How well one series was foreseen over the last nights. In `unit`."""

    component: str
    quantity: str
    unit: str
    days: int
    crps: float
    bias: float
    """Mean of expected - observed."""

    climatology: float | None
    """Crps of the past years on the same days; None where that is not known."""

    inside: float | None
    """Share of days that the middle 80 % of the members holds. [-]"""


class LeadTold(Plain):
    """One lead of a backtest."""

    lead: int
    """[day]"""

    skill: float | None
    """1 - crps / crps of climatology."""


class BacktestTold(Plain):
    """A forecaster on its past, over all leads."""

    component: str
    quantity: str
    forecaster: str
    made_on: dt.date
    reason: str = ""
    """Why it could not be tried."""

    origins: float | None = None
    skill_climatology: float | None = None
    """1 - crps / crps of climatology."""

    skill_seasonal_naive: float | None = None
    coverage_80: float | None = None
    """Share of days that the middle 80 % of the members holds. [-]"""

    accumulated_bias: float | None = None
    """Of the sum over all leads, as a share. [-]"""

    leads: tuple[LeadTold, ...] = ()
