"""How servers are asked: which hosts, how long, how often, how much, and how old an answer may be that is kept for bad days."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration
from waterbalance.scenario.controller_quantities import Seconds

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def _host(text: str) -> str:
    if not _HOST.fullmatch(text.lower()):
        raise ValueError("the name of a host without scheme, port and path, such as opendata.example")
    return text.lower()


HostName = Annotated[str, AfterValidator(_host)]


class HttpSettings(BaseModel):
    """The rules of asking servers; all sources keep them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[HostName, ...] = ()
    """Hosts that may be asked by https; also those to which a redirection or a next page leads."""

    plain_hosts: tuple[HostName, ...] = ()
    """Hosts that may be asked without encryption, such as a gateway in the same building."""

    authority: str | None = None
    """A PEM file with one's own certificate authority; left out: those that the system trusts."""

    timeout: Seconds = Field(default=20.0, gt=0)
    """How long a server may say nothing. [s]"""

    longest_answer: Seconds = Field(default=120.0, gt=0)
    """How long one answer may take in all, however steadily it drips. [s]"""

    largest_answer: int = Field(default=50_000_000, gt=0)
    """Most bytes of an answer."""

    tries: int = Field(default=4, ge=1, le=20, strict=True)
    """How often a server that is silent, busy (429) or failing (5xx) is asked."""

    first_wait: Seconds = Field(default=2.0, gt=0)
    """Wait before the second try; it doubles with each one. [s]"""

    longest_wait: Seconds = Field(default=60.0, gt=0)
    """Longest wait between tries. A server that asks for a longer one (Retry-After) is left alone. [s]"""

    kept: str | None = "answers"
    """Folder in which the last good answers are kept for the night on which a server fails; null keeps none."""

    oldest_kept: Duration = Field(default=2.0, gt=0)
    """How old a kept answer may be when it stands in for a server. [day]"""
