"""Inflow of rivers: by hand, on rivers that are made up, and on real ones."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from benchmarks.inflow_skill import rivers, skill
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.forecast.flow_anomalies import flow_season
from waterbalance.forecast.inflow import RiverInflow, bridged, climate_members
from waterbalance.forecast.river import dry_below, learn_river
from waterbalance.horizon import Horizon, plan_horizon

DAYS = pd.date_range("2012-01-01", "2020-12-31")
AHEAD_DAYS = pd.date_range("2021-01-01", "2021-01-20")
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
    stretches = river.stretches
    assert stretches is not None
    no_rain = np.zeros(len(days))
    mean = past[-1] * 0.9 ** np.arange(1, 21)
    assert river.model.paths(past, no_rain, ahead, None, 4000, 0).mean(axis=1) == pytest.approx(mean, abs=0.08)
    told, drawn = stretches.members(past, no_rain, ahead, 4000, 0)
    assert told.mean(axis=1) == pytest.approx(mean, abs=0.1)
    # From the middle, for a root that is not quite a logarithm spreads low rivers less.
    middle = past - past[-1]
    expected = np.sqrt(1.0 - 0.81 ** np.arange(1, 21))
    assert river.model.paths(middle, no_rain, ahead, None, 4000, 0).std(axis=1) == pytest.approx(expected, rel=0.08)
    assert stretches.members(middle, no_rain, ahead, 4000, 0)[0].std(axis=1) == pytest.approx(expected, rel=0.08)
    # A stretch is twenty days in a row, within 45 days of the date.
    assert (np.diff(drawn, axis=0) == 1).all()
    apart = (days.day_of_year.to_numpy()[drawn[0]] - 1 + 183) % 366 - 183
    assert np.abs(apart).max() <= 46


def test_a_river_that_is_hard_to_tell_only_when_high() -> None:
    """Shocks are larger on a high river: members are as far apart as days that began alike, and the same days lend them."""
    days = pd.date_range("1990-01-01", "2020-12-31")
    noise = np.random.default_rng(4).standard_normal(len(days))
    state = np.zeros(len(days))
    for day in range(1, len(days)):
        state[day] = 0.9 * state[day - 1] + (0.6 if state[day - 1] > 0.0 else 0.2) * noise[day]
    river = learn_river(np.exp(3.0 + 0.5 * state), days, None)
    assert river is not None
    assert river.stretches is not None
    before = np.roll(river.season.anomalies(np.exp(3.0 + 0.5 * state), days), 1)
    alike = [np.nanstd(river.model.untold.residuals[near]) for near in (before < -1.0, before > 1.0)]
    assert alike[1] > 3.0 * alike[0]
    told = []
    for level in (-1.5, 1.5):
        past = np.full(90, level)
        told.append(river.model.paths(past, np.zeros(90), AHEAD_DAYS[:1], None, 2000, 0)[0])
        told.append(river.stretches.members(past, np.zeros(90), AHEAD_DAYS[:1], 2000, 0)[0][0])
    for low, high in (told[::2], told[1::2]):
        assert [low.std(), high.std()] == pytest.approx(alike, rel=0.1)
        assert np.corrcoef(low, high)[0, 1] > 0.9


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
    # Rain of one day only: the day after, nine tenths of what it brought are left.
    amounts = np.zeros((2, 2, 400))
    amounts[1, 0] = 0.5
    dry, wet = (river.model.paths(np.zeros(90), np.zeros(90), AHEAD_DAYS[:2], each, 400, 0) for each in amounts)
    risen = (wet - dry).mean(axis=1)
    assert risen[0] > 0.1
    assert risen[1] == pytest.approx(0.9 * risen[0], rel=0.1)
    assert river.model.untold.rain[0] == 0.0
    none, much = (pd.DataFrame({"rain": amount}, index=AHEAD_DAYS) for amount in (0.0, 40.0))
    # In the first week, which is hardly shared with climatology.
    told = {name: fitted.predict(AHEAD, weather=each).values[:7].mean() for name, each in (("dry", none), ("wet", much))}
    told["untold"] = fitted.predict(AHEAD).values[:7].mean()
    assert 2.0 * told["dry"] < told["untold"] < 0.5 * told["wet"]
    with pytest.raises(InputError, match="lacks the column 'rain'"):
        RiverInflow(rain=True).fit(history[["y"]])
    later = plan_horizon(dt.date(2021, 1, 3), last_day=dt.date(2021, 1, 20))
    assert fitted.predict(later, weather=none).values[:7].mean() < 0.5 * fitted.predict(later, weather=much).values[:7].mean()


@pytest.mark.parametrize(
    ("mend", "what", "day", "found", "allowed", "remedy"),
    [
        (
            lambda told: told.iloc[2:],
            "lacks values of 'rain'",
            "2021-01-01",
            "2 of 20 days",
            "every day from 2021-01-01 to 2021-01-20",
            "from the day after the history's last",
        ),
        (
            lambda told: told.drop(pd.Timestamp("2021-01-09")),
            "lacks values of 'rain'",
            "2021-01-09",
            "1 of 20 days",
            "2021-01-20",
            "Tell these days too",
        ),
        (lambda told: told - 5.0, "rain of a day to come cannot be", "2021-01-01", "-5 mm", "0 to 2000 mm", "Mend the forecast"),
        (lambda told: told + 3e3, "rain of a day to come cannot be", "2021-01-01", "3000 mm", "0 to 2000 mm", "millimetres"),
    ],
)
def test_told_rain_that_is_wrong_names_its_day_and_what_to_do(
    mend: Callable[[pd.DataFrame], pd.DataFrame], what: str, day: str, found: str, allowed: str, remedy: str
) -> None:
    """A horizon that begins two days after the record's last one asks for these two days as well."""
    days = pd.date_range("2021-01-01", "2021-01-20")
    flows = made_up(0.9)
    fitted = RiverInflow(rain=True).fit(pd.DataFrame({"y": flows, "rain": 1.0}, index=DAYS))
    later = plan_horizon(dt.date(2021, 1, 3), last_day=dt.date(2021, 1, 20))
    with pytest.raises(InputError) as caught:
        fitted.predict(later, weather=mend(pd.DataFrame({"rain": 0.0}, index=days)))
    [finding] = caught.value.findings
    assert what in finding.what
    assert finding.where.date == day
    assert found in str(finding.found)
    assert allowed in str(finding.allowed)
    assert remedy in str(finding.remedy)


