"""All controllers of one MQTT broker, over one connection; many threads may wait for their devices at the same time.

waterbalance/v1/{controller}/schedule    retained, until valid_until
waterbalance/v1/{controller}/ack
waterbalance/v1/{controller}/state       retained; {"online": false} as last will
waterbalance/v1/_engine/heartbeat        every device answers it with its state
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, ControllerError, UnreachableError
from waterbalance.controllers.fit import now
from waterbalance.controllers.mqtt_connection import Connection, Heard, Way
from waterbalance.controllers.mqtt_messages import ToldState, read_acknowledgement, read_state

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from waterbalance.schedule.envelope import Envelope

ROOT = "waterbalance/v1"
HEARTBEAT = f"{ROOT}/_engine/heartbeat"

BETWEEN_BEATS = 0.5
"""Shortest time between two heartbeats: one is answered by every device. [s]"""

AFTER_A_FAILURE = 2.0
"""How long nobody tries to connect again: a thousand controllers do not wait for a broker one after another. [s]"""

HEARTBEAT_LIVES = 60
"""How long a broker keeps a heartbeat for a device that is away. [s]"""

Answers = queue.SimpleQueue[Acknowledgement | None]
"""Acknowledgements of one command as they come; None where the connection broke."""


@dataclass(frozen=True)
class HeardState:
    """A state, and when it was heard."""

    told: ToldState
    retained: bool
    at: float
    """By the monotonic clock. [s]"""


class Broker:
    """Connects when it is first needed, and again where the connection has broken."""

    def __init__(self, way: Way, clock: Callable[[], dt.datetime] = now) -> None:
        self.way = way
        self.clock = clock
        self._connecting = threading.Lock()
        self._connection: Connection | None = None
        self._failure: tuple[float, ControllerError] | None = None
        self._heard = threading.Condition()
        self._waiting: dict[tuple[str, str], Answers] = {}
        self._states: dict[str, HeardState] = {}
        self._unread: dict[str, str] = {}
        self._told: dict[str, tuple[float, int]] = {}
        self._last_beat = -BETWEEN_BEATS

    def connect(self) -> Connection:
        """The connection. Raises `UnreachableError` or `RefusedError`."""
        with self._connecting:
            if self._connection is not None and not self._connection.alive:
                self._connection.close()
                self._connection = None
            if self._connection is None:
                self._connection = self._connected()
            return self._connection

    def _connected(self) -> Connection:
        if self._failure is not None and time.monotonic() - self._failure[0] < AFTER_A_FAILURE:
            error = self._failure[1]
            raise type(error)(error.title, error.findings)
        with self._heard:
            self._states.clear()
        try:
            connection = Connection(self.way, (f"{ROOT}/+/ack", f"{ROOT}/+/state"), self._hear, self._lost)
        except ControllerError as error:
            self._failure = time.monotonic(), error
            raise
        self._failure = None
        return connection

    def close(self) -> None:
        """Leave the broker."""
        with self._connecting:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def publish_schedule(self, envelope: Envelope, seconds: int) -> None:
        """Put the desired schedule there, to be forgotten after some seconds. Raises what `Connection.publish` raises."""
        command = envelope.command
        topic = f"{ROOT}/{command.controller}/schedule"
        connection = self.connect()
        self._told[command.controller] = time.monotonic(), envelope.sequence
        correlation = command.cmd_id.encode()
        connection.publish(topic, envelope.payload(), retain=True, expiry=seconds, correlation=correlation)

    def told_since(self, state: HeardState, controller: str) -> bool:
        """Whether a state was told after the last schedule had gone out, and is about that one."""
        at, sequence = self._told.get(controller, (float("inf"), 0))
        return state.at >= at and state.told.held.sequence == sequence

    @contextlib.contextmanager
    def answers(self, controller: str, cmd_id: str) -> Iterator[Answers]:
        """Acknowledgements of a command by this controller, and by no other, while the block lasts."""
        answers: Answers = queue.SimpleQueue()
        with self._heard:
            self._waiting[controller, cmd_id] = answers
        try:
            yield answers
        finally:
            with self._heard:
                self._waiting.pop((controller, cmd_id), None)

    def beat(self) -> None:
        """Tell all devices that the engine lives, if that was not done just now; each answers with its state.

        Raises what `Connection.publish` raises.
        """
        with self._heard:
            if time.monotonic() < self._last_beat + BETWEEN_BEATS:
                return
            self._last_beat = time.monotonic()
        payload = json.dumps({"at": self.clock().isoformat()}).encode()
        self.connect().publish(HEARTBEAT, payload, expiry=HEARTBEAT_LIVES)

    def last_state(self, controller: str) -> HeardState | None:
        """What a controller has told last; None where nothing was heard since the connection was made."""
        with self._heard:
            return self._states.get(controller)

    def ask_state(self, controller: str, enough: Callable[[HeardState], bool], timeout: float) -> HeardState:
        """The first state that is enough; the engine beats until one is heard.

        Raises `UnreachableError` where none comes within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        self.connect()
        while True:
            with self._heard:
                state = self._states.get(controller)
                if state is not None and enough(state):
                    return state
                waiting = min(deadline, self._last_beat + BETWEEN_BEATS) - time.monotonic()
                if waiting > 0:
                    self._heard.wait(waiting)
                    continue
            if time.monotonic() >= deadline:
                raise UnreachableError(f"{controller} has told no state for {timeout:g} s{self.unread(controller)}")
            self.beat()

    def unread(self, controller: str) -> str:
        """What a controller said last that could not be read, for messages."""
        text = self._unread.get(controller)
        return "" if text is None else f"; it said what cannot be read: {text}"

    def _hear(self, heard: Heard) -> None:
        *_, controller, kind = heard.topic.split("/")
        try:
            if kind == "ack":
                self._hear_answer(controller, heard)
            else:
                state = HeardState(read_state(heard.payload), heard.retained, heard.at)
                with self._heard:
                    self._states[controller] = state
                    self._heard.notify_all()
        except (ValueError, RecursionError, OverflowError) as error:
            self._unread[controller] = f"{kind}: {error}"[:200]

    def _hear_answer(self, controller: str, heard: Heard) -> None:
        acknowledgement = read_acknowledgement(heard.payload)
        if heard.correlation != acknowledgement.cmd_id.encode():
            raise ValueError("its correlation is not its cmd_id")
        with self._heard:
            answers = self._waiting.get((controller, acknowledgement.cmd_id))
        if answers is not None:
            answers.put(acknowledgement)

    def _lost(self) -> None:
        with self._heard:
            for answers in self._waiting.values():
                answers.put(None)
            self._heard.notify_all()
