"""Calling by a list: each contact once, later ones as long as nobody answers; for one that cannot be reached the next at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.controllers.contact import Call, ContactSettings
    from waterbalance.operate.calling.called import Memory


@dataclass(frozen=True)
class Called:
    """One call that was tried."""

    contact: str
    failed: str | None = None
    """Why it was not taken."""


def escalate(
    contacts: tuple[ContactSettings, ...], memory: Memory, call: Call, waited: dt.timedelta, folder: Path
) -> tuple[Called, ...]:
    """Call everybody whose time has come and who has not taken the call yet; `contacts` in the order of their times.

    `waited`: since the first call was due; `folder`: of the configuration.
    Raises what `memory` raises: then nobody knows who was called, and the caller must call everybody.
    """
    known = memory.known()
    tried = []
    stands_in = False
    for contact in contacts:
        if contact.name in known:
            stands_in = False
            continue
        if waited < dt.timedelta(days=contact.after) and not stands_in:
            continue
        failed = _failed(contact, call, folder)
        stands_in = failed is not None
        tried.append(Called(contact.name, failed))
        if failed is None:
            memory.keep(contact.name, call.at)
    return tuple(tried)


def _failed(contact: ContactSettings, call: Call, folder: Path) -> str | None:
    try:
        contact.call(call, folder)
    except Exception as error:  # noqa: BLE001 (a fault of one contact must not silence the others; it is told and logged)
        return " ".join(str(error).split()) or type(error).__name__
    return None
