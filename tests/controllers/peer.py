"""What the battery asks of a device at the other end: to be told, to misbehave, and to say what it really does."""

from dataclasses import dataclass
from typing import Protocol

from waterbalance.controllers.controller import Controller
from waterbalance.schedule.command import Action, Fallback, Mode, Row


@dataclass
class Faults:
    """Switches; the device looks at them whenever it acts."""

    late: float = 0.0
    """How long its answer takes. [s]"""

    wrong: bool = False
    """Its answers are about another command."""

    most: float | None = None
    """It clamps setpoints to this without saying so. [unit of the command]"""

    local: bool = False
    """Somebody stands at the gate."""

    fast: float = 0.0
    """How far its clock is ahead. [s]"""


class Peer(Protocol):
    """A device with the adapter that leads to it."""

    name: str
    mode: Mode
    setpoints: tuple[float, ...]
    clamped_at: float
    most: float
    fallback: Fallback
    tells_clock: bool
    faults: Faults

    def controller(self) -> Controller:
        """A fresh adapter, as after a restart of the engine."""
        ...

    def taken(self) -> list[int]:
        """Sequences of the commands that had an effect, in order."""
        ...

    def doing(self) -> tuple[Action, tuple[Row, ...]]:
        """What it does, told by itself and not by the adapter."""
        ...
