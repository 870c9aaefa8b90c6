"""Hours of the next days, by local clocks; leakage from the flow at night."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.hourly_demand import HourlyDemand
from waterbalance.forecast.hourly_record import hourly_record
from waterbalance.forecast.night_flow import night_leakage

ROME = "Europe/Rome"


def hours(first: str, days: int, zone: str = ROME, noise: float = 0.0) -> pd.Series:
    """A morning peak by the clock, more at weekends."""
    start = pd.Timestamp(first, tz=zone)
    times = pd.date_range(start, start + pd.DateOffset(days=days), freq="h", inclusive="left")
    values = 10.0 + 5.0 * np.exp(-((times.hour - 8) ** 2) / 4.0) + 2.0 * (times.day_of_week >= 5)
    return pd.Series(values + noise * np.random.default_rng(0).standard_normal(len(times)), index=times)


def test_the_peak_stays_at_eight_when_the_clocks_change() -> None:
    """Learned in summer time, told in winter time; the day of the change has 25 hours."""
    history = hours("2023-06-01", 149)  # to 27 October
    times = pd.date_range("2023-10-28", "2023-11-02", freq="h", inclusive="left", tz=ROME)
    told = HourlyDemand(time_zone=ROME).fit(history.tz_convert("UTC")).predict(times, members=5)
    assert told.shape == (5 * 24 + 1, 5)
    expected = hours("2023-10-28", 5).to_numpy()
    assert told.median(axis=1).to_numpy() == pytest.approx(expected, abs=0.05)


def test_double_and_missing_hours_of_clock_changes() -> None:
    """In autumn the two hours of one name are averaged and noted; in spring the hour that never was is unknown."""
    autumn = pd.Series(1.0, index=pd.date_range("2023-10-29", "2023-10-30", freq="h", inclusive="left", tz=ROME))
    autumn.iloc[3] = 3.0  # the second of the two hours at two o'clock
    record = hourly_record(autumn, ROME, 1)
    assert record.values[0, 2] == 2.0
    assert record.notes == ("1 hours that the clocks told twice averaged",)
    spring = pd.Series(1.0, index=pd.date_range("2023-03-26", "2023-03-27", freq="h", inclusive="left", tz=ROME))
    assert np.flatnonzero(np.isnan(hourly_record(spring, ROME, 1).values[0])).tolist() == [2]


def test_local_times_that_stand_twice_are_refused() -> None:
    naive = hours("2023-10-28", 3).tz_localize(None)
    with pytest.raises(InputError, match=r"not in order|a time stands twice") as caught:
        hourly_record(naive, ROME, 1)
    assert any("offset from UTC" in (finding.remedy or "") for finding in caught.value.findings)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda series: series.iloc[::-1], "not in order"),
        (lambda series: series - 100.0, "negative or infinite"),
        (lambda series: series.shift(freq="30min"), "not a full hour"),
        (lambda series: series.iloc[:48], "too few values"),
        (lambda series: series.reset_index(drop=True), "no series on times"),
        (lambda series: series * np.nan, "too few values to learn from; found 0 whole days"),
        (lambda series: series.astype(str), "not numbers"),
    ],
)
def test_faulty_records_are_refused(spoil: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        HourlyDemand(time_zone="UTC").fit(spoil(hours("2023-01-01", 100, "UTC")))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda part: part * 1000.0, "40 hours left out, 2023-02-11 16:00 to 2023-02-13 07:00: a thousand times"),
        (lambda part: part / 1000.0, "40 hours left out, 2023-02-11 16:00 to 2023-02-13 07:00: a thousandth"),
        (lambda part: part * 0.0 + 9.87654, "40 hours left out, 2023-02-11 16:00 to 2023-02-13 07:00: the same value"),
    ],
)
def test_hours_that_a_meter_cannot_have_meant(spoil: Callable[[pd.Series], pd.Series], words: str) -> None:
    """Left out and named, and the days to come are told nearly as without the fault."""
    sound = hours("2023-01-01", 100, "UTC", noise=0.2)
    faulty = sound.copy()
    faulty.iloc[1000:1040] = spoil(sound.iloc[1000:1040])
    times = pd.date_range("2023-04-11", periods=72, freq="h", tz="UTC")
    clean, told = (HourlyDemand().fit(series).predict(times, members=20) for series in (sound, faulty))
    assert clean.attrs["notes"] == ()
    assert len(told.attrs["notes"]) == 1
    assert told.attrs["notes"][0].startswith(words)
    assert told.median(axis=1).to_numpy() == pytest.approx(clean.median(axis=1).to_numpy(), abs=0.5)


def test_an_unfinished_day_is_left_out_and_the_past_is_not_forecast() -> None:
    history = hours("2023-01-01", 100, "UTC").iloc[:-10]
    fitted = HourlyDemand().fit(history)
    assert fitted.record_.notes == ("14 hours of the unfinished day 2023-04-10 left out",)
    with pytest.raises(InputError, match="begin in the history"):
        fitted.predict(history.index[-48:])
    with pytest.raises(InputError, match="no time zone"):
        fitted.predict(pd.date_range("2023-04-11", periods=3, freq="h"))


def test_a_holiday_begins_from_the_profile_of_sundays() -> None:
    """Easter Monday is told like a Sunday where the country is known, like a Monday where not."""
    history = hours("2023-01-02", 97)  # to 8 April; weekends draw 2 more
    monday = pd.date_range("2023-04-10", periods=24, freq="h", tz=ROME)
    known, unknown = (
        HourlyDemand(time_zone=ROME, country=country).fit(history).predict(monday).median(axis=1).mean()
        for country in ("IT", None)
    )
    assert known - unknown == pytest.approx(2.0, abs=0.1)


def test_members_cover_and_hang_together() -> None:
    history = hours("2023-01-02", 400, "UTC", noise=0.5)
    times = pd.date_range(history.index[-1] + pd.Timedelta(hours=1), periods=168, freq="h")
    fitted = HourlyDemand().fit(history)
    told = fitted.predict(times, members=200, seed=3)
    assert told.equals(fitted.predict(times, members=200, seed=3))
    truth = hours(str(times[0].date()), 7, "UTC", noise=0.5).to_numpy()
    low, high = (told.quantile(level, axis=1).to_numpy() for level in (0.1, 0.9))
    assert 0.7 < ((truth >= low) & (truth <= high)).mean() < 0.9
    assert (told.to_numpy() >= 0.0).all()


def test_nine_weeks_are_enough() -> None:
    history = hours("2023-01-02", 63, "UTC", noise=0.5)
    times = pd.date_range(history.index[-1] + pd.Timedelta(hours=1), periods=168, freq="h")
    told = HourlyDemand().fit(history).predict(times, members=3)
    assert np.abs(told.median(axis=1).to_numpy() - hours("2023-03-06", 7, "UTC").to_numpy()).max() < 2.0


def test_restless_days_widen_the_interval() -> None:
    """The last month swings three times as far as the year before; the interval of the week ahead does nearly so."""
    calm = hours("2023-01-02", 400, "UTC", noise=0.5)
    restless = calm.copy()
    usual = hours("2023-01-02", 400, "UTC")
    restless.iloc[-24 * 28 :] = (usual + 3.0 * (calm - usual)).iloc[-24 * 28 :]
    times = pd.date_range(calm.index[-1] + pd.Timedelta(hours=1), periods=168, freq="h")
    widths = []
    for history in (calm, restless):
        told = HourlyDemand().fit(history).predict(times, members=200)
        widths.append((told.quantile(0.9, axis=1) - told.quantile(0.1, axis=1)).mean())
    assert 2.0 < widths[1] / widths[0] < 3.5


def test_leakage_by_night_by_hand() -> None:
    """Least flow at night 12 m3/h, 2 of them drawn: 24 x 10 = 240 m3/day; with a factor of 20 h 200; never below zero."""
    flow = pd.Series(30.0, index=pd.date_range("2023-01-01", periods=24 * 30, freq="h"))
    flow[flow.index.hour == 3] = 12.0
    flow[(flow.index.day == 5) & (flow.index.hour == 3)] = 90.0  # a pipe burst in one night
    assert night_leakage(flow, "UTC", night_use=2.0) == pytest.approx(240.0)
    assert night_leakage(flow, "UTC", night_use=2.0, night_day_factor=20.0) == pytest.approx(200.0)
    assert night_leakage(flow, "UTC", night_use=50.0) == 0.0
    with pytest.raises(InputError, match="no night has a value"):
        night_leakage(flow.where((flow.index.hour < 2) | (flow.index.hour > 4)), "UTC", night_use=2.0)


def test_skill_on_the_battle_of_water_demand_forecasting(shared: Path) -> None:
    """Three areas, two weeks that were not scored: under last week by a tenth."""
    frame = pd.read_csv(shared / "forecasting" / "bwdf" / "bwdf_hourly_utc.csv.gz", index_col=0)
    frame = frame.set_axis(pd.to_datetime(frame.index, utc=True), axis=0)
    told_errors, naive_errors = [], []
    for monday in ("2022-05-16", "2022-12-05"):
        times = pd.date_range(monday, periods=168, freq="h", tz=ROME)
        for area in ("DMA 1", "DMA 3", "DMA 10"):
            known = frame[area].loc[: times[0] - pd.Timedelta(hours=1)]
            known = known.loc[known.first_valid_index() :]
            told = HourlyDemand(time_zone=ROME, country="IT").fit(known).predict(times).median(axis=1).to_numpy()
            came = frame[area].reindex(times).to_numpy()
            last = frame[area].reindex(times - pd.Timedelta(days=7)).to_numpy()
            told_errors.append(np.nanmean(np.abs(told - came)))
            naive_errors.append(np.nanmean(np.abs(last - came)))
    assert np.mean(told_errors) < 0.9 * np.mean(naive_errors)


def test_full_hours_are_those_of_the_local_clock() -> None:
    """In Adelaide, half an hour apart from UTC: a stamp in UTC must stand for a full local hour."""
    adelaide = "Australia/Adelaide"
    history = hours("2023-06-01", 90, adelaide)
    times = pd.date_range("2023-08-30", periods=24, freq="h", tz=adelaide)
    told = HourlyDemand(time_zone=adelaide).fit(history.tz_convert("UTC")).predict(times, members=5)
    assert told.median(axis=1).to_numpy() == pytest.approx(hours("2023-08-30", 1, adelaide).to_numpy(), abs=0.05)
    between = pd.Series(1.0, pd.date_range("2023-06-01", periods=2400, freq="h", tz="UTC"))
    with pytest.raises(InputError, match=r"not a full hour; found 09:30 in Australia/Adelaide, 2400 such times"):
        HourlyDemand(time_zone=adelaide).fit(between)
    with pytest.raises(InputError, match="not a full hour"):
        HourlyDemand(time_zone=adelaide).fit(history).predict(times + pd.Timedelta(minutes=30))


def test_a_zone_that_does_not_exist_and_members_that_cannot_be() -> None:
    with pytest.raises(InputError, match="no such time zone; found 'Mars/Olympus'"):
        HourlyDemand(time_zone="Mars/Olympus").fit(hours("2023-06-01", 90))
    known = HourlyDemand(time_zone=ROME).fit(hours("2023-06-01", 90))
    with pytest.raises(InputError, match="such members; found 0"):
        known.predict(pd.date_range("2023-08-30", periods=24, freq="h", tz=ROME), members=0)
