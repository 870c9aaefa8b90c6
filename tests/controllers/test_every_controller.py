"""One battery for every adapter, each with a device of its own at the other end."""

import contextlib
import datetime as dt
import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from controllers.gatekeeper import Gatekeeper
from controllers.modbus_device import ModbusPlc
from controllers.mosquitto import Mosquitto
from controllers.mqtt_peer import MqttPeer, let_engine_in
from controllers.opensprinkler_device import PASSWORD, VARIABLE, FakeOpenSprinkler
from controllers.orders import changed, order, rows_of
from controllers.peer import Peer
from waterbalance.controllers.controller import AGREED, RefusedError, UnreachableError
from waterbalance.controllers.fit import UnfitError
from waterbalance.schedule.command import Action, Fallback, Row
from waterbalance.schedule.envelope import Envelope


@pytest.fixture
def files_peer(tmp_path: Path) -> Iterator[Peer]:
    with contextlib.closing(Gatekeeper(tmp_path / "east_canal")) as peer:
        yield peer


NUMBERS = itertools.count()


@pytest.fixture
def mqtt_peer(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    let_engine_in(monkeypatch)
    # A name of its own: the broker keeps what it was told for the device of another test.
    with contextlib.closing(MqttPeer(broker, f"KH-G{next(NUMBERS):03}")) as peer:
        yield peer


@pytest.fixture
def modbus_peer() -> Iterator[Peer]:
    with contextlib.closing(ModbusPlc()) as peer:
        yield peer


@pytest.fixture
def opensprinkler_peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    with contextlib.closing(FakeOpenSprinkler()) as peer:
        yield peer


@pytest.fixture(params=["files", "mqtt", "modbus", "opensprinkler"])
def peer(request: pytest.FixtureRequest) -> Peer:
    found: Peer = request.getfixturevalue(f"{request.param}_peer")
    return found


def told(peer: Peer, sequence: int = 1, action: Action = "apply", setpoints: tuple[float, ...] | None = None) -> Envelope:
    values = peer.setpoints if setpoints is None else setpoints
    return order(peer.name, values, sequence=sequence, action=action, mode=peer.mode, most=peer.most, fallback=peer.fallback)


def issue(peer: Peer, envelope: Envelope) -> str:
    """Stage and commit; the status, or `refused`."""
    controller = peer.controller()
    try:
        controller.stage(envelope)
        acknowledgement = controller.commit(envelope)
    except RefusedError:
        return "refused"
    assert acknowledgement.cmd_id == envelope.command.cmd_id
    assert acknowledgement.sequence == envelope.sequence
    assert acknowledgement.at.utcoffset() is not None
    return acknowledgement.status


def near(peer: Peer, rows: tuple[Row, ...], expected: tuple[Row, ...]) -> bool:
    step = peer.controller().setpoint_step
    return len(rows) == len(expected) and all(
        row.start == other.start and row.end == other.end and abs(row.setpoint - other.setpoint) <= step / 2
        for row, other in zip(rows, expected, strict=True)
    )


def test_staged_is_not_done(peer: Peer) -> None:
    peer.controller().stage(told(peer))
    time.sleep(0.1)
    assert peer.taken() == []


def test_a_command_arrives_and_is_held(peer: Peer) -> None:
    envelope = told(peer)
    assert issue(peer, envelope) in AGREED
    held = peer.controller().read_back()
    assert held.sequence == 1
    assert near(peer, held.rows, envelope.command.rows)
    action, rows = peer.doing()
    assert action == "apply"
    assert near(peer, rows, envelope.command.rows)
    assert peer.controller().state().applied == 1


def test_point_03_the_same_command_twice_has_one_effect(peer: Peer) -> None:
    envelope = told(peer)
    assert issue(peer, envelope) in AGREED
    assert issue(peer, envelope) in AGREED
    assert peer.controller().commit(envelope).status in AGREED
    assert peer.taken() == [1]
    assert near(peer, peer.controller().read_back().rows, envelope.command.rows)


def test_point_04_a_lower_sequence_is_refused(peer: Peer) -> None:
    later = told(peer, 7)
    earlier = told(peer, 6, setpoints=tuple(value / 2 for value in peer.setpoints))
    assert issue(peer, later) in AGREED
    assert issue(peer, earlier) not in AGREED
    assert peer.taken() == [7]
    assert near(peer, peer.doing()[1], later.command.rows)


def test_a_later_command_takes_the_place_of_an_earlier_one(peer: Peer) -> None:
    assert issue(peer, told(peer, 1)) in AGREED
    later = told(peer, 2, setpoints=tuple(value / 2 for value in peer.setpoints))
    assert issue(peer, later) in AGREED
    held = peer.controller().read_back()
    assert held.sequence == 2
    assert near(peer, held.rows, later.command.rows)
    assert near(peer, peer.doing()[1], later.command.rows)


def test_a_late_answer_is_none_and_trying_again_has_one_effect(peer: Peer) -> None:
    envelope = told(peer)
    peer.faults.late = 2.0
    with pytest.raises(UnreachableError):
        issue(peer, envelope)
    time.sleep(2.2)
    peer.faults.late = 0.0
    deadline = time.monotonic() + 10
    status = "none"
    while status not in AGREED and time.monotonic() < deadline:
        try:
            status = issue(peer, envelope)
        except UnreachableError:
            time.sleep(0.1)
    assert status in AGREED
    assert peer.taken() == [1]
    assert near(peer, peer.doing()[1], envelope.command.rows)


def test_a_wrong_answer_is_no_agreement(peer: Peer) -> None:
    peer.faults.wrong = True
    try:
        status = issue(peer, told(peer))
    except UnreachableError:
        status = "nothing heard"
    assert status not in AGREED


def test_point_09_a_clamped_value_is_seen_in_the_read_back(peer: Peer) -> None:
    envelope = told(peer)
    peer.faults.most = peer.clamped_at
    assert issue(peer, envelope) in AGREED
    rows = peer.controller().read_back().rows
    assert not near(peer, rows, envelope.command.rows)
    assert [row.setpoint for row in rows] == pytest.approx([min(value, peer.clamped_at) for value in peer.setpoints])


def test_point_13_local_mode_is_told_and_nothing_is_taken(peer: Peer) -> None:
    assert peer.controller().state().remote
    peer.faults.local = True
    time.sleep(0.1)
    state = peer.controller().state()
    assert not state.remote
    assert issue(peer, told(peer)) not in AGREED
    assert 1 not in peer.taken()


def test_the_clock_is_told(peer: Peer) -> None:
    now = dt.datetime.now(dt.UTC)
    clock = peer.controller().state().clock
    if not peer.tells_clock:
        assert clock is None
        return
    assert clock is not None
    assert abs((clock - now).total_seconds()) < 5
    peer.faults.fast = 3600.0
    clock = peer.controller().state().clock
    assert clock is not None
    assert abs((clock - now).total_seconds() - 3600) < 5


def test_withdraw_forgets_the_rows(peer: Peer) -> None:
    assert issue(peer, told(peer, 1)) in AGREED
    assert issue(peer, told(peer, 2, "withdraw")) in AGREED
    held = peer.controller().read_back()
    assert (held.sequence, held.rows) == (2, ())
    assert peer.doing() == ("withdraw", ())
    assert issue(peer, told(peer, 1)) not in AGREED


def test_stop_stops_and_a_later_command_goes_on(peer: Peer) -> None:
    assert issue(peer, told(peer, 1)) in AGREED
    assert issue(peer, told(peer, 2, "stop")) in AGREED
    held = peer.controller().read_back()
    assert (held.sequence, held.rows) == (2, ())
    assert peer.doing() == ("stop", ())
    again = told(peer, 3)
    assert issue(peer, again) in AGREED
    assert peer.doing()[0] == "apply"
    assert near(peer, peer.controller().read_back().rows, again.command.rows)


def test_what_was_told_outlives_the_engine(peer: Peer) -> None:
    """Killed between stage and commit, and again after the commit: another process goes on with the same command."""
    envelope = told(peer)
    peer.controller().stage(envelope)
    assert peer.controller().commit(envelope).status in AGREED
    assert near(peer, peer.controller().read_back().rows, envelope.command.rows)
    assert peer.taken() == [1]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.5, 1e300])
