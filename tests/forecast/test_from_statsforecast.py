"""Models of statsforecast behind the contract: the real ones where the library is, and a stand-in whose quantiles are known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from outside_libraries import outside_library
from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.backtest import backtest
from waterbalance.forecast.from_statsforecast import FromStatsforecast
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2023-01-01", periods=400)
WEEKLY = pd.Series(np.where(DAYS.day_of_week >= 5, 1200.0, 1000.0), index=DAYS)
WEEK = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))  # Monday, the day after
AHEAD = pd.date_range("2024-02-05", periods=7)


class Mean:
    """The mean of the last week plus the first column of X, and a level [%] above and below by its number."""

    uses_exog = True

    def fit(self, y: np.ndarray, X: np.ndarray | None = None) -> "Mean":  # noqa: N803
        assert np.isfinite(y).all()
        assert X is None or (len(X) == len(y) and np.isfinite(X).all())
        self.mean = y[-7:].mean()
        return self

    def predict(self, h: int, X: np.ndarray | None = None, level: list[float] | None = None) -> dict[str, np.ndarray]:  # noqa: N803
        mean = np.full(h, self.mean) + (0.0 if X is None else X[:, 0])
        told = level or []
        return {"mean": mean} | {f"lo-{each}": mean - each for each in told} | {f"hi-{each}": mean + each for each in told}


def hot_days() -> pd.DataFrame:
    """Demand that rises by 30 for a degree above 20."""
    temperature = 20.0 + 5.0 * np.random.default_rng(5).standard_normal(400)
    noise = 10.0 * np.random.default_rng(6).standard_normal(400)
    return pd.DataFrame({"y": WEEKLY + 30.0 * (temperature - 20.0) + noise, "temperature": temperature}, index=DAYS)


def warm(degrees: float) -> pd.DataFrame:
    return pd.DataFrame({"temperature": degrees}, index=AHEAD)


def test_members_are_the_quantiles_that_the_model_tells() -> None:
    """Five members stand for 10, 30, 50, 70 and 90 %: levels 80 and 40, and the mean."""
    told = FromStatsforecast(Mean()).fit(WEEKLY).predict(WEEK, members=5)
    mean = 7400.0 / 7.0
    assert np.sort(told.values[3]) == pytest.approx([mean - 80.0, mean - 40.0, mean, mean + 40.0, mean + 80.0])
    assert (np.argsort(told.values, axis=1) == np.argsort(told.values, axis=1)[0]).all()
    assert "Mean of statsforecast" in told.label


def test_the_weather_of_a_member_says_nothing_of_its_rank() -> None:
    """With as many weathers as members, the hottest is not always the one with the highest quantile."""
    fitted = FromStatsforecast(Mean(), exogenous=("temperature",)).fit(hot_days())
    told = fitted.predict(WEEK, weather=[warm(1.0e6 * number) for number in range(20)], members=20).values[0]
    ranks = np.argsort(np.argsort(told % 1.0e6))
    assert abs(np.corrcoef(ranks, told // 1.0e6)[0, 1]) < 0.7


@pytest.mark.parametrize("name", ["AutoETS", "AutoTheta", "AutoARIMA", "SeasonalNaive"])
def test_real_models_learn_the_week(name: str) -> None:
    models = outside_library("statsforecast.models")
    noisy = WEEKLY + 20.0 * np.random.default_rng(0).standard_normal(400)
    noisy.iloc[100:110] = np.nan
    told = FromStatsforecast(getattr(models, name)(season_length=7)).fit(noisy).predict(WEEK, members=101)
    assert told.filled == 10
    assert told.value("median") == pytest.approx(WEEKLY.to_numpy()[1:8], abs=60.0)
    spread = np.quantile(told.values, 0.9, axis=1) - np.quantile(told.values, 0.1, axis=1)
    assert ((spread > 30.0) & (spread < 150.0)).all()  # 51 where only the noise is left


def test_real_intervals_hold_what_they_promise() -> None:
    models = outside_library("statsforecast.models")
    noisy = WEEKLY + 20.0 * np.random.default_rng(0).standard_normal(400)
    scores = backtest(FromStatsforecast(models.AutoETS(season_length=7)), noisy, h=7, step_size=9, n_windows=15).scores.loc[0]
    assert scores["skill_seasonal_naive"] > 0.1
    assert 0.7 <= scores["coverage_80"] <= 0.9


def test_weather_reaches_a_real_model_by_its_name() -> None:
    models = outside_library("statsforecast.models")
    fitted = FromStatsforecast(models.AutoARIMA(season_length=7), exogenous=("temperature",)).fit(hot_days())
    cool, hot = (fitted.predict(WEEK, weather=warm(degrees), members=11).values for degrees in (15.0, 25.0))
    assert (hot - cool).mean() == pytest.approx(300.0, rel=0.02)
    with pytest.raises(InputError, match="no weather for the days to come"):
        fitted.predict(WEEK)
    with pytest.raises(InputError, match="lacks the column 'temperature'"):
        fitted.predict(WEEK, weather=warm(20.0).rename(columns={"temperature": "degrees"}))


def test_a_real_model_that_takes_no_weather_says_so() -> None:
    models = outside_library("statsforecast.models")
    with pytest.raises(UsageError, match="AutoETS of statsforecast takes no exogenous columns; found temperature"):
        FromStatsforecast(models.AutoETS(season_length=7), exogenous=("temperature",)).fit(hot_days())


def test_the_past_is_not_forecast() -> None:
    with pytest.raises(InputError, match="the horizon begins in the history"):
        FromStatsforecast(Mean()).fit(WEEKLY).predict(Horizon((dt.date(2024, 2, 4), dt.date(2024, 2, 5))))
