"""Gates without memory are set at the right time, whatever the dispatcher and its clock have been through."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from commands import NOON, command, envelope
from operate.issuing import Works, device, works
from waterbalance.controllers.controller import RefusedError, UnreachableError
from waterbalance.controllers.plain_gate import GateReading
from waterbalance.errors import InputError
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import deliver
from waterbalance.operate.issuing.dispatcher import setpoint_at, tick
from waterbalance.operate.issuing.followed import followed
from waterbalance.operate.issuing.kept_here import KeptHere
from waterbalance.operate.issuing.recall import recall
from waterbalance.schedule.command import Fallback, Limits
from waterbalance.schedule.rating import SluiceGate
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import entries

HOUR = dt.timedelta(hours=1)


@dataclass
class PlainPeer:
    """A gate that holds one number."""

    setpoint: float = 0.0
    line: str = ""
    remote: bool = True
    silent: bool = False
    most: float = 9.9
    feedback: float | None = None
    moves: list[float] = field(default_factory=list)

    def set_now(self, setpoint: float) -> None:
        if self.silent:
            raise UnreachableError("no answer")
        self.setpoint = min(setpoint, self.most)
        self.moves.append(self.setpoint)

    def read_now(self) -> GateReading:
        if self.silent:
            raise UnreachableError("no answer")
        return GateReading(self.setpoint, self.feedback, self.remote)


@dataclass
class Yard:
    """A waterworks whose gates are all plain."""

    works: Works
    gates: dict[str, PlainPeer]

    def issue(self, setpoints: tuple[float, ...] = (1.25, 0.5)) -> None:
        self.works.approved(setpoints)
        self.works.issue()
        self.deliver()

    def deliver(self) -> None:
        def connect(name: str) -> KeptHere:
            return KeptHere(name, self.gates[name], 0.001, self.works.clock)

        sending = Sending(self.works.settings, self.works.devices)
        deliver(self.works.store, connect, sending, clock=self.works.clock, sleep=self.works.clock.sleep)

    def tick(self, at: dt.datetime) -> dict[str, float]:
        return dict(tick(self.works.store, self.gates, self.works.devices, at).set)

    def alarms(self) -> list[tuple[str, str]]:
        with self.works.store.reading() as connection:
            return sorted((each.subject, each.kind) for each in ringing(connection))


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = works(tmp_path, names=("gate_a", "gate_b"))
    yield Yard(made, {name: PlainPeer(line=name) for name in made.names})
    made.store.close()


def test_each_row_is_set_at_its_time_and_once(yard: Yard) -> None:
    yard.issue()
    for minutes in range(0, 25 * 60, 10):
        yard.tick(NOON + dt.timedelta(minutes=minutes))
    assert yard.gates["gate_a"].moves == [1.25, 0.5]
    with yard.works.store.reading() as connection:
        told = [
            line["details"]["setpoint"] for line in entries(connection) if line["what"] == "set" and line["subject"] == "gate_a"
        ]
    assert told == [1.25, 0.5]


def test_a_gate_that_does_not_answer_holds_up_no_other(yard: Yard) -> None:
    """The first one answers when the second is set, and not before."""
    yard.issue()
    first, second = yard.gates.values()
    is_set, tell = threading.Event(), first.read_now
    set_now = second.set_now

    def wait() -> GateReading:
        if not is_set.wait(5.0):
            raise UnreachableError("no answer")
        return tell()

    def note(setpoint: float) -> None:
        set_now(setpoint)
        is_set.set()

    first.read_now, second.set_now = wait, note  # type: ignore[method-assign]
    assert yard.tick(NOON) == {"gate_a": 1.25, "gate_b": 1.25}


@pytest.mark.parametrize("fault", [InputError("a certificate cannot be used"), RuntimeError("a library's own")])
def test_a_fault_of_one_gate_stops_no_other(yard: Yard, fault: Exception) -> None:
    """A certificate that is renewed, and away for a moment, ended the dispatcher of all gates."""

    def broken() -> NoReturn:
        raise fault

    yard.issue()
    yard.gates["gate_a"].read_now = broken  # type: ignore[method-assign]
    assert yard.tick(NOON) == {"gate_b": 1.25}
    assert yard.alarms() == [("gate_a", "gate")]


def test_gates_of_one_line_are_set_after_each_other(yard: Yard) -> None:
    yard.issue()
    busy = threading.Lock()

    def alone(read: Callable[[], GateReading]) -> GateReading:
        assert busy.acquire(blocking=False)
        time.sleep(0.02)
        busy.release()
        return read()

    for gate in yard.gates.values():
        gate.line = "gateway"
        gate.read_now = partial(alone, gate.read_now)  # type: ignore[method-assign]
    assert yard.tick(NOON) == {"gate_a": 1.25, "gate_b": 1.25}


def test_nothing_is_set_before_its_time_or_without_a_command(yard: Yard) -> None:
    assert yard.tick(NOON) == {}
    yard.issue()
    assert yard.tick(NOON - HOUR) == {}
    assert yard.gates["gate_a"].moves == []


def test_clock_steps_back_and_forth_do_what_is_right_at_that_moment(yard: Yard) -> None:
    yard.issue()
    for hours, expected in ((1, 1.25), (13, 0.5), (2, 1.25), (23, 0.5), (0, 1.25)):
        yard.tick(NOON + hours * HOUR)
        assert yard.gates["gate_a"].setpoint == expected


def test_a_dispatcher_that_starts_again_goes_on_without_a_move(yard: Yard) -> None:
    yard.issue()
    yard.tick(NOON)
    assert yard.tick(NOON + HOUR) == {}
    yard.gates["gate_a"].setpoint = 0.7
    assert yard.tick(NOON + HOUR) == {"gate_a": 1.25}


def test_a_gate_that_does_not_answer_rings_and_is_set_when_it_does(yard: Yard) -> None:
    yard.issue()
    yard.gates["gate_a"].silent = True
    assert yard.tick(NOON) == {"gate_b": 1.25}
    assert yard.alarms() == [("gate_a", "gate")]
    yard.gates["gate_a"].silent = False
    assert yard.tick(NOON + HOUR) == {"gate_a": 1.25}
    assert yard.alarms() == []


def test_a_gate_in_local_is_not_moved(yard: Yard) -> None:
    yard.issue()
    yard.gates["gate_a"].remote = False
    assert yard.tick(NOON) == {"gate_b": 1.25}
    assert yard.gates["gate_a"].moves == []
    assert yard.alarms() == [("gate_a", "gate")]


def test_a_gate_that_stops_short_rings(yard: Yard) -> None:
    yard.issue()
    yard.gates["gate_a"].most = 1.0
    yard.tick(NOON)
    assert yard.alarms() == [("gate_a", "gate")]


MINUTE = dt.timedelta(minutes=1)


def test_a_gate_that_holds_its_setpoint_and_does_not_follow_rings_until_it_does(yard: Yard) -> None:
    """The most is 2.5 m3/s: the feedback may lie 0.125 m3/s off."""
    yard.issue()
    stuck = yard.gates["gate_a"]
    stuck.feedback = 0.4
    yard.tick(NOON)
    yard.tick(NOON + 10 * MINUTE)
    assert yard.alarms() == []
    told = tick(yard.works.store, yard.gates, yard.works.devices, NOON + 11 * MINUTE)
    assert list(told.failed) == ["gate_a"]
    assert "0.4 m3/s" in told.failed["gate_a"]
    assert "1.25" in told.failed["gate_a"]
    assert yard.alarms() == [("gate_a", "gate")]
    stuck.feedback = 1.25 - 0.12
    yard.tick(NOON + 12 * MINUTE)
    assert yard.alarms() == []
    # The next row, of 0.5 m3/s, has its own ten minutes.
    yard.tick(NOON + 12 * HOUR)
    yard.tick(NOON + 12 * HOUR + 9 * MINUTE)
    assert yard.alarms() == []
    yard.tick(NOON + 12 * HOUR + 11 * MINUTE)
    assert yard.alarms() == [("gate_a", "gate")]


def test_a_gate_that_was_set_late_has_its_ten_minutes_from_then_on(yard: Yard) -> None:
    """The dispatcher was dead when the row began, and dies once more after it has set the gate."""
    yard.issue()
    late = NOON + 2 * HOUR
    yard.gates["gate_a"].feedback = 0.4
    assert yard.tick(late) == {"gate_a": 1.25, "gate_b": 1.25}
    yard.tick(late + MINUTE)
    yard.tick(late + 10 * MINUTE)
    assert yard.alarms() == []
    told = tick(yard.works.store, yard.gates, yard.works.devices, late + 11 * MINUTE)
    assert "11 minutes after" in told.failed["gate_a"]
    assert yard.alarms() == [("gate_a", "gate")]
    # Its alarm is a line about it, too: what was set last is found behind it.
    yard.tick(late + 12 * MINUTE)
    assert yard.alarms() == [("gate_a", "gate")]


def test_a_clock_that_was_put_back_does_not_silence_the_alarm(yard: Yard) -> None:
    yard.issue()
    yard.tick(NOON + 5 * HOUR)
    yard.gates["gate_a"].feedback = 0.4
    yard.tick(NOON + HOUR)
    assert yard.alarms() == [("gate_a", "gate")]


@pytest.mark.parametrize(("feedback", "rings"), [(1.12, True), (1.13, False), (1.37, False), (1.38, True), (float("nan"), True)])
def test_how_far_the_feedback_may_lie_off(yard: Yard, feedback: float, rings: bool) -> None:
    yard.issue()
    yard.tick(NOON)
    yard.gates["gate_a"].feedback = feedback
    yard.tick(NOON + HOUR)
    assert bool(yard.alarms()) == rings


@pytest.mark.parametrize(("feedback", "rings"), [(1.05, False), (1.04, True)])
def test_a_coarse_gate_may_lie_a_step_off(yard: Yard, feedback: float, rings: bool) -> None:
    yard.issue()
    yard.gates["gate_a"].setpoint, yard.gates["gate_a"].feedback = 1.25, feedback
    coarse = {name: replace(each, setpoint_step=0.2) for name, each in yard.works.devices.items()}
    tick(yard.works.store, yard.gates, coarse, NOON + HOUR)
    assert bool(yard.alarms()) == rings


def test_a_gate_that_was_silent_for_a_moment_rings_no_longer(yard: Yard) -> None:
    yard.issue()
    yard.tick(NOON)
    yard.gates["gate_a"].silent = True
    yard.tick(NOON + HOUR)
    assert yard.alarms() == [("gate_a", "gate")]
    yard.gates["gate_a"].silent = False
    assert yard.tick(NOON + 2 * HOUR) == {}
    assert yard.alarms() == []


@pytest.mark.parametrize(("fallback", "expected"), [(Fallback(), 0.5), (Fallback("close"), 0.0), (Fallback("flow", 0.3), 0.3)])
def test_after_the_last_row_the_fallback_holds(fallback: Fallback, expected: float) -> None:
    moment = NOON + 25 * HOUR
    told = replace(command(), fallback=fallback)
    assert setpoint_at(told, NOON + 13 * HOUR) == 0.5
    assert setpoint_at(told, moment) == (None if fallback.mode == "hold_last" else expected)


def test_a_recall_that_stops_closes_at_once(yard: Yard) -> None:
    yard.issue()
    yard.tick(NOON)
    yard.works.clock.now = NOON + HOUR
    recall(yard.works.store, "works", yard.works.issuer, NOON + HOUR, controllers=frozenset({"gate_a"}), action="stop")
    yard.deliver()
    assert yard.tick(NOON + HOUR) == {"gate_a": 0.0}
    assert device("gate_a").fallback.mode == "hold_last"


def test_a_newer_command_that_was_not_taken_leaves_the_older_one_in_force(yard: Yard) -> None:
    yard.issue()
    yard.gates["gate_a"].silent = True
    yard.works.clock.now = NOON + HOUR
    yard.works.approved((2.0, 1.5))
    yard.works.issue()
    yard.deliver()
    yard.gates["gate_a"].silent = False
    assert yard.tick(NOON + 2 * HOUR)["gate_a"] == 1.25


def test_a_gate_that_was_described_anew_is_not_set_by_old_orders(yard: Yard) -> None:
    yard.issue()
    opening = replace(yard.works.devices["gate_a"], mode="position", rating=SluiceGate("main_canal", 2.0, 4.5))
    done = tick(yard.works.store, yard.gates, {**yard.works.devices, "gate_a": opening}, NOON)
    assert done.set == {"gate_b": 1.25}
    assert "for another device" in done.failed["gate_a"]
    assert yard.alarms() == [("gate_a", "gate")]
    yard.works.clock.now += HOUR
    recall(yard.works.store, "works", yard.works.issuer, yard.works.clock(), action="stop")
    yard.deliver()
    yard.gates["gate_a"].setpoint = 0.7
    tick(yard.works.store, yard.gates, {**yard.works.devices, "gate_a": opening}, NOON + HOUR)
    assert yard.gates["gate_a"].setpoint == 0.0


def test_a_crest_that_is_stopped_or_closes_goes_up() -> None:
    crest = replace(command(setpoints=(9.4, 9.5)), mode="level", unit="m", limits=Limits(9.0, 10.0), fallback=Fallback("close"))
    assert setpoint_at(crest, NOON) == 9.4
    assert setpoint_at(crest, NOON + 24 * HOUR) == 10.0
    assert setpoint_at(replace(crest, action="stop", rows=()), NOON) == 10.0
    (row,) = followed((envelope(replace(crest, action="stop", rows=())),), NOON, NOON + HOUR)
    assert row.setpoint == 10.0
    *_, last = followed((envelope(crest),), NOON, NOON + 25 * HOUR)
    assert (last.start, last.setpoint) == (NOON + 24 * HOUR, 10.0)


def test_before_its_time_nothing_is_set_not_even_the_fallback() -> None:
    told = replace(command(), fallback=Fallback("close"))
    assert setpoint_at(told, NOON - dt.timedelta(seconds=1)) is None
    assert setpoint_at(told, NOON) == 1.25


def test_the_store_keeps_for_a_gate_only_what_was_handed_over() -> None:
    kept = KeptHere("gate_a", PlainPeer(), 0.001, lambda: NOON)
    with pytest.raises(RefusedError, match="nothing was staged"):
        kept.commit(envelope(command()))
    kept.stage(envelope(command()))
    with pytest.raises(RefusedError, match="nothing was staged"):
        kept.commit(envelope(command(), 2))
    assert kept.commit(envelope(command())).status == "accepted"
    assert kept.read_back().rows == command().rows
