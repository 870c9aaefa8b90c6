"""Openings against the physics of gates, weirs and pumps."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.schedule.command import Limits, Mode
from waterbalance.schedule.device import Device
from waterbalance.schedule.passing import greatest_flow, least_flow, step_at
from waterbalance.schedule.rating import PumpCurve, RatedTable, Rating, SluiceGate, Weir

GATE = SluiceGate("head_gate", width=2.0, upstream_depth=1.5)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.5])
def test_a_free_gate_passes_what_energy_and_contraction_say(share: float) -> None:
    opening = share * 1.5
    # Energy between the pool and the contracted jet, contraction 0.611 (von Mises); Swamee's curve of Henry's measurements lies
    # up to 7 % lower.
    theory = 0.611 / math.sqrt(1 + 0.611 * share) * opening * 2.0 * math.sqrt(2 * 9.81 * 1.5)
    assert GATE.flow(opening) == pytest.approx(theory, rel=0.075)
    assert GATE.flow(opening) < theory


def test_a_gate_by_hand() -> None:
    # a = 0.15, h = 1.5, b = 2: 0.864 x 0.3 x sqrt(14.715) x (1.35 / 3.75)^0.072 = 0.2592 x 3.83601 x 0.929079
    assert GATE.flow(0.15) == pytest.approx(0.92378, abs=1e-5)


def test_a_drowned_gate_by_hand() -> None:
    # d = 1.2: 0.81 x 1.2 x 8^0.72 - 1.5 = 2.84399; (0.3 / 1)^0.7 = 0.430512; 0.32 x 2.84399^0.7 = 0.665102
    drowned = SluiceGate("head_gate", 2.0, 1.5, 1.2)
    assert drowned.flow(0.15) == pytest.approx(0.92378 * 0.430512 / (0.665102 + 0.430512), rel=1e-4)


def test_drowning_begins_without_a_jump() -> None:
    opening = 0.15
    tail = (1.5 / (0.81 * opening**-0.72)) ** (1 / 1.72)
    just, not_yet = SluiceGate("g", 2.0, 1.5, tail + 1e-9), SluiceGate("g", 2.0, 1.5, tail - 1e-9)
    assert just.flow(opening) == pytest.approx(not_yet.flow(opening), rel=1e-4)


def test_level_water_does_not_flow() -> None:
    assert SluiceGate("g", 2.0, 1.5, 1.5).flow(0.3) == 0.0


@given(st.floats(0.001, 1.0), st.floats(0.0, 1.4))
def test_the_opening_of_a_gate_gives_its_discharge(opening: float, tail: float) -> None:
    gate = SluiceGate("g", 2.0, 1.5, tail)
    assert gate.setting(gate.flow(opening)) == pytest.approx(opening, abs=1e-6)


def test_a_weir_by_hand() -> None:
    weir = Weir("crest", width=3.0, upstream_level=10.0, lowest=9.0, highest=10.0)
    # 2/3 x 0.62 x sqrt(19.62) x 3 x 0.5^1.5
    assert weir.flow(9.5) == pytest.approx(1.94190, abs=1e-4)
    assert weir.flow(10.0) == weir.flow(10.2) == 0.0
    drowned = Weir("crest", 3.0, 10.0, 9.0, 10.0, downstream_level=9.75)
    # Villemonte: (1 - 0.5^1.5)^0.385 of it.
    assert drowned.flow(9.5) / weir.flow(9.5) == pytest.approx(0.845386, abs=1e-5)


@given(st.floats(9.0, 10.0))
def test_the_crest_of_a_weir_gives_its_discharge(crest: float) -> None:
    weir = Weir("crest", 3.0, 10.0, 9.0, 10.0)
    assert weir.flow(weir.setting(weir.flow(crest))) == pytest.approx(weir.flow(crest), abs=1e-7)


def test_a_pump_by_hand() -> None:
    pump = PumpCurve("pump", shut_off_head=40.0, curvature=50.0, static_head=20.0, friction=30.0, slowest=0.75)
    # sqrt((40 - 20) / 80) = 0.5 at rated speed; half of it needs sqrt((20 + 80 / 16) / 40) = 0.790569
    assert pump.flow(1.0) == pytest.approx(0.5)
    assert pump.setting(0.25) == pytest.approx(0.790569, abs=1e-6)
    assert pump.setting(0.0) == 0.0


@pytest.mark.parametrize(
    ("rating", "flow", "allowed"),
    [
        (GATE, 30.0, "0 to 5.153"),
        (GATE, -1.0, "0 to 5.153"),
        (GATE, math.nan, "0 to 5.153"),
        (Weir("crest", 3.0, 10.0, 9.0, 9.8), 0.1, "0.4913 to 5.493"),
        (PumpCurve("pump", 40.0, 50.0, 20.0, 30.0, slowest=0.75), 0.1, "0.1768 to 0.5"),
        (PumpCurve("pump", 40.0, 50.0, 20.0, 30.0), 0.6, "0 to 0.5"),
        (PumpCurve("pump", 40.0, 50.0, 20.0, 30.0), -0.1, "0 to 0.5"),
        (SluiceGate("g", 2.0, 1.5, greatest_opening=0.15), 0.93, "0 to 0.9238"),
        (RatedTable("gate", (0.0, 0.5, 1.0), (0.0, 1.0, 1.8)), 2.0, "0 to 1.8"),
    ],
)
def test_outside_of_its_range_a_rating_has_no_setting(rating: Rating, flow: float, allowed: str) -> None:
    with pytest.raises(InputError, match="outside of the structure's rating") as caught:
        rating.setting(flow)
    assert allowed in str(caught.value)


def test_a_table_is_read_both_ways_and_has_to_rise() -> None:
    table = RatedTable("gate", (0.0, 0.5, 1.0), (0.0, 1.0, 1.8))
    assert table.setting(1.4) == pytest.approx(0.75)
    assert table.flow(0.75) == pytest.approx(1.4)
    for settings, flows in (((0.0, 1.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0)), ((0.0,), (0.0,)), ((0.0, 1.0), (0.0, 1.0, 2.0))):
        with pytest.raises(InputError, match="a rating is no table"):
            RatedTable("gate", settings, flows)


RATINGS = st.one_of(
    st.builds(SluiceGate, st.just("g"), st.floats(0.3, 20), st.floats(0.2, 8), st.floats(0, 0.19), st.floats(0.05, 9)),
    st.builds(SluiceGate, st.just("g"), st.floats(0.3, 20), st.just(4.0), st.floats(0, 3.9)),
    st.builds(Weir, st.just("w"), st.floats(0.3, 20), st.floats(9, 11), st.just(8.5), st.just(10.2), st.floats(5, 8.9)),
    st.builds(
        PumpCurve, st.just("p"), st.floats(20, 60), st.floats(1, 500), st.floats(0, 19), st.floats(0, 50), st.floats(0.3, 1)
    ),
    st.builds(RatedTable, st.just("t"), st.just((0.1, 0.2, 0.9, 1.5)), st.just((0.0, 0.7, 0.8, 3.1))),
)


@given(RATINGS, st.floats(0.0, 1.0))
def test_every_discharge_of_a_rating_has_a_setting_that_gives_it(rating: Rating, share: float) -> None:
    # From the one end to the other, the ends included.
    one, other = sorted(map(rating.flow, rating.ends))
    flow = min(one + share * (other - one), other)
    setting = rating.setting(flow)
    assert rating.flow(setting) == pytest.approx(flow, abs=1e-6)
    assert rating.ends[0] <= setting <= rating.ends[1] or setting == 0.0


@pytest.mark.parametrize(
    ("rating", "beyond", "end"),
    [
        # A gate out of the water, in whose formula a root is taken of a number below zero; and one at 1.5 m, where it is zero.
        (GATE, 1.5, 1.0),
        (GATE, 2.0, 1.0),
        (SluiceGate("g", 2.0, 1.5, greatest_opening=0.3), 0.5, 0.3),
        (Weir("w", 3.0, 10.0, 9.0, 9.8), 8.0, 9.0),
        (Weir("w", 3.0, 10.0, 9.0, 9.8), 9.9, 9.8),
        (PumpCurve("p", 40.0, 50.0, 20.0, 30.0), 1.2, 1.0),
        (RatedTable("t", (0.1, 1.0), (0.2, 1.8)), 1.1, 1.0),
    ],
)
def test_beyond_the_ends_of_a_rating_the_nearest_one_counts(rating: Rating, beyond: float, end: float) -> None:
    assert rating.flow(beyond) == rating.flow(end) > 0.0
    assert end in rating.ends


def test_below_its_slowest_speed_a_pump_stands_still() -> None:
    pump = PumpCurve("pump", 40.0, 50.0, 20.0, 30.0, slowest=0.75)
    assert pump.flow(0.75) == pytest.approx(0.17678, abs=1e-5)
    assert (pump.flow(0.749), pump.flow(-1.0)) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("mode", "rating", "least", "most"),
    [
        ("position", GATE, 0.0, 0.4),
        ("position", GATE, 0.0, 5.0),
        ("level", Weir("weir", 2.0, 1.0, 0.2, 1.1), 0.4, 1.0),
        ("level", Weir("weir", 2.0, 1.0, 0.2, 1.1), 0.0, 3.0),
        ("speed", PumpCurve("pump", 30.0, 100.0, 10.0), 0.0, 0.9),
        ("speed", PumpCurve("pump", 30.0, 100.0, 10.0), 0.0, 2.0),
        ("position", RatedTable("table", (0.1, 0.5, 1.0), (0.0, 1.0, 1.5)), 0.0, 0.7),
        ("position", RatedTable("table", (0.1, 0.5, 1.0), (0.0, 1.0, 1.5)), 0.0, 9.0),
    ],
)
def test_the_greatest_flow_is_the_last_that_has_a_setting(mode: Mode, rating: Rating, least: float, most: float) -> None:
    def may_pass(flow: float) -> bool:
        try:
            return least <= rating.setting(flow) <= most
        except InputError:
            return False

    flows = [number * 1e-3 for number in range(1, 8000)]
    device = Device("d", "structure", Limits(least, most), mode, rating, setpoint_step=1e-4)
    assert greatest_flow(device) == pytest.approx(max(filter(may_pass, flows)), abs=1.001e-3)


def test_flows_in_whole_steps_are_those_that_can_be_told() -> None:
    # Of 0.866 m (two thirds of 1.3 m) a gate with steps of a centimetre is told 0.86; a table up to 0.755 m is told 0.75.
    gate = Device("d", "g", Limits(0.0, 2.0), "position", SluiceGate("g", 2.0, 1.3), setpoint_step=0.01)
    assert greatest_flow(gate) == SluiceGate("g", 2.0, 1.3).flow(0.86)
    table = RatedTable("t", (0.1, 0.755), (0.2, 1.3))
    measured = Device("d", "g", Limits(0.3, 2.0), "position", table, setpoint_step=0.01)
    assert greatest_flow(measured) == table.flow(0.75)
    assert least_flow(measured) == table.flow(0.3)
    assert least_flow(replace(measured, limits=Limits(0.0, 2.0))) == table.flow(0.1)
    assert least_flow(replace(measured, least_setpoint=0.5)) == table.flow(0.5)
    assert greatest_flow(replace(measured, limits=Limits(1.0, 2.0))) == 0.0
    narrow = replace(measured, registers=(0.4, 0.6))
    assert (least_flow(narrow), greatest_flow(narrow)) == (table.flow(0.4), table.flow(0.6))


def test_a_step_is_measured_where_there_is_one() -> None:
    table = Device("d", "g", Limits(0.0, 2.0), "position", RatedTable("t", (0.1, 0.5, 1.0), (0.0, 1.0, 1.5)), setpoint_step=0.1)
    assert step_at(0.1, table) == pytest.approx(0.25)
    assert step_at(0.6, table) == pytest.approx(0.1)
    # A crest that goes down lets more through.
    crest = Device("d", "w", Limits(0.2, 1.1), "level", Weir("w", 2.0, 1.0, 0.2, 1.1), setpoint_step=0.1)
    assert step_at(0.5, crest) == pytest.approx(2 / 3 * 0.62 * math.sqrt(19.62) * 2 * (0.6**1.5 - 0.5**1.5))
