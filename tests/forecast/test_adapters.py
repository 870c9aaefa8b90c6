"""Forecasters of other libraries behind the contract, with stand-ins for the libraries."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.adapters import FromRegressor, FromStatsforecast
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2023-01-01", periods=400)
WEEKLY = pd.Series(np.where(DAYS.day_of_week >= 5, 1200.0, 1000.0), index=DAYS)
WEEK = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))  # Monday, the day after


class Mean:
    """Speaks like a model of statsforecast: the mean of the last week, and a level [%] above and below by its number."""

    def forecast(self, y: np.ndarray, h: int, *, level: list[float]) -> dict[str, np.ndarray]:
        assert np.isfinite(y).all()
        mean = np.full(h, y[-7:].mean())
        return {"mean": mean} | {f"lo-{each}": mean - each for each in level} | {f"hi-{each}": mean + each for each in level}


class Nearest:
    """Speaks like a regressor: the value of the nearest row."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Nearest":  # noqa: N803
        self.rows, self.values = X, y
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:  # noqa: N803
        return self.values[((X[:, None] - self.rows) ** 2).sum(axis=2).argmin(axis=1)]


def test_members_are_the_quantiles_that_the_model_tells() -> None:
    """Five members stand for 10, 30, 50, 70 and 90 %: levels 80 and 40, and the mean."""
    told = FromStatsforecast(Mean()).fit(WEEKLY).predict(WEEK, members=5)
    mean = 7400.0 / 7.0
    assert np.sort(told.values[3]) == pytest.approx([mean - 80.0, mean - 40.0, mean, mean + 40.0, mean + 80.0])
    assert (np.argsort(told.values, axis=1) == np.argsort(told.values, axis=1)[0]).all()
    assert "Mean of statsforecast" in told.label


def test_gaps_are_filled_before_the_model_sees_them() -> None:
    holed = WEEKLY.copy()
    holed.iloc[100:110] = np.nan
    assert FromStatsforecast(Mean()).fit(holed).predict(WEEK).filled == 10


def test_a_regressor_learns_the_week() -> None:
    told = FromRegressor(Nearest).fit(WEEKLY).predict(WEEK, members=9)
    assert told.values == pytest.approx(np.outer([1000.0] * 5 + [1200.0] * 2, np.ones(9)))


def test_a_regressor_is_judged_on_days_that_it_has_not_seen() -> None:
    """The nearest row of a series of pure noise is exact where it was seen; the members spread as the noise does."""
    noisy = WEEKLY + 50.0 * np.random.default_rng(0).standard_normal(400)
    spread = FromRegressor(Nearest).fit(noisy).predict(WEEK, members=200).values.std(axis=1)
    assert (spread > 50.0).all()


def test_the_past_is_not_forecast() -> None:
    for forecaster in (FromStatsforecast(Mean()), FromRegressor(Nearest)):
        with pytest.raises(InputError, match="the horizon begins in the history"):
            forecaster.fit(WEEKLY).predict(Horizon((dt.date(2024, 2, 4), dt.date(2024, 2, 5))))
