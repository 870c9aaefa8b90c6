"""A clean series gets no flag, one planted fault of each kind is found, order does not matter, and flags only worsen."""

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from repository import ROOT
from sources.lake_record import (
    DAY,
    FIRST,
    INFLOW,
    LAKE,
    OUTFLOW,
    SETTINGS,
    STORAGE,
    at,
    changed,
    judged,
    lake_readings,
    reading,
    rules_of,
)
from waterbalance.errors import Findings, InputError
from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.network.component import component_types
from waterbalance.network.network import Network
from waterbalance.scenario.document import parse_document, plain
from waterbalance.scenario.series import Series
from waterbalance.sources.gaps.settings import GapSettings
from waterbalance.sources.quality.check import checked
from waterbalance.sources.quality.evidence import Evidence
from waterbalance.sources.quality.settings import QualitySettings, SeriesQuality, quality_of
from waterbalance.sources.quality.verdict import Verdict

few = hypothesis_settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
WORSE = (Trust.RELIABLE, Trust.DOUBTFUL, Trust.UNRELIABLE)


@few
@given(seed=seeds, days=st.integers(2, 60), tonight=st.integers(0, 60))
def test_a_clean_series_gets_no_flags(seed: int, days: int, tonight: int) -> None:
    readings = lake_readings(days, seed)
    assert [each for each in judged(readings, tonight) if each.why or each.trust is not Trust.RELIABLE] == []


def planted(fault: str, seed: int) -> tuple[tuple[Reading, ...], Key, tuple[int, ...]]:
    """Forty days with one fault; the series and the days on which it must be found."""
    readings = lake_readings(40, seed)
    values = {day: at(readings, STORAGE, day).value for day in range(40)}
    last = values[39]
    faults: dict[str, tuple[Key, dict[int, float]]] = {
        "number": (STORAGE, {39: float("nan")}),
        "below zero": (INFLOW, {39: -1.0}),
        "hard limit": (INFLOW, {39: 30e6}),
        "capacity": (STORAGE, {39: 75e6}),
        "soft limit": (STORAGE, {39: 25e6}),
        "rate of change": (STORAGE, {39: last + 4e6}),
        "stuck": (STORAGE, dict.fromkeys((37, 38, 39), values[37])),
        "spike": (STORAGE, {37: values[37] - 4e6}),
        "oscillation": (STORAGE, {day: values[day] + (-1) ** day * 0.6e6 for day in range(34, 40)}),
        "temporary shift": (STORAGE, {day: values[day] + 5e6 for day in (35, 36, 37)}),
    }
    key, told = faults[fault]
    found = tuple(told) if fault != "oscillation" else (35, 36, 37, 38)
    return changed(readings, key, told), key, found


@pytest.mark.parametrize(
    "fault",
    [
        "number",
        "below zero",
        "hard limit",
        "capacity",
        "soft limit",
        "rate of change",
        "stuck",
        "spike",
        "oscillation",
        "temporary shift",
    ],
)
@few
@given(seed=seeds)
def test_a_planted_fault_is_found(fault: str, seed: int) -> None:
    readings, key, days = planted(fault, seed)
    found = judged(readings, 30)
    word = "number" if fault == "below zero" else fault
    assert [day for day in days if word not in rules_of(at(found, key, day))] == []
    untouched = [each for each in found if each.key == OUTFLOW and "mass balance" not in rules_of(each)]
    assert [each for each in untouched if each.why] == []


@few
@given(seed=seeds, factor=st.sampled_from([10.0, 86.4, 1000.0, 1e4, 0.1, 1e-4]), declared=st.booleans())
def test_another_unit_is_recognised_and_corrected_only_where_declared(seed: int, factor: float, declared: bool) -> None:
    readings = lake_readings(400, seed)
    wrong = changed(readings, OUTFLOW, {day: at(readings, OUTFLOW, day).value * factor for day in (397, 398, 399)})
    settings = {"lake.outflow": SeriesQuality.model_validate({"unit": {"corrected": [factor] if declared else []}})}
    found = judged(wrong, 390, settings)
    for day in (397, 398, 399):
        one, read = at(found, OUTFLOW, day), at(wrong, OUTFLOW, day).value
        # A factor that nobody has declared is held against all that was known, too.
        if declared:
            assert (rules_of(one), one.trust) == ({"unit"}, Trust.DOUBTFUL)
            assert (one.value, one.read, one.origin) == (read / factor, read, Origin.CORRECTED)
        else:
            assert rules_of(one) == ({"unit", "known range"} if factor > 10 or factor < 0.01 else {"unit"})
            assert one.trust is (Trust.UNRELIABLE if factor > 100 or factor < 0.01 else Trust.DOUBTFUL)
            assert (one.value, one.read, one.origin) == (read, None, Origin.ORIGINAL)
    assert [each for each in found if each.why and each.date < FIRST + 397 * DAY] == []


