"""Addresses of a configuration that would never be asked, for their hosts are not of its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.sources.address import checked, is_allowed, list_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.operate.configuring.night_file import NightFile


def hosts_not_asked(file: NightFile) -> tuple[str, ...]:
    """A line for each of them: whose it is, and the list in which its host would have to stand."""
    told = []
    for whose, address in _addresses(file):
        parts = checked(address)
        if not is_allowed(parts, file.http):
            told.append(f"{whose} is not asked: {parts.hostname} of {shown(address)} does not stand in {list_of(parts)}")
    return tuple(told)


def _addresses(file: NightFile) -> Iterator[tuple[str, str]]:
    heard = {} if file.alerts.heard is None else file.alerts.heard.sources
    for name, source in (*file.sources.items(), *heard.items()):
        address = getattr(source, "url", None)
        if address is not None:
            yield f"source {name}", address
    if file.ping is not None:
        yield "'ping'", file.ping
