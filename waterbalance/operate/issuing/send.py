"""The scenario's own devices: how they are reached, told, and kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from waterbalance.controllers.connect import Connections
from waterbalance.controllers.controller import RefusedError
from waterbalance.controllers.fit import GREATEST_SEQUENCE
from waterbalance.errors import Finding, Place, WaterBalanceError
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import AT_ONCE, Delivered, deliver
from waterbalance.operate.issuing.kept_here import KeptHere
from waterbalance.scenario.controller_settings import PlainGateSettings
from waterbalance.scenario.devices import devices_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from waterbalance.controllers.controller import Controller
    from waterbalance.controllers.plain_gate import PlainGate
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store


@runtime_checkable
class Beating(Protocol):
    """A controller whose device falls back when it hears nothing for long."""

    def beat(self) -> bool:
        """Whether the device says that it follows nothing. Raises `ControllerError`."""
        ...


@dataclass(frozen=True)
class Field:
    """All devices of a scenario, ready to be spoken to."""

    scenario: Scenario
    devices: Mapping[str, Device]
    gates: Mapping[str, PlainGate]
    """Those without memory."""

    connections: Connections
    clock: Callable[[], dt.datetime]
    made: dict[str, Controller] = field(default_factory=dict)
    """Controllers that keep their rows, as far as they were needed: one that cannot be made is no fault of the others."""

    def controller(self, name: str) -> Controller:
        """The controller of a name. Raises `RefusedError` where the scenario knows none."""
        if name in self.gates:
            return KeptHere(name, self.gates[name], self.devices[name].setpoint_step, self.clock)
        if name not in self.devices:
            finding = Finding(
                "the scenario has no such controller", Place(component=name), allowed=", ".join(sorted(self.devices))
            )
            raise RefusedError("a device cannot be reached", (finding,))
        if name not in self.made:
            settings = self.scenario.controllers[name]
            self.made.setdefault(name, self.connections.controller(name, settings))
        return self.made[name]

    def beat(self) -> frozenset[str]:
        """Tell every device that can hear it that the engine lives; those that say that they follow nothing.

        One that does not answer is told of when it is sent to.
        """
        empty = set()
        for name in self.devices:
            # A fault of one adapter must not keep the engine's life from the devices of others.
            with suppress(Exception):
                controller = self.controller(name)
                if isinstance(controller, Beating) and controller.beat():
                    empty.add(name)
        return frozenset(empty)

    def sequences(self) -> dict[str, int]:
        """The newest sequence that each device tells of; those that are silent, or tell none that another can follow, are out."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ask") as pool:
            told = dict(zip(self.devices, pool.map(self._sequence, self.devices), strict=True))
        return {name: sequence for name, sequence in told.items() if 0 < sequence < GREATEST_SEQUENCE}

    def _sequence(self, name: str) -> int:
        try:
            state = self.controller(name).state()
        except WaterBalanceError:
            # It is told of when it is sent to.
            return 0
        return max(state.applied or 0, state.told or 0)

    def send(
        self, store: Store, keys: Mapping[str, Ed25519PublicKey], wait: dt.timedelta, sleep: Callable[[float], None]
    ) -> Delivered:
        """Send what is due in the outbox, and what becomes due within `wait`."""
        sending = Sending(self.scenario.issuing, self.devices, keys)
        return deliver(store, self.controller, sending, clock=self.clock, wait=wait, sleep=sleep)


@contextmanager
def field_of(scenario: Scenario, clock: Callable[[], dt.datetime]) -> Iterator[Field]:
    """The devices of a scenario for as long as they are needed. Raises `UsageError` where a library is missing."""
    titles: dict[str, Mapping[str, str]] = {component.name: component.title for component in scenario.network}
    titles |= {} if scenario.turns is None else scenario.turns.titles
    connections = Connections(Path(scenario.folder), titles, ZoneInfo(scenario.time_zone), clock)
    try:
        told = scenario.controllers.items()
        yield Field(
            scenario,
            devices_of(scenario),
            {name: connections.gate(name, each) for name, each in told if isinstance(each, PlainGateSettings)},
            connections,
            clock,
        )
    finally:
        connections.close()
