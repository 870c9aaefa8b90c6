"""Commands of the store that are still what was queued; an alarm for each that is not.

Nobody knows what a changed row once said: it is neither sent nor counted, and a gate that followed it gets a new command like any
other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.store.alarms import ring
from waterbalance.store.outbox import AlteredError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from waterbalance.schedule.envelope import Envelope
    from waterbalance.store.outbox import Queued


def intact(connection: Connection, queued: Iterable[Queued], now: dt.datetime) -> tuple[Envelope, ...]:
    """What can be read, in its order; the alarm `altered` rings for the rest, by the name of the command."""
    found = []
    for each in queued:
        try:
            found.append(each.envelope)
        except AlteredError as error:
            ring(connection, each.cmd_id, "altered", str(error), now)
    return tuple(found)
