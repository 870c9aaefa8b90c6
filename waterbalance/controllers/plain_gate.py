"""A gate that can only take a setpoint now: a map of its registers, for the dispatcher that knows when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from waterbalance.controllers.controller import RefusedError
from waterbalance.controllers.fit import UnfitError
from waterbalance.controllers.modbus_line import Device, Line
from waterbalance.controllers.modbus_registers import NumberType, WordOrder, number_in, registers_of, size_of
from waterbalance.errors import Finding, Place
from waterbalance.scenario.controller_quantities import step_of


@dataclass(frozen=True)
class Register:
    """A number in a device's registers: value = count x scale."""

    address: int
    """From 0 on."""

    kind: NumberType = "u16"
    scale: float = 1.0
    """One count. [unit of the gate's mode]"""

    order: WordOrder = "big"
    table: Literal["holding", "input"] = "holding"

    @property
    def step(self) -> float:
        """Smallest difference that counts: one count, and a thousandth of the scale where the number is a floating one."""
        return step_of(self.kind, self.scale)

    def read(self, line: Line) -> float:
        """Its value. Raises `UnreachableError` or `RefusedError`."""
        size = size_of(self.kind)
        words = line.read(self.address, size) if self.table == "holding" else line.read_input(self.address, size)
        return float(f"{number_in(words, self.kind, self.order) * self.scale:.12g}")


@dataclass(frozen=True)
class GateReading:
    """What a gate says at this moment."""

    setpoint: float
    feedback: float | None
    """Measured flow, level or opening; None where no register tells it."""

    remote: bool
    """False where somebody stands at the gate; true where no register tells it."""


@dataclass(frozen=True)
class PlainGate:
    """One gate with its registers; limits and setpoints in the unit of its mode."""

    name: str
    device: Device
    setpoint: Register
    least: float
    most: float
    feedback: Register | None = None
    mode: Register | None = None
    remote_when: int = 0
    """What the mode register holds in Remote."""

    closed: float = 0.0
    """The setpoint that lets least through, also where it is below `least`."""

    @property
    def line(self) -> str:
        """Where it is reached: gates behind one gateway share it."""
        return f"{self.device.host}:{self.device.port}"

    @property
    def setpoint_step(self) -> float:
        """Smallest difference that it can tell apart."""
        return self.setpoint.step

    def set_now(self, setpoint: float) -> None:
        """Set the gate, and see that it holds what was written; setting it twice does no harm.

        Raises `UnfitError` for a number that is none or out of its limits, `RefusedError` in Local mode or where the gate holds
        something else afterwards, `UnreachableError` where it does not answer.
        """
        words = self._words(setpoint)
        with Line(self.device) as line:
            if not self._is_remote(line):
                finding = Finding("somebody stands at the gate", self.device.place, "Local", "Remote")
                raise RefusedError(f"{self.name} is in Local mode; nothing was written", (finding,))
            if len(words) == 1:
                line.write_one(self.setpoint.address, words[0])
            else:
                line.write(self.setpoint.address, words)
            held = self.setpoint.read(line)
            if not abs(held - setpoint) <= 0.5 * self.setpoint.step + 1e-6 * abs(setpoint):
                finding = Finding("the gate holds another setpoint", self.device.place, f"{held:g}", f"{setpoint:g}")
                raise RefusedError(f"{self.name} has not taken its setpoint", (finding,))

    def read_now(self) -> GateReading:
        """Raises `UnreachableError` or `RefusedError`."""
        with Line(self.device) as line:
            feedback = None if self.feedback is None else self.feedback.read(line)
            return GateReading(self.setpoint.read(line), feedback, self._is_remote(line))

    def _is_remote(self, line: Line) -> bool:
        return self.mode is None or self.mode.read(line) == self.remote_when

    def _words(self, setpoint: float) -> list[int]:
        if not (math.isfinite(setpoint) and (setpoint == self.closed or self.least <= setpoint <= self.most)):
            raise self._unfit("the setpoint is out of its limits", setpoint)
        try:
            return registers_of(setpoint / self.setpoint.scale, self.setpoint.kind, self.setpoint.order)
        except OverflowError as error:
            raise self._unfit(str(error), setpoint) from None

    def _unfit(self, what: str, setpoint: float) -> UnfitError:
        finding = Finding(what, Place(component=self.name), str(setpoint), f"{self.least:g} to {self.most:g}")
        return UnfitError(f"{self.name} cannot be told this setpoint; nothing was sent", (finding,))