def test_rain_that_nobody_tells_is_noted() -> None:
    flows = made_up(0.9)
    notes = RiverInflow(rain=True).fit(pd.DataFrame({"y": flows, "rain": 1.0}, index=DAYS)).predict(AHEAD).notes
    assert [note for note in notes if "rain of the days to come" in note]
    assert RiverInflow().fit(flows).predict(AHEAD).notes == ()


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
    whole = fitted.predict(_days_after(DAYS[-1], 20), members=30).values
    later = fitted.predict(_days_after(pd.Timestamp("2021-01-10"), 10), members=30).values
    np.testing.assert_array_equal(later, whole[10:])


def test_beyond_thirty_days_the_same_members_go_on() -> None:
    """Half of them are told for thirty days at once; all are paths from there on, and no day jumps."""
    fitted = RiverInflow().fit(made_up(0.97))
    river = fitted.river_
    assert river is not None
    ahead = pd.date_range("2021-01-01", periods=60)
    flows = made_up(0.97).to_numpy()
    long, short = (river.members(flows, DAYS, None, days, None, 40, 3) for days in (ahead, ahead[:30]))
    np.testing.assert_array_equal(long[:30], short)
    logs = np.log(long)
    change = np.abs(np.diff(logs, axis=0)).mean(axis=1)
    assert change[29] == pytest.approx(np.delete(change, 29).mean(), rel=0.5)


def test_climate_by_hand() -> None:
    """Two years and three shifts; a day that one stretch lacks takes the median of the others, a stretch of gaps is left out."""
    past = pd.Series(np.arange(730.0), index=pd.date_range("2019-01-01", periods=730))
    days = pd.date_range("2021-03-01", periods=5)
    assert climate_members(past.loc["2020-12":], days, 4, 0) is None
    whole = climate_members(past, days, 30, 0)
    assert whole is not None
    # 1 March is day 59 of 2019 and day 60 of 2020, a leap year; up to seven days earlier or later.
    assert sorted(whole[0]) == [*range(52, 67), *range(365 + 53, 365 + 68)]
    assert (np.diff(whole, axis=0) == 1.0).all()
    past.iloc[[60, 430, 431, 432, 433, 434]] = np.nan
    holed = climate_members(past, days, 300, 0)
    assert holed is not None
    assert np.isfinite(holed).all()
    assert len(np.unique(holed[0])) < 30


@needs_shared
@pytest.mark.parametrize("other", ["nanhua", "mudan"])
def test_neighbours_have_their_wet_members_together(other: str) -> None:
    """Ten-day means of members hang together from river to river as what came beyond the autoregression did."""
    came, told = [], []
    for name in ("zengwen", other):
        frame = rivers()[name].loc["2010":"2018"]
        days = pd.DatetimeIndex(frame.index)
        flows = frame["y"].to_numpy()
        river = learn_river(flows, days, frame["rain"].to_numpy())
        assert river is not None
        came.append(pd.Series(river.model.untold.residuals, index=days).rolling(10).sum())
        means = []
        for origin in pd.date_range("2017-01-05", "2018-10-01", freq="31D"):
            at = days.get_loc(origin)
            rain = frame["rain"].to_numpy()[:at]
            members = river.members(flows[:at], days[:at], rain, days[at : at + 10], None, 200, origin.day_of_year)
            means.append(np.array([river.season.anomalies(member, days[at : at + 10]).mean() for member in members.T]))
            means[-1] -= means[-1].mean()
        told.append(np.concatenate(means))
    assert np.corrcoef(*told)[0, 1] == pytest.approx(came[0].corr(came[1]), abs=0.1)


