"""Asking servers for documents: only hosts of the list, never for ever, again where it helps, and without telling keys.

A server that says nothing, is busy (429) or fails (5xx) is asked again; the waits double, and its own Retry-After is kept where
it is bearable. What stays without a good answer is answered by the last good one, where it is young enough, and that is told.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from waterbalance.errors import Finding, InputError, Place, SourceError, UsageError, WaterBalanceError
from waterbalance.scenario.wording import shown as quoted
from waterbalance.sources.address import shown
from waterbalance.sources.exchange import Exchange, Heard, NoAnswerError
from waterbalance.sources.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from waterbalance.sources.http_settings import HttpSettings

_DAY = 86_400.0
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTIONS = 5


@dataclass(frozen=True)
class Question:
    """What is asked of a server."""

    source: str
    """Who asks, for complaints."""

    address: str
    query: Mapping[str, str] = field(default_factory=dict)
    """Added to what the address has."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Names in the query whose values are secret -> the environment variable that holds the value."""

    kept_as: str = ""
    """What stays the same from night to night in a question that names its days; left out: the address with its query."""

    @property
    def without_keys(self) -> str:
        """The address with its query."""
        return _with_query(self.address, self.query)

    @property
    def whole(self) -> str:
        """The address with its query and keys. Raises `UsageError` where a variable is not set."""
        return _with_query(self.without_keys, {name: self._revealed(variable) for name, variable in self.keys.items()})

    @property
    def place(self) -> Place:
        """For findings."""
        return Place(shown(self.address), component=f"source {self.source}")

    def _revealed(self, variable: str) -> str:
        value = os.environ.get(variable)
        if not value:
            remedy = f"Set {variable} for this process, as in a service's environment file."
            finding = Finding("the environment variable is not set", self.place, variable, remedy=remedy)
            raise UsageError("a key is missing", (finding,))
        return value


@dataclass(frozen=True)
class Answer:
    """What was heard, or kept from an earlier time."""

    value: Any
    """Decoded JSON, or the bytes of another document."""

    known_at: dt.datetime
    kept: Finding | None = None
    """Why an answer of an earlier time stands here; None for one that has come."""


