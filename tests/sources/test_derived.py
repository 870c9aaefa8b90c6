"""Series that follow from others: sums by hand, months, floors, chains, and what they inherit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest
from pydantic import TypeAdapter, ValidationError

from sources.lake_record import DAY, FIRST, INFLOW, reading
from waterbalance.errors import InputError
from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.sources.derived import DerivedSeries, DerivedSettings, unknown_parts, with_derived

GAUGE, TAKEN, BELOW = ("gauge", "flow"), ("weir", "taken"), ("brook", "inflow")


def derived(**settings: object) -> Mapping[str, DerivedSeries]:
    """`brook.inflow` as a file says it."""
    read: Mapping[str, DerivedSeries] = TypeAdapter(DerivedSettings).validate_python(
        {"brook.inflow": settings}, context={"from_file": True}
    )
    return read


def flows(key: Key, *values: float, first: dt.date = FIRST) -> list[Reading]:
    return [reading(key, "m3/day", first + day * DAY, value) for day, value in enumerate(values)]


def told(readings: list[Reading], settings: Mapping[str, DerivedSeries], key: Key = BELOW) -> dict[dt.date, float]:
    return {each.date: each.value for each in with_derived(readings, settings) if each.key == key}


def test_a_share_less_another_flow_and_never_below_the_floor() -> None:
    rule = derived(sum={"gauge.flow": 0.5, "weir.taken": -1}, least="0 m3/s")
    found = told([*flows(GAUGE, 100.0, 40.0, 80.0), *flows(TAKEN, 20.0, 30.0)], rule)
    assert found == {FIRST: 30.0, FIRST + DAY: 0.0}


def test_months_have_their_own_amount() -> None:
    rule = derived(sum={"gauge.flow": 1}, plus={11: "2 m3/s", 5: "-1 m3/s"})
    days = (dt.date(2021, 11, 30), dt.date(2021, 12, 1), dt.date(2021, 5, 31))
    readings = [each for day in days for each in flows(GAUGE, 1e6, first=day)]
    assert told(readings, rule) == {days[0]: 1e6 + 2 * 86_400, days[1]: 1e6, days[2]: 1e6 - 86_400}


def test_a_series_may_rest_on_one_that_is_derived_above_it() -> None:
    rule = {
        **derived(sum={"gauge.flow": 1}, least="0 m3/s"),
        "delta.inflow": DerivedSeries.model_validate({"sum": {"brook.inflow": 2}}),
    }
    assert told(flows(GAUGE, 5.0, -5.0), rule, ("delta", "inflow")) == {FIRST: 10.0, FIRST + DAY: 0.0}


def test_it_is_as_doubtful_as_completed_and_as_late_as_its_parts() -> None:
    (good,), (bad,) = flows(GAUGE, 5.0), flows(TAKEN, 3.0)
    late = bad.known_at + dt.timedelta(hours=5)
    bad = replace(bad, trust=Trust.DOUBTFUL, origin=Origin.COMPLETED, known_at=late, why=("gap: hold",))
    (found,) = (each for each in with_derived([good, bad], derived(sum={"gauge.flow": 1, "weir.taken": 1})) if each.key == BELOW)
    assert (found.value, found.trust, found.origin, found.known_at) == (8.0, Trust.DOUBTFUL, Origin.COMPLETED, late)
    assert found.why == ("derived: 1 x gauge.flow + 1 x weir.taken", "gap: hold")
    never = replace(bad, trust=Trust.UNRELIABLE)
    assert told([good, never], derived(sum={"gauge.flow": 1, "weir.taken": 1})) == {}


def test_what_was_read_of_the_series_itself_stands() -> None:
    readings = [*flows(GAUGE, 5.0, 6.0), *flows(BELOW, 99.0)]
    assert told(readings, derived(sum={"gauge.flow": 1})) == {FIRST: 99.0, FIRST + DAY: 6.0}


def test_storages_are_not_added_to_flows() -> None:
    readings = [*flows(GAUGE, 5.0), reading(TAKEN, "m3", FIRST, 5.0)]
    with pytest.raises(InputError, match="cannot be derived"):
        with_derived(readings, derived(sum={"gauge.flow": 1, "weir.taken": 1}))
    with pytest.raises(InputError, match="cannot be derived"):
        with_derived(flows(GAUGE, 5.0), derived(sum={"gauge.flow": 1}, least="3 m3"))


def test_parts_that_nobody_reads_are_named() -> None:
    rule = derived(sum={"gauge.flow": 1, "gauge.flov": 1})
    assert list(unknown_parts(rule, [GAUGE, INFLOW])) == [("brook.inflow", "gauge.flov")]
    assert list(unknown_parts(rule, [GAUGE, ("gauge", "flov")])) == []
    with pytest.raises(ValidationError, match=r"component\.quantity"):
        TypeAdapter(DerivedSettings).validate_python({"brook": {"sum": {"gauge.flow": 1}}})
