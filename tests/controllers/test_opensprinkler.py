"""What only OpenSprinkler can get wrong: programs made twice, seconds that wrap, its own days, a password in the address."""

import contextlib
import datetime as dt
import hashlib
import logging
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from controllers.opensprinkler_device import PASSWORD, VARIABLE, FakeOpenSprinkler
from controllers.orders import changed, next_hour, order, rows_of
from waterbalance.controllers.controller import ControllerError, RefusedError, UnreachableError
from waterbalance.controllers.fit import UnfitError
from waterbalance.controllers.opensprinkler import OpenSprinklerStation
from waterbalance.controllers.opensprinkler_http import Address, Sprinkler
from waterbalance.controllers.opensprinkler_programs import LONGEST_NAME, wanted_programs
from waterbalance.controllers.opensprinkler_setup import Setup
from waterbalance.controllers.secret import Secret
from waterbalance.errors import UsageError
from waterbalance.schedule.command import Fallback
from waterbalance.schedule.envelope import Envelope

NAME = "KH-V003"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)


@pytest.fixture
def device() -> Iterator[FakeOpenSprinkler]:
    with contextlib.closing(FakeOpenSprinkler()) as made:
        yield made


def valve(device: FakeOpenSprinkler, **fields: Any) -> OpenSprinklerStation:  # noqa: ANN401 (fields of all kinds)
    made = device.controller()
    assert isinstance(made, OpenSprinklerStation)
    return replace(made, **fields)


def seconds(*setpoints: float, sequence: int = 1, name: str = NAME, **fields: Any) -> Envelope:  # noqa: ANN401 (as above)
    return order(name, setpoints, sequence=sequence, mode="duration", most=1e6, fallback=Fallback("close"), **fields)


def issue(station: OpenSprinklerStation, envelope: Envelope) -> str:
    station.stage(envelope)
    return station.commit(envelope).status


