"""The ladder: each method by hand, its longest gap, no peeking, and what is left open."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sources.lake_record import DAY, FIRST, INFLOW, reading
from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.hydrology.recession import recession_constant
from waterbalance.sources.gaps.fill import completed, open_gaps
from waterbalance.sources.gaps.settings import GapSettings, Ladder

NEIGHBOUR = ("brook", "inflow")


def ladder(*rungs: Mapping[str, object]) -> Mapping[str, Ladder]:
    """The same rungs for all series, as a file says them."""
    read: Mapping[str, Ladder] = TypeAdapter(GapSettings).validate_python({"default": rungs})
    return read


def flows(values: Mapping[int, float], key: Key = INFLOW) -> list[Reading]:
    """Readings of some days."""
    return [reading(key, "m3/day", FIRST + day * DAY, value) for day, value in values.items()]


def filled(readings: list[Reading], rungs: Mapping[str, Ladder], days: int) -> dict[int, float]:
    """Completed values by day, of the days from the first to one."""
    found = completed(readings, rungs, [INFLOW], FIRST, FIRST + (days - 1) * DAY)
    return {(each.date - FIRST).days: round(each.value, 9) for each in found if each.origin is Origin.COMPLETED}


def test_a_line_between_both_ends() -> None:
    line = ladder({"method": "interpolate", "longest": "2 days"})
    assert filled(flows({0: 10.0, 3: 40.0}), line, 4) == {1: 20.0, 2: 30.0}
    assert filled(flows({0: 10.0, 4: 40.0}), line, 5) == {}
    assert filled(flows({0: 10.0}), line, 2) == {}


def test_the_last_value_is_held_for_as_long_as_allowed() -> None:
    assert filled(flows({0: 10.0}), ladder({"method": "hold", "longest": "2 days"}), 6) == {1: 10.0, 2: 10.0}


def test_a_neighbour_tells_by_its_usual_ratio() -> None:
    brook = flows({day: 10.0 + day for day in range(20)}, NEIGHBOUR)
    own = flows({day: 3.0 * (10.0 + day) for day in range(15)})
    ratio = ladder({"method": "ratio", "of": ["brook.inflow"], "longest": "4 days"})
    assert filled([*own, *brook], ratio, 20) == {15: 75.0, 16: 78.0, 17: 81.0, 18: 84.0}
    assert filled([*own[:5], *brook], ratio, 6) == {}


def test_a_falling_river_goes_on_falling_and_a_rising_one_is_left_alone() -> None:
    recession = ladder({"method": "recession", "longest": "3 days"})
    falling = {day: 1000.0 * 0.9**day for day in range(20)}
    expected = {day: round(1000.0 * 0.9**day, 9) for day in (20, 21, 22)}
    assert filled(flows(falling), recession, 24) == pytest.approx(expected)
    assert filled(flows({**falling, 19: 500.0}), recession, 24) == {}


@given(k=st.floats(0.5, 0.99), seed=st.integers(0, 1000))
@hypothesis_settings(max_examples=20, deadline=None)
def test_the_recession_of_a_linear_store_is_found_between_floods(k: float, seed: int) -> None:
    draw, flow, values = np.random.default_rng(seed), 100.0, []
    for day in range(300):
        flow = flow * k + (draw.uniform(50, 500) if day % 13 == 0 else 0.0)
        values.append(flow)
    assert recession_constant(np.array(values)) == pytest.approx(k, rel=1e-9)
    assert recession_constant(np.array(values[:9])) is None


def test_the_first_days_after_a_flood_do_not_count_as_recession() -> None:
    """A surface that drains by half a day for two days, and ground that keeps nine tenths from then on."""
    flood = np.cumprod([1000.0, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9])
    assert recession_constant(np.tile(flood, 6)) == pytest.approx(0.9)
    assert recession_constant(np.tile(flood[:4], 20)) == pytest.approx(0.9)


def test_the_ten_day_period_of_other_years() -> None:
    past = [reading(INFLOW, "m3/day", dt.date(year, 1, day), year - 2000.0) for year in (2018, 2019, 2021) for day in (1, 5, 10)]
    noise = [reading(INFLOW, "m3/day", dt.date(year, 1, 11), 999.0) for year in (2018, 2019, 2021)]
    climatology = ladder({"method": "climatology", "longest": "400 days"})
    assert filled([*past, *noise], climatology, 11) == dict.fromkeys(range(10), 19.0) | {10: 999.0}
    assert filled([*past[:6], *noise], climatology, 3) == {}


def test_each_rung_takes_what_the_one_before_leaves() -> None:
    past = [reading(INFLOW, "m3/day", dt.date(year, 1, 5), 7.0) for year in (2018, 2019, 2020)]
    rungs = ladder(
        {"method": "interpolate", "longest": "1 day"},
        {"method": "hold", "longest": "2 days"},
        {"method": "climatology", "longest": "4 days"},
    )
    readings = [*past, *flows({0: 10.0, 2: 30.0, 8: 80.0})]
    assert filled(readings, rungs, 9) == {1: 20.0, 3: 30.0, 4: 30.0, 5: 7.0, 6: 7.0}
    told = completed(readings, rungs, [INFLOW], FIRST, FIRST + 8 * DAY)
    assert [str(gap) for gap in open_gaps(told, [INFLOW], FIRST, FIRST + 8 * DAY)] == ["lake.inflow: 2022-01-08 (1 day)"]
    why = {(each.date - FIRST).days: each.why[0] for each in told if each.origin is Origin.COMPLETED}
    assert why[1] == "gap: interpolate, day 1 of 1: a line from 2022-01-01 to 2022-01-03"
    assert why[4] == "gap: hold, day 2 of 5: the value of 2022-01-03 held"


def test_a_completed_value_says_what_it_is() -> None:
    found = completed(flows({0: 10.0}), ladder({"method": "hold", "longest": "1 day"}), [INFLOW], FIRST, FIRST + DAY)[-1]
    assert (found.key, found.unit, found.origin, found.trust, found.read) == (
        INFLOW,
        "m3/day",
        Origin.COMPLETED,
        Trust.DOUBTFUL,
        None,
    )


def test_an_unreliable_reading_leaves_a_gap_and_stays() -> None:
    wrong = replace(flows({1: 9e9})[0], trust=Trust.UNRELIABLE)
    found = completed(
        [*flows({0: 10.0, 2: 30.0}), wrong],
        ladder({"method": "interpolate", "longest": "1 day"}),
        [INFLOW],
        FIRST,
        FIRST + 2 * DAY,
    )
    assert wrong in found
    assert [each.value for each in found if each.usable and each.date == FIRST + DAY] == [20.0]


def test_a_gap_is_as_long_as_it_truly_is_and_older_completions_give_way() -> None:
    """A gap that began ten days before the window is not new on the window's first day."""
    past = [reading(INFLOW, "m3/day", dt.date(year, 1, 15), 7.0) for year in (2018, 2019, 2020)]
    usual = ladder({"method": "climatology", "longest": "12 days"})
    found = completed([*past, *flows({0: 10.0})], usual, [INFLOW], FIRST + 10 * DAY, FIRST + 14 * DAY)
    assert [each.date for each in found if each.origin is Origin.COMPLETED] == [FIRST + n * DAY for n in (10, 11, 12)]
    hold = ladder({"method": "hold", "longest": "3 days"})
    earlier = replace(flows({1: 99.0})[0], origin=Origin.COMPLETED, trust=Trust.DOUBTFUL)
    assert [each.value for each in completed([*flows({0: 10.0}), earlier], hold, [INFLOW], FIRST, FIRST + DAY)] == [10.0, 10.0]
    assert [each.value for each in completed([*flows({0: 10.0, 1: 12.0}), earlier], hold, [INFLOW], FIRST, FIRST + DAY)] == [
        10.0,
        12.0,
    ]


