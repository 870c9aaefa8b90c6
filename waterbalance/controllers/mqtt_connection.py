"""One connection to an MQTT 5 broker, until it breaks: nothing is kept to be sent later, when nobody waits for it.

Version 5 is needed: only its PUBACK tells that a message was not permitted.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.controller import ControllerError, RefusedError, UnreachableError
from waterbalance.controllers.missing_extra import library
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.controllers.secret import Secret
    from waterbalance.controllers.tls import Tls

_FAILURE = 128
"""Reason codes from here on are failures (MQTT 5, section 2.4)."""


@dataclass(frozen=True)
class Way:
    """How to get to a broker."""

    host: str
    port: int = 8883
    tls: Tls | None = None
    username: str | None = None
    password: Secret | None = None
    timeout: float = 10.0
    """How long the broker may take for an answer of its own. [s]"""

    @property
    def place(self) -> Place:
        """For findings."""
        return Place(f"mqtt://{self.host}:{self.port}")


@dataclass(frozen=True)
class Heard:
    """A message of a controller."""

    topic: str
    payload: bytes
    correlation: bytes | None
    retained: bool
    """Kept by the broker: of unknown age."""

    at: float
    """By the monotonic clock. [s]"""


class Connection:
    """Connected once it is made; raises `UnreachableError` or `RefusedError` where that is not possible."""

    def __init__(self, way: Way, topics: tuple[str, ...], hear: Callable[[Heard], None], lost: Callable[[], None]) -> None:
        self._way = way
        self._hear, self._lost = hear, lost
        self._changed = threading.Condition()
        self._reasons: dict[tuple[str, int], Any] = {}
        self._broken: str | None = None
        paho = library("paho.mqtt.client", "mqtt")
        self._properties = library("paho.mqtt.properties", "mqtt").Properties
        self._packets = library("paho.mqtt.packettypes", "mqtt").PacketTypes
        version = paho.CallbackAPIVersion.VERSION2
        self._client = paho.Client(version, protocol=paho.MQTTv5, reconnect_on_failure=False)
        self._client.connect_timeout = way.timeout
        if way.tls is not None:
            self._client.tls_set_context(way.tls.context())
        if way.username is not None:
            self._client.username_pw_set(way.username, None if way.password is None else way.password.reveal())
        self._client.on_connect = lambda _client, _data, _flags, reason, _properties: self._said("connect", 0, reason)
        self._client.on_publish = lambda _client, _data, number, reason, _properties: self._said("publish", number, reason)
        self._client.on_subscribe = lambda _client, _data, number, reasons, _properties: self._said(
            "subscribe", number, max(reasons, key=lambda reason: reason.value)
        )
        self._client.on_message = lambda _client, _data, message: self._message(message)
        self._client.on_disconnect = lambda _client, _data, _flags, reason, _properties: self._disconnected(
            f"disconnected: {reason}"
        )
        try:
            self._open(topics)
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it can be used still."""
        return self._broken is None

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        expiry: int | None = None,
        correlation: bytes | None = None,
        content_type: str = "application/json",
    ) -> None:
        """Hand a message to the broker and wait for its receipt, which says nothing about the device.

        Raises `RefusedError` where it is not permitted, `UnreachableError` where there is no receipt in time.
        """
        properties = self._properties(self._packets.PUBLISH)
        properties.ContentType = content_type
        if expiry is not None:
            properties.MessageExpiryInterval = expiry
        if correlation is not None:
            properties.CorrelationData = correlation
        self._require(self._client.publish(topic, payload, qos=1, retain=retain, properties=properties), "publish", f" {topic}")

    def close(self) -> None:
        """Say goodbye; what was not acknowledged stays unacknowledged."""
        if self.alive:
            self._broken = "closed"
            self._client.disconnect()
        else:
            self._cut("closed")
        self._client.loop_stop()

    def _open(self, topics: tuple[str, ...]) -> None:
        properties = self._properties(self._packets.CONNECT)
        properties.ReceiveMaximum = 65_535
        try:
            self._client.connect(self._way.host, self._way.port, keepalive=30, clean_start=True, properties=properties)
        except ssl.SSLCertVerificationError as error:
            raise self._problem(RefusedError, "the broker's certificate is not trusted", error.verify_message) from None
        except OSError as error:
            raise self._problem(UnreachableError, "the broker cannot be reached", str(error)) from None
        self._client.loop_start()
        self._require((0, 0), "connect")
        if topics:
            told = f" {', '.join(topics)}"
            self._require(self._client.subscribe([(topic, 1) for topic in topics]), "subscribe", told)

    def _require(self, sent: Any, kind: str, what: str = "") -> None:  # noqa: ANN401 (paho's results have no common type)
        """Wait for the broker's own answer to what was sent."""
        code, number = sent[0], sent[1]
        with self._changed:
            self._changed.wait_for(
                lambda: (kind, number) in self._reasons or self._broken is not None or code != 0, self._way.timeout
            )
            reason = self._reasons.pop((kind, number), None)
        if reason is None:
            heard = self._broken or f"nothing within {self._way.timeout:g} s"
            # A connection that is dead at its other end looks alive for long: nobody else shall wait for it.
            self._cut(heard)
            raise self._problem(UnreachableError, "the broker does not answer", f"{heard} (asked to {kind}{what})")
        if reason.value >= _FAILURE:
            raise self._problem(RefusedError, "the broker refuses", f"{reason} (asked to {kind}{what})")

    def _cut(self, why: str) -> None:
        """End it without a goodbye."""
        sock = self._client.socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._disconnected(why)

    def _said(self, kind: str, number: int, reason: Any) -> None:  # noqa: ANN401 (paho's reason codes are imported when needed)
        with self._changed:
            self._reasons[kind, number] = reason
            self._changed.notify_all()

    def _message(self, message: Any) -> None:  # noqa: ANN401 (as above)
        correlation = getattr(message.properties, "CorrelationData", None)
        self._hear(Heard(message.topic, message.payload, correlation, bool(message.retain), time.monotonic()))

    def _disconnected(self, reason: str) -> None:
        with self._changed:
            self._broken = self._broken or reason
            self._changed.notify_all()
        self._lost()

    def _problem(self, kind: type[ControllerError], what: str, heard: str) -> ControllerError:
        remedy = "Look at the broker's address and log, at permissions and certificates."
        return kind("the device cannot be told", (Finding(what, self._way.place, heard, remedy=remedy),))