def test_a_program_is_that_of_the_firmware(device: FakeOpenSprinkler) -> None:
    """By hand: 2026-11-27 is day 20784 = 81 x 256 + 48 since 1970; 06:30 is minute 390; flag 81 is enabled, single, fixed."""
    start = dt.datetime(2026, 11, 27, 6, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    envelope = seconds(1800.0, sequence=412, start=start)
    early = start - dt.timedelta(hours=8)
    station = valve(device, clock=lambda: early)
    assert issue(station, envelope) == "accepted"
    digits = envelope.command.cmd_id[:6]
    program = [81, 81, 48, [390, -1, -1, -1], [0, 0, 1800, 0, 0, 0, 0, 0], f"wb2.412.{digits}.0.60"]
    assert device.programs == [program, [80, 0, 0, [0, -1, -1, -1], [0] * 8, f"wb2.412.{digits}.apply"]]


@pytest.mark.parametrize("zone", [28, 48, 80, 71])
def test_days_and_minutes_are_those_of_the_devices_own_zone(zone: int) -> None:
    """The factory sets UTC-5; 71 is India's neighbour Nepal, UTC+5:45. The same instant, another wall."""
    with contextlib.closing(FakeOpenSprinkler(zone=zone)) as device:
        envelope = seconds(1800.0, 900.0)
        station = valve(device)
        assert issue(station, envelope) == "accepted"
        assert station.read_back().rows == envelope.command.rows
        assert device.doing() == ("apply", envelope.command.rows)
        clock = station.state().clock
        assert clock is not None
        assert abs(clock - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
        local = envelope.command.rows[0].start + dt.timedelta(minutes=15 * (zone - 48))
        assert device.programs[0][3][0] == (local.astimezone(dt.UTC).hour * 60 + local.astimezone(dt.UTC).minute)


def test_seconds_that_would_wrap_are_refused(device: FakeOpenSprinkler) -> None:
    start = next_hour()
    for most, told in ((64_801.0, "64800"), (70_000.0, "64800")):
        long = changed(seconds(1.0), rows=rows_of((most,), start, hours=24), valid_until=start + dt.timedelta(hours=24))
        with pytest.raises(UnfitError, match=told):
            valve(device).stage(long)
    with pytest.raises(UnfitError, match="0 to 3600 s"):
        valve(device).stage(seconds(3601.0))
    assert device.programs == []
    assert device._cp({"pid": "-1", "v": "[81,0,0,[0,-1,-1,-1],[70000]]"}) == {"result": 1}
    assert device.programs[0][4] == [4464, *[0] * 7]


def test_a_device_that_wraps_is_seen_in_the_read_back(device: FakeOpenSprinkler) -> None:
    envelope = seconds(1800.0)
    assert issue(valve(device), envelope) == "accepted"
    device.programs[0][4][2] = 70_000 & 0xFFFF
    assert valve(device).read_back().rows[0].setpoint == 4464.0


def test_a_lost_answer_makes_no_second_program(device: FakeOpenSprinkler) -> None:
    """The program is there, its answer came too late: staging it again finds it by its name."""
    envelope = seconds(1800.0, 900.0)
    slow = valve(device, sprinkler=Sprinkler(Address("127.0.0.1", Secret(VARIABLE), device.port, timeout=0.15)))
    listed = device._cp

    def late(fields: dict[str, str]) -> dict[str, Any]:
        told = listed(fields)
        device.faults.late = 0.4
        return told

    device._cp = late  # type: ignore[method-assign]
    with pytest.raises(UnreachableError):
        slow.stage(envelope)
    device._cp, device.faults.late = listed, 0.0  # type: ignore[method-assign]
    assert len(device.programs) == 1
    assert issue(valve(device), envelope) == "accepted"
    assert len([program for program in device.programs if program[0] & 1]) == 2
    assert device.taken() == [1]


def test_point_08_a_result_of_1_is_no_acknowledgement(device: FakeOpenSprinkler) -> None:
    """From the commit on the device says yes to everything and does nothing."""
    station, envelope = valve(device), seconds(1800.0)
    station.stage(envelope)
    device.faults.wrong = True
    with pytest.raises(UnreachableError, match="not that of the command"):
        station.commit(envelope)
    assert device.taken() == []
    device.faults.wrong = False
    assert station.commit(envelope).status == "accepted"


def test_programs_that_somebody_made_twice_are_made_one(device: FakeOpenSprinkler) -> None:
    envelope = seconds(1800.0)
    valve(device).stage(envelope)
    device.programs.append([*device.programs[0]])
    assert valve(device).commit(envelope).status == "accepted"
    assert len([program for program in device.programs if program[0] & 1]) == 1


def test_programs_of_people_and_of_other_stations_stay(device: FakeOpenSprinkler) -> None:
    lawn = [1, 127, 0, [360, -1, -1, -1], [600] * 8, "Lawn"]
    device.programs.append(lawn)
    other = valve(device, name="KH-V004", station=3)
    assert issue(other, seconds(300.0, name="KH-V004")) == "accepted"
    station = valve(device)
    for sequence in (1, 2, 3):
        assert issue(station, seconds(100.0 * sequence, sequence=sequence)) == "accepted"
    assert issue(station, seconds(sequence=4, action="withdraw")) == "accepted"
    assert device.programs[0] == lawn
    assert other.read_back().rows[0].setpoint == 300.0
    assert len(device.programs) == 4


def test_stations_of_one_device_may_be_told_at_the_same_time(device: FakeOpenSprinkler) -> None:
    """Deleting renumbers: without the lock one station would change the programs of another."""
    sprinkler = Sprinkler(Address("127.0.0.1", Secret(VARIABLE), device.port))
    stations = [OpenSprinklerStation(f"V{number}", sprinkler, number) for number in range(6)]

    def tell(station: OpenSprinklerStation) -> None:
        for sequence in (1, 2, 3):
            issue(station, seconds(10.0 * (station.station + 1), 20.0, sequence=sequence, name=station.name))

    threads = [threading.Thread(target=tell, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for station in stations:
        held = station.read_back()
        assert held.sequence == 3
        assert [row.setpoint for row in held.rows] == [10.0 * (station.station + 1), 20.0]


def test_the_sequence_is_remembered_when_the_programs_have_run(device: FakeOpenSprinkler) -> None:
    station, envelope = valve(device), seconds(1800.0, sequence=9)
    assert issue(station, envelope) == "accepted"
    device.programs[:] = [program for program in device.programs if not program[0] & 1]
    assert station.commit(envelope).status == "duplicate"
    assert station.read_back().rows == ()
    with pytest.raises(RefusedError, match="lower sequence"):
        station.stage(seconds(600.0, sequence=8))


def test_a_valve_that_runs_is_shut_when_its_rows_are_replaced(device: FakeOpenSprinkler) -> None:
    device.running = {2: 600, 5: 600}
    assert issue(valve(device), seconds(sequence=1, action="stop")) == "accepted"
    assert device.running == {5: 600}


def test_the_longest_name_fits() -> None:
    envelope = replace(seconds(1.0), sequence=2**32 - 1)
    day = rows_of((1.0,) * 19, next_hour(), hours=24)
    setup = Setup(221, 136, dt.timedelta(0), next_hour(), is_master=False, group=255, is_queued=False, hindrance=None)
    programs = wanted_programs(replace(envelope, command=replace(envelope.command, rows=day)), 135, setup)
    assert max(len(program.name) for program in programs) == LONGEST_NAME


def test_a_full_device_is_told(device: FakeOpenSprinkler) -> None:
    device.programs = [[1, 127, 0, [360, -1, -1, -1], [600] * 8, f"P{number}"] for number in range(38)]
    with pytest.raises(RefusedError, match=r"38 programs there, 3 more; allowed: at most 40"):
        valve(device).stage(seconds(100.0, 200.0))
    assert len(device.programs) == 38


AWKWARD = [
    None,
    True,
    -1,
    10**12,
    10**400,
    1e308,
    "x",
    "",
    [],
    {},
    [1],
    [[]],
    [[81, 81, 48, [390], [0] * 8, "wb2.1.abcdef.0.60"]],
]


@pytest.mark.parametrize("value", AWKWARD, ids=lambda value: repr(value)[:12])
def test_whatever_the_device_says_is_read_or_refused(
    device: FakeOpenSprinkler, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    """Field by field of its answers; more stations than there can be are no reason to fill the memory."""
    station, envelope = valve(device), seconds(1800.0)
    answer = device.answer
    for command, field in (
        ("jp", "pd"),
        ("jp", "mnp"),
        ("jc", "nbrd"),
        ("jc", "ps"),
        ("jn", "stn_grp"),
        ("jn", "stn_dis"),
        ("jo", "fwv"),
        ("jc", "devt"),
        ("jc", "en"),
        ("jc", "rd"),
        ("jo", "tz"),
    ):

        def awkward(path: str, command: str = command, field: str = field) -> dict[str, Any]:
            told = answer(path)
            return {**told, field: value} if path.startswith(f"/{command}?") else told

        monkeypatch.setattr(device, "answer", awkward)
        for ask in (station.state, station.read_back, lambda: station.stage(envelope), lambda: station.commit(envelope)):
            with contextlib.suppress(ControllerError):
                ask()


@pytest.mark.parametrize("minor", [3, 6])
def test_a_valve_that_does_not_run_is_not_shut(minor: int) -> None:
    """The firmware answers 17 to it, and before 2.2.1(6) writes beyond the end of its queue."""
    with contextlib.closing(FakeOpenSprinkler(minor=minor)) as device:
        assert issue(valve(device), seconds(1800.0)) == "accepted"
        assert device.overwritten == 0
        assert not any("/cm" in request for request in device.requests)


def test_a_valve_that_ends_while_it_is_shut_is_shut(device: FakeOpenSprinkler, monkeypatch: pytest.MonkeyPatch) -> None:
    device.running = {2: 1}
    shut = device._cm

    def late(fields: dict[str, str]) -> dict[str, Any]:
        device.running.clear()
        return shut(fields)

    monkeypatch.setattr(device, "_cm", late)
    assert issue(valve(device), seconds(1800.0)) == "accepted"


def test_a_valve_that_cannot_be_shut_is_told(device: FakeOpenSprinkler, monkeypatch: pytest.MonkeyPatch) -> None:
    device.running = {2: 600}
    monkeypatch.setattr(device, "_cm", lambda _: {"result": 1})
    station, envelope = valve(device), seconds(1800.0)
    station.stage(envelope)
    with pytest.raises(UnreachableError, match="the valve is not shut"):
        station.commit(envelope)
    assert device.taken() == []


def test_programs_open_their_own_valve_at_their_own_time(device: FakeOpenSprinkler) -> None:
    """By the scheduler of the firmware, beside a program of somebody's own lawn."""
    envelope = seconds(1800.0, 900.0)
    start = envelope.command.rows[0].start
    assert issue(valve(device), envelope) == "accepted"
    assert device.runs(start) == {2: (start, start + dt.timedelta(minutes=30))}
    assert device.runs(start + dt.timedelta(minutes=1)) == {}
    assert device.runs(start + dt.timedelta(days=1)) == {}


def test_a_program_that_the_device_deletes_meanwhile_costs_nobody_his_own(
    device: FakeOpenSprinkler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's single run begins and is deleted, which renumbers: his lawn is neither enabled nor deleted for it."""
    once = [17, 81, 48, [390, 0, 0, 0], [600] * 8, "Once"]
    lawn = [0, 127, 0, [360, -1, -1, -1], [600] * 8, "Lawn"]
    for command in ("_dp", "_cp"):
        device.programs[:] = [[*once], [*lawn]]
        assert issue(valve(device), seconds(10.0, 20.0, sequence=1 + len(device.effects))) == "accepted"
        station, later = valve(device), seconds(30.0, 40.0, sequence=1 + len(device.effects))
        station.stage(later)
        act = getattr(device, command)

        def acts(fields: dict[str, str], act: Any = act) -> dict[str, Any]:  # noqa: ANN401
            told: dict[str, Any] = act(fields)
            device.programs[:] = [each for each in device.programs if each[5] != "Once"]
            return told

        monkeypatch.setattr(device, command, acts)
        assert station.commit(later).status == "accepted"
        monkeypatch.setattr(device, command, act)
        assert device.programs[0] == lawn
        assert device.doing() == ("apply", later.command.rows)


def test_a_station_of_a_sequential_group_is_refused(device: FakeOpenSprinkler) -> None:
    """The factory's group A: the device would begin the second of two valves when the first has ended."""
    envelope = seconds(3600.0)
    assert issue(valve(device), envelope) == "accepted"
    assert issue(valve(device, name="KH-V004", station=3), seconds(600.0, name="KH-V004")) == "accepted"
    start = envelope.command.rows[0].start
    assert device.runs(start)[3][0] == start
    device.groups[2] = device.groups[3] = 0
    assert device.runs(start)[3][0] == start + dt.timedelta(hours=1)
    with pytest.raises(RefusedError, match=r"group A; allowed: group P"):
        valve(device).stage(seconds(600.0, sequence=2))
    assert issue(valve(device), seconds(sequence=3, action="stop")) == "accepted"


def test_a_firmware_without_single_runs_is_refused(device: FakeOpenSprinkler) -> None:
    """It would run the program every day: the same bits meant a kind of program whose days it does not look at."""
    envelope = seconds(600.0)
    assert issue(valve(device), envelope) == "accepted"
    device.firmware = 220
    assert 2 in device.runs(envelope.command.rows[0].start + dt.timedelta(days=3))
    with pytest.raises(RefusedError, match=r"single-run programs; found 220; allowed: 221 or later"):
        valve(device).stage(seconds(600.0, sequence=2))


def test_a_master_station_is_refused(device: FakeOpenSprinkler) -> None:
    device.options["mas"] = 3
    with pytest.raises(RefusedError, match="the station is a master"):
        valve(device).stage(seconds(600.0))
    assert device.programs == []


def test_more_stations_than_the_device_reads_are_refused(device: FakeOpenSprinkler) -> None:
    """It reads 319 characters of a program: of the last stations of 144 nothing arrives."""
    device.boards = 17
    last = valve(device, station=135)
    envelope = seconds(600.0)
    assert issue(last, envelope) == "accepted"
    assert device.runs(envelope.command.rows[0].start).keys() == {135}
    device.boards = 18
    with pytest.raises(RefusedError, match=r"144 stations; allowed: at most 136"):
        last.stage(seconds(600.0, sequence=2))


def test_the_adjustment_that_an_earlier_program_left_is_cleared(device: FakeOpenSprinkler) -> None:
    """It belongs to the place in the list: without a word it would halve the time of the next program there."""
    device.adjustments = {0: 5, 1: 5}
    assert issue(valve(device), seconds(1800.0, 900.0)) == "accepted"
    assert device.adjustments == {0: 0, 1: 0, 2: 0}


@pytest.mark.parametrize(
    "alter",
    [
        lambda program: program[4].__setitem__(5, 600),
        lambda program: program.__setitem__(0, program[0] | 2),
        lambda program: program.__setitem__(2, program[2] ^ 1),
        lambda program: program[3].__setitem__(1, 720),
    ],
    ids=["another station", "the weather", "another day", "a second start"],
)
def test_a_program_that_is_not_as_it_was_sent_is_not_enabled(device: FakeOpenSprinkler, alter: Any) -> None:  # noqa: ANN401
    station, envelope = valve(device), seconds(1800.0)
    station.stage(envelope)
    alter(device.programs[0])
    with pytest.raises(UnreachableError, match="not as they were sent"):
        station.commit(envelope)
    assert device.taken() == []
    assert issue(station, envelope) == "accepted"
    assert device.doing() == ("apply", envelope.command.rows)


def test_a_program_begins_after_the_devices_own_time_too(device: FakeOpenSprinkler) -> None:
    """Ours says that there is time left; on the device's wall the minute has passed."""
    start = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) + dt.timedelta(minutes=2)
    device.faults.fast = 150.0
    with pytest.raises(UnfitError, match="never runs"):
        valve(device).stage(seconds(600.0, start=start))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"options": {"re": 1}}, "a remote extension"),
        ({"told": {"pq": 1}}, "paused by hand"),
        ({"disabled": {2}}, "the station is disabled"),
        ({"rain_delay": 1}, "a rain delay"),
        ({"options": {"sn1t": 1}, "told": {"sn1": 1}}, "its sensor 1"),
        ({"options": {"sn2t": 3}, "told": {"sn2": 1}}, "its sensor 2"),
    ],
)
def test_what_keeps_a_program_from_running_holds(fields: dict[str, Any], told: str) -> None:
    with contextlib.closing(FakeOpenSprinkler(**fields)) as device:
        state = valve(device).state()
        assert not state.remote
        assert state.hindrance is not None
        assert told in state.hindrance


@pytest.mark.parametrize(
    "fields",
    [
        {"disabled": {3}},
        {"rain_delay": 1, "ignores": {"ignore_rain": {2}}},
        {"options": {"sn1t": 1}, "told": {"sn1": 1}, "ignores": {"ignore_sn1": {2}}},
        {"options": {"sn1t": 2}, "told": {"sn1": 1}},
    ],
    ids=["another station", "rain is ignored", "the sensor is ignored", "a flow meter"],
)
def test_what_does_not_keep_it_does_not_hold(fields: dict[str, Any]) -> None:
    with contextlib.closing(FakeOpenSprinkler(**fields)) as device:
        assert valve(device).state().remote


def test_a_rain_delay_holds(device: FakeOpenSprinkler) -> None:
    device.rain_delay = 1
    station, envelope = valve(device), seconds(100.0)
    assert not station.state().remote
    station.stage(envelope)
    answer = station.commit(envelope)
    assert (answer.status, answer.code) == ("rejected", "a rain delay is set")
    assert device.taken() == []


def test_what_the_device_cannot_do_is_refused(device: FakeOpenSprinkler) -> None:
    good = seconds(100.0)
    start = good.command.valid_from
    cases = {
        "full minutes": changed(good, rows=rows_of((10.0,), start, hours=0.505)),
        "no such fallback": changed(good, fallback=Fallback("hold_last")),
        "does not know this mode": changed(good, mode="flow"),
        "never runs": seconds(
            10.0, 20.0, start=dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(minutes=60)
        ),
    }
    for told, envelope in cases.items():
        with pytest.raises(UnfitError, match=told):
            valve(device).stage(envelope)
    with pytest.raises(RefusedError, match="no such station"):
        valve(device, station=8).stage(good)
    assert device.programs == []


@pytest.mark.parametrize("answer", [b"", b"[]", b"<html>", b"[" * 100_000, b'{"result": "no"}', b"null"])
def test_answers_that_are_none_are_told(device: FakeOpenSprinkler, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(Sprinkler, "_fetch", lambda *_: answer)
    with pytest.raises((UnreachableError, RefusedError)):
        valve(device).state()


def test_point_17_the_password_is_shown_nowhere(
    device: FakeOpenSprinkler,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    station = valve(device)
    assert issue(station, seconds(100.0)) == "accepted"
    digest = hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    assert all(f"pw={digest}" in request for request in device.requests)
    errors: list[BaseException] = []
    monkeypatch.setenv(VARIABLE, "hunter2 hunter2")
    with pytest.raises(RefusedError, match="the password is wrong") as refused:
        station.state()
    errors.append(refused.value)
    gone = replace(station, sprinkler=Sprinkler(Address("127.0.0.1", Secret(VARIABLE), 1)))
    with pytest.raises(UnreachableError, match=r"http://127.0.0.1:1") as unreachable:
        gone.state()
    errors.append(unreachable.value)
    told = caplog.text + "".join(capfd.readouterr()) + repr(station) + repr(gone.sprinkler._address)
    for error in errors:
        told += f"{error} {error!r}" + "".join(traceback.format_exception(error))
    wrong = hashlib.md5(b"hunter2 hunter2", usedforsecurity=False).hexdigest()
    for secret in (PASSWORD, digest, "hunter2", wrong, "pw="):
        assert secret not in told
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(UsageError, match=VARIABLE):
        station.state()
