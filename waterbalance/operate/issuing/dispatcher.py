"""For devices that can only take a setpoint now: the engine keeps their rows and sets each at its time.

    at every tick, for every such device:
        row     = the row of its newest accepted command that holds now; none: its fallback
        set     = what the device reads, if it is off the row's setpoint by more than half a step
        failed  = its feedback, if it is off the row's setpoint by more than a step and 5 % of its most, 10 minutes after the row
                  began or, where it was set late, after it was set

Only the clock and the store decide what is set, never what was set before; when that was stands in the audit log. A dispatcher
that was killed, or whose clock was put right, does at its next tick what is right at that moment; and setting a gate to where it
is costs nothing.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from waterbalance.controllers.controller import ControllerError
from waterbalance.errors import WaterBalanceError
from waterbalance.operate.issuing.deliver import AT_ONCE
from waterbalance.schedule.guard_commands import of_another_device
from waterbalance.store.alarms import clear, ring, ringing
from waterbalance.store.audit_log import Event, append, last_time
from waterbalance.store.database import StoreError
from waterbalance.store.outbox import newest_of_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.controllers.plain_gate import GateReading
    from waterbalance.schedule.command import Command
    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store
    from waterbalance.store.outbox import CommandState


CONFIRMED: frozenset[CommandState] = frozenset({"confirmed"})

SETTLE = dt.timedelta(minutes=10)
"""How long a gate may travel before its feedback is judged."""

NEAR = 0.05
"""How far the feedback may lie off the setpoint, as a share of the most that the device may be asked for. [-]"""


class Gate(Protocol):
    """What is used of a device that has no memory."""

    @property
    def line(self) -> str:
        """What it shares with other gates, so that they are spoken to after each other."""
        ...

    def set_now(self, setpoint: float) -> None:
        """Raises `ControllerError`."""
        ...

    def read_now(self) -> GateReading:
        """Its setpoint and feedback in the command's unit, and whether it is in Remote. Raises `ControllerError`."""
        ...


@dataclass(frozen=True)
class Tick:
    """What one look at all gates did."""

    set: Mapping[str, float]
    """Devices that were told a setpoint, and which."""

    failed: Mapping[str, str]
    """Devices that could not be told or did not follow, and why."""


def tick(store: Store, gates: Mapping[str, Gate], devices: Mapping[str, Device], now: dt.datetime) -> Tick:
    """Bring every gate to what its newest accepted command says for this moment. Raises `StoreError`."""
    with store.reading() as connection:
        newest = {each.controller: each for each in newest_of_each(connection, CONFIRMED)}
        alarms = ringing(connection)
    done: dict[str, float] = {}
    failed: dict[str, str] = {}

    def bring(names: list[str]) -> None:
        for name in names:
            try:
                command = _for(devices[name], newest[name].envelope.command)
                wanted = setpoint_at(command, now)
                if wanted is not None and _bring(gates[name], wanted, devices[name], partial(_travelled, store, command, now)):
                    done[name] = wanted
            except StoreError:
                raise
            except WaterBalanceError as error:
                failed[name] = str(error)
            except Exception as error:  # noqa: BLE001 (a fault of one gate must not stop the others; it rings an alarm)
                failed[name] = f"{type(error).__name__}: {error}"

    lines: dict[str, list[str]] = {}
    for name in sorted(set(gates) & set(newest)):
        lines.setdefault(gates[name].line, []).append(name)
    # A gate that does not answer takes its time; the others are set at theirs.
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="gates") as pool:
        list(pool.map(bring, lines.values()))
    # An alarm of another kind is about a command: whether a gate follows says nothing of it.
    wrong = {alarm.subject for alarm in alarms if alarm.kind == "gate"} - {a.subject for a in alarms if a.kind != "gate"}
    _write_down(store, done, failed, (wrong & set(gates)) - set(failed), now)
    return Tick(dict(sorted(done.items())), dict(sorted(failed.items())))


def _for(device: Device, command: Command) -> Command:
    """The command as it is. Raises `ControllerError` where the device was described anew since."""
    other = of_another_device(command, device)
    if other is not None:
        raise ControllerError("the gate stays as it is", (other,))
    return command


def setpoint_at(command: Command, now: dt.datetime) -> float | None:
    """What a command says for a moment; None where the device keeps what it has."""
    closed = command.limits.closed(command.mode)
    if command.action == "stop":
        return closed
    for row in command.rows:
        if row.start <= now < row.end:
            return row.setpoint
    if now < command.valid_from or command.fallback.mode == "hold_last":
        return None
    return command.fallback.setpoint if command.fallback.mode == "flow" else closed


def since(command: Command, now: dt.datetime) -> dt.datetime:
    """When what a command says for a moment began: its latest row that began or ended, or the command itself."""
    moments = (command.valid_from, *(moment for row in command.rows for moment in (row.start, row.end)))
    return max((moment for moment in moments if moment <= now), default=now)


def _travelled(store: Store, command: Command, now: dt.datetime) -> dt.timedelta:
    """How long a gate may have travelled to where it should be: since the row's time, or since it was set, if that was later."""
    row = since(command, now)
    with store.reading() as connection:
        told = last_time(connection, command.controller, "set")
    # What was set later than now was set by a clock that has been put back since.
    return now - (row if told is None or told > now else max(row, told))


def _bring(gate: Gate, wanted: float, device: Device, travelled: Callable[[], dt.timedelta]) -> bool:
    """Whether the gate had to be set. Raises `ControllerError` where it cannot be, or has not followed what it holds."""
    reading = gate.read_now()
    if not reading.remote:
        raise ControllerError("it is in Local or maintenance mode")
    # NaN is off everything.
    if not abs(reading.setpoint - wanted) <= device.setpoint_step / 2:
        _set(gate, wanted, device)
        return True
    near = max(device.setpoint_step, NEAR * device.limits.most)
    if reading.feedback is not None and not abs(reading.feedback - wanted) <= near and (long := travelled()) > SETTLE:
        minutes = long.total_seconds() / 60.0
        told = f"its feedback is {reading.feedback:g} {device.unit}, {minutes:.0f} minutes after it was to be at {wanted:g}"
        raise ControllerError(f"{told}; look whether it is stuck, and at its sensor")
    return False


def _set(gate: Gate, wanted: float, device: Device) -> None:
    gate.set_now(wanted)
    reached = gate.read_now().setpoint
    if not abs(reached - wanted) <= device.setpoint_step / 2:
        raise ControllerError(f"it reads {reached:g} {device.unit} after it was set to {wanted:g}")


def _write_down(store: Store, done: Mapping[str, float], failed: Mapping[str, str], over: set[str], now: dt.datetime) -> None:
    if not done and not failed and not over:
        return
    with store.writing() as connection:
        append(connection, now, *(Event("dispatcher", "set", name, {"setpoint": setpoint}) for name, setpoint in done.items()))
        for name, why in failed.items():
            ring(connection, name, "gate", why, now)
        for name in over:
            clear(connection, name, now)
