"""A forecaster tried on its past beside the judges, always: seasonal naive and day-of-year climatology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from waterbalance.forecast.cross_validation import CRPS, CUTOFF, PIT, cross_validation
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.exogenous import TARGET, target_of
from waterbalance.forecast.frames import DATE
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.scores import scores_by_lead, skill_against
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.forecast.skill import seasonal_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.forecast.forecaster import Forecaster, Past
    from waterbalance.forecast.history import History

SEASONAL_NAIVE: Final = "seasonal_naive"
CLIMATOLOGY: Final = "climatology"

NO_RECORD: Final = "no record of its own"
"""Why a forecaster that knows no past of its quantity cannot be tried."""


@dataclass(frozen=True)
class Backtest:
    """What a forecaster would have told, and how good that was."""

    told: pd.DataFrame
    """As `cross_validation` gives it."""

    scores: pd.DataFrame
    """As `scores_by_lead` gives them, with the skill against each judge (`skill_NAME`)."""

    judges: Mapping[str, pd.DataFrame]
    """Scores of the judges on the same origins."""

    notes: tuple[str, ...] = ()
    """Readings of the record that were doubted; they count in no score."""


@dataclass(frozen=True)
class Tried:
    """One quantity of a scenario, and how its forecaster did."""

    component: str
    quantity: str
    unit: str
    """Internal unit of the quantity."""

    forecaster: str
    """Name of the forecaster in the scenario."""

    result: Backtest | None
    """None where it could not be tried."""

    reason: str = ""
    """Why it could not."""

    notes: tuple[str, ...] = ()
    """What was known ahead of the weather."""


def backtest(
    forecaster: Forecaster,
    history: Past,
    *,
    h: int = 10,
    step_size: int = 10,
    n_windows: int = 30,
    known_ahead: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Try a forecaster at `n_windows` origins, `step_size` days apart, `h` days ahead, learning anew at each.

    The scale of the mase is that of the days before the first origin. Readings that a meter cannot have meant (`screening.py`)
    count as unknown in every score. Raises what `cross_validation` raises.
    """
    alone = target_of(history)
    told = cross_validation(
        forecaster, history, h=h, step_size=step_size, n_windows=n_windows, known_ahead=known_ahead, progress=progress
    )
    believed = screened(checked_history(alone, shortest=1, lowest=None))
    told = _against(believed, told)
    scale = seasonal_scale(believed.values.loc[: told[CUTOFF].min().tz_localize(None)])
    judges = {}
    for name, judge in ((SEASONAL_NAIVE, SeasonalNaive(lowest=None)), (CLIMATOLOGY, DayOfYearClimatology(lowest=None))):
        judged = cross_validation(judge, alone, h=h, step_size=step_size, n_windows=n_windows, refit=False)
        judges[name] = scores_by_lead(_against(believed, judged), scale)
    return Backtest(told, skill_against(scores_by_lead(told, scale), judges), judges, believed.notes)


def _against(believed: History, told: pd.DataFrame) -> pd.DataFrame:
    """A cross-validation without what is not believed of the values that came."""
    days = pd.DatetimeIndex(told[DATE]).tz_localize(None).normalize()
    doubted = believed.values.reindex(days).isna().to_numpy()
    return told.assign(**{name: told[name].mask(doubted) for name in (TARGET, CRPS, PIT)})