@few
@given(seed=seeds)
def test_the_storage_is_the_suspect_where_two_days_miss_opposite_amounts(seed: int) -> None:
    readings = lake_readings(20, seed)
    wrong = changed(readings, STORAGE, {15: at(readings, STORAGE, 15).value + 0.9e6})
    found = [each for each in judged(wrong, 10) if "mass balance" in rules_of(each)]
    assert [(each.key, each.date) for each in found] == [(STORAGE, FIRST + 15 * DAY)]


@few
@given(seed=seeds, key=st.sampled_from([INFLOW, OUTFLOW]), factor=st.sampled_from([10.0, 0.1]))
def test_a_flow_is_the_suspect_where_a_factor_closes_the_balance(seed: int, key: Key, factor: float) -> None:
    readings = lake_readings(20, seed)
    wrong = changed(readings, key, {15: at(readings, key, 15).value * factor})
    found = [each for each in judged(wrong, 10) if "mass balance" in rules_of(each)]
    assert [(each.key, each.date) for each in found] == [(key, FIRST + 15 * DAY)]
    assert "another unit?" in found[0].why[-1]


def test_where_nothing_tells_the_suspect_all_of_the_day_is_doubtful() -> None:
    readings = lake_readings(20)
    wrong = changed(readings, INFLOW, {15: at(readings, INFLOW, 15).value + 0.03e6})
    found = [each for each in judged(wrong, 10) if "mass balance" in rules_of(each)]
    assert {(each.key, (each.date - FIRST).days) for each in found} == {(STORAGE, 16), (INFLOW, 15), (OUTFLOW, 15)}


def test_evaporation_is_a_depth_on_the_surface() -> None:
    """2 mm from the 10 km2 of a half full lake of 20 km2 are 20 000 m3; without them the day does not close."""
    lake = Network.of([component_types()["reservoir"](name="lake", capacity=72e6, surface_area=20e6)])
    flows = [reading(INFLOW, "m3/day", FIRST, 50_000.0), reading(OUTFLOW, "m3/day", FIRST, 30_000.0)]
    flows += [reading(("lake", "evaporation_depth"), "m/day", FIRST, 0.002)]
    storages = [reading(STORAGE, "m3", FIRST, 36e6), reading(STORAGE, "m3", FIRST + DAY, 36e6)]
    balance = {"gains": ["lake.inflow"], "losses": ["lake.outflow"], "tolerance": "100 m3", "share": 0.0}
    dry = {"lake.storage": SeriesQuality.model_validate({"balance": balance})}
    wet = {
        "lake.storage": SeriesQuality.model_validate(
            {"balance": {**balance, "losses": ["lake.outflow", "lake.evaporation_depth"]}}
        )
    }
    assert {rule for each in checked([*flows, *storages], dry, lake) for rule in rules_of(each)} == {"mass balance"}
    assert [each for each in checked([*flows, *storages], wet, lake) if each.why] == []


@few
@given(seed=seeds, data=st.data())
def test_the_order_of_readings_does_not_matter(seed: int, data: st.DataObject) -> None:
    readings, _, _ = planted(data.draw(st.sampled_from(["spike", "stuck", "temporary shift", "hard limit"])), seed)
    twice = (*readings, *(replace(each, value=each.value * 1.1) for each in readings[-3:]))
    night = FIRST + 30 * DAY
    tonight = [each for each in twice if each.date >= night]
    past = [each for each in twice if each.date < night]
    mixed = data.draw(st.permutations(tonight)), data.draw(st.permutations(past))
    assert checked(mixed[0], SETTINGS, LAKE, past=mixed[1]) == checked(tonight, SETTINGS, LAKE, past=past)


@few
@given(seed=seeds, data=st.data())
def test_flags_only_worsen_and_nothing_is_removed(seed: int, data: st.DataObject) -> None:
    readings, _, _ = planted(data.draw(st.sampled_from(["spike", "stuck", "rate of change", "capacity"])), seed)
    tonight = [each for each in readings if each.date >= FIRST + 30 * DAY]
    trusts = data.draw(st.lists(st.sampled_from(WORSE), min_size=len(tonight), max_size=len(tonight)))
    given_trusts = [replace(each, trust=trust) for each, trust in zip(tonight, trusts, strict=True)]
    found = {(each.key, each.date): each for each in checked(given_trusts, SETTINGS, LAKE)}
    assert len(found) == len(tonight)
    for each in given_trusts:
        after = found[each.key, each.date]
        assert WORSE.index(after.trust) >= WORSE.index(each.trust)
        assert after.read is not None or after.value == each.value


