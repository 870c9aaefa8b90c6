"""A message of the Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010) as plain values, and what the standard asks of one.

Names are those of the standard, in the words of this house: `msgType` is `kind`, an `info` block is an `Information`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
Kind = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Scope = Literal["Public", "Restricted", "Private"]
Category = Literal["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"]
Response = Literal["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]

SEVERITIES: tuple[Severity, ...] = ("Unknown", "Minor", "Moderate", "Severe", "Extreme")
"""From least to most; what is unknown comes first."""

CERTAINTIES: tuple[Certainty, ...] = ("Unknown", "Unlikely", "Possible", "Likely", "Observed")
"""From least to most; what is unknown comes first."""

_PLAIN = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Area:
    """Where it holds."""

    description: str
    geocodes: tuple[tuple[str, str], ...] = ()
    """Name of the system of codes, and the code."""


@dataclass(frozen=True)
class Information:
    """What is told, in one language."""

    event: str
    categories: tuple[Category, ...]
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = "en-US"
    responses: tuple[Response, ...] = ()
    event_codes: tuple[tuple[str, str], ...] = ()
    effective: dt.datetime | None = None
    onset: dt.datetime | None = None
    expires: dt.datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    contact: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()

    def parameter(self, name: str) -> str | None:
        """Value of the first parameter with a name."""
        return next((value for key, value in self.parameters if key == name), None)


@dataclass(frozen=True)
class Reference:
    """An earlier message: `sender,identifier,sent`."""

    sender: str
    identifier: str
    sent: dt.datetime

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{moment(self.sent)}"


@dataclass(frozen=True)
class Message:
    """One message."""

    identifier: str
    sender: str
    sent: dt.datetime
    status: Status
    kind: Kind
    scope: Scope
    information: tuple[Information, ...] = ()
    restriction: str = ""
    addresses: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    """What it belongs to: messages about the same thing share one."""

    note: str = ""

    @property
    def reference(self) -> Reference:
        """How later messages name this one."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def expires(self) -> dt.datetime | None:
        """When all of it is over; None where some of it has no end."""
        ends = [each.expires for each in self.information]
        return None if not ends or None in ends else max(end for end in ends if end is not None)


def moment(time: dt.datetime) -> str:
    """A time as the standard writes it: whole seconds, and an offset that is never `Z`.

    >>> import datetime as dt
    >>> moment(dt.datetime(2026, 7, 1, 4, 30, 0, 7, tzinfo=dt.UTC))
    '2026-07-01T04:30:00+00:00'
    """
    return time.replace(microsecond=0).isoformat()


def cleaned(text: str) -> str:
    r"""A text that XML can carry and give back unchanged: without control characters, each end of a line as one `\n`.

    >>> cleaned("gate\x00 7\r\nstuck")
    'gate 7\nstuck'
    """
    return _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def problems(message: Message) -> tuple[str, ...]:
    """What the standard does not allow; empty for a message that may be sent."""
    return tuple(_problems(message))


def _problems(message: Message) -> Iterator[str]:
    for name in ("identifier", "sender"):
        if not _PLAIN.fullmatch(getattr(message, name)):
            yield f"{name} is empty, or has a space, comma, < or &: {getattr(message, name)!r}"
    for name, value, words in (
        ("status", message.status, Status),
        ("msgType", message.kind, Kind),
        ("scope", message.scope, Scope),
    ):
        yield from _one_of(name, value, words)
    yield from _with_offset("sent", message.sent)
    if (message.scope == "Restricted") != bool(message.restriction):
        yield "restriction belongs to the scope Restricted, which needs one"
    if message.scope == "Private" and not message.addresses:
        yield "the scope Private needs addresses"
    if message.kind in {"Update", "Cancel", "Ack", "Error"} and not message.references:
        yield f"{message.kind} needs a reference to an earlier message"
    if message.kind in {"Alert", "Update"} and not message.information:
        yield f"{message.kind} has nothing to tell"
    for name, text in (("restriction", message.restriction), ("addresses", message.addresses), ("note", message.note)):
        yield from _carried(name, text)
    for number, each in enumerate(message.information, start=1):
        yield from (f"info {number}: {problem}" for problem in _of_information(each, message.sent))


def _of_information(told: Information, sent: dt.datetime) -> Iterator[str]:
    for name, value, words in (
        ("urgency", told.urgency, Urgency),
        ("severity", told.severity, Severity),
        ("certainty", told.certainty, Certainty),
        *(("category", category, Category) for category in told.categories),
        *(("responseType", response, Response) for response in told.responses),
    ):
        yield from _one_of(name, value, words)
    if not told.categories:
        yield "category is missing"
    if not _LANGUAGE.fullmatch(told.language):
        yield f"language is no RFC 3066 code: {told.language!r}"
    yield from _texts(told)
    yield from _times(told, sent)


def _texts(told: Information) -> Iterator[str]:
    lines = {"event": told.event, "headline": told.headline, "senderName": told.sender_name}
    texts = {"description": told.description, "instruction": told.instruction, "contact": told.contact}
    yield from (f"{name} has more than one line" for name, text in lines.items() if "\n" in text)
    for name, text in {**lines, **texts}.items():
        yield from _carried(name, text)
    pairs = (*told.event_codes, *told.parameters, *(code for area in told.areas for code in area.geocodes))
    for text in (told.event, *(area.description for area in told.areas), *(each for pair in pairs for each in pair)):
        yield from _carried("a text", text)
        if not text.strip():
            yield "event, areaDesc, or the name or value of a pair is empty"


def _times(told: Information, sent: dt.datetime) -> Iterator[str]:
    for name, time in (("effective", told.effective), ("onset", told.onset), ("expires", told.expires)):
        if time is not None:
            yield from _with_offset(name, time)
    comparable = told.expires is not None and None not in (told.expires.utcoffset(), sent.utcoffset())
    if comparable and told.expires is not None and told.expires <= sent:
        yield f"expires is not after sent: {told.expires}"


def _one_of(name: str, value: str, words: object) -> Iterator[str]:
    if value not in get_args(words):
        yield f"{name} is {value!r}; allowed: {', '.join(get_args(words))}"


def _with_offset(name: str, time: dt.datetime) -> Iterator[str]:
    if time.utcoffset() is None:
        yield f"{name} has no offset from UTC: {time}"


def _carried(name: str, text: str) -> Iterator[str]:
    if text != cleaned(text):
        yield f"{name} has characters that XML cannot carry"
