"""Demand of households: learned from meters, or from people and litres a head."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.dated_table import DatedTable
from waterbalance.forecast.household import HouseholdDemand
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.per_capita import PerCapitaDemand
from waterbalance.forecast.skill import coverage
from waterbalance.horizon import Horizon

NOTHING = pd.Series(dtype=float)


def meters(days: int, *, seed: int = 0, noise: float = 0.02) -> pd.Series:
    """Demand of known make: level 1000, weekend factor 1.2, season of 15 %, lasting departures and noise."""
    generator = np.random.default_rng(seed)
    dates = pd.date_range("2018-01-01", periods=days)
    departure = np.zeros(days)
    for day in range(1, days):
        departure[day] = 0.9 * departure[day - 1] + noise * generator.standard_normal()
    season = 0.15 * np.sin(2.0 * np.pi * dates.day_of_year / 365.25)
    weekend = np.where(dates.day_of_week >= 5, np.log(1.2), 0.0)
    return pd.Series(1000.0 * np.exp(season + weekend + departure + noise * generator.standard_normal(days)), index=dates)


def test_week_and_season_are_learned() -> None:
    """Far ahead, where departures are forgotten, the median is the make without noise."""
    history = meters(1461)
    horizon = Horizon(tuple(dt.date(2022, 4, 1) + dt.timedelta(days=day) for day in range(15)))
    median = HouseholdDemand().fit(history).predict(horizon, members=400).value("median")
    dates = pd.date_range("2022-04-01", periods=14)
    season = np.exp(0.15 * np.sin(2.0 * np.pi * dates.day_of_year / 365.25))
    assert median == pytest.approx(1000.0 * season * np.where(dates.day_of_week >= 5, 1.2, 1.0), rel=0.04)


def test_interval_covers_what_comes() -> None:
    """On data of its own make the central 80 % holds about 80 %, and one more week of doubt is not narrower."""
    scores = cross_validation(HouseholdDemand(), meters(1400), h=7, step_size=11, n_windows=44)
    assert 0.72 <= coverage(scores["lo-80"], scores["hi-80"], scores["y"]) <= 0.88
    width = (scores["hi-80"] - scores["lo-80"]).groupby(scores["lead"]).mean()
    assert width.loc[7] > width.loc[1]


def test_a_new_level_is_followed() -> None:
    """After a lasting drop by a third the next days are told near the new level."""
    history = meters(1000)
    history.iloc[-30:] *= 2.0 / 3.0
    tomorrow = Horizon((dt.date(2020, 9, 27), dt.date(2020, 9, 28)))
    told = HouseholdDemand().fit(history).predict(tomorrow, members=200).value("median")[0]
    assert abs(told - history.iloc[-7]) < 0.2 * history.iloc[-7]


def test_gaps_and_zeros_are_stepped_over() -> None:
    """Outages count as filled and do not pull the demand down."""
    history = meters(800)
    outage = history.copy()
    outage.iloc[100:110] = 0.0
    outage.iloc[300:330] = np.nan
    outage = outage.drop(outage.index[500:520])
    week = Horizon(tuple(dt.date(2020, 3, 11) + dt.timedelta(days=day) for day in range(8)))
    whole = HouseholdDemand().fit(history).predict(week, members=200)
    holed = HouseholdDemand().fit(outage).predict(week, members=200)
    assert (whole.filled, holed.filled) == (0, 60)
    assert holed.value("median") == pytest.approx(whole.value("median"), rel=0.03)


@pytest.mark.parametrize("forecaster", [HouseholdDemand(), HouseholdBlend()])
def test_zeros_are_named(forecaster: HouseholdDemand | HouseholdBlend) -> None:
    """The last 30 days are zero: left out with a note of these days."""
    outage = meters(400)
    outage.iloc[-30:] = 0.0
    days = outage.index[[-30, -1]]
    ahead = Horizon((days[1].date() + dt.timedelta(days=1), days[1].date() + dt.timedelta(days=2)))
    told = forecaster.fit(outage).predict(ahead, members=5)
    assert told.notes == (f"30 days left out, {days[0].date()} to {days[1].date()}: zero (an outage?), taken as unknown",)
    with pytest.raises(InputError, match="all readings are zero; found 400 days of zero"):
        forecaster.fit(outage * 0.0)


def test_the_past_is_not_forecast() -> None:
    with pytest.raises(InputError, match="the horizon begins in the history"):
        HouseholdDemand().fit(meters(100)).predict(Horizon((dt.date(2018, 2, 1), dt.date(2018, 2, 2))))


def test_demand_per_head_by_hand() -> None:
    """100 000 people x 250 litre = 25 000 m3/day; 20 % leakage makes 31 250; July 10 % more; 30 + 31 days."""
    factors = (1.0,) * 6 + (1.1,) + (1.0,) * 5
    demand = PerCapitaDemand(100_000, 250.0, factors, leakage=0.2).fit(NOTHING)
    horizon = Horizon((dt.date(2021, 6, 1), dt.date(2021, 7, 1), dt.date(2021, 8, 1)))
    assert demand.predict(horizon, members=3).values == pytest.approx(np.outer([937_500.0, 1_065_625.0], [1, 1, 1]))


def test_people_and_leakage_change_by_date() -> None:
    """A ramp of people and a repaired network reach the days between."""
    people = DatedTable((dt.date(2021, 1, 1), dt.date(2021, 1, 11)), (1000.0, 2000.0), ramped=True)
    leakage = DatedTable((dt.date(2021, 1, 1), dt.date(2021, 1, 6)), (0.5, 0.0))
    horizon = Horizon((dt.date(2021, 1, 5), dt.date(2021, 1, 6), dt.date(2021, 1, 7)))
    values = PerCapitaDemand(people, 100.0, leakage=leakage).fit(NOTHING).predict(horizon, members=1).values[:, 0]
    assert values == pytest.approx([280.0, 150.0])


def test_faulty_settings_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        PerCapitaDemand(-1.0, float("nan"), (1.0, -2.0), leakage=1.0, uncertainty=2.0).fit(NOTHING)
    assert [finding.what for finding in caught.value.findings] == [
        "monthly factors are not complete", "the factor of month 2 is out of its range", "population is out of its range",
        "litres per head is out of its range", "leakage is out of its range", "uncertainty is out of its range",
    ]  # fmt: skip


@pytest.mark.parametrize("read", [range(5), range(2, 3)])
def test_a_weekday_that_is_never_metered_is_told_as_the_others(read: range) -> None:
    history = meters(1096)
    seen = history.where(history.index.day_of_week.isin(read))
    horizon = Horizon(tuple(dt.date(2021, 1, 1) + dt.timedelta(days=day) for day in range(8)))
    told = HouseholdDemand().fit(seen).predict(horizon)
    assert told.value("median") == pytest.approx(np.full(7, 1000.0), rel=0.1)  # at the turn of the year the wave is zero
    assert any("Saturday, Sunday: told as the other weekdays" in note for note in told.notes)
