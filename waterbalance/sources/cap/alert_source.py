"""The contract of a source of alerts: it is asked what it has, and hands over messages and what it has to tell.

What cannot be read costs only itself and is told as a finding. A source of which nothing can be had raises: `SourceError` where a
server is silent or refuses, `InputError` where a folder or an answer is not what was promised.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance.errors import Finding, Place
from waterbalance.sources.address import holds_no_secret
from waterbalance.sources.cap.message import read_message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.scenario.cap import Message
    from waterbalance.sources.source import Surroundings


@dataclass(frozen=True)
class Told:
    """What a source of alerts hands over."""

    messages: tuple[Message, ...]
    findings: tuple[Finding, ...] = ()


class AlertSource(BaseModel, ABC):
    """Where alerts of others come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    """Which adapter reads it."""

    _before = model_validator(mode="before")(holds_no_secret)

    @abstractmethod
    def read(self, around: Surroundings) -> Told:
        """All messages that it has, also old ones. Raises `SourceError`, `InputError` or `UsageError`."""


def read_all(documents: Iterable[tuple[Place, bytes]]) -> Told:
    """The messages of several documents; one that is none is a finding."""
    messages, findings = [], []
    for place, content in documents:
        try:
            messages.append(read_message(content))
        except ValueError as error:
            findings.append(unread(place, str(error)))
    return Told(tuple(messages), tuple(findings))


def unread(place: Place, why: str) -> Finding:
    """What is told of a document that is no alert."""
    return Finding("no alert can be read here", place, why, "a CAP 1.2 message in UTF-8", "It is left out; ask who sent it.")