@pytest.mark.parametrize("before", WORSE)
@pytest.mark.parametrize("said", WORSE[1:])
def test_a_verdict_leaves_the_worse_of_two_trusts(before: Trust, said: Trust) -> None:
    one = replace(reading(INFLOW, "m3/day", FIRST, 7.0), trust=before, why=("rule: spoke",))
    after = Evidence({INFLOW: (one,)}, {}, LAKE).after("other", [Verdict(INFLOW, 0, said, "spoke, too")])
    (found,) = after.tonight[INFLOW]
    assert found.trust is max(before, said, key=WORSE.index)
    assert found.why == ("rule: spoke", "other: spoke, too")


def test_a_day_told_twice() -> None:
    one = reading(INFLOW, "m3/day", FIRST, 100.0)
    alike = checked([one, one], {}, LAKE)
    assert [each.trust for each in alike] == [Trust.RELIABLE, Trust.UNRELIABLE]
    other = checked([one, replace(one, value=120.0)], {}, LAKE)
    assert [each.trust for each in other] == [Trust.UNRELIABLE, Trust.UNRELIABLE]
    later = checked([one, replace(one, value=120.0, known_at=one.known_at + DAY)], {}, LAKE)
    assert [(each.value, each.trust) for each in later] == [(100.0, Trust.UNRELIABLE), (120.0, Trust.RELIABLE)]


def test_a_day_told_twice_beside_a_missing_one_may_have_slipped() -> None:
    flows = [reading(INFLOW, "m3/day", FIRST + n * DAY, 100.0 + n) for n in (0, 1, 1, 3)]
    flows[2] = replace(flows[2], value=102.0, known_at=flows[1].known_at)
    found = checked(flows, {}, LAKE)
    assert [each.trust for each in found] == [Trust.RELIABLE, Trust.UNRELIABLE, Trust.UNRELIABLE, Trust.RELIABLE]
    assert "2022-01-03 is missing: did the label of a day slip?" in found[1].why[0]