def test_records_of_other_lengths_and_gaps_draw_the_same_days() -> None:
    """The same river three times: whole, with holes, and three years shorter. Members agree but where a day is not known."""
    whole = made_up()
    holed = whole.copy()
    holed.iloc[[200, 900, 901, 1700]] = np.nan
    told = []
    for flows in (whole, holed, whole.loc["2015":]):
        days = pd.DatetimeIndex(flows.index)
        river = learn_river(flows.to_numpy(), days, None)
        assert river is not None
        told.append(river.model.paths(np.zeros(90), np.zeros(90), AHEAD_DAYS, None, 300, 7)[4])
    assert np.corrcoef(told[0], told[1])[0, 1] > 0.9
    # Five of eight years are known to both.
    assert 0.4 < np.corrcoef(told[0], told[2])[0, 1] < 0.9


@needs_shared
@pytest.mark.parametrize(
    ("name", "since", "every", "day_1", "days_10"),
    [("zengwen", "2010", 10, 0.40, 0.15), ("thames", "1975", 30, 0.70, 0.33)],
)
def test_skill_on_real_rivers(name: str, since: str, every: int, day_1: float, days_10: float) -> None:
    """Against day-of-year climatology in the last 30 % of the record; the benchmark tells all rivers and origins."""
    frame = rivers()[name].loc[since:]
    found = skill(RiverInflow(rain="rain" in frame, lowest=None), frame, every)
    assert found["day 1"] >= day_1
    assert found["days 1-10"] >= days_10
    assert found["least"] >= -0.02
    assert 0.74 <= found["held d1-10"] <= 0.87


def _days_after(end: pd.Timestamp, count: int) -> Horizon:
    return Horizon(tuple((end + pd.Timedelta(days=day)).date() for day in range(1, count + 2)))


def test_ten_day_means_are_learned_from_and_noted() -> None:
    """Their days are alike, so that a river of days tells little: whoever reads the forecast should know."""
    daily = made_up()
    first = daily.index[daily.index.day.isin((1, 11, 21))]
    means = pd.Series([daily[day : day + pd.Timedelta(days=9)].mean() for day in first], index=first)
    told = RiverInflow().fit(means).predict(AHEAD)
    assert [note for note in told.notes if "ten-day means" in note and "ten_day_climatology" in note]
    assert not RiverInflow().fit(daily).predict(AHEAD).notes


@pytest.mark.parametrize(
    "unread",
    [
        lambda days: days.day_of_week == 6,
        lambda days: days.day_of_week >= 5,
        lambda days: np.random.default_rng(4).random(len(days)) < 0.3,
    ],
)
def test_a_gauge_that_is_not_read_every_day(unread: Callable[[pd.DatetimeIndex], np.ndarray]) -> None:
    """Days without a reading take little from what is told, and are counted."""
    whole = made_up(seed=5)
    holed = whole.where(~unread(DAYS))
    told = RiverInflow().fit(holed).predict(AHEAD, members=200)
    assert told.filled == int(holed.isna().sum())
    full = RiverInflow().fit(whole.where(whole.index <= holed.last_valid_index())).predict(AHEAD, members=200)
    assert told.value("median") == pytest.approx(full.value("median"), rel=0.2)


def test_a_gauge_that_is_read_once_a_week_is_refused() -> None:
    rarely = made_up().where(DAYS.day_of_week == 2)
    with pytest.raises(InputError, match=r"gaps leave no days in a row; found 470 of 3288 days; allowed: .* more than 3 days"):
        RiverInflow().fit(rarely)


def test_only_short_gaps_are_bridged() -> None:
    days = pd.date_range("2020-01-01", periods=12)
    values = pd.Series([np.nan, 1.0, np.nan, np.nan, np.nan, 5.0, np.nan, np.nan, np.nan, np.nan, 9.0, np.nan], days)
    expected = [np.nan, 1.0, 2.0, 3.0, 4.0, 5.0, np.nan, np.nan, np.nan, np.nan, 9.0, np.nan]
    np.testing.assert_array_equal(bridged(values).to_numpy(), expected)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rain: -1.0 - rain, "rain, 2012-01-01: a value is too low"),
        (lambda rain: rain * np.nan, "the column 'rain' holds no value"),
        (lambda rain: rain * 1000.0, "rain, 2012-01-0.: rain of a past day cannot be; found .* allowed: 0 to 2000 mm"),
        (lambda rain: rain.astype(str) + " mm", "holds values of 'rain' that are not numbers; found '.* mm' and 3287 more"),
    ],
)
def test_rain_of_the_past_that_cannot_be_is_refused(spoil: Callable[[pd.Series], pd.Series], message: str) -> None:
    rain = pd.Series(np.random.default_rng(2).gamma(0.3, 15.0, len(DAYS)), DAYS)
    history = pd.DataFrame({"y": made_up(), "rain": rain})
    RiverInflow(rain=True).fit(history)
    with pytest.raises(InputError, match=message):
        RiverInflow(rain=True).fit(history.assign(rain=spoil(rain)))
