"""Long frames of other libraries, in and out."""

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.frames import forecast_long, predict_frame
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2026-01-01", periods=120)
AHEAD = Horizon(tuple(day.date() for day in pd.date_range("2026-05-01", periods=8)))


def series(level: float) -> pd.Series:
    return pd.Series(level + np.arange(120) % 7, DAYS)


def test_each_series_of_a_long_frame_is_told_as_on_its_own() -> None:
    long = pd.concat(
        [
            pd.DataFrame({"unique_id": name, "ds": DAYS, "y": series(level).to_numpy()})
            for name, level in (("b", 50.0), ("a", 10.0))
        ]
    )
    told = forecast_long(SeasonalNaive(), long, AHEAD, level=(80,), seed=3)
    assert list(told.columns[:2]) == ["unique_id", "ds"]
    assert told["unique_id"].tolist() == ["a"] * 7 + ["b"] * 7
    for name, level in (("a", 10.0), ("b", 50.0)):
        alone = predict_frame(SeasonalNaive().fit(series(level)), AHEAD, level=(80,), seed=3)
        own = told[told["unique_id"] == name].drop(columns="unique_id").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone.reset_index(drop=True), check_freq=False)
    assert told.loc[told["unique_id"] == "a", "mean"].max() < told.loc[told["unique_id"] == "b", "mean"].min()
    # As on the same weekday of the week before, day 113.
    assert told["mean"].iloc[0] == pytest.approx(10.0 + 120 % 7)
