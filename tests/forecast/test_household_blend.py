"""The blend of household forecasters: holidays, restrictions, weather, leakage, paths, and its skill on the BWDF."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.announced import Announced
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.holidays import holiday_columns
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.forecast.skill import coverage
from waterbalance.horizon import Horizon


def meters(days: int, *, seed: int = 0, noise: float = 0.02) -> pd.Series:
    """Demand of known make: level 1000, weekend factor 1.2, lasting departures and noise."""
    generator = np.random.default_rng(seed)
    dates = pd.date_range("2022-01-01", periods=days)
    departure = np.zeros(days)
    for day in range(1, days):
        departure[day] = 0.9 * departure[day - 1] + noise * generator.standard_normal()
    weekend = np.where(dates.day_of_week >= 5, np.log(1.2), 0.0)
    return pd.Series(1000.0 * np.exp(weekend + departure + noise * generator.standard_normal(days)), index=dates)


def week_after(history: pd.Series, days: int = 7) -> Horizon:
    first = history.index[-1].date() + dt.timedelta(days=1)
    return Horizon(tuple(first + dt.timedelta(days=day) for day in range(days + 1)))


def median(
    forecaster: HouseholdBlend, history: pd.Series | pd.DataFrame, horizon: Horizon, weather: pd.DataFrame | None = None
) -> np.ndarray:
    return forecaster.fit(history).predict(horizon, weather=weather).value("median")


def test_lunar_new_year_is_learned_by_the_moon() -> None:
    """Demand falls by 30 % at the feast; the date differs by three weeks from year to year (22 January, 10 February)."""
    history = meters(770)  # to 9 February 2024
    feast = holiday_columns(pd.DatetimeIndex(history.index), "TW")[:, 2]
    history *= 1.0 - 0.3 * feast
    horizon = Horizon((dt.date(2024, 2, 10), dt.date(2024, 2, 11)))
    known, unknown = (median(HouseholdBlend(country=country), history, horizon)[0] for country in ("TW", None))
    assert known == pytest.approx(1200.0 * 0.7, rel=0.1)
    assert unknown > 1.1 * known


def test_an_announced_cut_is_taken_at_its_word() -> None:
    """No restriction was ever seen: a cut of 10 % from the third day on tells 10 % less from then on."""
    history = meters(400)
    horizon = week_after(history)
    frame = pd.DataFrame({"y": history, "cut": 0.0})
    days = pd.date_range(horizon.start, periods=7)
    without = median(HouseholdBlend(restriction="cut"), frame, horizon, pd.DataFrame({"cut": 0.0}, index=days))
    cut = pd.DataFrame({"cut": [0.0, 0.0, *[0.1] * 5]}, index=days)
    told = median(HouseholdBlend(restriction="cut"), frame, horizon, cut)
    assert told / without == pytest.approx([1.0, 1.0, *[0.9] * 5])


def test_how_people_kept_to_cuts_is_learned() -> None:
    """Half of each announced cut of 20 % came, twice for a month: the next one is told as about half."""
    history = meters(500, noise=0.01)
    frame = pd.DataFrame({"y": history, "cut": 0.0})
    for first in (200, 350):
        frame.iloc[first : first + 30, 1] = 0.2
        frame.iloc[first : first + 30, 0] *= 0.8**0.5
    horizon = week_after(history)
    days = pd.date_range(horizon.start, periods=7)
    told = [
        median(HouseholdBlend(restriction="cut"), frame, horizon, pd.DataFrame({"cut": cut}, index=days)) for cut in (0.2, 0.0)
    ]
    assert (told[0] / told[1]).mean() == pytest.approx(0.8**0.5, abs=0.03)


@pytest.mark.parametrize("cut", [-0.1, 1.0, 20.0])
def test_cuts_are_shares(cut: float) -> None:
    frame = pd.DataFrame({"y": meters(100), "cut": cut})
    with pytest.raises(InputError, match="the column 'cut' holds no shares"):
        HouseholdBlend(restriction="cut").fit(frame)


def test_leakage_is_no_use() -> None:
    """400 of 1000 leak: a cut of 50 % leaves 400 + 300."""
    history = pd.Series(1000.0, index=pd.date_range("2023-01-01", periods=100))
    horizon = week_after(history)
    ahead = pd.DataFrame({"cut": 0.5}, index=pd.date_range(horizon.start, periods=7))
    frame = pd.DataFrame({"y": history, "cut": 0.0})
    assert median(HouseholdBlend(restriction="cut", leakage=400.0), frame, horizon, ahead) == pytest.approx([700.0] * 7)
    with pytest.raises(InputError, match="the leakage is above the demand"):
        HouseholdBlend(leakage=1200.0).fit(history)


@pytest.mark.parametrize(("days", "words"), [(600, "without temperature: less than 731 days"), (900, "with temperature")])
def test_weather_counts_once_two_years_are_known(days: int, words: str) -> None:
    """Above 20 degrees every degree adds 2 %; the label says whether that was learned."""
    history = meters(days, noise=0.01)
    generator = np.random.default_rng(3)
    warmth = 18.0 + 8.0 * np.sin(2.0 * np.pi * (history.index.day_of_year - 120) / 365.25) + 3.0 * generator.standard_normal(days)
    history *= np.exp(0.02 * np.maximum(warmth - 20.0, 0.0))
    frame = pd.DataFrame({"y": history, "temperature": warmth})
    horizon = week_after(history, 1)
    fitted = HouseholdBlend(exogenous=("temperature",)).fit(frame)
    days_ahead = pd.DatetimeIndex([horizon.start])
    hot, cool = (
        fitted.predict(horizon, weather=pd.DataFrame({"temperature": [warm]}, index=days_ahead)) for warm in (30.0, 15.0)
    )
    assert words in hot.label
    expected = np.exp(0.02 * 10.0) if days > 731 else 1.0
    assert hot.value("median")[0] / cool.value("median")[0] == pytest.approx(expected, abs=0.05)


def test_members_are_paths() -> None:
    """Lasting departures: a member that is high on one day is high on the next, and a week's sum spreads more than apart."""
    history = meters(900)
    values = HouseholdBlend().fit(history).predict(week_after(history), members=300).values
    assert np.corrcoef(values[3], values[4])[0, 1] > 0.4
    assert values.sum(axis=0).std() > 1.5 * np.sqrt((values.std(axis=1) ** 2).sum())


