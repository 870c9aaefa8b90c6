"""The contract of a controller: stage, commit, read back, state.

    state      is it there, in Remote, with the right time?         -> DeviceState
    stage      hand the command over; nothing moves yet
    commit     let it count; the device itself must say so           -> Acknowledgement
    read back  ask what it holds now, in its own units               -> Held

A broker's or server's receipt (PUBACK, HTTP 200) is never an acknowledgement. Whatever an adapter sends may be sent twice: the
same `cmd_id` has one effect. Adapters know nothing of plans, approvals and the store; who calls them decides what may be sent,
waits and tries again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from waterbalance.errors import WaterBalanceError

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.schedule.command import Row
    from waterbalance.schedule.envelope import Envelope

Status = Literal["received", "accepted", "active", "done", "rejected", "expired", "duplicate", "superseded"]

AGREED: frozenset[Status] = frozenset({"accepted", "active", "done", "duplicate"})
"""Statuses by which a device says that it will do, does or has done as it was told."""


class ControllerError(WaterBalanceError):
    """A device or the way to it; says which device, and what was heard."""

    exit_code: ClassVar[int] = 69


class UnreachableError(ControllerError):
    """Nothing was heard, or not in time: to be tried again. What was sent may have arrived."""


class RefusedError(ControllerError):
    """The device or its server says no: trying again does not help (rejected, not authorised, not permitted)."""


@dataclass(frozen=True)
class DeviceState:
    """What a device says of itself."""

    online: bool
    remote: bool
    """False in Local or maintenance mode: somebody stands at the gate, and nothing is sent."""

    clock: dt.datetime | None
    """The device's own time; None where it tells none."""

    applied: int | None
    """Sequence of the command that it follows; None where it follows none, or tells none."""

    told: int | None = None
    """Sequence of the newest command that lies with it, followed or not; None where it tells none."""

    hindrance: str | None = None
    """Why it is not in Remote, where it tells that."""


@dataclass(frozen=True)
class Acknowledgement:
    """What the device's own program answers to a command."""

    cmd_id: str
    sequence: int
    status: Status
    code: str | None
    """Reason of a refusal, in the device's words."""

    at: dt.datetime


@dataclass(frozen=True)
class Held:
    """What the device holds after a commit, read from it and turned back into the command's units."""

    sequence: int | None
    """None where the protocol has no place for it."""

    rows: tuple[Row, ...]


class Controller(Protocol):
    """One device."""

    @property
    def name(self) -> str:
        """As commands and settings call it."""
        ...

    @property
    def setpoint_step(self) -> float:
        """Smallest difference between two setpoints that it can tell apart, in the command's unit."""
        ...

    @property
    def most_rows(self) -> int:
        """Rows of one command at most."""
        ...

    def state(self) -> DeviceState:
        """Raises `UnreachableError` where it does not answer."""
        ...

    def stage(self, envelope: Envelope) -> None:
        """Hand the command over. Raises `UnreachableError` or `RefusedError`."""
        ...

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """Let it count, and wait for the device's own word. Raises `UnreachableError` where none comes in time."""
        ...

    def read_back(self) -> Held:
        """What it holds now. Raises `UnreachableError`."""
        ...
