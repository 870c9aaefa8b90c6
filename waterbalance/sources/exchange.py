"""One request and its answer, within limits of time and size."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin

from waterbalance.errors import Finding, InputError, Place
from waterbalance.sources.address import checked, is_allowed, list_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from waterbalance.sources.http_settings import HttpSettings

_PIECE = 65_536
_READ = "application/json, application/cap+xml, application/atom+xml, */*;q=0.5"


class NoAnswerError(Exception):
    """Nothing is heard that is an answer."""

    def __init__(self, found: str, *, again: bool = True) -> None:
        super().__init__(found)
        self.found = found
        self.again = again
        """Whether it may help to ask again."""


@dataclass(frozen=True)
class Heard:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters."""

    content: bytes

    def redirected(self, address: str) -> str:
        """Where the answer to `address` leads."""
        to = self.headers.get("location")
        if not to:
            raise NoAnswerError("a redirection to nowhere", again=False)
        try:
            return urljoin(address, to)
        except ValueError:
            raise NoAnswerError("a redirection to what is no address", again=False) from None


@dataclass(frozen=True)
class Exchange:
    """Asks a host of the list."""

    settings: HttpSettings
    folder: Path
    """Of the configuration, for the certificate authority."""

    def get(self, place: Place, address: str) -> Heard:
        """One GET. Raises `NoAnswerError`, and `InputError` where the host is not of the list or the answer is too large."""
        parts = self._allowed(place, address)
        connection = self._connection(parts)
        try:
            with _ended_after(self.settings.longest_answer) as line:
                self._connect(connection, parts, line)
                return self._asked(place, connection, parts)
        except ssl.SSLCertVerificationError as error:
            raise NoAnswerError(f"a certificate that is not trusted ({error.verify_message})", again=False) from None
        except TimeoutError:
            raise NoAnswerError(f"silence for {self.settings.timeout:g} s") from None
        except http.client.HTTPException as error:
            raise NoAnswerError(f"no HTTP ({type(error).__name__})") from None
        except OSError as error:
            # The text of the error may hold the address; its reason does not.
            raise NoAnswerError(error.strerror or type(error).__name__) from None
        finally:
            connection.close()

    def _allowed(self, place: Place, address: str) -> SplitResult:
        try:
            parts = checked(address)
        except ValueError as error:
            found, remedy = shown(address), f"{str(error).capitalize()}."
            raise InputError("an address cannot be asked", (Finding("it is no address", place, found, None, remedy),)) from None
        if not is_allowed(parts, self.settings):
            allowed = ", ".join(self.settings.hosts if parts.scheme == "https" else self.settings.plain_hosts) or "none"
            remedy = f"If it is trusted, add {parts.hostname} to {list_of(parts)} of the configuration."
            what = f"the host is not of the list for {parts.scheme}"
            raise InputError("a host is not asked", (Finding(what, place, shown(address), allowed, remedy),))
        return parts

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        timeout = min(self.settings.timeout, self.settings.longest_answer)
        if parts.scheme == "http":
            return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=timeout)
        return http.client.HTTPSConnection(str(parts.hostname), parts.port, timeout=timeout)

    def _connect(self, connection: http.client.HTTPConnection, parts: SplitResult, line: list[socket.socket]) -> None:
        """Puts each socket on the line before anything is waited for."""
        http.client.HTTPConnection.connect(connection)
        line.append(connection.sock)
        if parts.scheme == "https":
            host = str(parts.hostname)
            encrypted = self._context().wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
            connection.sock = encrypted
            line.append(encrypted)
            encrypted.do_handshake()

    def _context(self) -> ssl.SSLContext:
        """Certificates and names are checked. Raises `InputError` where the authority's file is not usable."""
        authority = None if self.settings.authority is None else str(self.folder / self.settings.authority)
        try:
            context = ssl.create_default_context(cafile=authority)
        except OSError as error:
            finding = Finding(
                "the file is not usable", Place(authority), error.strerror, None, "Name a PEM file that can be read."
            )
            raise InputError("a certificate authority cannot be used", (finding,)) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _asked(self, place: Place, connection: http.client.HTTPConnection, parts: SplitResult) -> Heard:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {"Accept": _READ, "Accept-Encoding": "identity", "User-Agent": "waterbalance"}
        connection.request("GET", target, headers=headers)
        with contextlib.closing(connection.getresponse()) as answer:
            told = {name.lower(): value for name, value in answer.getheaders()}
            if told.get("content-encoding", "identity").lower() != "identity":
                raise NoAnswerError("an answer that is compressed without being asked", again=False)
            return Heard(answer.status, told, self._content(place, answer))

    def _content(self, place: Place, answer: http.client.HTTPResponse) -> bytes:
        limit = self.settings.largest_answer
        promised = answer.length
        content = bytearray()
        while len(content) <= limit and (promised is None or promised <= limit):
            piece = answer.read1(_PIECE)
            if not piece:
                if promised is not None and len(content) < promised:
                    raise NoAnswerError(f"{len(content)} of {promised} bytes, then nothing")
                return bytes(content)
            content += piece
        found = f"{promised or len(content)} bytes or more"
        remedy = "Ask for less (smaller pages, fewer stations), or raise http.largest_answer."
        finding = Finding("the answer is too large", place, found, f"at most {limit} bytes", remedy)
        raise InputError("an answer is not read", (finding,))


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[list[socket.socket]]:
    """Cuts the sockets on the line when the time is over: a server that drips is never silent for long.

    Raises `NoAnswerError`, also where the cut looks like the end of an answer.
    """
    end = time.monotonic() + seconds
    line: list[socket.socket] = []

    def cut() -> None:
        for each in line:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    late = NoAnswerError(f"no whole answer within {seconds:g} s")
    try:
        yield line
    except (OSError, http.client.HTTPException, NoAnswerError):
        if time.monotonic() < end:
            raise
        raise late from None
    finally:
        timer.cancel()
    if time.monotonic() >= end:
        raise late
