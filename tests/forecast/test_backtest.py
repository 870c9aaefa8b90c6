"""Backtests: scores by hand, and judges that the truth beats and noise does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.backtest import CLIMATOLOGY, SEASONAL_NAIVE, backtest
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.household import HouseholdDemand
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.scores import scores_by_lead
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.forecast.skill import seasonal_scale


def weekly(days: int = 1200, noise: float = 0.05) -> pd.Series:
    """Five workdays of 100 and two of 140, with a season and noise."""
    dates = pd.date_range("2019-01-01", periods=days)
    season = 1.0 + 0.2 * np.sin(2.0 * np.pi * dates.day_of_year / 365.25)
    draw = np.exp(noise * np.random.default_rng(5).standard_normal(days))
    return pd.Series(np.where(dates.day_of_week >= 5, 140.0, 100.0) * season * draw, index=dates)


def test_scores_by_hand() -> None:
    """Persistence on a ramp of one a day: every error is the lead, and no interval holds anything."""
    ramp = pd.Series(np.arange(60.0), index=pd.date_range("2020-01-01", periods=60))
    told = cross_validation(Persistence(), ramp, h=3, step_size=5, n_windows=4)
    scores = scores_by_lead(told, seasonal_scale(ramp.iloc[:40]))
    assert scores.loc[[1, 2, 3], "mae"].tolist() == [1.0, 2.0, 3.0]
    assert scores.loc[0, "mae"] == 2.0
    assert scores.loc[[1, 2, 3], "mase"].tolist() == pytest.approx([1 / 7, 2 / 7, 3 / 7])
    assert scores.loc[0, "coverage_80"] == 0.0
    assert scores.loc[0, "pit_mean"] == 1.0
    assert scores.loc[2, "pinball"] == pytest.approx(2.0 * (0.1 + 0.5 + 0.9) / 3.0)
    first = [told.loc[told["lead"] == lead, "y"].sum() for lead in (1, 2, 3)]
    last_known = sum(first) / 3.0 - 2.0 * 4
    assert scores.loc[3, "accumulated_bias"] == pytest.approx(3.0 * last_known / sum(first) - 1.0)
    assert scores.loc[0, "origins"] == 4


def test_judges_tell_good_from_bad() -> None:
    result = backtest(HouseholdDemand(), weekly(), h=7, step_size=13, n_windows=12)
    assert set(result.judges) == {SEASONAL_NAIVE, CLIMATOLOGY}
    assert result.scores.loc[0, "skill_seasonal_naive"] > 0.1
    assert result.scores.loc[0, "skill_climatology"] > 0.1
    worse = backtest(Persistence(), weekly(), h=7, step_size=13, n_windows=12)
    assert worse.scores.loc[0, "skill_seasonal_naive"] < 0.0


def test_a_judge_against_itself_has_no_skill() -> None:
    result = backtest(SeasonalNaive(lowest=None), weekly(), h=7, step_size=13, n_windows=5)
    assert result.scores["skill_seasonal_naive"].tolist() == pytest.approx([0.0] * 8)


def test_the_seasonal_naive_repeats_last_week_and_its_spread_holds() -> None:
    exact = SeasonalNaive().fit(weekly(noise=0.0).iloc[:-7])
    scores = cross_validation(exact, weekly(), h=7, step_size=11, n_windows=60)
    assert 0.72 <= scores_by_lead(scores, 1.0).loc[0, "coverage_80"] <= 0.88
    assert 0.85 <= scores_by_lead(scores, 1.0).loc[0, "pit_spread"] <= 1.15


def test_climatology_is_the_past_years_around_the_date() -> None:
    """A record that tells its own date: members are the numbers of days around the same date."""
    dates = pd.date_range("2016-01-01", "2020-08-15")
    history = pd.Series(dates.day_of_year.to_numpy(dtype=float), index=dates)
    told = cross_validation(DayOfYearClimatology(half_window=2), history, h=2, n_windows=1, members=500)
    assert told["ds"].dt.strftime("%m-%d").tolist() == ["08-14", "08-15"]
    assert told["median"].to_numpy() == pytest.approx(history.iloc[-2:].to_numpy() - 1.0, abs=1.0)


def test_a_short_history_is_refused() -> None:
    with pytest.raises(InputError):
        backtest(Persistence(), weekly(30))


def test_doubted_readings_count_in_no_score() -> None:
    """Five days in another unit among those that came: named, left out, and the scores those of the days that are left."""
    faulty = weekly()
    faulty.iloc[-14:-9] *= 1000.0  # no origin lies among them: one such day alone could be a flood
    result = backtest(SeasonalNaive(), faulty, h=7, step_size=7, n_windows=20)
    assert result.notes == ("5 days left out, 2022-04-01 to 2022-04-05: a thousand times as large as the others (another unit?)",)
    assert result.told["y"].isna().sum() == 5
    assert result.scores.loc[0, "mase"] < 2.0
    assert backtest(SeasonalNaive(), weekly(), h=7, step_size=7, n_windows=20).notes == ()
