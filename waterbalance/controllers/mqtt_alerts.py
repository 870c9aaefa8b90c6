"""Alerts through an MQTT 5 broker: each is the retained message of its topic until it expires, for those who come late."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.controllers.mqtt_connection import Connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waterbalance.controllers.mqtt_connection import Way

CAP = "application/cap+xml"


@dataclass(frozen=True)
class Notice:
    """One alert as a broker takes it."""

    name: str
    """By which the caller knows it."""

    topic: str
    document: bytes
    seconds: int
    """How long the broker keeps it. [s]"""


def published(way: Way, notices: Iterable[Notice]) -> Iterator[str]:
    """The name of each notice once the broker has it (quality of service 1), in the order given.

    Raises `RefusedError` where one is not permitted, `UnreachableError` where the broker gives no receipt in time; those that
    were named before are there.
    """
    with contextlib.closing(Connection(way, (), lambda _heard: None, lambda: None)) as connection:
        for each in notices:
            connection.publish(each.topic, each.document, retain=True, expiry=max(each.seconds, 1), content_type=CAP)
            yield each.name
