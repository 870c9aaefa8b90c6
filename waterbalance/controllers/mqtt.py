"""A controller behind an MQTT 5 broker (OASIS 2019): PLC gateways, Node-RED, Home Assistant.

    stage      look at the command and at the way to the broker; nothing is published
    commit     publish it as the retained desired schedule, wait for the application's own acknowledgement
    read back  the state that the device tells after it, or in answer to a heartbeat

The broker's PUBACK tells that the broker has it, and no more.
"""

from __future__ import annotations

import datetime as dt
import queue
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, UnreachableError
from waterbalance.controllers.fit import require_fit

if TYPE_CHECKING:
    from waterbalance.controllers.mqtt_broker import Answers, Broker, HeardState
    from waterbalance.schedule.envelope import Envelope

FRESH = 10.0
"""How old a state may be that a device told by itself. [s]"""


@dataclass(frozen=True)
class MqttController:
    """One device of a broker."""

    name: str
    broker: Broker = field(repr=False)
    setpoint_step: float = 0.001
    most_rows: int = 96
    timeout: float = 10.0
    """How long the device may take for its answer. [s]"""

    def state(self) -> DeviceState:
        """See `Controller`; a state that the broker has kept says nothing about the clock, so that the device is asked."""

        def enough(state: HeardState) -> bool:
            gone = not state.told.device.online
            return gone or (not state.retained and time.monotonic() - state.at < FRESH)

        heard = self.broker.ask_state(self.name, enough, self.timeout)
        device = heard.told.device
        if device.clock is None:
            return device
        return replace(device, clock=device.clock + dt.timedelta(seconds=time.monotonic() - heard.at))

    def stage(self, envelope: Envelope) -> None:
        """See `Controller`."""
        require_fit(envelope, self.name, self.broker.clock(), most_rows=self.most_rows)
        self.broker.connect()

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """See `Controller`; the message is forgotten by the broker when the command expires."""
        at = self.broker.clock()
        require_fit(envelope, self.name, at, most_rows=self.most_rows)
        seconds = max(int((envelope.command.valid_until - at).total_seconds()), 1)
        with self.broker.answers(self.name, envelope.command.cmd_id) as answers:
            self.broker.publish_schedule(envelope, seconds)
            return self._answer(answers, envelope)

    def read_back(self) -> Held:
        """See `Controller`; asks the device, but where it has told its state since it was given this very command."""
        asked = time.monotonic()

        def enough(state: HeardState) -> bool:
            heard_now = state.at >= asked or self.broker.told_since(state, self.name)
            return not state.told.device.online or (heard_now and not state.retained)

        heard = self.broker.ask_state(self.name, enough, self.timeout)
        if not heard.told.device.online:
            raise UnreachableError(f"{self.name} is offline, as the broker tells")
        return heard.told.held

    def beat(self) -> bool:
        """Tell this and all other devices of the broker that the engine lives.

        Whether this one said last that it follows nothing: it was never told, or has lost its memory, and the broker its message.
        """
        self.broker.beat()
        heard = self.broker.last_state(self.name)
        return heard is not None and not heard.retained and heard.told.device.online and not heard.told.device.applied

    def _answer(self, answers: Answers, envelope: Envelope) -> Acknowledgement:
        """The first word that decides: `received` does not."""
        deadline = time.monotonic() + self.timeout
        received = ""
        while True:
            try:
                answer = answers.get(timeout=max(deadline - time.monotonic(), 0.0))
            except queue.Empty:
                heard = received + self.broker.unread(self.name)
                raise UnreachableError(f"{self.name} has not acknowledged within {self.timeout:g} s{heard}") from None
            if answer is None:
                raise UnreachableError(f"{self.name}: the connection to the broker broke before the device acknowledged")
            if answer.status == "received":
                received = "; it has received the command, and not said more"
            elif answer.sequence == envelope.sequence:
                return answer
