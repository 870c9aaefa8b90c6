"""A ping to a service that watches jobs, as healthchecks.io and its like understand it: GET of an address.

    start      ADDRESS/start
    success    ADDRESS
    failure    ADDRESS/EXIT_CODE     (1 to 255)

The address is as good as a key: nothing that is told of a ping holds more of it than its host.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from waterbalance.errors import Finding, InputError, Place, SourceError
from waterbalance.sources.exchange import Exchange, NoAnswerError

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.sources.http_settings import HttpSettings


def ping(address: str, what: str, settings: HttpSettings, folder: Path) -> None:
    """Ping once. `what`: empty for success, `start`, or an exit code; `folder`: of the configuration.

    Raises `SourceError` where the service does not take it, or its host is not of the list.
    """
    parts = urlsplit(address)
    path = f"{parts.path.rstrip('/')}/{what}" if what else parts.path
    place = Place(f"{parts.scheme}://{parts.netloc}", component="ping")
    try:
        heard = Exchange(settings, folder).get(place, urlunsplit(parts._replace(path=path)))
    except NoAnswerError as error:
        raise _failed(place, error.found, None) from None
    except InputError as error:
        finding = error.findings[0]
        raise _failed(place, finding.what, finding.allowed) from None
    if not HTTPStatus.OK <= heard.status < HTTPStatus.MULTIPLE_CHOICES:
        raise _failed(place, f"status {heard.status}", "200 (OK)")


def _failed(place: Place, found: str, allowed: str | None) -> SourceError:
    remedy = "Look at 'ping', at the service, and whether its host stands in http.hosts (of http://: in http.plain_hosts)."
    return SourceError("the ping was not taken", (Finding("no ping", place, found, allowed, remedy),))