@given(known=st.sets(st.integers(0, 60), min_size=1, max_size=40), night=st.integers(1, 60))
@hypothesis_settings(max_examples=50, deadline=None)
def test_a_completed_value_became_known_with_the_last_reading_that_it_rests_on(known: set[int], night: int) -> None:
    """Without all readings that are newer than a completed value, the same value is found: a replay of its moment has it."""
    rungs = ladder(
        {"method": "interpolate", "longest": "3 days"},
        {"method": "ratio", "of": ["brook.inflow"], "longest": "5 days"},
        {"method": "hold", "longest": "6 days"},
    )
    every = [*flows({day: 100.0 + day**2 for day in sorted(known)}), *flows({day: 5.0 + day for day in range(night)}, NEIGHBOUR)]
    moment = dt.datetime.combine(FIRST + night * DAY, dt.time(4), dt.UTC)
    tonight = [each for each in every if each.known_at <= moment]
    for each in completed(tonight, rungs, [INFLOW], FIRST, FIRST + night * DAY):
        if each.origin is Origin.COMPLETED:
            then = [reading for reading in tonight if reading.known_at <= each.known_at]
            again = completed(then, rungs, [INFLOW], FIRST, FIRST + night * DAY)
            assert each.known_at <= moment
            assert [found.value for found in again if (found.key, found.date) == (each.key, each.date)] == [each.value]


def test_a_line_waits_for_its_far_end() -> None:
    """Before the day after the gap is known, the last value is held; from then on the line is drawn."""
    rungs = ladder({"method": "interpolate", "longest": "3 days"}, {"method": "hold", "longest": "3 days"})
    assert filled(flows({0: 10.0}), rungs, 2) == {1: 10.0}
    assert filled(flows({0: 10.0, 2: 30.0}), rungs, 3) == {1: 20.0}


@pytest.mark.parametrize(
    ("rung", "told"),
    [
        ({"method": "guess", "longest": "2 days"}, "does not match any of the expected tags"),
        ({"method": "hold"}, "Field required"),
        ({"method": "hold", "longest": "2 m3"}, "not a unit of a time"),
        ({"method": "hold", "longest": "0 days"}, "greater than or equal to 1"),
        ({"method": "ratio", "of": ["brook"], "longest": "2 days"}, "write component.quantity"),
    ],
)
def test_rungs_that_make_no_sense_are_refused(rung: Mapping[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ladder(rung)
