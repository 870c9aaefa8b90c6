"""What a night tells of what it knew and of how it ended: events for whoever listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.configuring.events import Event, Told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.operate.night.night import Night
    from waterbalance.operate.observing.observe import Observed


def observed_events(observed: Observed) -> Iterator[Event]:
    """What sources complained of, and what is missing."""
    for finding in observed.findings:
        yield Event("finding", {"of": "sources", "text": str(finding)}, "warning")
    for component, quantity in observed.missing:
        yield Event("finding", {"of": "sources", "text": f"{component}.{quantity}: critical, and not measured"}, "error")


def night_events(night: Night) -> Iterator[Event]:
    """What somebody should look at, and the end."""
    for finding in night.opening.jumps if night.opening else ():
        yield Event("finding", {"of": "state", "text": str(finding)}, "warning")
    for finding in night.issuance.waits_for:
        yield Event("finding", {"of": "issue", "text": str(finding)}, "warning")
    for line in night.trouble:
        yield Event("finding", {"of": "night", "text": line}, "warning" if night.exit_code == 0 else "error")
    told: Told = {"run": night.run, "outcome": night.issuance.outcome, "rung": night.rung, "exit_code": night.exit_code}
    yield Event("night_ended", told, "info" if night.exit_code == 0 else "error")