def test_point_12_numbers_that_are_none_are_refused_before_anything_is_sent(peer: Peer, value: float) -> None:
    envelope = told(peer)
    rows = (replace(envelope.command.rows[0], setpoint=value), *envelope.command.rows[1:])
    with pytest.raises(UnfitError, match="nothing was sent"):
        peer.controller().stage(changed(envelope, rows=rows))
    if value != 1e300:
        with pytest.raises(UnfitError, match="nothing was sent"):
            peer.controller().stage(changed(envelope, limits=replace(envelope.command.limits, most=value)))
    assert peer.taken() == []
    assert peer.controller().state().applied is None


def test_times_that_are_none_are_refused(peer: Peer) -> None:
    envelope = told(peer)
    first, second, *_ = rows = envelope.command.rows
    minute = dt.timedelta(minutes=1)
    cases = {
        "rows overlap": (replace(first, end=first.end + minute), *rows[1:]),
        "a row has no time; found": (replace(first, end=first.start), *rows[1:]),
        "a row has no time": (replace(first, start=first.start - minute), *rows[1:]),
        "a time has no offset": (replace(first, start=first.start.replace(tzinfo=None)), second),
    }
    for said, wrong in cases.items():
        with pytest.raises(UnfitError, match=said):
            peer.controller().stage(changed(envelope, rows=wrong))
    assert peer.taken() == []


