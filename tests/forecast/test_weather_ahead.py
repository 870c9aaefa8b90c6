"""Weather of the days to come: the newest issue, past years after it, and what a forecaster makes of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.announced import Announced
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.daily_steps import days_of
from waterbalance.forecast.driven_by_weather import DrivenByWeather
from waterbalance.forecast.exogenous import weather_members
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.inflow import RiverInflow
from waterbalance.forecast.member_draw import deal
from waterbalance.forecast.weather_ahead import WeatherSource, no_issues
from waterbalance.horizon import Horizon, plan_horizon

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Weather

DAYS = pd.date_range("2016-01-01", "2020-12-31")
START = dt.date(2021, 1, 1)
AHEAD = plan_horizon(START, last_day=dt.date(2021, 1, 8))
AHEAD_DAYS = pd.date_range("2021-01-01", "2021-01-08")

# The year tells a record's days apart: warmth of a past year is its last two digits, rain ten times that.
RECORD = pd.DataFrame({"temperature": DAYS.year - 2000.0, "rain": 10.0 * (DAYS.year - 2000.0)}, index=DAYS)


def issue(issued: str, days: pd.DatetimeIndex, **members: float) -> pd.DataFrame:
    """One row a day and member: warmth of the member, and ten times as much rain."""
    return pd.concat(
        pd.DataFrame(
            {
                "issued": pd.Timestamp(issued) if issued else pd.NaT,
                "ds": days,
                "member": name,
                "temperature": warm,
                "rain": 10 * warm,
            }
        )
        for name, warm in members.items()
    )


def warmth(source: WeatherSource, days: pd.DatetimeIndex = AHEAD_DAYS, members: int = 12) -> np.ndarray:
    """Temperature of all frames, shape (frames, days); rain must have come along."""
    told = source.told(days[0], days, members, 0)
    for frame in told.frames:
        np.testing.assert_allclose(frame["rain"], 10.0 * frame["temperature"])
    return np.stack([frame["temperature"] for frame in told.frames])


def test_the_newest_issue_from_before_the_start_counts() -> None:
    old, new = issue("2020-12-30", AHEAD_DAYS, a=30.0), issue("2020-12-31", AHEAD_DAYS, a=31.0, b=32.0)
    too_late = issue("2021-01-01", AHEAD_DAYS, a=99.0)
    source = WeatherSource(RECORD, pd.concat([new, too_late, old]))
    assert sorted(warmth(source)[:, 0]) == [31.0, 32.0]
    told = source.told(AHEAD_DAYS[0], AHEAD_DAYS, 12, 0)
    assert (told.label, told.notes) == ("weather issued 2020-12-31 (2 members) to 2021-01-08", ())


def test_past_years_go_on_where_the_issue_ends_and_all_columns_keep_to_one_year() -> None:
    """Two members for three days, then each of the five past years about as often as any other, beside either member."""
    source = WeatherSource(RECORD, issue("2020-12-31", AHEAD_DAYS[:3], a=31.0, b=32.0))
    told = warmth(source, members=20)
    assert told.shape == (20, 8)
    assert sorted(told[:, 0]) == [31.0] * 10 + [32.0] * 10
    assert (told[:, :3] == told[:, :1]).all()
    assert (told[:, 3:] == told[:, 3:4]).all()
    assert sorted(told[:, 3]) == sorted([16.0, 17.0, 18.0, 19.0, 20.0] * 4)
    assert len({(each[0], each[3]) for each in told}) > 5
    words = source.told(AHEAD_DAYS[0], AHEAD_DAYS, 20, 0)
    assert words.label == "weather issued 2020-12-31 (2 members) to 2021-01-03, then of 5 past years"
    assert words.notes == ("nobody tells the weather of 5 of 8 days, the first 2021-01-04: 5 past years stand for it",)


def test_without_an_issue_each_past_year_is_a_member() -> None:
    source = WeatherSource(RECORD, no_issues(["temperature", "rain"]))
    assert sorted(warmth(source)[:, 0]) == [16.0, 17.0, 18.0, 19.0, 20.0]
    [note] = source.told(AHEAD_DAYS[0], AHEAD_DAYS, 12, 0).notes
    assert note == "nobody tells the weather of the days to come: 5 past years stand for it"


def test_a_table_without_days_of_issue_is_told_from_the_start_on() -> None:
    source = WeatherSource(RECORD, issue("", pd.date_range("2020-12-01", "2021-01-08"), a=31.0))
    assert (warmth(source) == 31.0).all()
    assert source.told(AHEAD_DAYS[0], AHEAD_DAYS, 3, 0).label == "weather without a day of issue (1 member) to 2021-01-08"


def test_days_before_the_start_are_as_measured_and_only_then_as_told() -> None:
    """A horizon two days after the record of the river: the day between that was measured, the one that was not, and the next."""
    days = pd.date_range("2021-01-03", "2021-01-05")
    record = pd.concat([RECORD, pd.DataFrame({"temperature": [5.0], "rain": [50.0]}, index=[pd.Timestamp("2021-01-01")])])
    told = WeatherSource(record, issue("2020-12-31", AHEAD_DAYS, a=31.0)).told(pd.Timestamp("2021-01-01"), days, 4, 0)
    [frame] = told.frames
    assert frame["temperature"].tolist() == [5.0, 31.0, 31.0, 31.0, 31.0]


def test_the_record_from_the_start_on_is_never_looked_at() -> None:
    """A poisoned future changes nothing."""
    poisoned = pd.concat([RECORD, pd.DataFrame({"temperature": 1e6, "rain": 1e7}, index=AHEAD_DAYS)])
    nothing = no_issues(["temperature", "rain"])
    np.testing.assert_array_equal(warmth(WeatherSource(RECORD, nothing)), warmth(WeatherSource(poisoned, nothing)))


def test_normals_stand_in_where_there_is_no_record_of_days() -> None:
    nothing = pd.DataFrame(columns=["temperature", "rain"], index=pd.DatetimeIndex([]), dtype=float)
    normals = pd.DataFrame({"temperature": np.arange(1.0, 37.0), "rain": 10.0 * np.arange(1.0, 37.0)})
    source = WeatherSource(nothing, issue("2020-12-31", AHEAD_DAYS[:2], a=31.0), normals)
    days = pd.date_range("2021-01-01", "2021-01-12")
    assert warmth(source, days, members=3)[0].tolist() == [31.0] * 2 + [1.0] * 8 + [2.0] * 2


def test_a_short_record_is_told_by_its_mean_and_no_record_is_refused() -> None:
    short = RECORD.loc["2020-12-01":]
    nothing = no_issues(["temperature", "rain"])
    told = WeatherSource(short, nothing).told(AHEAD_DAYS[0], AHEAD_DAYS, 3, 0)
    assert [frame["temperature"].tolist() for frame in told.frames] == [[20.0] * 8]
    assert "the mean of 2020-12-01 to 2020-12-31, for no past year knows these dates stand for it" in told.notes[0]
    with pytest.raises(InputError, match="the weather is not known; found no value of rain before 2021-01-01"):
        WeatherSource(RECORD.assign(rain=np.nan), nothing).told(AHEAD_DAYS[0], AHEAD_DAYS, 3, 0)


def test_member_k_of_the_weather_is_member_k_of_every_forecaster() -> None:
    """Members of rain drive a river and a town alike: the wet ones of the one are the wet ones of the other."""
    generator = np.random.default_rng(0)
    rain = np.where(generator.random(len(DAYS)) < 0.3, generator.exponential(20.0, len(DAYS)), 0.0)
    state = np.zeros(len(DAYS))
    for day in range(1, len(DAYS)):
        state[day] = 0.8 * state[day - 1] + 0.5 * np.log1p(rain[day] / 5.0)
    wet = pd.DataFrame({"rain": rain}, index=DAYS)
    town = wet.assign(y=1000.0 * np.exp(-0.02 * np.sqrt(rain) + 0.01 * generator.standard_normal(len(DAYS))))
    issues = pd.concat(
        pd.DataFrame({"issued": pd.Timestamp("2020-12-31"), "ds": AHEAD_DAYS, "member": k, "rain": 12.0 * k}) for k in range(7)
    )
    source = WeatherSource(wet, issues)
    made = [
        DrivenByWeather(forecaster, source, bound=True).fit(history).predict(AHEAD, members=70, seed=3)
        for forecaster, history in (
            (RiverInflow(rain=True), wet.assign(y=np.exp(state))),
            (HouseholdBlend(exogenous=("rain",)), town),
        )
    ]
    river, demand = (each.values.sum(axis=0) for each in made)
    wettest, driest = np.argsort(demand)[:10], np.argsort(demand)[-10:]
    assert river[wettest].mean() > 1.5 * river[driest].mean()
    assert np.corrcoef(np.argsort(np.argsort(river)), np.argsort(np.argsort(demand)))[0, 1] < -0.6
    assert all("weather issued 2020-12-31 (7 members)" in each.label for each in made)


def test_an_unbound_forecaster_goes_its_own_way_where_nothing_is_told() -> None:
    wet = pd.DataFrame({"y": 100.0 + 10.0 * np.sin(np.arange(len(DAYS))), "rain": 1.0}, index=DAYS)
    alone = RiverInflow(rain=True).fit(wet).predict(AHEAD, members=9)
    later = issue("2021-01-01", AHEAD_DAYS, a=31.0)[["issued", "ds", "member", "rain"]]
    driven = DrivenByWeather(RiverInflow(rain=True), WeatherSource(wet[["rain"]], later)).fit(wet).predict(AHEAD, members=9)
    np.testing.assert_array_equal(driven.values, alone.values)
    assert driven.notes == alone.notes
    assert "nobody tells the rain" in driven.notes[-1]


class Thermometer:
    """Tells the warmth itself."""

    def fit(self, history: pd.DataFrame) -> Thermometer:
        assert set(history.columns) == {"y", "temperature"}
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        told = weather_members(weather, ("temperature",), days_of(horizon))[:, :, 0].T
        return Forecast(told[:, deal(told.shape[1], members, seed)], "thermometer")


def test_a_backtest_uses_only_what_was_issued_before_each_origin() -> None:
    """Issues of the evening before tell the day exactly; those of its own morning come too late and change nothing."""
    warm = 20.0 + 8.0 * np.random.default_rng(4).random(len(DAYS))
    record = pd.DataFrame({"temperature": warm}, index=DAYS)
    exact = pd.DataFrame({"issued": DAYS, "ds": DAYS, "member": 1, "temperature": warm})
    before = exact.assign(issued=DAYS - pd.Timedelta(days=1))

    def error(issues: pd.DataFrame) -> float:
        driven = DrivenByWeather(Thermometer(), WeatherSource(record, issues), bound=True)
        told = cross_validation(driven, record.assign(y=warm), h=2, step_size=3, n_windows=12, members=40)
        return float((told["mean"] - told["y"]).abs().groupby(told["lead"]).mean()[1])

    assert error(before) == pytest.approx(0.0, abs=1e-9)
    assert error(exact) == error(no_issues(["temperature"])) > 1.0


def test_an_announced_cut_and_the_weather_stand_beside_each_other() -> None:
    generator = np.random.default_rng(5)
    warm = 20.0 + 8.0 * generator.random(len(DAYS))
    record = pd.DataFrame({"temperature": warm}, index=DAYS)
    history = record.assign(y=1000.0 * np.exp(0.03 * np.maximum(warm - 22.0, 0.0)))
    cuts = pd.DataFrame({"cut": 0.2}, index=AHEAD_DAYS[4:])
    hot = pd.DataFrame({"issued": pd.Timestamp("2020-12-31"), "ds": AHEAD_DAYS, "member": 1, "temperature": 27.5})
    source = WeatherSource(record, hot)

    def median(restriction: str | None, issues: WeatherSource) -> np.ndarray:
        blend = HouseholdBlend(exogenous=("temperature",), restriction=restriction)
        inner = blend if restriction is None else Announced(blend, cuts)
        return DrivenByWeather(inner, issues, bound=True).fit(history).predict(AHEAD, members=40).value("median")

    free, cut = median(None, source), median("cut", source)
    assert cut / free == pytest.approx([1.0] * 4 + [0.8] * 4, abs=0.01)
    cool = WeatherSource(record, hot.assign(temperature=20.0))
    assert free.mean() > 1.08 * median(None, cool).mean()
