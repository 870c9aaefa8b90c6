"""Alarms of sources and critical series: what gives nothing rings until it gives something again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.store.alarms import clear, ring, ringing

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.operate.observe import Observed
    from waterbalance.store.database import Store

SILENT, MISSING = "silent", "missing"
"""Kinds of the alarms: of a source, of a critical series."""


def ring_silent(store: Store, scenario: str, observed: Observed, now: dt.datetime) -> None:
    """Ring for the sources that were silent tonight and series that are missing; end the others' alarms. Raises `StoreError`."""
    with store.writing() as connection:
        told = {_subject(scenario, f"source {name}"): (SILENT, _about(name, observed)) for name in observed.silent}
        missing = {".".join(key) for key in observed.missing}
        told |= {_subject(scenario, name): (MISSING, f"nothing usable is known of {name}") for name in sorted(missing)}
        for subject, (kind, text) in told.items():
            ring(connection, subject, kind, text, now)
        for alarm in ringing(connection):
            mine = alarm.kind in {SILENT, MISSING} and alarm.subject.startswith(_subject(scenario, ""))
            if mine and alarm.subject not in told:
                clear(connection, alarm.subject, now)


def _subject(scenario: str, of: str) -> str:
    return f"{scenario}, {of}"


def _about(source: str, observed: Observed) -> str:
    found = [str(each) for each in observed.findings if each.where.component == f"source {source}"]
    return "; ".join(found) or f"the source {source} gave nothing"