@pytest.mark.parametrize(
    ("key", "unit", "hours", "trust"),
    [
        (INFLOW, "m3/day", 23.9, Trust.UNRELIABLE),
        (INFLOW, "m3/day", 24.0, Trust.RELIABLE),
        (STORAGE, "m3", -0.1, Trust.UNRELIABLE),
        (STORAGE, "m3", 0.0, Trust.RELIABLE),
    ],
)
def test_a_day_is_over_in_its_own_time_zone_before_it_is_believed(key: Key, unit: str, hours: float, trust: Trust) -> None:
    midnight = dt.datetime(2022, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    one = replace(reading(key, unit, FIRST, 40e6), known_at=(midnight + dt.timedelta(hours=hours)).astimezone(dt.UTC))
    assert [each.trust for each in checked([one], {}, LAKE, time_zone="Asia/Taipei")] == [trust]


@pytest.mark.parametrize("days", [1, -1])
def test_a_series_whose_days_slipped_is_not_used(days: int) -> None:
    past = [each for each in lake_readings(20) if each.key == INFLOW]
    again = [replace(each, date=each.date + days * DAY, known_at=past[-1].known_at + 2 * DAY) for each in past[10:]]
    assert {each.trust for each in checked(again, {}, LAKE, past=past)} == {Trust.UNRELIABLE}
    same = [replace(each, known_at=past[-1].known_at + 2 * DAY) for each in past[10:]]
    assert {each.trust for each in checked(same, {}, LAKE, past=past)} == {Trust.RELIABLE}


def test_another_zero_of_the_gauge_is_taken_off() -> None:
    levels = [reading(("lake", "level"), "m", FIRST + n * DAY, 100.0 + 0.01 * n) for n in range(10)]
    wrong = [replace(each, value=each.value + 17.9) if each.date > FIRST + 6 * DAY else each for each in levels]
    settings = {"lake.level": SeriesQuality.model_validate({"datum": {"offsets": {"old zero": "17.9 m"}, "within": "5 cm"}})}
    found = checked(wrong[5:], settings, LAKE, past=wrong[:5])
    assert [round(each.value, 9) for each in found] == [round(each.value, 9) for each in levels[5:]]
    assert [each.origin for each in found] == [Origin.ORIGINAL] * 2 + [Origin.CORRECTED] * 3


def test_the_capacity_of_the_date_counts() -> None:
    """A lake that silts up: 72 Mm3 in its field, 60 in the table from 2022 on, 50 as read on 3 January."""
    table = Series("lake", "capacity", "from", "m3", [60e6], (FIRST,), holds=True)  # type: ignore[arg-type]
    stored = [reading(STORAGE, "m3", FIRST + n * DAY, 55e6) for n in range(4)]
    read = reading(("lake", "capacity"), "m3", FIRST + 2 * DAY, 50e6)
    found = checked([*stored, read], {}, LAKE, tables={("lake", "capacity"): table})
    trusts = [each.trust for each in found if each.key == STORAGE]
    assert trusts == [Trust.RELIABLE, Trust.RELIABLE, Trust.DOUBTFUL, Trust.DOUBTFUL]


@pytest.mark.parametrize(
    ("value", "trust"),
    [
        (3.068, Trust.UNRELIABLE),
        (0.0, Trust.UNRELIABLE),
        (0.9e6, Trust.UNRELIABLE),
        (1.1e6, Trust.RELIABLE),
        (71e6, Trust.RELIABLE),
        (75e6, Trust.DOUBTFUL),
        (91e6, Trust.UNRELIABLE),
        (-1.0, Trust.UNRELIABLE),
    ],
)
def test_a_storage_lies_between_a_tenth_of_the_dead_one_and_the_capacity(value: float, trust: Trust) -> None:
    """A lake of 72 Mm3, 10 of them below the lowest outlet."""
    lake = Network.of([component_types()["reservoir"](name="lake", capacity=72e6, dead_storage=10e6)])
    (found,) = checked([reading(STORAGE, "m3", FIRST, value)], {}, lake)
    assert found.trust is trust
    emptied = {"lake.storage": SeriesQuality.model_validate({"dead": None})}
    (found,) = checked([reading(STORAGE, "m3", FIRST, value)], emptied, lake)
    assert found.trust is (Trust.RELIABLE if 0.0 <= value < 10e6 else trust)


def test_zeros_go_on_for_ever_where_that_is_said() -> None:
    dry = [reading(INFLOW, "m3/day", FIRST + n * DAY, 0.0) for n in range(9)]
    told = {"lake.inflow": SeriesQuality.model_validate({"stuck": {"days": 5}})}
    untold = {"lake.inflow": SeriesQuality.model_validate({"stuck": {"days": 5, "zeros": False}})}
    assert {each.trust for each in checked(dry, told, LAKE)} == {Trust.RELIABLE}
    assert {each.trust for each in checked(dry, untold, LAKE)} == {Trust.DOUBTFUL}


def test_a_run_of_one_value_is_seen_through_the_nights() -> None:
    days = [reading(INFLOW, "m3/day", FIRST + n * DAY, 7.0) for n in range(5)]
    told = {"default": SeriesQuality.model_validate({"stuck": {"days": 5}})}
    assert checked(days[4:], told, LAKE)[0].trust is Trust.RELIABLE
    assert checked(days[4:], told, LAKE, past=days[:4])[0].trust is Trust.DOUBTFUL


def test_what_a_night_completed_is_no_measurement() -> None:
    days = [reading(INFLOW, "m3/day", FIRST + n * DAY, 7.0) for n in range(5)]
    filled = [replace(each, origin=Origin.COMPLETED) for each in days[:4]]
    told = {"default": SeriesQuality.model_validate({"stuck": {"days": 5}})}
    assert checked(days[4:], told, LAKE, past=filled)[0].trust is Trust.RELIABLE


def test_an_outflow_that_repeats_the_inflow_is_told() -> None:
    inflow = [reading(INFLOW, "m3/day", FIRST + n * DAY, 100.0 + n) for n in range(12)]
    outflow = [reading(OUTFLOW, "m3/day", each.date, each.value if n < 5 else 50.0 + n) for n, each in enumerate(inflow)]
    settings = {"lake.outflow": SeriesQuality.model_validate({"copied": {"of": "lake.inflow", "days": 5}})}
    found = [each for each in checked([*inflow, *outflow], settings, LAKE) if each.key == OUTFLOW]
    assert [rules_of(each) for each in found] == [{"copied"}] * 5 + [set()] * 7
    short = [replace(outflow[0], value=1.0), *outflow[1:]]
    assert [each for each in checked([*inflow, *short], settings, LAKE) if each.why] == []


def test_no_more_leaves_a_weir_than_comes() -> None:
    flows = [reading(INFLOW, "m3/day", FIRST + n * DAY, 100.0) for n in range(3)]
    flows += [reading(OUTFLOW, "m3/day", FIRST + n * DAY, value) for n, value in enumerate((90.0, 101.9, 102.1))]
    settings = {"lake.outflow": SeriesQuality.model_validate({"at_most": {"of": "lake.inflow", "share": 0.02}})}
    assert [each.value for each in checked(flows, settings, LAKE) if "at most" in rules_of(each)] == [102.1]


def test_a_series_has_its_own_settings_over_those_of_all() -> None:
    settings = TypeAdapter(QualitySettings).validate_python(
        {"default": {"stuck": {"days": 3}, "hard": {"highest": "9 m3/day"}}, "lake.inflow": {"stuck": None}}
    )
    days = [reading(INFLOW, "m3/day", FIRST + n * DAY, 7.0 if n < 3 else 10.0) for n in range(4)]
    assert [rules_of(each) for each in checked(days, settings, LAKE)] == [set(), set(), set(), {"hard limit"}]


def held_against_a_record(value: float, days: int = 400) -> Reading:
    """A reading of a river after as many days of its record, which rose to 50 from 0.5 m3/s."""
    dates = pd.date_range(FIRST, periods=days)
    record = pd.Series(np.where(np.arange(days) % 100 == 50, 50.0, 0.5) * 86_400.0, index=dates)
    tonight = reading(INFLOW, "m3/day", FIRST + days * DAY, value * 86_400.0)
    (found,) = checked([tonight], {}, LAKE, history={INFLOW: record})
    return found


@pytest.mark.parametrize(
    ("value", "trust"),
    [
        (5400.0, Trust.UNRELIABLE),
        (1000.0, Trust.DOUBTFUL),
        (490.0, Trust.RELIABLE),
        (0.006, Trust.RELIABLE),
        (0.0, Trust.RELIABLE),
        (0.0001, Trust.UNRELIABLE),
    ],
)
def test_a_reading_is_held_against_all_that_was_ever_known(value: float, trust: Trust) -> None:
    found = held_against_a_record(value)
    assert found.trust is trust
    assert rules_of(found) == (set() if trust is Trust.RELIABLE else {"known range"})


def test_what_is_far_from_all_known_names_the_value_the_range_and_the_slip() -> None:
    (line,) = held_against_a_record(5400.0).why
    assert "466,560,000 m3/day is 108 times the greatest ever known" in line
    assert "known of 400 days: 43,200 m3/day to 4,320,000 m3/day" in line
    assert "likely a unit slip, 10,000 times too large" in line


def test_less_than_a_year_or_declared_limits_leave_the_known_range_alone() -> None:
    assert held_against_a_record(5400.0, days=300).trust is Trust.RELIABLE
    limits = SeriesQuality.model_validate({"hard": {"highest": "9000 m3/s"}})
    assert "known" in SeriesQuality().rules()
    assert "known" not in limits.rules()
    assert "known" in SeriesQuality.model_validate({"hard": {"highest": "9000 m3/s"}, "known": {}}).rules()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"lake.storage": {"hard": {"highest": 90}}}, "has no unit"),
        ({"lake.storage": {"hard": {"highest": "90 bananas"}}}, "no number with a known unit"),
        ({"lake.storage": {"hard": {"months": {13: {"highest": "1 m3"}}}}}, "less than or equal to 12"),
        ({"storage": {}}, "write component.quantity"),
        ({"lake.storage": {"stuck": {"days": 3, "trust": "reliable"}}}, "doubtful"),
        ({"lake.storage": {"spikes": {}}}, "Extra inputs"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: object, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(QualitySettings).validate_python(settings)


def test_a_limit_of_another_kind_names_the_series() -> None:
    settings = {"default": SeriesQuality.model_validate({"hard": {"highest": "90 Mm3"}})}
    with pytest.raises(InputError, match=r"9e\+07 m3 for lake.inflow") as raised:
        checked([reading(INFLOW, "m3/day", FIRST, 1.0)], settings, LAKE)
    assert raised.value.exit_code == 65


def test_the_example_of_the_readme_is_read() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(quality:\n.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    findings = Findings()
    document = parse_document(example, "README.md", findings)
    assert document is not None
    assert list(findings) == []
    told = plain(document.root)
    quality = TypeAdapter(QualitySettings).validate_python(told["quality"])
    gaps = TypeAdapter(GapSettings).validate_python(told["gaps"])
    assert [rung.method for rung in gaps["gaoping.inflow"]][-1] == "climatology"
    assert set(quality_of(quality, "zengwen.storage").rules()) >= {"stuck", "hard", "soft", "change", "spike", "shift", "balance"}
