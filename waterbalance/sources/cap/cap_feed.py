"""Alerts from an address: one CAP message, or an Atom (RFC 4287) or RSS 2.0 feed that holds messages or leads to them."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from waterbalance.errors import Finding, InputError, Place, SourceError
from waterbalance.network.fields import Duration
from waterbalance.sources.address import shown
from waterbalance.sources.cap.alert_source import AlertSource, Told, unread
from waterbalance.sources.cap.message import message_of, read_message, tree
from waterbalance.sources.http_client import Question

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Iterator

    from waterbalance.scenario.cap import Message
    from waterbalance.sources.source import Surroundings

_ATOM = "{http://www.w3.org/2005/Atom}"
_CAP_TYPE = "application/cap+xml"


class CapFeed(AlertSource):
    """A feed of alerts, such as that of a national alert platform.

    Each message is asked for at the address that the feed tells, if its host is of `http.hosts`.
    """

    type: Literal["cap_feed"]
    """CAP messages at an address."""

    url: str
    """Of the message or the feed."""

    most: int = Field(default=200, ge=1, le=5_000, strict=True)
    """Entries that are followed, in the order of the feed."""

    oldest: Duration = Field(default=7.0, gt=0)
    """Entries that were changed longer ago are not followed. [day]"""

    def read(self, around: Surroundings) -> Told:
        """See `AlertSource`."""
        content, kept = self._asked(around, self.url)
        findings = [] if kept is None else [kept]
        try:
            root = tree(content)
            if str(root.tag).endswith("}alert"):
                return Told((message_of(root),), tuple(findings))
        except ValueError as error:
            raise InputError(f"{around.name} gives no alerts", (unread(self._place(around, self.url), str(error)),)) from None
        messages: list[Message] = []
        for entry in self._entries(root, around.now):
            try:
                message, kept = self._message(entry, around)
            except (SourceError, InputError) as error:
                findings.extend(error.findings)
                continue
            messages.append(message)
            findings.extend(() if kept is None else (kept,))
        return Told(tuple(messages), tuple(findings))

    def _entries(self, root: ET.Element, now: dt.datetime) -> list[ET.Element]:
        entries = [*root.iter(f"{_ATOM}entry"), *root.iter("item")]
        since = now - dt.timedelta(days=self.oldest)
        return [each for each in entries if (changed := _changed(each)) is None or changed >= since][: self.most]

    def _message(self, entry: ET.Element, around: Surroundings) -> tuple[Message, Finding | None]:
        """The message of an entry. Raises `SourceError` or `InputError`."""
        inside = next((each for each in entry.iter() if str(each.tag).endswith("}alert")), None)
        address = self.url if inside is not None else next(_links(entry), self.url)
        try:
            if inside is not None:
                return message_of(inside), None
            content, kept = self._asked(around, address)
            return read_message(content), kept
        except ValueError as error:
            place = self._place(around, address)
            raise InputError("an entry of the feed is no alert", (unread(place, str(error)),)) from None

    def _asked(self, around: Surroundings, address: str) -> tuple[bytes, Finding | None]:
        answer = around.client.content(Question(f"alerts {around.name}", address), around.now)
        content: bytes = answer.value
        return content, answer.kept

    def _place(self, around: Surroundings, address: str) -> Place:
        return Place(shown(address), component=f"alerts {around.name}")


def _links(entry: ET.Element) -> Iterator[str]:
    """Addresses to which an entry leads, those that say that they are CAP first."""
    links = [each for each in entry if each.tag == f"{_ATOM}link" and each.get("rel", "alternate") in {"alternate", "enclosure"}]
    for link in sorted(links, key=lambda each: each.get("type") != _CAP_TYPE):
        yield link.get("href", "").strip()
    for link in entry.findall("link"):
        yield (link.text or "").strip()


def _changed(entry: ET.Element) -> dt.datetime | None:
    """When an entry was changed; None where it does not say so, or not in a way that can be read."""
    try:
        if updated := entry.findtext(f"{_ATOM}updated"):
            time = dt.datetime.fromisoformat(updated.strip())
        elif published := entry.findtext("pubDate"):
            time = parsedate_to_datetime(published.strip())
        else:
            return None
    except (ValueError, TypeError, OverflowError):
        return None
    return None if time.utcoffset() is None else time
