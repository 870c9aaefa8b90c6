"""What every forecaster must do; a new one joins the list."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from sklearn.linear_model import Ridge

from outside_libraries import outside_library
from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.analogs import Analogs
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.conditional_climatology import ConditionalClimatology
from waterbalance.forecast.crop import Crop
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.driven_by_weather import DrivenByWeather
from waterbalance.forecast.fab import FabDemand
from waterbalance.forecast.field_kinds import PaddyField
from waterbalance.forecast.from_regressor import FromRegressor
from waterbalance.forecast.from_skforecast import FromSkforecast
from waterbalance.forecast.from_statsforecast import FromStatsforecast
from waterbalance.forecast.household import HouseholdDemand
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.inflow import RiverInflow
from waterbalance.forecast.outside_ensemble import OutsideEnsemble
from waterbalance.forecast.per_capita import PerCapitaDemand
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.forecast.semiconductor_fab import ProcessLine, SemiconductorFab
from waterbalance.forecast.solar import SolarEnergy
from waterbalance.forecast.ten_day_statistics import TenDayStatistics
from waterbalance.forecast.weather_ahead import WeatherSource, no_issues
from waterbalance.horizon import Horizon, plan_horizon
from waterbalance.hydrology.crop_water import GrowthStages, fao56_coefficients

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecaster import Forecaster

RICE = Crop("rice", 1.0e6, (2, 1), GrowthStages(20, 30, 40, 30), fao56_coefficients("rice"), 10, 0.004, 0.18, 20)
STATISTICS = pd.DataFrame({"q05": 1.0, "q50": 2.0, "q95": 5.0, "mean": 2.5}, index=range(1, 37))

NO_WEATHER = pd.DataFrame({"rain": [0.0]}, index=pd.DatetimeIndex(["2018-01-01"]))
NO_ISSUE_YET = pd.DataFrame({"issued": "2031-01-01", "ds": "2031-01-02", "member": 1, "value": [5.0]})

few_trees = partial(LGBMRegressor, n_estimators=10, n_jobs=1, verbose=-1)


def of_statsforecast() -> Forecaster:
    return FromStatsforecast(outside_library("statsforecast.models").AutoETS(season_length=7, model="ANA"))


def of_skforecast() -> Forecaster:
    recursive = outside_library("skforecast.recursive")
    return FromSkforecast(recursive.ForecasterRecursive(estimator=Ridge(), lags=14))


LEARNERS: dict[str, Callable[[], Forecaster]] = {
    "climatology": TenDayClimatology,
    "conditional_climatology": ConditionalClimatology,
    "household": HouseholdDemand,
    "household_blend": lambda: HouseholdBlend(country="TW"),
    "driven_by_weather": lambda: DrivenByWeather(HouseholdBlend(), WeatherSource(NO_WEATHER, no_issues(["rain"]))),
    "persistence": Persistence,
    "seasonal_naive": SeasonalNaive,
    "day_of_year": DayOfYearClimatology,
    "river_inflow": RiverInflow,
    "analogs": Analogs,
    "outside_ensemble": lambda: OutsideEnsemble(NO_ISSUE_YET),
    "lightgbm": lambda: FromRegressor(few_trees),
    "statsforecast": of_statsforecast,
    "skforecast": of_skforecast,
}
STRUCTURAL: dict[str, Callable[[], Forecaster]] = {
    "statistics": lambda: TenDayStatistics(STATISTICS),
    "per_capita": lambda: PerCapitaDemand(100_000, 250.0, uncertainty=0.05),
    "fab": lambda: FabDemand(1000.0, 10.0, uncertainty=0.1),
    "semiconductor_fab": lambda: SemiconductorFab((ProcessLine("N7", 1000.0, 200.0, 0.8, (0.0, 30.0)),), scrubber=10.0),
    "crops": lambda: CropDemand((RICE,), 0.7, (0.004,) * 36, (0.002,) * 36),
    "balance": lambda: CropDemand((replace(RICE, field=PaddyField()),), 0.7, (0.004,) * 36, (0.002,) * 36, "balance"),
    "solar": lambda: SolarEnergy(22.6, 120.3, 20.0, 180.0, 100.0, 0.74, (5.0,) * 36),
}
ALL = LEARNERS | STRUCTURAL

HORIZON = plan_horizon(dt.date(2021, 2, 3))


@pytest.fixture(scope="module")
def history() -> pd.Series:
    """Three years of a positive daily series with season, week and noise."""
    days = pd.date_range("2018-01-01", "2021-02-02")
    generator = np.random.default_rng(0)
    season = 1.0 + 0.3 * np.sin(2.0 * np.pi * days.day_of_year / 365.25) + 0.1 * (days.day_of_week == 6)
    return pd.Series(1000.0 * season * np.exp(0.05 * generator.standard_normal(len(days))), index=days)


@pytest.fixture(params=ALL)
def forecaster(request: pytest.FixtureRequest) -> Forecaster:
    return ALL[request.param]()


@pytest.fixture(params=LEARNERS)
def learner(request: pytest.FixtureRequest) -> Forecaster:
    return LEARNERS[request.param]()


def test_fit_returns_itself_and_predict_has_its_shape(forecaster: Forecaster, history: pd.Series) -> None:
    assert forecaster.fit(history) is forecaster
    forecast = forecaster.predict(HORIZON, members=7)
    assert forecast.values.shape == (len(HORIZON), 7)
    assert np.isfinite(forecast.values).all()
    assert (forecast.values >= 0.0).all()
    assert forecast.label
    assert forecast.filled == 0


def test_same_seed_same_members(forecaster: Forecaster, history: pd.Series) -> None:
    forecaster.fit(history)
    first = forecaster.predict(HORIZON, members=25, seed=4)
    again = copy.deepcopy(forecaster).fit(history).predict(HORIZON, members=25, seed=4)
    assert (first.values == again.values).all()
    assert first.label == again.label


def test_predict_learns_nothing(forecaster: Forecaster, history: pd.Series) -> None:
    """What was told before does not change what is told next, and the global random state is not touched."""
    forecaster.fit(history)
    state = np.random.get_state()[1].copy()  # noqa: NPY002 (the global state is what must not move)
    first = forecaster.predict(HORIZON, seed=1).values
    forecaster.predict(HORIZON, seed=2)
    assert (forecaster.predict(HORIZON, seed=1).values == first).all()
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize("name", [*(name for name in LEARNERS if name != "persistence"), "statistics", "per_capita", "fab"])
def test_another_seed_deals_other_members(name: str, history: pd.Series) -> None:
    fitted = ALL[name]().fit(history)
    assert (fitted.predict(HORIZON, seed=1).values != fitted.predict(HORIZON, seed=2).values).any()


def test_history_is_left_alone(forecaster: Forecaster, history: pd.Series) -> None:
    given = history.copy()
    forecaster.fit(given)
    pd.testing.assert_series_equal(given, history)


def test_fitted_forecasters_travel(forecaster: Forecaster, history: pd.Series) -> None:
    """A pickled forecaster tells the same in another process."""
    forecaster.fit(history)
    travelled = pickle.loads(pickle.dumps(forecaster))  # noqa: S301 (made one line above)
    assert (travelled.predict(HORIZON, seed=3).values == forecaster.predict(HORIZON, seed=3).values).all()


def test_predict_before_fit_is_a_usage_error(forecaster: Forecaster) -> None:
    with pytest.raises(UsageError, match="call fit of"):
        forecaster.predict(HORIZON)


def test_one_member(forecaster: Forecaster, history: pd.Series) -> None:
    assert forecaster.fit(history).predict(HORIZON, members=1).values.shape == (len(HORIZON), 1)


def test_steps_add_up(forecaster: Forecaster, history: pd.Series) -> None:
    """The horizon as one step is the sum of its steps, member by member."""
    forecaster.fit(history)
    whole = forecaster.predict(Horizon((HORIZON.start, HORIZON.end)), members=9).values[0]
    assert forecaster.predict(HORIZON, members=9).values.sum(axis=0) == pytest.approx(whole)


@pytest.mark.parametrize("name", STRUCTURAL)
def test_structural_ones_need_no_history(name: str) -> None:
    assert STRUCTURAL[name]().fit(pd.Series(dtype=float)).predict(HORIZON, members=3).members == 3


def test_gaps_are_filled_and_counted(learner: Forecaster, history: pd.Series) -> None:
    holed = history.copy()
    holed.iloc[200:210] = np.nan
    holed = holed.drop(holed.index[400:415])
    forecast = learner.fit(holed).predict(HORIZON)
    assert forecast.filled == 25
    assert np.isfinite(forecast.values).all()


def test_units_scale(learner: Forecaster, history: pd.Series) -> None:
    """A history in another unit gives the same forecast in that unit."""
    here = copy.deepcopy(learner).fit(history).predict(HORIZON, members=50).values
    there = learner.fit(history * 1000.0).predict(HORIZON, members=50).values
    assert there == pytest.approx(here * 1000.0, rel=0.01)


def test_constant_history_stays_constant(learner: Forecaster, history: pd.Series) -> None:
    forecast = learner.fit(history * 0.0 + 5.0).predict(HORIZON, members=20)
    assert forecast.values == pytest.approx(np.outer(5.0 * HORIZON.days, np.ones(20)))


def test_a_new_level_is_followed(learner: Forecaster, history: pd.Series) -> None:
    """After three months at half the level no forecast of the next days lies above the old one."""
    shifted = history.copy()
    shifted.iloc[-90:] *= 0.5
    before = copy.deepcopy(learner).fit(history).predict(HORIZON, members=50).value("median")
    after = learner.fit(shifted).predict(HORIZON, members=50).value("median")
    assert (after[:7] <= 1.001 * before[:7]).all()


def test_a_stuck_meter_is_named(learner: Forecaster, history: pd.Series) -> None:
    hung = history.copy()
    hung.iloc[500:520] = hung.iloc[499]
    forecast = learner.fit(hung).predict(HORIZON, members=5)
    assert forecast.filled == 21
    assert any("stuck meter" in note and "21 days left out, 2019-05-15 to 2019-06-04" in note for note in forecast.notes)


def test_one_reading_in_another_unit_is_named(learner: Forecaster, history: pd.Series) -> None:
    """A last reading a thousand times as large changes nothing but that it is left out."""
    spoiled, without = history.copy(), history.copy()
    spoiled.iloc[-1] *= 1000.0
    without.iloc[-1] = np.nan
    forecast = copy.deepcopy(learner).fit(spoiled).predict(HORIZON, members=20)
    assert any(note.startswith("1 day left out, 2021-02-02: a thousand times as large") for note in forecast.notes)
    assert (forecast.values == learner.fit(without).predict(HORIZON, members=20).values).all()


def test_weekdays_that_are_never_read(learner: Forecaster, history: pd.Series) -> None:
    """Without readings at weekends every day is told, the weekends not far from the others."""
    forecast = learner.fit(history.where(history.index.day_of_week < 5)).predict(HORIZON, members=20)
    daily = forecast.value("median")[:7] / np.median(history.loc["2021-01-20":])
    assert ((daily > 0.6) & (daily < 1.6)).all()


def test_weather_that_nobody_asked_for_is_refused(forecaster: Forecaster, history: pd.Series) -> None:
    forecaster.fit(history)
    with pytest.raises(InputError, match=r"takes no weather|not asked for"):
        forecaster.predict(HORIZON, weather=pd.DataFrame({"snow": [1.0]}, index=pd.to_datetime(["2021-02-03"])))


def test_a_horizon_that_begins_in_the_history_is_refused(learner: Forecaster, history: pd.Series) -> None:
    """Else the days after its start would be known: none tells it, and each says what to do."""
    with pytest.raises(InputError, match=r"begins in the history; found 2021-02-02; .*Cut the history at the day before"):
        learner.fit(history).predict(plan_horizon(dt.date(2021, 2, 2)))


def test_what_is_no_horizon_is_refused(forecaster: Forecaster, history: pd.Series) -> None:
    with pytest.raises(InputError, match=r"no horizon; found int 7; allowed: a Horizon. Make one with .*plan_horizon"):
        forecaster.fit(history).predict(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        ({"members": 0}, "such members; found 0; allowed: a whole number, 1 or more"),
        ({"members": -1}, "such members; found -1"),
        ({"members": 2.5}, "such members; found 2.5"),
        ({"seed": -1}, "such a seed; found -1; allowed: a whole number, 0 or more"),
    ],
)
def test_members_and_seeds_that_cannot_be(forecaster: Forecaster, history: pd.Series, draw: dict[str, int], message: str) -> None:
    forecaster.fit(history)
    with pytest.raises(InputError, match=message):
        forecaster.predict(HORIZON, **draw)


@pytest.mark.parametrize("name", LEARNERS)
def test_columns_that_nobody_asked_for_are_refused(name: str, history: pd.Series) -> None:
    with pytest.raises(InputError, match="not asked for; found 'snow'"):
        LEARNERS[name]().fit(pd.DataFrame({"y": history, "snow": 0.0}))


def test_local_days(learner: Forecaster, history: pd.Series) -> None:
    """A history with a time zone is read by its local days."""
    plain = copy.deepcopy(learner).fit(history).predict(HORIZON, members=10).values
    local = learner.fit(history.tz_localize("Asia/Taipei")).predict(HORIZON, members=10).values
    assert (local == plain).all()


def test_a_poisoned_future_changes_nothing(learner: Forecaster, history: pd.Series) -> None:
    """Backtests up to a day are the same whatever comes after that day."""
    poisoned = history.copy()
    poisoned.loc["2020-03-01":] = 1.0e9
    columns = ["cutoff", "ds", "mean", "lo-80", "hi-80"]
    clean, dirty = (
        cross_validation(learner, series, h=14, step_size=25, n_windows=18, members=20) for series in (history, poisoned)
    )
    before = clean["cutoff"] < "2020-03-01"
    assert before.sum() >= 3 * 14
    pd.testing.assert_frame_equal(clean.loc[before, columns], dirty.loc[before, columns])
    # The poison does work on a forecaster that sees it.
    assert (learner.fit(poisoned).predict(HORIZON).values != learner.fit(history).predict(HORIZON).values).any()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda series: series.iloc[:0], "the history is empty"),
        (lambda series: series.astype(object).where(series < 1200.0, "broken"), "not numbers"),
        (lambda series: series.iloc[::-1], "not in order"),
        (lambda series: pd.concat([series.iloc[:5], series.iloc[4:]]), "a date stands twice"),
        (lambda series: series * np.nan, "too few values|without a value"),
        (lambda series: series - 900.0, "too low"),
        (lambda series: series.reset_index(drop=True), "no dates"),
        (lambda series: series.tolist(), "a history is one series; found list"),
    ],
)
def test_faulty_history_is_refused(
    learner: Forecaster, history: pd.Series, spoil: Callable[[pd.Series], pd.Series], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        learner.fit(spoil(history))
    assert caught.value.exit_code == 65
    assert caught.value.findings
