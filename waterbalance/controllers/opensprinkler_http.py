"""The HTTP interface of OpenSprinkler 2.2.x: the password is a part of every address, so that none is ever shown or logged.

Its result codes: 1 done, 2 unauthorised, 3 mismatch, 16 data missing, 17 out of range, 18 format, 32 not found, 48 not permitted,
64 upload failed, 80 internal error. `jo` alone answers a wrong password with its version only (`process_password`).
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from waterbalance.controllers.controller import RefusedError, UnreachableError
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from waterbalance.controllers.secret import Secret
    from waterbalance.controllers.tls import Tls

_RESULTS = {
    2: "unauthorised: the password is wrong",
    3: "mismatch",
    16: "data missing",
    17: "out of range",
    18: "data format",
    32: "not found",
    48: "not permitted",
    80: "internal error",
}

LARGEST = 1_000_000
"""Most bytes of an answer that are read."""


@dataclass(frozen=True)
class Address:
    """Where the device is, and the password's variable."""

    host: str
    password: Secret
    port: int = 80
    tls: Tls | None = None
    timeout: float = 5.0
    """How long an answer may take. [s]"""


class Sprinkler:
    """One device; its stations share it, and one of them at a time: deleting a program renumbers the others."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.alone = threading.RLock()

    @property
    def place(self) -> Place:
        """For findings."""
        scheme = "http" if self._address.tls is None else "https"
        return Place(f"{scheme}://{self._address.host}:{self._address.port}")

    def ask(self, command: str, **fields: str | int) -> dict[str, Any]:
        """A command's answer: `jp`, `jc`, `jo`, `jn` tell; `cp`, `dp`, `cm` change.

        Raises `RefusedError` for any result but 1, `UnreachableError` where nothing is heard that is one. A result of 1 says that
        the request was understood, not that the device does it.
        """
        # The API's own way to send a password.
        digest = hashlib.md5(self._address.password.reveal().encode(), usedforsecurity=False).hexdigest()
        query = urlencode({"pw": digest, **fields}, safe="[],")
        try:
            told = json.loads(self._fetch(f"/{command}?{query}"))
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(command, type(error).__name__) from None
        except (ValueError, RecursionError):
            raise self._unreachable(command, "an answer that is no JSON") from None
        if not isinstance(told, dict):
            raise self._unreachable(command, "an answer that is no object")
        result = told.get("result", 1)
        if result != 1:
            finding = Finding(f"{command} is refused", self.place, f"result {result!r:.20}: {_RESULTS.get(result, 'unknown')}")
            raise RefusedError("the OpenSprinkler refuses", (finding,))
        return told

    def _fetch(self, target: str) -> bytes:
        """One request; no redirection is followed, which would carry the password elsewhere."""
        address = self._address
        if address.tls is None:
            connection = http.client.HTTPConnection(address.host, address.port, timeout=address.timeout)
        else:
            context = address.tls.context()
            connection = http.client.HTTPSConnection(address.host, address.port, timeout=address.timeout, context=context)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                raise http.client.HTTPException
            return answer.read(LARGEST)
        finally:
            connection.close()

    def _unreachable(self, command: str, heard: str) -> UnreachableError:
        remedy = "Look at the device's address and power."
        finding = Finding(f"{command} has no answer", self.place, heard, remedy=remedy)
        return UnreachableError("the OpenSprinkler does not answer", (finding,))