@dataclass(frozen=True)
class HttpClient:
    """Asks by the settings; `folder` is that of the configuration."""

    settings: HttpSettings
    folder: Path
    sleep: Callable[[float], None] = time.sleep
    silent: set[str] = field(default_factory=set)
    """Hosts that have failed after all tries: they are asked once a question from there on."""

    def json(self, question: Question, now: dt.datetime) -> Answer:
        """Ask for JSON.

        Raises `SourceError` where no answer comes, `InputError` where the answer is no JSON or the host is not of the list, and
        `UsageError` where a key is missing.
        """
        return self._asked(question, now, _decoded)

    def content(self, question: Question, now: dt.datetime) -> Answer:
        """Ask for a document of another kind, whose reader judges it. Raises what `json` raises, but for no JSON."""
        return self._asked(question, now, lambda _, content: content)

    def _asked(self, question: Question, now: dt.datetime, read: Callable[[Question, bytes], Any]) -> Answer:
        address = question.whole
        try:
            heard = self._heard(question, address)
            value = read(question, heard.content)
        except (SourceError, InputError) as error:
            return self._kept(question, error, now, read)
        self._keep(question, heard, now)
        return Answer(value, now)

    @property
    def _answers(self) -> KeptAnswers | None:
        return None if self.settings.kept is None else KeptAnswers(self.folder / self.settings.kept, self.settings.oldest_kept)

    def _keep(self, question: Question, heard: Heard, now: dt.datetime) -> None:
        """A folder that takes nothing costs the next bad night its answer, never this night's."""
        if self._answers is not None:
            try:
                self._answers.keep(question.kept_as or question.without_keys, heard.content, now)
            except OSError:
                return

    def _kept(
        self, question: Question, error: WaterBalanceError, now: dt.datetime, read: Callable[[Question, bytes], Any]
    ) -> Answer:
        """The last good answer where it is young enough. Raises `error` where it is not."""
        kept = None if self._answers is None else self._answers.of(question.kept_as or question.without_keys)
        if kept is None:
            raise error
        age = (now - kept.at).total_seconds() / _DAY
        trouble = error.findings[0]
        if not 0 <= age <= self.settings.oldest_kept:
            told = f"The last good answer is of {kept.at:%Y-%m-%d %H:%M}, too old to be used."
            raise type(error)(
                error.title,
                (Finding(trouble.what, trouble.where, trouble.found, trouble.allowed, f"{trouble.remedy} {told}"),),
            )
        label = f"the answer of {kept.at.isoformat(timespec='minutes')} is used: {trouble.what}"
        finding = Finding(label, question.place, trouble.found, trouble.allowed, trouble.remedy)
        return Answer(read(question, kept.content), kept.at, finding)

    def _heard(self, question: Question, address: str) -> Heard:
        """A good answer, after as many tries as the settings allow."""
        wait = self.settings.first_wait
        host = str(urlsplit(address).hostname)
        tries = 1 if host in self.silent else self.settings.tries
        for attempt in range(1, tries + 1):
            if attempt == tries:
                self.silent.add(host)
            try:
                heard = self._followed(question, address)
            except NoAnswerError as error:
                if attempt == tries or not error.again:
                    raise self._silent(question, error.found, attempt) from None
                asked_for = None
            else:
                if heard.status == HTTPStatus.OK:
                    self.silent.discard(host)
                    return heard
                asked_for = _retry_after(heard)
                if not _is_passing(heard.status) or attempt == tries:
                    raise _refused(question, heard, attempt)
                if asked_for is not None and asked_for > self.settings.longest_wait:
                    raise _refused(question, heard, attempt, f" It asks for a wait of {asked_for:.0f} s.")
            self.sleep(min(max(wait, asked_for or 0.0), self.settings.longest_wait))
            wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def _followed(self, question: Question, address: str) -> Heard:
        """What is heard at the end of all redirections; each host on the way must be of the list."""
        exchange = Exchange(self.settings, self.folder)
        for _ in range(_MOST_REDIRECTIONS + 1):
            heard = exchange.get(question.place, address)
            if heard.status not in _REDIRECTIONS:
                return heard
            address = heard.redirected(address)
        raise NoAnswerError(f"more than {_MOST_REDIRECTIONS} redirections", again=False)

    def _silent(self, question: Question, found: str, attempts: int) -> SourceError:
        remedy = f"Asked {_times(attempts)}. Look at the address, the network, and whether the server is up."
        finding = Finding("the server gives no answer", question.place, found, remedy=remedy)
        return SourceError(f"{question.source} cannot be reached", (finding,))


def _times(attempts: int) -> str:
    return "once" if attempts == 1 else f"{attempts} times"


def _with_query(address: str, query: Mapping[str, str]) -> str:
    if not query:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _is_passing(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _retry_after(heard: Heard) -> float | None:
    """Seconds that the server asks to wait for; None where it says nothing that can be read."""
    text = heard.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until - dt.datetime.now(until.tzinfo)).total_seconds())


def _refused(question: Question, heard: Heard, attempts: int, more: str = "") -> SourceError:
    status = http.client.responses.get(heard.status, "no status of the standard")
    if heard.status in {401, 403}:
        held = ", ".join(question.keys.values())
        remedy = f"Look at the key in {held}." if held else "Ask its owner for access."
    elif heard.status in {404, 410}:
        remedy = "The address has moved: look for the data set's new one."
    else:
        remedy = f"Asked {_times(attempts)}; try again later.{more}"
    finding = Finding("the server refuses", question.place, f"status {heard.status} ({status})", "200 (OK)", remedy)
    return SourceError(f"{question.source} gives no data", (finding,))


def _decoded(question: Question, content: bytes) -> Any:  # noqa: ANN401 (JSON may be anything)
    """JSON. Raises `InputError` with the beginning of what stands there instead."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x} at {error.start}"
        raise _not_json(question, "the answer is not text in UTF-8", found) from None
    try:
        return json.loads(text)
    except RecursionError:
        raise _not_json(question, "the answer is nested without end", "brackets in brackets") from None
    except ValueError as error:
        begins = text.lstrip()[:40]
        if begins.lower().startswith("<"):
            raise _not_json(question, "the answer is a web page, not JSON", quoted(begins)) from None
        found = f"{quoted(begins)}, {len(text)} characters, {getattr(error, 'msg', 'no JSON')}"
        raise _not_json(question, "the answer is not JSON, or only a part of it", found) from None


def _not_json(question: Question, what: str, found: str) -> InputError:
    remedy = "Open the address in a browser: the server may be under maintenance, or the data set may have moved."
    return InputError(f"{question.source} answers something else", (Finding(what, question.place, found, "JSON", remedy),))
