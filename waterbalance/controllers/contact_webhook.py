"""A web hook: the call as JSON by POST, signed where a secret is named.

    X-Waterbalance-Signature: sha256=HMAC-SHA-256(secret, body), in hexadecimal (RFC 2104)

The body tells its moment and is different for each call, so that a receiver can refuse an old one that is sent again. A status of
2xx is a call that was taken; no redirection is followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, model_validator

from waterbalance.controllers.contact import Call, ContactSettings, VariableName
from waterbalance.controllers.secret import Secret
from waterbalance.controllers.tls import Tls
from waterbalance.errors import Finding, UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})

SIGNATURE = "X-Waterbalance-Signature"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = text.isascii() and not any(character <= " " for character in text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    return plain and secure and bool(parts.hostname) and port_fits and parts.username is None and parts.password is None


def _address(text: str) -> str:
    if not _is_address(text):
        raise ValueError("an address that begins with https://, without user or password (http:// only to this machine)")
    return text


class WebhookContact(ContactSettings):
    """A web hook."""

    kind: Literal["webhook"]

    url: Annotated[str, AfterValidator(_address)] | None = None
    """Where the call goes."""

    url_from: VariableName | None = None
    """Variable with the address, where the address itself is a key."""

    secret_from: VariableName | None = None
    """Variable with the secret that signs; none: unsigned."""

    authority: str | None = None
    """A PEM file with one's own certificate authority; left out: those that the system trusts."""

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("either url or url_from")
        return self

    def call(self, call: Call, folder: Path) -> None:
        """Post it. Raises `ContactError`, and `UsageError` where a variable is not set or holds no address."""
        body = json.dumps(call.content(self.name), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "waterbalance"}
        if self.secret_from is not None:
            signed = hmac.new(Secret(self.secret_from).reveal().encode(), body, hashlib.sha256)
            headers[SIGNATURE] = f"sha256={signed.hexdigest()}"
        parts = urlsplit(self._where())
        host, place = str(parts.hostname), f"{parts.scheme}://{parts.netloc}"
        if parts.scheme == "http":
            connection = http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        else:
            context = Tls(None if self.authority is None else str(folder / self.authority)).context()
            connection = http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=context)
        try:
            connection.request("POST", parts._replace(scheme="", netloc="", fragment="").geturl() or "/", body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            raise self.unreached(str(told), place) from None
        finally:
            connection.close()
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self.unreached(f"status {status}", place)

    def _where(self) -> str:
        if self.url is not None:
            return self.url
        address = Secret(str(self.url_from)).reveal()
        if not _is_address(address):
            finding = Finding("the variable holds no https address", found=self.url_from)
            raise UsageError("a contact cannot be called", (finding,))
        return address
