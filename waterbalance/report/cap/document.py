"""A message of the Common Alerting Protocol as XML, in the order of the schema; what the standard does not allow is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError, Place
from waterbalance.scenario.cap import NAMESPACE, moment, problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.scenario.cap import Area, Information, Message


def document(message: Message) -> bytes:
    """The message as UTF-8. Raises `InputError` with every problem of a message that the standard does not allow."""
    wrong = problems(message)
    if wrong:
        place = Place(component=f"alert {message.identifier}")
        raise InputError("an alert cannot be sent", tuple(Finding(each, place) for each in wrong))
    alert = ET.Element("alert", {"xmlns": NAMESPACE})
    for name, text in (
        ("identifier", message.identifier),
        ("sender", message.sender),
        ("sent", moment(message.sent)),
        ("status", message.status),
        ("msgType", message.kind),
        ("scope", message.scope),
        ("restriction", message.restriction),
        ("addresses", message.addresses),
        ("note", message.note),
        ("references", " ".join(map(str, message.references))),
        ("incidents", " ".join(map(_quoted, message.incidents))),
    ):
        _say(alert, name, text)
    for each in message.information:
        _inform(ET.SubElement(alert, "info"), each)
    ET.indent(alert)
    content: bytes = ET.tostring(alert, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _inform(info: ET.Element, told: Information) -> None:
    _say(info, "language", told.language)
    for category in told.categories:
        _say(info, "category", category)
    _say(info, "event", told.event)
    for response in told.responses:
        _say(info, "responseType", response)
    for name, word in (("urgency", told.urgency), ("severity", told.severity), ("certainty", told.certainty)):
        _say(info, name, word)
    _pairs(info, "eventCode", told.event_codes)
    for name, time in (("effective", told.effective), ("onset", told.onset), ("expires", told.expires)):
        _say(info, name, "" if time is None else moment(time))
    for name, text in (
        ("senderName", told.sender_name),
        ("headline", told.headline),
        ("description", told.description),
        ("instruction", told.instruction),
        ("contact", told.contact),
    ):
        _say(info, name, text)
    _pairs(info, "parameter", told.parameters)
    for area in told.areas:
        _locate(ET.SubElement(info, "area"), area)


def _locate(element: ET.Element, area: Area) -> None:
    _say(element, "areaDesc", area.description)
    _pairs(element, "geocode", area.geocodes)


def _pairs(parent: ET.Element, name: str, pairs: Iterable[tuple[str, str]]) -> None:
    for key, value in pairs:
        pair = ET.SubElement(parent, name)
        _say(pair, "valueName", key)
        _say(pair, "value", value)


def _say(parent: ET.Element, name: str, text: str) -> None:
    if text:
        ET.SubElement(parent, name).text = text


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
