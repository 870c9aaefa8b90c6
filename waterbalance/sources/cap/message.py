"""A message of the Common Alerting Protocol from its XML, which may be anybody's: nothing in it is obeyed.

Read is UTF-8 without a document type (so that there are no entities of its own, and nothing is fetched), at most `LARGEST` bytes,
`DEEPEST` elements deep and `MOST` elements in all. Namespaces of CAP 1.0 to 1.2 are read alike; what is not of the standard
(signatures, extensions) is left out.
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, get_args

from waterbalance.scenario.cap import (
    Area,
    Category,
    Certainty,
    Information,
    Kind,
    Message,
    Reference,
    Response,
    Scope,
    Severity,
    Status,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 1_000_000
"""Most bytes of a document."""

DEEPEST = 12
MOST = 20_000
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Of times: sums with days and offsets stay within the calendar."""

LONGEST_TEXT = 500
"""Most characters of what is shown of a message; the rest is left out."""

_TYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CAP = re.compile(r"urn:oasis:names:tc:emergency:cap:1\.[0-2]|http://www\.incident\.com/cap/1\.0")


class _Bounded(ET.TreeBuilder):
    """A tree that does not grow without end."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: Any) -> ET.Element:  # noqa: ANN401 (the library's own types)
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > DEEPEST or self._count > MOST:
            raise ValueError(f"more than {DEEPEST} elements deep, or {MOST} in all")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def tree(content: bytes) -> ET.Element:
    """The elements of a document. Raises `ValueError` that says what is wrong with it."""
    if len(content) > LARGEST:
        raise ValueError(f"{len(content)} bytes; at most {LARGEST} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"no text in UTF-8 (byte {error.start})") from None
    if _TYPE.search(text):
        raise ValueError("it has a document type or entities of its own, which are never read")
    parser = ET.XMLParser(target=_Bounded(), encoding="utf-8")  # noqa: S314 (see above)
    try:
        parser.feed(text.encode())
        root: ET.Element = parser.close()
    except ET.ParseError as error:
        raise ValueError(f"no XML: {error}") from None
    return root


def read_message(content: bytes) -> Message:
    """The message. Raises `ValueError` that says why it is none."""
    return message_of(tree(content))


def message_of(root: ET.Element) -> Message:
    """The message of an `alert` element. Raises `ValueError` that says why it is none."""
    space, name = _name(root)
    if name != "alert" or not _CAP.fullmatch(space):
        raise ValueError(f"no CAP alert but {name!r:.40} of {space!r:.60}")
    return Message(
        identifier=_required(root, "identifier"),
        sender=_required(root, "sender"),
        sent=_time(_required(root, "sent")),
        status=_word(root, "status", Status),
        kind=_word(root, "msgType", Kind),
        scope=_word(root, "scope", Scope),
        information=tuple(_information(each) for each in _all(root, "info")),
        references=tuple(_references(_text(root, "references"))),
        incidents=tuple(_text(root, "incidents").split()),
        note=_text(root, "note"),
    )


def _information(info: ET.Element) -> Information:
    return Information(
        event=_required(info, "event"),
        categories=tuple(_words(info, "category", Category)),
        urgency=_word(info, "urgency", Urgency),
        severity=_word(info, "severity", Severity),
        certainty=_word(info, "certainty", Certainty),
        language=_text(info, "language") or "en-US",
        responses=tuple(_words(info, "responseType", Response)),
        event_codes=tuple(_pairs(info, "eventCode")),
        effective=_optional_time(info, "effective"),
        onset=_optional_time(info, "onset"),
        expires=_optional_time(info, "expires"),
        sender_name=_text(info, "senderName"),
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
        contact=_text(info, "contact"),
        parameters=tuple(_pairs(info, "parameter")),
        areas=tuple(Area(_text(area, "areaDesc"), tuple(_pairs(area, "geocode"))) for area in _all(info, "area")),
    )


def _references(text: str) -> Iterator[Reference]:
    for each in text.split():
        parts = each.split(",")
        if len(parts) != 3:
            raise ValueError(f"a reference is sender,identifier,sent, and not {each!r:.80}")
        yield Reference(parts[0], parts[1], _time(parts[2]))


def _name(element: ET.Element) -> tuple[str, str]:
    space, brace, name = str(element.tag).rpartition("}")
    return (space[1:], name) if brace else ("", str(element.tag))


def _all(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    return (each for each in parent if _name(each)[1] == name)


def _text(parent: ET.Element, name: str) -> str:
    """Text of the first child with a name, on one line and without what a terminal would obey."""
    element = next(_all(parent, name), None)
    text = " ".join(("" if element is None else element.text or "").split())
    return "".join(each for each in text if each.isprintable())[:LONGEST_TEXT] if name not in _WHOLE else text


_WHOLE = frozenset({"references", "incidents"})


def _required(parent: ET.Element, name: str) -> str:
    text = _text(parent, name)
    if not text:
        raise ValueError(f"{name} is missing")
    return text


def _word(parent: ET.Element, name: str, words: object) -> Any:  # noqa: ANN401 (one of the words of its type)
    text = _required(parent, name)
    if text not in get_args(words):
        raise ValueError(f"{name} is {text!r:.40}; allowed: {', '.join(get_args(words))}")
    return text


def _words(parent: ET.Element, name: str, words: object) -> Iterator[Any]:
    """Those that the standard knows; others tell nothing."""
    found = ((each.text or "").strip() for each in _all(parent, name))
    return (word for word in found if word in get_args(words))


def _pairs(parent: ET.Element, name: str) -> Iterator[tuple[str, str]]:
    return ((_text(each, "valueName"), _text(each, "value")) for each in _all(parent, name))


def _optional_time(parent: ET.Element, name: str) -> dt.datetime | None:
    text = _text(parent, name)
    return _time(text) if text else None


def _time(text: str) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r:.40} is no time") from None
    if time.utcoffset() is None:
        raise ValueError(f"{text!r:.40} has no offset from UTC")
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(f"{text!r:.40} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return time
