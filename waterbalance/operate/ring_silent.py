"""Alarms of sources: one that gives nothing rings until it gives something again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.store.alarms import clear, ring, ringing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from waterbalance.operate.observe import Observed
    from waterbalance.store.database import Store

SILENT = "silent"
"""Kind of the alarm."""


def ring_silent(store: Store, scenario: str, sources: Iterable[str], observed: Observed, now: dt.datetime) -> None:
    """Ring for the sources that were silent tonight, and end the alarms of the others. Raises `StoreError`."""
    with store.writing() as connection:
        active = {each.subject for each in ringing(connection) if each.kind == SILENT}
        for name in sources:
            subject = f"{scenario}, source {name}"
            if name in observed.silent:
                about = [str(each) for each in observed.findings if each.where.component == f"source {name}"]
                ring(connection, subject, SILENT, "; ".join(about) or f"the source {name} gave nothing", now)
            elif subject in active:
                clear(connection, subject, now)
