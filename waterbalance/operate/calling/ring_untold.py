"""Alarms of devices that were never told anything: each rings until the device is told something, or somebody has seen it.

No plan orders the structure of such a device. It goes by its own fallback, and whoever wrote it into the scenario believes that
the engine moves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.store.alarms import clear, ring, ringing

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.operate.night.night import Night
    from waterbalance.store.database import Store

UNTOLD = "untold"
"""Kind of the alarm."""


def ring_untold(store: Store, night: Night, now: dt.datetime) -> None:
    """Ring for each device that no plan tells anything, and end the alarms of others.

    A night that has not issued a plan says nothing of them. Raises `StoreError`.
    """
    if night.issuance.outcome not in {"sent", "unconfirmed"}:
        return
    told = {f"{night.scenario}, {device}": why(structure) for device, structure in night.issuance.untold.items()}
    with store.writing() as connection:
        for subject, text in told.items():
            ring(connection, subject, UNTOLD, text, now)
        for alarm in ringing(connection):
            if alarm.kind == UNTOLD and alarm.subject.startswith(f"{night.scenario}, ") and alarm.subject not in told:
                clear(connection, alarm.subject, now)


def why(structure: str) -> str:
    """What is told of a device at a structure."""
    return f"was never told anything: no plan orders {structure}"