@pytest.mark.parametrize("name", ["KH-G999", "<script>alert(1)</script>", "=1+1", "../../etc", "a/#", ""])
def test_a_command_for_another_or_for_no_controller_is_refused(peer: Peer, name: str) -> None:
    with pytest.raises(UnfitError, match="another controller"):
        peer.controller().stage(changed(told(peer), controller=name))
    assert peer.taken() == []


@pytest.mark.parametrize("name", ["<b>gate</b>", "@SUM(A1)", "gate\n2"])
def test_markup_and_formulas_are_no_names(peer: Peer, name: str) -> None:
    with pytest.raises(UnfitError, match="not a name"):
        peer.controller().stage(changed(told(peer), structure=name))
    assert peer.taken() == []


def test_more_rows_than_fit_are_refused(peer: Peer) -> None:
    envelope = told(peer)
    many = rows_of((peer.setpoints[0],) * (peer.controller().most_rows + 1), envelope.command.valid_from, hours=0.05)
    until = many[-1].end
    with pytest.raises(UnfitError, match="fewer rows"):
        peer.controller().stage(changed(envelope, rows=many, valid_until=until))
    assert peer.taken() == []


def test_point_05_nothing_to_apply_and_expired_commands_are_refused(peer: Peer) -> None:
    with pytest.raises(UnfitError, match="nothing to apply"):
        peer.controller().stage(changed(told(peer), rows=()))
    past = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    expired = order(peer.name, peer.setpoints, mode=peer.mode, most=peer.most, fallback=peer.fallback, start=past)
    with pytest.raises(UnfitError, match="expired"):
        peer.controller().stage(expired)
    with pytest.raises(UnfitError, match="fallback"):
        peer.controller().stage(changed(told(peer), fallback=Fallback("flow", math.nan)))
    assert peer.taken() == []


def test_what_is_never_set_below_a_least_may_be_closed_all_the_same(peer: Peer) -> None:
    envelope = told(peer, setpoints=(peer.setpoints[0], 0.0))
    least = replace(envelope.command.limits, least=peer.setpoints[0] / 2)
    closing = changed(envelope, limits=least)
    assert issue(peer, closing) in AGREED
    assert near(peer, peer.controller().read_back().rows, closing.command.rows)
    trickle = (replace(closing.command.rows[0], setpoint=peer.setpoints[0] / 4), closing.command.rows[1])
    with pytest.raises(UnfitError, match="out of its limits"):
        peer.controller().stage(changed(replace(closing, sequence=2), rows=trickle))
