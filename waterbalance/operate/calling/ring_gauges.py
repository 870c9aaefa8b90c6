"""Alarms of gauges: what gives nothing rings until it gives something again, and a storage that jumps until one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.store.alarms import clear, ring, ringing

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.errors import Finding
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.store.database import Store

SILENT, MISSING, JUMP = "silent", "missing", "jump"
"""Kinds of the alarms: of a source, of a critical series, of a storage far from what was expected."""


def ring_gauges(store: Store, scenario: str, observed: Observed, jumps: tuple[Finding, ...], now: dt.datetime) -> None:
    """Ring for sources that were silent tonight, series that are missing and storages that jump; end the others' alarms.

    Raises `StoreError`.
    """
    with store.writing() as connection:
        told = {_subject(scenario, f"source {name}"): (SILENT, _about(name, observed)) for name in observed.silent}
        missing = {".".join(key) for key in observed.missing}
        told |= {_subject(scenario, name): (MISSING, f"nothing usable was measured of {name}") for name in sorted(missing)}
        told |= {_subject(scenario, f"{jump.where.component} jumps"): (JUMP, str(jump)) for jump in jumps}
        for subject, (kind, text) in told.items():
            ring(connection, subject, kind, text, now)
        for alarm in ringing(connection):
            mine = alarm.kind in {SILENT, MISSING, JUMP} and alarm.subject.startswith(_subject(scenario, ""))
            if mine and alarm.subject not in told:
                clear(connection, alarm.subject, now)


def _subject(scenario: str, of: str) -> str:
    return f"{scenario}, {of}"


def _about(source: str, observed: Observed) -> str:
    found = [str(each) for each in observed.findings if each.where.component == f"source {source}"]
    return "; ".join(found) or f"the source {source} gave nothing"
