"""A device in memory that keeps the rules of a good one, and can be told to be a bad one.

It knows the envelope's payload only, as a real device does: what it holds is read from bytes.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, UnreachableError
from waterbalance.schedule.command import Row
from waterbalance.schedule.envelope import Envelope

FAULTS = ("lost_before", "lost_after", "late", "twice", "wrong_answer", "clamped", "rejected", "local", "skewed", "offline")


@dataclass
class FakeDevice:
    """One device. `faults`: names that it meets, one an attempt, until they are used up."""

    name: str
    clock: Callable[[], dt.datetime]
    faults: list[str] = field(default_factory=list)
    setpoint_step: float = 0.001
    most_rows: int = 24
    staged: Envelope | None = None
    applied: Envelope | None = None
    clamped: float | None = None
    effects: list[str] = field(default_factory=list)
    """Names of the commands that moved something, in their order."""

    heard: list[bytes] = field(default_factory=list)
    """Everything that was handed over."""

    fault: str | None = None

    def state(self) -> DeviceState:
        self.fault = self.faults.pop(0) if self.faults else None
        if self.fault == "offline":
            raise UnreachableError(f"{self.name} does not answer")
        skew = dt.timedelta(hours=1) if self.fault == "skewed" else dt.timedelta(0)
        applied = None if self.applied is None else self.applied.sequence
        return DeviceState(online=True, remote=self.fault != "local", clock=self.clock() + skew, applied=applied)

    def stage(self, envelope: Envelope) -> None:
        if self.fault == "lost_before":
            raise UnreachableError(f"{self.name} broke off")
        self.heard.append(envelope.payload())
        self.staged = Envelope.from_payload(envelope.payload())

    def commit(self, envelope: Envelope) -> Acknowledgement:
        if self.fault == "rejected":
            return self._answer(envelope, "rejected", "E17")
        answer = self._apply()
        if self.fault == "twice":
            answer = self._apply()
        if self.fault in {"lost_after", "late"}:
            raise UnreachableError(f"{self.name} did not answer in time")
        if self.fault == "wrong_answer":
            return Acknowledgement("somebody-else", envelope.sequence, "accepted", None, self.clock())
        return answer

    def read_back(self) -> Held:
        if self.applied is None:
            return Held(None, ())
        rows = self.applied.command.rows
        if self.clamped is not None:
            rows = tuple(Row(row.start, row.end, min(row.setpoint, self.clamped)) for row in rows)
        return Held(self.applied.sequence, rows)

    def _apply(self) -> Acknowledgement:
        envelope = self.staged
        assert envelope is not None
        if self.applied is not None and envelope.command.cmd_id == self.applied.command.cmd_id:
            return self._answer(envelope, "duplicate", None)
        if self.applied is not None and envelope.sequence <= self.applied.sequence:
            return self._answer(envelope, "rejected", "old sequence")
        if envelope.command.valid_until <= self.clock():
            return self._answer(envelope, "expired", None)
        self.applied = envelope
        self.clamped = 0.25 if self.fault == "clamped" else None
        self.effects.append(envelope.command.cmd_id)
        return self._answer(envelope, "accepted", None)

    def _answer(self, envelope: Envelope, status: str, code: str | None) -> Acknowledgement:
        return Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, self.clock())  # type: ignore[arg-type]


def drawn_faults(seed: int, most: int = 4) -> list[str]:
    """Some faults of a device, by chance."""
    chance = random.Random(seed)  # noqa: S311 (faults are no secret)
    return [chance.choice(FAULTS) for _ in range(chance.randint(0, most))]


@dataclass
class HandClock:
    """A clock that stands until somebody moves it."""

    now: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=max(seconds, 0.001))
