"""Turbidity after rain: by hand, and learned back from a river that is made up."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.inflow_skill import rivers
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.forecast.turbidity import TurbidityAfterRain, TurbidityResponse, exceedance
from waterbalance.horizon import Horizon, plan_horizon

DAYS = pd.date_range("2017-01-01", "2020-07-31")
RESPONSE = TurbidityResponse(clear=20.0, exponent=2.0, memory=0.5, deviation=0.0, persistence=0.0)


def daily(first: str, count: int) -> Horizon:
    return Horizon(tuple(day.date() for day in pd.date_range(first, periods=count + 1)))


def rainy(response: TurbidityResponse, seed: int = 0) -> pd.DataFrame:
    """Rain on a fifth of the days and the turbidity that the response makes of it."""
    generator = np.random.default_rng(seed)
    rain = np.where(generator.random(len(DAYS)) < 0.2, generator.exponential(25.0, len(DAYS)), 0.0)
    wet, noise = np.zeros(len(DAYS)), np.zeros(len(DAYS))
    innovation = response.deviation * np.sqrt(1.0 - response.persistence**2) * generator.standard_normal(len(DAYS))
    for day in range(len(DAYS)):
        wet[day] = rain[day] + (response.memory * wet[day - 1] if day else 0.0)
        noise[day] = innovation[day] + (response.persistence * noise[day - 1] if day else 0.0)
    return pd.DataFrame({"y": response.typical(wet) * np.exp(noise), "rain": rain}, index=DAYS)


def test_by_hand() -> None:
    """40 mm yesterday, 60 mm today: w = 40, 80, 40 (half of it, no rain); 20 (1 + w / 10)^2 = 500, 1620, 500 NTU."""
    rain = pd.DataFrame({"y": np.nan, "rain": 0.0}, index=pd.date_range("2020-01-01", "2020-07-31"))
    rain.loc["2020-07-31", "rain"] = 40.0
    fitted = TurbidityAfterRain(RESPONSE).fit(rain)
    ahead = pd.DataFrame({"rain": [60.0, 0.0]}, index=pd.date_range("2020-08-01", periods=2))
    forecast = fitted.predict(daily("2020-08-01", 2), weather=ahead, members=3)
    assert forecast.values == pytest.approx(np.array([[1620.0] * 3, [500.0] * 3]))
    assert forecast.label == "rain 2020 and an assumed response"


def test_a_step_is_told_by_its_mean() -> None:
    rain = pd.DataFrame({"y": np.nan, "rain": 0.0}, index=pd.date_range("2020-01-01", "2020-07-31"))
    ahead = pd.DataFrame({"rain": [60.0, 0.0]}, index=pd.date_range("2020-08-01", periods=2))
    one_step = Horizon((dt.date(2020, 8, 1), dt.date(2020, 8, 3)))
    told = TurbidityAfterRain(RESPONSE).fit(rain).predict(one_step, weather=ahead, members=1).values
    assert told[0, 0] == pytest.approx((20.0 * 7.0**2 + 20.0 * 4.0**2) / 2)


@pytest.mark.parametrize("follows", [False, True])
def test_a_stuck_meter_and_another_unit_are_named(follows: bool) -> None:
    """40 days at one value, a dry day a thousand times too large (16 000 NTU, no flood above 550): left out, by name."""
    sound = rainy(replace(RESPONSE, exponent=1.0, deviation=0.3, persistence=0.5))
    faulty = sound.copy()
    faulty.iloc[400:440, 0] = 5000.0
    calm = sound["y"].iloc[:400].rolling(7, center=True).max()
    dry = int(np.nanargmin(calm.to_numpy()))
    faulty.iloc[dry, 0] *= 1000.0
    forecaster = TurbidityAfterRain().fit(sound)
    told = (forecaster.follow(faulty) if follows else forecaster.fit(faulty)).predict(daily("2020-08-01", 1), members=5)
    assert told.filled == 41
    assert told.notes[0].startswith(f"40 days left out, {DAYS[400].date()} to {DAYS[439].date()}: the same value day after day")
    assert told.notes[1].startswith(f"1 day left out, {DAYS[dry].date()}: a thousand times as large")
    assert forecaster.response_ is not None
    assert forecaster.response_.clear == pytest.approx(20.0, rel=0.1)


def test_the_response_is_learned_back() -> None:
    response = TurbidityResponse(clear=15.0, exponent=1.8, memory=0.6, deviation=0.4, persistence=0.5)
    history = rainy(response)
    history.iloc[300:700, 0] = np.nan
    learned = TurbidityAfterRain().fit(history).response_
    assert learned is not None
    assert learned.memory == response.memory
    assert learned.clear == pytest.approx(15.0, rel=0.1)
    assert learned.exponent == pytest.approx(1.8, abs=0.1)
    assert learned.deviation == pytest.approx(0.4, abs=0.04)
    assert learned.persistence == pytest.approx(0.5, abs=0.1)


def test_the_last_reading_is_remembered() -> None:
    """Tenfold the typical today, persistence 0.5 without noise: 10 ^ 0.5 tomorrow, 10 ^ 0.25 the day after."""
    history = rainy(RESPONSE) * [1.0, 0.0]
    history["y"] = 20.0
    history.iloc[-1, 0] = 200.0
    fitted = TurbidityAfterRain(replace(RESPONSE, persistence=0.5)).fit(history)
    dry = pd.DataFrame({"rain": 0.0}, index=pd.date_range("2020-08-01", periods=2))
    told = fitted.predict(daily("2020-08-01", 2), weather=dry, members=1).values[:, 0]
    assert told == pytest.approx([20.0 * 10**0.5, 20.0 * 10**0.25])


def test_the_probability_of_a_limit() -> None:
    """The share of members above it; with a lognormal spread the normal distribution tells it."""
    assert exceedance(np.array([[1.0, 2.0, 3.0, 4.0]]), [2.0, 10.0]).tolist() == [[0.5, 0.0]]
    noisy = TurbidityAfterRain(replace(RESPONSE, deviation=0.5)).fit(rainy(RESPONSE).assign(y=np.nan))
    wet = pd.DataFrame({"rain": 300.0}, index=pd.date_range("2020-08-01", periods=1))
    told = noisy.predict(daily("2020-08-01", 1), weather=wet, members=20_000).values
    median = float(np.median(told))
    assert exceedance(told, [median * np.exp(0.5)])[0, 0] == pytest.approx(0.1587, abs=0.01)


def test_heavy_rain_and_the_season_raise_it() -> None:
    history = rainy(RESPONSE)
    history.loc[~history.index.month.isin([6, 7, 8]), "rain"] = 0.0
    fitted = TurbidityAfterRain(RESPONSE).fit(history.assign(y=np.nan))
    summer = exceedance(fitted.predict(daily("2020-08-01", 10), members=200).values, [500.0])
    winter = exceedance(fitted.predict(plan_horizon(dt.date(2020, 12, 1)), members=200).values[:5], [500.0])
    assert summer.mean() > 0.05
    assert winter.max() == 0.0


def test_what_is_missing_is_told() -> None:
    history = rainy(RESPONSE)
    with pytest.raises(InputError, match="too few values to learn from; found 0 days; allowed: 60 days"):
        TurbidityAfterRain().fit(history.assign(y=np.nan))
    with pytest.raises(InputError, match="lacks the column 'rain'"):
        TurbidityAfterRain().fit(history[["y"]])
    with pytest.raises(InputError, match="no past year knows the rain"):
        TurbidityAfterRain(RESPONSE).fit(history.loc["2020-06":]).predict(daily("2020-08-01", 2))


@needs_shared
def test_the_declared_response_of_the_gaoping_weir() -> None:
    """Of the README: near what was reported of August 2019 (15 000 NTU on the 11th, 15 000 to 32 000 in such storms)."""
    rain = rivers()["jiaxian"]["rain"]
    response = TurbidityResponse(clear=20.0, exponent=2.1, memory=0.5, deviation=0.6, persistence=0.5)
    fitted = TurbidityAfterRain(response).fit(pd.DataFrame({"y": np.nan, "rain": rain.loc[:"2019-08-10"]}))
    ahead = rain.loc["2019-08-11":"2019-08-12"].to_frame()
    storm = fitted.predict(daily("2019-08-11", 2), weather=ahead, members=400).values
    assert np.median(storm, axis=1) == pytest.approx([13_200.0, 24_500.0], rel=0.1)
    assert 0.25 < exceedance(storm, [15_000.0])[0, 0] < 0.75
    # Where nobody tells the rain, past Augusts do; in winter the limit is out of reach.
    untold = fitted.predict(daily("2019-08-11", 10), members=400).values
    assert 0.0 < exceedance(untold, [15_000.0])[-1, 0] < 0.2
    dry = fitted.predict(daily("2020-01-10", 5), members=400).values
    assert exceedance(dry, [15_000.0]).max() <= 0.01
