"""A store that is new although earlier nights have left their results: it was lost, or another one is named.

Such a store knows no plan that was approved and no order that was sent. An alarm rings in it until somebody has agreed to a plan,
and until then no rule approves anything, unless that is declared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from waterbalance.store import nights
from waterbalance.store.alarms import clear, ring, ringing
from waterbalance.store.database import shown
from waterbalance.store.plans import agreed_to_by_people, is_known

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from waterbalance.store.database import Store

KIND = "store_lost"
"""Of the alarm."""


def lost_store(store: Store, scenario: str, results: Path, now: dt.datetime) -> str | None:
    """What is to be told of it; None where nothing was lost, or somebody has agreed to a plan since."""
    subject = f"store of {scenario}"
    with store.writing() as connection:
        told = next((each.text for each in ringing(connection) if (each.subject, each.kind) == (subject, KIND)), None)
        if told is None:
            known = nights.last(connection, scenario) or is_known(connection, scenario)
            earlier = () if known else tuple(sorted(_earlier(results, scenario)))
            if not earlier:
                return None
            told = _told(store, results, earlier)
            ring(connection, subject, KIND, told, now)
        elif agreed_to_by_people(connection, scenario):
            clear(connection, subject, now)
            return None
    return told


def _earlier(results: Path, scenario: str) -> Iterator[tuple[str, str]]:
    """Day and run of the nights of a scenario that have left a folder."""
    for file in results.glob("*/night.json"):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            if told["scenario"] == scenario:
                yield str(told["day"]), str(told["run"])
        except (OSError, ValueError, LookupError, TypeError):
            continue


def _told(store: Store, results: Path, earlier: tuple[tuple[str, str], ...]) -> str:
    day, run = earlier[-1]
    url = shown(store.engine.url)
    return (
        f"THE STORE IS NEW, although {results} holds {len(earlier)} earlier nights (the newest: run {run} of {day}): "
        "what was read, planned, approved and sent before is not known. If the store was lost: move the new one away, fill "
        f"another from the last backup (`waterbalance store restore BACKUP.zip --store {url}`), and start the night again. "
        "Until somebody has agreed to a plan no rule approves one."
    )
