"""Several values a day become one; worked out on paper."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from waterbalance.sources.days import Day, Thin, days_of
from waterbalance.sources.series_settings import SubdailySeries

TAIPEI, BERLIN = ZoneInfo("Asia/Taipei"), ZoneInfo("Europe/Berlin")
DATE = dt.date(2026, 3, 29)


def the_day(points: dict[str, float], per_day: str = "mean", zone: ZoneInfo = TAIPEI, **settings: Any) -> list[Day | Thin]:
    """The days of values that are told by local times, such as 28T23:00 for a day of March 2026."""
    moments = {}
    for at, value in points.items():
        moments[dt.datetime.fromisoformat(f"2026-03-{at}").replace(tzinfo=zone)] = value
    told = SubdailySeries(per_day=per_day, **settings)  # type: ignore[arg-type]
    return days_of(moments, told, told.becomes("m3"), zone, [DATE])


def hours(values: dict[int, float]) -> dict[str, float]:
    return {f"29T{hour:02d}:00": value for hour, value in values.items()}


def test_a_burst_of_values_counts_no_more_than_its_time() -> None:
    points = {"29T00:00": 1.0, "29T12:00": 4.0, "29T12:01": 6.0, "29T12:02": 5.0}
    assert the_day(points, step=0.5) == [Day(DATE, 3.0)]


def test_a_mean_of_too_few_steps_is_none() -> None:
    assert the_day(hours(dict.fromkeys(range(17), 2.0))) == [Thin(DATE, "17 of 24 steps have a value")]
    assert the_day(hours(dict.fromkeys(range(18), 2.0))) == [Day(DATE, 2.0, "18 of 24 steps have a value")]


def test_a_sum_without_all_steps_is_doubtful() -> None:
    whole = the_day(hours(dict.fromkeys(range(24), 0.5)), "sum")
    assert whole == [Day(DATE, 12.0)]
    assert the_day(hours(dict.fromkeys(range(20), 0.5)), "sum") == [Day(DATE, 10.0, "20 of 24 steps have a value", doubtful=True)]


@pytest.mark.parametrize(
    ("per_day", "value"), [("highest", 23.0), ("lowest", 0.0), ("mean", 11.5), ("sum", 276.0), ("last", 23.0)]
)
def test_each_way_to_tell_a_day(per_day: str, value: float) -> None:
    assert the_day(hours({hour: float(hour) for hour in range(24)}), per_day) == [Day(DATE, value)]


def test_what_is_stamped_with_its_end_belongs_to_the_day_that_ends() -> None:
    """The hours 1 to 24 of a day, of which 24 is the next day's midnight; its own midnight is the day before."""
    points = {f"29T{hour:02d}:00": 1.0 for hour in range(1, 24)} | {"30T00:00": 25.0, "29T00:00": 1000.0}
    assert the_day(points, "sum", stamp="end") == [Day(DATE, 48.0)]
    assert the_day(points, "sum", stamp="start") == [Day(DATE, 1023.0)]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({"29T00:00": 5.0, "28T23:59": 4.0}, Day(DATE, 5.0)),
        ({"28T23:00": 4.0, "29T01:30": 6.0}, Day(DATE, 4.0, "read 1.0 h before midnight")),
        ({"28T20:00": 4.0, "29T01:30": 6.0}, Day(DATE, 6.0, "read 1.5 h after midnight")),
        ({"28T23:00": 4.0, "29T01:00": 6.0}, Day(DATE, 4.0, "read 1.0 h before midnight")),
        ({"29T07:00": 4.0}, Thin(DATE, "the value nearest to midnight is 7.0 h away")),
    ],
)
def test_midnight_is_told_by_the_nearest_value(points: dict[str, float], expected: Day | Thin) -> None:
    assert the_day(points, "midnight") == [expected]


def test_values_of_other_days_are_nobodys_midnight() -> None:
    assert the_day({"27T12:00": 1.0, "30T12:00": 2.0}, "midnight") == []


def test_the_last_value_must_stand_near_the_end() -> None:
    assert the_day({"29T12:00": 1.0, "29T22:00": 3.0}, "last") == [Day(DATE, 3.0)]
    assert the_day({"29T12:00": 1.0, "29T20:00": 3.0}, "last") == [Thin(DATE, "its last value stands 4.0 h before its end")]


def test_a_day_on_which_clocks_change_has_its_own_number_of_hours() -> None:
    """On 29 March 2026 Berlin has no hour from 2 to 3: 23 hours are all of them, and 17 of 23 are less than three quarters."""
    points = {f"29T{hour:02d}:00": 1.0 for hour in range(24) if hour != 2}
    assert the_day(points, "sum", BERLIN) == [Day(DATE, 23.0)]
    fewer = {at: value for at, value in points.items() if at < "29T18"}
    assert the_day(fewer, "sum", BERLIN) == [Thin(DATE, "17 of 23 steps have a value")]


def test_no_values_no_day() -> None:
    assert [the_day({}, per_day) for per_day in ("mean", "midnight", "last")] == [[], [], []]


def test_volumes_are_told_at_midnight_and_all_else_by_its_mean() -> None:
    assert [SubdailySeries().becomes(unit) for unit in ("m3", "m3/day", "m")] == ["midnight", "mean", "mean"]
