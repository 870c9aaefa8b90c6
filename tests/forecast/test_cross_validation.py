"""The rolling origin: nobody sees what comes, and rows are what the field's libraries tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.exogenous import split, weather_members
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.frames import local_midnights, predict_frame
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.horizon import Horizon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from waterbalance.forecast.forecaster import Past, Weather


@dataclass
class Spy:
    """Writes down the last day that each fit saw."""

    seen: list[pd.Timestamp] = field(default_factory=list)
    inner: Persistence = field(default_factory=Persistence)

    def __deepcopy__(self, memo: dict[int, object]) -> Spy:
        return Spy(self.seen)

    def fit(self, history: Past) -> Self:
        self.seen.append(history.index[-1])
        self.inner.fit(history)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        assert pd.Timestamp(horizon.start) == self.seen[-1] + pd.Timedelta(days=1)
        return self.inner.predict(horizon, members=members, seed=seed)


@dataclass
class Rainy:
    """Tells the rain it is given, as its own amounts."""

    def fit(self, history: Past) -> Self:
        split(history, ("rain",))
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        days = pd.date_range(horizon.start, periods=len(horizon))
        return Forecast(weather_members(weather, ("rain",), days)[:, :, 0].T, "rain")


def ramp(days: int = 100) -> pd.Series:
    return pd.Series(np.arange(days, dtype=float), index=pd.date_range("2020-01-01", periods=days))


def test_the_origin_rolls() -> None:
    """Persistence on a ramp is wrong by exactly the lead."""
    spy = Spy()
    scores = cross_validation(spy, ramp(), h=5, step_size=7, n_windows=9)
    assert spy.seen == list(scores["cutoff"].unique())
    assert len(spy.seen) == 9
    assert len(scores) == 5 * 9
    assert scores["ds"].max() == ramp().index[-1]
    assert (
        np.diff(scores["cutoff"].unique()).tolist() == [pd.Timedelta(days=7).value // 10**3] * 8
        or scores["cutoff"].drop_duplicates().diff().dropna().eq(pd.Timedelta(days=7)).all()
    )
    assert scores["crps"].tolist() == scores["lead"].tolist()
    assert (scores["ds"] - scores["cutoff"]).dt.days.tolist() == scores["lead"].tolist()


def test_the_forecaster_is_left_alone_and_the_unknown_is_skipped() -> None:
    history = ramp()
    history.iloc[80] = np.nan
    forecaster = Persistence()
    scores = cross_validation(forecaster, history, h=20, step_size=10, n_windows=5)
    assert forecaster.last_ is None
    assert scores["crps"].isna().tolist() == scores["y"].isna().tolist()
    assert scores["crps"].isna().sum() == scores["ds"].eq(history.index[80]).sum() > 0


@pytest.mark.parametrize("asked", [{"h": 100}, {"n_windows": 0}, {"h": 0}, {"step_size": 50, "n_windows": 3}])
def test_without_an_origin_it_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(InputError, match="no origin fits"):
        cross_validation(Persistence(), ramp(), **asked)


def test_levels_and_quantiles_are_columns() -> None:
    scores = cross_validation(TenDayClimatology(), pd.concat([ramp(1000)]), h=3, level=(80, 95), quantiles=(0.25,))
    assert {"mean", "median", "lo-80", "hi-80", "lo-95", "hi-95", "q0.25"} <= set(scores.columns)
    assert (scores["lo-95"] <= scores["lo-80"]).all()
    with pytest.raises(UsageError, match="levels lie between"):
        cross_validation(Persistence(), ramp(), level=(0.8, 120))


def test_a_long_frame_gives_a_row_for_each_series() -> None:
    long = pd.concat([ramp().rename("y").rename_axis("ds").reset_index().assign(unique_id=name) for name in ("b", "a")])
    scores = cross_validation(Persistence(), long, h=2, n_windows=3)
    assert scores.columns[0] == "unique_id"
    assert scores["unique_id"].tolist() == ["a"] * 6 + ["b"] * 6


def test_without_refit_only_followers_go_on() -> None:
    told = cross_validation(Persistence(), ramp(), h=1, n_windows=4, refit=False)
    assert told["crps"].tolist() == [1.0] * 4
    with pytest.raises(UsageError, match="has no follow"):
        cross_validation(TenDayClimatology(), ramp(1000), n_windows=2, refit=False)


def test_exogenous_columns_reach_it_only_by_name() -> None:
    frame = pd.DataFrame({"y": ramp(), "rain": ramp() * 2.0})
    told = cross_validation(Rainy(), frame, h=3, known_ahead=("rain",))
    assert told["mean"].tolist() == (2.0 * told["y"]).tolist()
    with pytest.raises(InputError, match="no weather for the days to come"):
        cross_validation(Rainy(), frame, h=3)
    with pytest.raises(UsageError, match="known_ahead names columns"):
        cross_validation(Rainy(), frame, h=3, known_ahead=("snow",))
    with pytest.raises(InputError, match="not asked for; found 'snow'"):
        cross_validation(Rainy(), frame.assign(snow=0.0), h=3, known_ahead=("rain",))
    with pytest.raises(InputError, match="lacks the column 'rain'"):
        cross_validation(Rainy(), frame[["y"]], h=3)
    with pytest.raises(InputError, match="not asked for; found 'rain'"):
        cross_validation(Persistence(), frame, h=3)


def test_of_ten_day_means_only_whole_periods_are_known() -> None:
    """A cutoff inside of a period would let its mean tell what is still to come."""
    starts = [pd.Timestamp(2020, month, day) for month in range(1, 13) for day in (1, 11, 21)]
    means = pd.Series(np.arange(36.0), index=starts)
    told = cross_validation(Persistence(), means, h=10, step_size=7, n_windows=12)
    assert {(cutoff + pd.Timedelta(days=1)).day for cutoff in told["cutoff"]} == {1, 11, 21}
    assert told["cutoff"].max() + pd.Timedelta(days=10) <= pd.Timestamp(2020, 12, 31)
    first = told[told["lead"] == 1]
    assert (first["y"] - first["mean"]).tolist() == [1.0] * len(first)


def test_progress_is_told() -> None:
    done: list[tuple[int, int]] = []
    cross_validation(Persistence(), ramp(), n_windows=3, progress=lambda now, of: done.append((now, of)))
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_climatology_beats_persistence_on_real_inflow(shared: Path) -> None:
    """Last 30 % of a reservoir's record: from the second week on the past years are the better guess."""
    rows = pd.read_csv(shared / "kaohsiung" / "reservoir" / "wra_daily_south_2010_2021.csv", parse_dates=["date"])
    inflow = rows[rows["reservoir_id"] == 30502].set_index("date")["inflow_1e4m3_per_day"]
    origins = int(0.3 * len(inflow)) // 20 - 1
    climatology, persistence = (
        cross_validation(forecaster, inflow, h=30, step_size=20, n_windows=origins).query("lead > 7")["crps"].mean()
        for forecaster in (TenDayClimatology(), Persistence())
    )
    assert climatology < 0.7 * persistence


