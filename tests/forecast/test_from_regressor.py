"""LightGBM, and a regressor whose answers are known, behind the contract."""

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor

from waterbalance.errors import InputError
from waterbalance.forecast.backtest import backtest
from waterbalance.forecast.from_regressor import FromRegressor
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2023-01-01", periods=400)
WEEKLY = pd.Series(np.where(DAYS.day_of_week >= 5, 1200.0, 1000.0), index=DAYS)
WEEK = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))  # Monday, the day after

lightgbm = partial(LGBMRegressor, n_estimators=50, n_jobs=1, verbose=-1)


class Nearest:
    """The value of the nearest row."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Nearest":  # noqa: N803
        self.rows, self.values = X, y
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:  # noqa: N803
        return self.values[((X[:, None] - self.rows) ** 2).sum(axis=2).argmin(axis=1)]


def test_a_regressor_learns_the_week() -> None:
    told = FromRegressor(Nearest).fit(WEEKLY).predict(WEEK, members=9)
    assert told.values == pytest.approx(np.outer([1000.0] * 5 + [1200.0] * 2, np.ones(9)))


def test_a_regressor_is_judged_on_days_that_it_has_not_seen() -> None:
    """The nearest row of a series of pure noise is exact where it was seen; the members spread as the noise does."""
    noisy = WEEKLY + 50.0 * np.random.default_rng(0).standard_normal(400)
    spread = FromRegressor(Nearest).fit(noisy).predict(WEEK, members=200).values.std(axis=1)
    assert (spread > 50.0).all()


def test_lightgbm_beats_last_week_where_the_level_wanders() -> None:
    generator = np.random.default_rng(3)
    level = np.exp(np.cumsum(0.01 * generator.standard_normal(400)))
    noisy = WEEKLY * level * np.exp(0.04 * generator.standard_normal(400))
    scores = backtest(FromRegressor(lightgbm), noisy, h=7, step_size=9, n_windows=15).scores.loc[0]
    assert scores["skill_seasonal_naive"] > 0.0
    assert 0.6 <= scores["coverage_80"] <= 0.95


def test_weather_by_name() -> None:
    """Demand rises by 30 for a degree: a hot day ahead is told higher, and each member has its weather."""
    generator = np.random.default_rng(5)
    temperature = 20.0 + 5.0 * generator.standard_normal(400)
    frame = pd.DataFrame({"y": WEEKLY + 30.0 * (temperature - 20.0), "temperature": temperature}, index=DAYS)
    ahead = pd.date_range("2024-02-05", periods=7)
    cool, hot = (pd.DataFrame({"temperature": degrees}, index=ahead) for degrees in (15.0, 25.0))
    fitted = FromRegressor(lightgbm, exogenous=("temperature",)).fit(frame)
    told = [fitted.predict(WEEK, weather=weather, members=50).values for weather in (cool, hot, [cool, hot])]
    assert told[1].mean() - told[0].mean() == pytest.approx(300.0, abs=60.0)
    assert told[2].mean() == pytest.approx((told[0].mean() + told[1].mean()) / 2.0, abs=20.0)
    with pytest.raises(InputError, match="no weather for the days to come"):
        fitted.predict(WEEK)


def test_the_week_goes_on() -> None:
    """Two weeks ahead stand the same regressors; here with the weather of their own days."""
    long = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(15)))
    told = FromRegressor(lightgbm).fit(WEEKLY).predict(long, members=3).values
    assert told[7:] == pytest.approx(told[:7])


def test_the_past_is_not_forecast() -> None:
    with pytest.raises(InputError, match="the horizon begins in the history"):
        FromRegressor(lightgbm).fit(WEEKLY).predict(Horizon((dt.date(2024, 2, 4), dt.date(2024, 2, 5))))
