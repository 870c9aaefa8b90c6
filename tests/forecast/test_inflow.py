"""Inflow of rivers: by hand, on rivers that are made up, and on real ones."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.inflow_skill import rivers, skill
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.forecast.flow_anomalies import flow_season
from waterbalance.forecast.inflow import RiverInflow
from waterbalance.forecast.river import dry_below, learn_river
from waterbalance.horizon import Horizon, plan_horizon

DAYS = pd.date_range("2012-01-01", "2020-12-31")
AHEAD = plan_horizon(dt.date(2021, 1, 1), last_day=dt.date(2021, 1, 20))


def made_up(memory: float = 0.9, seed: int = 0, days: pd.DatetimeIndex = DAYS) -> pd.Series:
    """exp of a first-order autoregression around a wave of the year."""
    noise = np.random.default_rng(seed).standard_normal(len(days))
    state = np.zeros(len(days))
    for day in range(1, len(days)):
        state[day] = memory * state[day - 1] + np.sqrt(1.0 - memory**2) * noise[day]
    return pd.Series(np.exp(2.0 + np.sin(2.0 * np.pi * days.day_of_year / 365.25) + 0.5 * state), index=days)


def test_anomalies_there_and_back() -> None:
    flows = made_up().to_numpy()
    season = flow_season(flows, DAYS)
    anomalies = season.anomalies(flows, DAYS)
    assert season.flows(anomalies[:, None], DAYS)[:, 0] == pytest.approx(flows)
    assert float(anomalies.std()) == pytest.approx(1.0)
    # The wave is taken out: no month lies far from the mean of all.
    assert np.abs(pd.Series(anomalies).groupby(DAYS.month).mean()).max() < 0.5


def test_the_memory_of_the_river_is_found() -> None:
    """A river of memory 0.9: the coefficients add up to it, and the spread grows as sqrt(1 - 0.81^lead)."""
    days = pd.date_range("1960-01-01", "2020-12-31")
    river = learn_river(made_up(days=days).to_numpy(), days, None)
    assert river is not None
    assert river.model.untold.lags[0] == pytest.approx(0.9, abs=0.02)
    assert np.abs(river.model.untold.lags[1:]).max() < 0.03
    ahead = pd.date_range("2021-01-01", periods=20)
    past = river.season.anomalies(made_up(days=days).to_numpy(), days)
    paths = river.model.paths(past, np.zeros(len(days)), ahead, None, 4000, 0)
    expected = np.sqrt(1.0 - 0.81 ** np.arange(1, 21))
    assert paths.std(axis=1) == pytest.approx(expected, rel=0.08)
    assert paths.mean(axis=1) == pytest.approx(past[-1] * 0.9 ** np.arange(1, 21), abs=0.08)


def test_rain_that_is_told_raises_the_river() -> None:
    generator = np.random.default_rng(1)
    rain = np.where(generator.random(len(DAYS)) < 0.2, generator.exponential(20.0, len(DAYS)), 0.0)
    state = np.zeros(len(DAYS))
    for day in range(1, len(DAYS)):
        state[day] = 0.9 * state[day - 1] + 0.5 * np.log1p(rain[day] / 5.0)
    history = pd.DataFrame({"y": np.exp(state), "rain": rain}, index=DAYS)
    fitted = RiverInflow(rain=True).fit(history)
    river = fitted.river_
    assert river is not None
    assert river.model.told.rain[0] > 5.0 * abs(river.model.told.rain[1])
    assert river.model.untold.rain[0] == 0.0
    dates = pd.date_range("2021-01-01", "2021-01-20")
    dry, wet = (pd.DataFrame({"rain": amount}, index=dates) for amount in (0.0, 40.0))
    told = {name: fitted.predict(AHEAD, weather=each).values.mean() for name, each in (("dry", dry), ("wet", wet))}
    told["untold"] = fitted.predict(AHEAD).values.mean()
    assert 2.0 * told["dry"] < told["untold"] < 0.5 * told["wet"]
    with pytest.raises(InputError, match="lacks the column 'rain'"):
        RiverInflow(rain=True).fit(history[["y"]])
    with pytest.raises(InputError, match="rain is told for later days only"):
        fitted.predict(plan_horizon(dt.date(2021, 1, 3), last_day=dt.date(2021, 1, 20)), weather=dry)


def test_a_river_that_falls_dry_is_told_dry_as_often() -> None:
    flows = made_up(0.97)
    flows[flows < 6.0] = 0.0
    was_dry = float((flows == 0.0).mean())
    assert 0.2 < was_dry < 0.6
    fitted = RiverInflow().fit(flows)
    year = [
        fitted.follow(flows.loc[: str(end.date())]).predict(_days_after(end, 10), members=50).values
        for end in pd.date_range("2016-01-15", "2020-12-15", freq="30D")
    ]
    assert float((np.stack(year) == 0.0).mean()) == pytest.approx(was_dry, abs=0.08)


def test_dry_below_by_hand() -> None:
    """Half of the days were dry, so half of the members are: those up to 2.5; an unknown day counts nowhere."""
    members = np.array([[1.0, 2.0], [3.0, 4.0], [50.0, 60.0]])
    assert dry_below(members, np.array([0.0, 5.0, np.nan])) == 2.5
    assert dry_below(members, np.array([1.0, 5.0, np.nan])) == 0.0


def test_a_horizon_that_begins_later_goes_on_from_the_same_paths() -> None:
    fitted = RiverInflow().fit(made_up())
    whole = fitted.predict(AHEAD, members=30).values
    later = fitted.predict(plan_horizon(dt.date(2021, 1, 11), last_day=dt.date(2021, 1, 20)), members=30).values
    np.testing.assert_array_equal(later, whole[-len(later) :])


@needs_shared
def test_neighbours_have_their_wet_members_together(shared: Path) -> None:
    """Members of Zengwen and Nanhua hang together as their anomalies did on the days that followed one another."""
    found = rivers()
    names = ("zengwen", "nanhua")
    frames = {name: found[name].loc["2010":"2018"] for name in names}
    observed, told = [], []
    for name, frame in frames.items():
        days = pd.DatetimeIndex(frame.index)
        river = learn_river(frame["y"].to_numpy(), days, frame["rain"].to_numpy())
        assert river is not None
        observed.append(pd.Series(river.model.untold.residuals, index=days))
        origins = [days.get_loc(pd.Timestamp(date)) for date in ("2015-03-01", "2016-06-01", "2017-08-01", "2017-11-01")]
        paths = [
            np.log1p(
                river.members(
                    frame["y"].to_numpy()[:at], days[:at], frame["rain"].to_numpy()[:at], days[at : at + 1], None, 400, seed
                )
            )[0]
            for seed, at in enumerate(origins)
        ]
        told.append(np.stack(paths))
    was = observed[0].corr(observed[1], method="spearman")
    told_ranks = [pd.Series(one).corr(pd.Series(two), method="spearman") for one, two in zip(*told, strict=True)]
    assert was > 0.3
    assert np.mean(told_ranks) == pytest.approx(was, abs=0.2)
    assert shared.is_dir()


@needs_shared
@pytest.mark.parametrize(
    ("name", "since", "every", "day_1", "days_10"),
    [("zengwen", "2010", 10, 0.40, 0.15), ("mudan", "2010", 10, 0.40, 0.09), ("thames", "1975", 30, 0.70, 0.33)],
)
def test_skill_on_real_rivers(name: str, since: str, every: int, day_1: float, days_10: float) -> None:
    """Against day-of-year climatology in the last 30 % of the record; the benchmark tells all rivers and origins."""
    frame = rivers()[name].loc[since:]
    found = skill(RiverInflow(rain="rain" in frame, lowest=None), frame, every)
    assert found["day 1"] >= day_1
    assert found["days 1-10"] >= days_10
    assert found["least"] >= -0.04
    assert 0.74 <= found["held d1-10"] <= 0.87


def _days_after(end: pd.Timestamp, count: int) -> Horizon:
    return Horizon(tuple((end + pd.Timedelta(days=day)).date() for day in range(1, count + 2)))
