"""One attempt at one device: what may count as its word, and as what it holds."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from commands import NOON, command, envelope
from fake_device import FakeDevice, HandClock
from operate.issuing import device
from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held
from waterbalance.operate.issuing.attempt import Sending, attempt
from waterbalance.scenario.issuing import IssuingSettings
from waterbalance.schedule.command import Row
from waterbalance.schedule.envelope import Envelope
from waterbalance.store.outbox import Outcome, Queued

SENT = envelope(command(), 7)
FIRST, SECOND = SENT.command.rows
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Scripted(FakeDevice):
    """A good device that says one thing otherwise."""

    told: dict[str, Any] = field(default_factory=dict)
    slow: dt.timedelta = dt.timedelta(0)

    def state(self) -> DeviceState:
        return replace(
            super().state(), **{key: value for key, value in self.told.items() if key in {"applied", "told", "online", "remote"}}
        )

    def stage(self, envelope: Envelope) -> None:
        super().stage(envelope)
        if isinstance(self.clock, HandClock):
            self.clock.now += self.slow

    def commit(self, envelope: Envelope) -> Acknowledgement:
        answer = super().commit(envelope)
        return replace(answer, **{key: value for key, value in self.told.items() if key in {"sequence", "cmd_id"}})

    def read_back(self) -> Held:
        held = super().read_back()
        return replace(held, **{key.removeprefix("held_"): value for key, value in self.told.items() if key.startswith("held_")})


def tried(peer: FakeDevice, clock: Callable[[], dt.datetime], sent: Envelope = SENT) -> Outcome:
    of = sent.command
    queued = Queued(
        *(of.cmd_id, of.plan, of.controller, sent.sequence, sent.payload(), of.valid_from, of.valid_until, "sending", 1),
        *(NOON, "claim", None, NOON),
    )
    return attempt(queued, lambda _: peer, Sending(IssuingSettings(), {"gate_a": device("gate_a")}), clock)


def scripted(clock: HandClock | None = None, slow: dt.timedelta = dt.timedelta(0), **told: object) -> Scripted:
    return Scripted("gate_a", clock or HandClock(NOON), told=told, slow=slow)


@pytest.mark.parametrize("applied", [None, 6, 7])
def test_a_good_device_confirms(applied: int | None) -> None:
    peer = scripted(applied=applied)
    assert tried(peer, peer.clock).state == "confirmed"


@pytest.mark.parametrize("told", [{"applied": 8}, {"applied": 6, "told": 8}, {"told": 8}])
def test_point_04_a_later_command_that_lies_there_counts_followed_or_not(told: dict[str, int]) -> None:
    peer = scripted(**told)
    outcome = tried(peer, peer.clock)
    assert (outcome.state, peer.heard) == ("refused", [])
    assert "a later command is there; found command 8" in outcome.detail


def test_point_05_what_runs_out_while_it_is_handed_over_is_not_committed() -> None:
    clock = HandClock(NOON + 24 * 60 * MINUTE - MINUTE)
    peer = scripted(clock, slow=MINUTE)
    outcome = tried(peer, clock)
    # A device with a good clock would refuse it, too.
    assert (outcome.state, outcome.detail) == ("expired", "its time ran out while it was handed over")
    assert (len(peer.heard), peer.effects) == (1, [])


@pytest.mark.parametrize(
    ("told", "state"),
    [({"online": False}, "waiting"), ({"online": False, "remote": False}, "waiting"), ({"remote": False}, "held")],
)
def test_point_13_a_device_that_is_away_is_asked_again_and_one_in_local_is_held(told: dict[str, bool], state: str) -> None:
    peer = scripted(**told)
    assert (tried(peer, peer.clock).state, peer.heard) == (state, [])


@pytest.mark.parametrize("told", [{"sequence": 6}, {"sequence": 8}, {"cmd_id": "another"}])
def test_point_08_an_answer_to_another_command_is_none(told: dict[str, Any]) -> None:
    peer = scripted(**told)
    outcome = tried(peer, peer.clock)
    assert outcome.state == "waiting"
    assert "the answer is for command" in outcome.detail


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"held_sequence": 6}, "it holds command 6, not 7"),
        ({"held_sequence": 8}, "it holds command 8, not 7"),
        ({"held_rows": (FIRST,)}, "it holds 1 rows, not 2"),
        ({"held_rows": (FIRST, SECOND, SECOND)}, "it holds 3 rows, not 2"),
        ({"held_rows": (replace(FIRST, end=FIRST.end - MINUTE), SECOND)}, "row 1: 2026-11-26T12:00:00+08:00 to 2026-11-26T23:59"),
        ({"held_rows": (FIRST, replace(SECOND, start=SECOND.start + MINUTE))}, "row 2: 2026-11-27T00:01"),
        ({"held_rows": (FIRST, replace(SECOND, setpoint=0.5006))}, "row 2: 0.5006 m3/s, not 0.5"),
        ({"held_rows": (FIRST, replace(SECOND, setpoint=float("nan")))}, "row 2: nan m3/s, not 0.5"),
    ],
)
def test_point_09_whatever_it_holds_otherwise_is_told(held: dict[str, Any], said: str) -> None:
    peer = scripted(**held)
    outcome = tried(peer, peer.clock)
    assert outcome.state == "differs"
    assert said in outcome.detail


@pytest.mark.parametrize(
    "held",
    [
        {"held_sequence": None},
        {"held_rows": (FIRST, Row(SECOND.start.astimezone(dt.UTC), SECOND.end.astimezone(dt.UTC), 0.5004))},
    ],
)
def test_point_09_what_the_protocol_cannot_tell_is_no_difference(held: dict[str, Any]) -> None:
    peer = scripted(**held)
    assert tried(peer, peer.clock).state == "confirmed"
