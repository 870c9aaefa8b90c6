"""Analogs: on records where what comes next is known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.analogs import Analogs
from waterbalance.horizon import Horizon, plan_horizon

DAYS = pd.date_range("2012-01-01", "2020-12-31")
AHEAD = plan_horizon(dt.date(2021, 1, 1), last_day=dt.date(2021, 1, 10))


def saw(period: int) -> pd.Series:
    """Storms every so many days, each with the same recession."""
    return pd.Series(100.0 * 0.8 ** (np.arange(len(DAYS)) % period), index=DAYS)


def daily(first: str, count: int) -> Horizon:
    return Horizon(tuple(day.date() for day in pd.date_range(first, periods=count + 1)))


@pytest.mark.parametrize("cut", [3280, 3285, 3287])
def test_a_record_that_repeats_itself_goes_on(cut: int) -> None:
    flows = saw(17)
    known, came = flows.iloc[:cut], 100.0 * 0.8 ** (np.arange(cut, cut + 12) % 17)
    told = Analogs().fit(known).predict(daily(str((known.index[-1] + pd.Timedelta(days=1)).date()), 12), members=40)
    assert told.value("median") == pytest.approx(came, rel=0.05)


def test_the_gap_closes_as_the_river_forgets() -> None:
    """Twice as much as ever: the first day begins near today's flow, the last ones near what analogs had."""
    generator = np.random.default_rng(3)
    state = np.zeros(len(DAYS))
    for day in range(1, len(DAYS)):
        state[day] = 0.8 * state[day - 1] + 0.1 * generator.standard_normal()
    flows = pd.Series(np.exp(state), index=DAYS)
    flows.iloc[-1] = 2.0 * flows.max()
    told = Analogs().fit(flows).predict(daily("2021-01-01", 40), members=100).value("median")
    assert 0.6 * flows.iloc[-1] < told[0] < flows.iloc[-1]
    assert told[-1] < 1.3 * flows.quantile(0.9)


def test_rain_tells_analogs_apart() -> None:
    """After rain the river rises a day later; the flow of the last day alone does not show it."""
    rain = np.zeros(len(DAYS))
    rain[::11] = 50.0
    flows = 10.0 + 90.0 * np.roll(rain > 0, 1) * 1.0
    flows[0] = 10.0
    end = 11 * 298
    history = pd.DataFrame({"y": flows[: end + 1], "rain": rain[: end + 1]}, index=DAYS[: end + 1])
    ahead = daily(str((DAYS[end] + pd.Timedelta(days=1)).date()), 1)
    assert Analogs(rain=True).fit(history).predict(ahead).value("median")[0] == pytest.approx(100.0, rel=0.05)


def test_a_river_falls_dry_when_its_analogs_did() -> None:
    """Five wet days, then six dry ones, whatever the season; the record ends on a dry day, four days before the next storm."""
    wave = 2.0 + np.sin(2.0 * np.pi * DAYS.day_of_year / 365.25)
    flows = pd.Series(np.where(np.arange(len(DAYS)) % 11 < 5, wave, 0.0), index=DAYS).iloc[: 11 * 298 - 4]
    told = Analogs().fit(flows).predict(daily(str((flows.index[-1] + pd.Timedelta(days=1)).date()), 9), members=40).values
    # The state tells the first three dry days apart by the month's mean only, so a few analogs are a day early or late.
    assert (told[:4] == 0.0).mean() > 0.8
    assert (told[4:9] > 0.0).mean() > 0.8


def test_a_horizon_longer_than_the_record_is_refused() -> None:
    with pytest.raises(InputError, match="horizon is longer than the history"):
        Analogs().fit(saw(17).iloc[:400]).predict(daily("2013-02-04", 420))


def test_members_are_the_analogs() -> None:
    """Nine years of 91 days of the season: the square root of those with ten days after them, 28."""
    forecast = Analogs().fit(saw(17)).predict(AHEAD, members=200)
    assert forecast.label == "28 analogs 2012-2020"
    assert len(np.unique(np.round(forecast.values[0], 9))) <= 28