def test_interval_covers_what_comes_and_widens() -> None:
    scores = cross_validation(HouseholdBlend(), meters(900), h=28, step_size=11, n_windows=20, refit=False)
    assert 0.70 <= coverage(scores["lo-80"], scores["hi-80"], scores["y"]) <= 0.90
    width = (scores["hi-80"] - scores["lo-80"]).groupby(scores["lead"]).mean()
    assert width.loc[22:28].mean() > 1.1 * width.loc[1]


def test_a_season_ahead_stays_on_the_ground() -> None:
    """Half a year ahead the median is the make without noise, and the spread is bounded."""
    history = meters(1000)
    values = HouseholdBlend().fit(history).predict(week_after(history, 180), members=200)
    days = pd.date_range("2024-09-27", periods=180)
    made = 1000.0 * np.where(days.day_of_week >= 5, 1.2, 1.0)
    assert values.value("median")[60:] == pytest.approx(made[60:], rel=0.1)
    spread = np.log(values.values).std(axis=1)
    assert spread[100:].max() < 3.0 * spread[1]


def test_to_follow_is_to_go_on_with_what_was_learned() -> None:
    history = meters(500)
    horizon = week_after(history)
    fitted = HouseholdBlend().fit(history.iloc[:-7])
    followed = fitted.follow(history).predict(horizon).value("median")
    assert followed == pytest.approx(median(HouseholdBlend(), history, horizon), rel=0.02)


def test_a_wild_last_week_is_outvoted() -> None:
    """A burst on the same weekday of last week: the seasonal naive repeats it, the blend does not."""
    history = meters(400, noise=0.005)
    history.iloc[-7] *= 3.0
    tomorrow = week_after(history, 1)
    naive = SeasonalNaive().fit(history).predict(tomorrow).value("median")[0]
    blend = median(HouseholdBlend(), history, tomorrow)[0]
    usual = history.iloc[-14]
    assert naive > 2.5 * usual
    assert blend == pytest.approx(usual, rel=0.1)


def test_announced_restrictions_stand_beside_a_plain_series() -> None:
    history = meters(300)
    horizon = week_after(history)
    table = pd.DataFrame({"cut": 0.2}, index=pd.date_range(horizon.start, periods=3))
    told = Announced(HouseholdBlend(restriction="cut"), table).fit(history).predict(horizon).value("median")
    plain = median(HouseholdBlend(), history, horizon)
    assert told / plain == pytest.approx([0.8] * 3 + [1.0] * 4, rel=1e-6)


def test_skill_on_the_battle_of_water_demand_forecasting(shared: Path) -> None:
    """Two areas, four origins: far from the scores of the README by chance, but under the seasonal naive by a fifth."""
    frame = pd.read_csv(shared / "forecasting" / "bwdf" / "bwdf_daily.csv", index_col=0, parse_dates=True)
    errors = []
    for area in ("DMA 2", "DMA 10"):
        y = frame[area].loc[frame[area].first_valid_index() :]
        told, judge = (
            cross_validation(one, y, h=7, step_size=35, n_windows=4) for one in (HouseholdBlend(country="IT"), SeasonalNaive())
        )
        errors.append([(each["median"] - each["y"]).abs().mean() / y.mean() for each in (told, judge)])
    blend, naive = np.mean(errors, axis=0)
    assert blend < 0.85 * naive
