"""The controller of a gate without memory: the store keeps its rows, and the dispatcher sets each at its time.

    accepted   the gate answers, and the rows lie in the store
    read back  they are the store's own

Whether a setpoint was reached is read back at its time by the dispatcher; no dispatcher, no movement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, RefusedError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from waterbalance.operate.issuing.dispatcher import Gate
    from waterbalance.schedule.envelope import Envelope


class KeptHere:
    """Stands between the outbox and a gate; one for each envelope that is sent."""

    most_rows = 1000

    def __init__(self, name: str, gate: Gate, setpoint_step: float, clock: Callable[[], dt.datetime]) -> None:
        self.name = name
        self.setpoint_step = setpoint_step
        self._gate = gate
        self._clock = clock
        self._kept: Envelope | None = None

    def state(self) -> DeviceState:
        """Asks the gate. Raises `UnreachableError` where it does not answer."""
        return DeviceState(online=True, remote=self._gate.read_now().remote, clock=None, applied=None)

    def stage(self, envelope: Envelope) -> None:
        """Nothing moves before its time."""
        self._kept = envelope

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """The store keeps it from now on."""
        if self._kept != envelope:
            raise RefusedError(f"{self.name}: nothing was staged")
        return Acknowledgement(envelope.command.cmd_id, envelope.sequence, "accepted", None, self._clock())

    def read_back(self) -> Held:
        """What is kept."""
        return Held(None, ()) if self._kept is None else Held(self._kept.sequence, self._kept.command.rows)