def test_the_time_zone_is_kept() -> None:
    """Also where clocks skip midnight, as in Santiago on 3 September 2023."""
    days = pd.date_range("2023-08-01", "2023-09-10", tz="America/Santiago", ambiguous=True, nonexistent="shift_forward", freq="D")
    values = pd.Series(5.0, index=pd.DatetimeIndex([day.normalize() for day in days[:20]]))
    told = cross_validation(Persistence(), values, h=3, n_windows=2)
    assert str(told["ds"].dt.tz) == str(told["cutoff"].dt.tz) == "America/Santiago"
    assert told["ds"].iloc[0] == pd.Timestamp("2023-08-17", tz="America/Santiago")
    assert told["cutoff"].iloc[0] == pd.Timestamp("2023-08-16", tz="America/Santiago")
    skipped = local_midnights([dt.date(2023, 9, 3)], "America/Santiago")[0]
    assert (skipped.date(), skipped.hour) == (dt.date(2023, 9, 3), 1)


def test_rows_without_a_name_are_refused() -> None:
    long = pd.DataFrame({"unique_id": ["a", None, " "], "ds": pd.date_range("2023-01-01", periods=3), "y": 1.0})
    with pytest.raises(InputError, match="2023-01-02: rows have no 'unique_id'; found 2 of 3 rows"):
        cross_validation(Persistence(), long, h=1)


def test_a_frame_of_members_and_one_level() -> None:
    values = pd.Series(np.arange(1.0, 50.0), index=pd.date_range("2023-01-01", periods=49))
    week = Horizon(tuple(dt.date(2023, 2, 19) + dt.timedelta(days=day) for day in range(8)))
    fitted = SeasonalNaive().fit(values)
    frame = predict_frame(fitted, week, level=90, quantiles=0.25, members=3, with_members=True)
    assert list(frame.columns) == ["ds", "mean", "median", "lo-90", "hi-90", "q0.25", "member-1", "member-2", "member-3"]
    np.testing.assert_array_equal(frame[["member-1", "member-2", "member-3"]], fitted.predict(week, members=3).values)


@pytest.mark.parametrize(
    ("weather", "message"),
    [
        (lambda frame: pd.concat([frame, frame]), "tells a date twice; found 3 double dates"),
        (lambda frame: frame.astype(str) + " C", "holds values of 'warmth' that are not numbers; found '5.0 C' and 2 more"),
        (lambda frame: frame.reset_index(drop=True), "the weather has no dates; found RangeIndex"),
        (lambda frame: [frame, frame["warmth"]], "the weather is no frame; found Series"),
    ],
)
def test_weather_that_cannot_be_read(weather: Callable[[pd.DataFrame], Weather], message: str) -> None:
    days = pd.date_range("2023-01-01", periods=3)
    with pytest.raises(InputError, match=message):
        weather_members(weather(pd.DataFrame({"warmth": 5.0}, index=days)), ("warmth",), days)


@pytest.mark.parametrize(
    ("column", "message"), [(np.nan, "the column 'warmth' holds no value"), ("hot", "'warmth' that are not numbers")]
)
def test_exogenous_pasts_that_say_nothing(column: object, message: str) -> None:
    history = pd.DataFrame({"y": 1.0, "warmth": column}, index=pd.date_range("2023-01-01", periods=9))
    with pytest.raises(InputError, match=message):
        split(history, ("warmth",))
