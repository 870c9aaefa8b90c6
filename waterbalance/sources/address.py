"""Addresses: which may be asked, and how one is shown without what may be secret in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

from waterbalance.scenario.controller_quantities import is_variable

if TYPE_CHECKING:
    from waterbalance.sources.http_settings import HttpSettings

_MOST = 8_000

_SECRET_WORDS = ("authorization", "key", "token", "password", "secret", "signature")


def shown(address: str) -> str:
    """An address without user, query and fragment, where keys may stand.

    >>> shown("https://user:word@opendata.example:8443/api/v1?Authorization=CWA-123#top")
    'https://opendata.example:8443/api/v1'
    """
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def checked(address: str) -> SplitResult:
    """The parts of an http(s) address. Raises `ValueError` for anything else."""
    if len(address) > _MOST or not address.isascii() or any(character <= " " for character in address):
        raise ValueError("an address has plain letters without spaces; write others as %XX")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not 0 < (parts.port or 443) < 65_536:
        raise ValueError("an address begins with https:// and a host, such as https://opendata.example/api/v2/daily")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address holds no user or password; name an environment variable where the source asks for a key")
    return parts


def list_of(parts: SplitResult) -> str:
    """The list of a configuration in which the host has to stand."""
    return "http.hosts" if parts.scheme == "https" else "http.plain_hosts"


def is_allowed(parts: SplitResult, settings: HttpSettings) -> bool:
    """Whether the host may be asked in this way."""
    host = str(parts.hostname).lower()
    host = f"[{host}]" if ":" in host else host
    return host in (settings.hosts if parts.scheme == "https" else settings.plain_hosts)


def holds_no_secret(told: object) -> object:
    """For a validator before all others: complaints show what they found, so what may be a key is stopped before any does.

    Raises `ValueError`.
    """
    if not isinstance(told, Mapping):
        return told
    hidden = "found a text that is not shown"
    parts = urlsplit(str(told.get("url", "")).replace("[", "").replace("]", ""))
    if "@" in parts.netloc or any(f"{word}=" in parts.query.lower() for word in _SECRET_WORDS):
        remedy = "take it out, and name the environment variable that holds it"
        raise ValueError(f"url holds a key, a user or a password; {hidden}; {remedy}")
    variable = told.get("key_from")
    if variable is not None and not is_variable(str(variable)):
        remedy = "write the name of a variable, in capitals, that holds the key"
        raise ValueError(f"key_from is not the name of an environment variable; {hidden}; {remedy}")
    return told


def _address(text: str) -> str:
    checked(text)
    return text


Address = Annotated[str, AfterValidator(_address)]
"""An http(s) address in settings."""
