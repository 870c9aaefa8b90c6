"""Which of many messages hold now.

known       sent by now, by a sender who is listened to, with a status that counts
over        named by a later Update or Cancel of the same sender; or an Update of what such a Cancel names
in force    an Alert or Update that is known, not over, and not expired
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from waterbalance.scenario.cap import Information, Message, Reference, Status

SKEW = dt.timedelta(minutes=5)
"""How far another clock may go fast."""

CHINESE = ("zh-TW", "zh-Hant", "zh")
ENGLISH = ("en",)


def known(
    messages: Iterable[Message], now: dt.datetime, senders: Collection[str], statuses: Collection[Status]
) -> tuple[Message, ...]:
    """Messages that count at `now`, each once, by the time of sending."""
    found = {
        each.reference: each
        for each in messages
        if each.sent <= now + SKEW and each.sender in senders and each.status in statuses
    }
    return tuple(sorted(found.values(), key=lambda each: (each.sent, each.sender, each.identifier)))


def in_force(messages: Collection[Message], now: dt.datetime, life: dt.timedelta) -> tuple[Message, ...]:
    """Of known messages those that hold at `now`; `life` is that of messages that do not say when they expire."""
    gone = over(messages)
    return tuple(each for each in unexpired(messages, now, life) if each.reference not in gone)


def unexpired(messages: Iterable[Message], now: dt.datetime, life: dt.timedelta) -> tuple[Message, ...]:
    """Alerts and updates whose time is not over, whether somebody has ended them or not."""
    return tuple(each for each in messages if each.kind in {"Alert", "Update"} and ends(each, life) > now)


def ends(message: Message, life: dt.timedelta) -> dt.datetime:
    """When all of a message is over."""
    return max((expiry(message, told, life) for told in message.information), default=message.sent)


def expiry(message: Message, told: Information, life: dt.timedelta) -> dt.datetime:
    """When one part of a message is over."""
    return message.sent + life if told.expires is None else told.expires


def over(messages: Collection[Message]) -> frozenset[Reference]:
    """What later messages of the same sender have replaced or ended."""
    gone: set[Reference] = set()
    for later in sorted(messages, key=lambda each: each.sent):
        if later.kind not in {"Update", "Cancel"}:
            continue
        named = {each for each in later.references if each.sender == later.sender}
        gone |= named
        if later.kind == "Cancel":
            gone |= {
                each.reference
                for each in messages
                if each.kind == "Update" and each.sent <= later.sent and named & set(each.references)
            }
    return frozenset(gone)


def spoken(message: Message, language: str) -> tuple[Information, ...]:
    """The parts of a message in one language: the wanted one, else English, else that of its first part."""
    wanted, other = (CHINESE, ENGLISH) if language == "zh-TW" else (ENGLISH, CHINESE)
    for beginnings in (wanted, other):
        found = tuple(each for each in message.information if _begins(each.language, beginnings))
        if found:
            return found
    first = message.information[0].language if message.information else ""
    return tuple(each for each in message.information if each.language == first)


def covers(code: str, township: str) -> bool:
    """Whether an area's code holds a township: the same one, or that of its county or city, which is shorter.

    Zeros at the end of a shorter code fill it up and tell nothing.

    >>> [covers(code, "6400100") for code in ("6400100", "64", "64000", "6400200", "10013", "")]
    [True, True, True, False, False, False]
    """
    if len(code) >= len(township):
        return code == township
    begin = code.rstrip("0")
    return bool(begin) and township.startswith(begin)


def _begins(language: str, beginnings: tuple[str, ...]) -> bool:
    return language.lower().startswith(tuple(each.lower() for each in beginnings))
