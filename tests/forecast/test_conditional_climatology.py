"""Conditional climatology: by hand, on a river whose persistence is known, and on a recorded drought."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.conditional_climatology import ConditionalClimatology
from waterbalance.forecast.skill import crps
from waterbalance.forecast.ten_day_anomalies import correlation_of_means, ten_day_season
from waterbalance.forecast.ten_day_record import PERIODS, TenDayRecord
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.forecast.forecaster import Forecaster

PHI = 0.93
ZENGWEN = 30502


def daily_horizon(first: dt.date, days: int) -> Horizon:
    return Horizon(tuple(first + dt.timedelta(days=day) for day in range(days + 1)))


def river(years: int, seed: int = 3) -> pd.Series:
    """Daily flows: exp of a season and of an autoregression with the persistence PHI."""
    days = pd.date_range("1950-01-01", f"{1949 + years}-12-31")
    shocks = np.random.default_rng(seed).standard_normal(len(days)) * np.sqrt(1.0 - PHI**2)
    anomaly = np.zeros(len(days))
    for day in range(1, len(days)):
        anomaly[day] = PHI * anomaly[day - 1] + shocks[day]
    return pd.Series(np.exp(2.0 + np.sin(2.0 * np.pi * days.day_of_year / 365.25) + 0.6 * anomaly), index=days)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9, 0.99])
def test_the_correlation_of_means_is_that_of_its_covariances(phi: float) -> None:
    """Summed out: cov(mean of days 0 to 9, mean of days 10 to 19) / var(mean), with covariances phi^|i - j|."""
    days = np.arange(20)
    covariances = phi ** np.abs(days[:, None] - days[None, :])
    expected = covariances[:10, 10:].sum() / covariances[:10, :10].sum()
    assert correlation_of_means(np.array([phi]))[0] == pytest.approx(expected, rel=1e-12)


def test_the_persistence_of_days_is_found_from_ten_day_means() -> None:
    """300 years: seven periods of 300 pairs each, so that a correlation is known to 0.02 and the persistence to 0.01."""
    found = ConditionalClimatology().fit(river(300)).season_
    assert found is not None
    assert found.persistence.mean() == pytest.approx(PHI, abs=0.01)
    assert np.abs(found.persistence - PHI).max() < 0.03


def test_the_first_day_by_hand() -> None:
    """Two years, 1 and 4 in every period, then 4: z is 1 or -1 and stays (r = 1), so tomorrow is between today and each year."""
    season = ten_day_season(TenDayRecord(2001, np.array([[1.0] * PERIODS, [4.0] * PERIODS]), np.full(PERIODS, 2.5)))
    assert season.offset == pytest.approx(0.5)
    days = pd.DatetimeIndex(["2003-01-01"])
    mean, spread = np.log(1.5 * 4.5) / 2.0, np.log(4.5 / 1.5) / 2.0
    assert season.anomalies(np.array([[1.0, 4.0]]), days) == pytest.approx(np.array([[-1.0, 1.0]]))
    assert season.values(np.array([[0.0, 3.0]]), days) == pytest.approx(
        np.exp(np.array([[mean, mean + 3.0 * spread]])) - season.offset
    )


def test_tomorrow_is_as_today_and_far_days_are_the_past_years() -> None:
    record = river(30)
    record.iloc[-1] = 5.0 * record.iloc[-1]
    horizon = daily_horizon(dt.date(1980, 1, 1), 120)
    told = ConditionalClimatology().fit(record).predict(horizon, members=30).values
    plain = TenDayClimatology().fit(record).predict(horizon, members=30).values
    assert np.median(told[0]) == pytest.approx(float(record.iloc[-1]), rel=0.35)
    assert np.median(told[0]) > 3.0 * np.median(plain[0])
    assert told[-1] == pytest.approx(plain[-1], rel=0.02)


def test_an_old_record_tells_the_past_years_and_says_nothing_of_today() -> None:
    record = river(20)
    horizon = Horizon((dt.date(1975, 3, 1), dt.date(1975, 3, 11)))
    told = ConditionalClimatology().fit(record).predict(horizon, members=20)
    assert told.values == pytest.approx(TenDayClimatology().fit(record).predict(horizon, members=20).values)
    assert told.label == "climatology 1950-1969, 20 years"
    fresh = ConditionalClimatology().fit(record).predict(Horizon((dt.date(1970, 1, 1), dt.date(1970, 1, 11))), members=20)
    assert fresh.label == "climatology 1950-1969, 20 years, from 1969-12-31"


def test_a_dry_river_stays_finite() -> None:
    record = river(5)
    record[record.index.month < 4] = 0.0
    told = ConditionalClimatology().fit(record).predict(daily_horizon(dt.date(1955, 1, 1), 30), members=10).values
    assert np.isfinite(told).all()
    assert (told >= 0.0).all()


def test_a_recorded_drought_is_told_better_than_by_the_past_years_alone(shared: Path) -> None:
    """Zengwen from October 2020 to May 2021, when no typhoon had come, with readings up to the day before each origin."""
    rows = pd.read_csv(shared / "kaohsiung" / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    flow = rows[rows["reservoir_id"] == ZENGWEN].set_index("date")["inflow_1e4m3_per_day"].asfreq("D")

    def scores(forecaster: Forecaster) -> np.ndarray:
        found = []
        for origin in pd.date_range("2020-10-01", "2021-05-01", freq="10D"):
            horizon = daily_horizon(origin.date(), 14)
            came = flow.reindex(pd.date_range(origin, periods=14)).to_numpy()
            found.append(crps(forecaster.fit(flow[flow.index < origin]).predict(horizon, members=200).values, came))
        return np.nanmean(found, axis=0)

    skill = 1.0 - scores(ConditionalClimatology()) / scores(TenDayClimatology())
    assert skill[0] > 0.5
    assert skill[:7].mean() > 0.3
    assert skill.min() > 0.0
