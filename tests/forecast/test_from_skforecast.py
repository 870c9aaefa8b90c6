"""Forecasters of skforecast behind the contract, where the library is."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor

from outside_libraries import outside_library
from waterbalance.errors import InputError
from waterbalance.forecast.backtest import backtest
from waterbalance.forecast.from_skforecast import FromSkforecast
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2023-01-01", periods=400)
WEEKLY = pd.Series(np.where(DAYS.day_of_week >= 5, 1200.0, 1000.0), index=DAYS)
NOISY = WEEKLY + 20.0 * np.random.default_rng(0).standard_normal(400)
WEEK = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))  # Monday, the day after


def boosted(exogenous: tuple[str, ...] = ()) -> FromSkforecast:
    recursive = outside_library("skforecast.recursive")
    trees = LGBMRegressor(n_estimators=50, n_jobs=1, verbose=-1)
    return FromSkforecast(recursive.ForecasterRecursive(estimator=trees, lags=14), exogenous)


def test_members_are_paths_around_the_week() -> None:
    holed = NOISY.copy()
    holed.iloc[100:110] = np.nan
    told = boosted().fit(holed).predict(WEEK, members=101)
    assert told.filled == 10
    assert told.label == "ForecasterRecursive of skforecast, 2023-2024"
    assert told.value("median") == pytest.approx(WEEKLY.to_numpy()[1:8], abs=60.0)


def test_intervals_hold_what_they_promise() -> None:
    """Errors of the days that boosted trees have learned from would hold half of it."""
    scores = backtest(boosted(), NOISY, h=7, step_size=9, n_windows=15).scores.loc[0]
    assert scores["skill_seasonal_naive"] > 0.05
    assert 0.7 <= scores["coverage_80"] <= 0.9


def test_a_direct_forecaster() -> None:
    direct = outside_library("skforecast.direct")
    trees = LGBMRegressor(n_estimators=20, n_jobs=1, verbose=-1)
    told = FromSkforecast(direct.ForecasterDirect(steps=7, estimator=trees, lags=14)).fit(NOISY).predict(WEEK, members=20)
    assert told.value("median") == pytest.approx(WEEKLY.to_numpy()[1:8], abs=60.0)


def test_weather_by_name() -> None:
    temperature = 20.0 + 5.0 * np.random.default_rng(5).standard_normal(400)
    frame = pd.DataFrame({"y": NOISY + 30.0 * (temperature - 20.0), "temperature": temperature}, index=DAYS)
    cool, hot = (pd.DataFrame({"temperature": degrees}, index=pd.date_range("2024-02-05", periods=7)) for degrees in (15.0, 25.0))
    fitted = boosted(("temperature",)).fit(frame)
    told = [fitted.predict(WEEK, weather=weather, members=50).values for weather in (cool, hot, [cool, hot])]
    assert told[1].mean() - told[0].mean() == pytest.approx(300.0, abs=60.0)
    assert told[2].mean() == pytest.approx((told[0].mean() + told[1].mean()) / 2.0, abs=20.0)
    with pytest.raises(InputError, match="no weather for the days to come"):
        fitted.predict(WEEK)
    with pytest.raises(InputError, match="not asked for"):
        fitted.predict(WEEK, weather=cool.assign(rain=0.0))
    with pytest.raises(InputError, match="the history has no exogenous columns"):
        boosted(("temperature",)).fit(NOISY)


def test_the_past_is_not_forecast() -> None:
    with pytest.raises(InputError, match="the horizon begins in the history"):
        boosted().fit(NOISY).predict(Horizon((dt.date(2024, 2, 4), dt.date(2024, 2, 5))))
