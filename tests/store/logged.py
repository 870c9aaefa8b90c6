"""An audit log of three lines."""

import datetime as dt

from waterbalance.store.audit_log import Event, append
from waterbalance.store.database import Store

AT = dt.datetime(2026, 11, 26, 4, tzinfo=dt.UTC)


def log_three(store: Store) -> str:
    """Returns the head."""
    with store.writing() as connection:
        append(connection, AT, Event("chen", "approved", "plan", {"rule": None}), Event("lin", "queued", "a", {"sequence": 1}))
    with store.writing() as connection:
        return append(connection, AT, Event("engine", "confirmed", "a", {"detail": "水門"}))
