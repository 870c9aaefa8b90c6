"""The orders that gates follow as a new plan begins, as the store knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.schedule.schedule import Schedule
from waterbalance.store.plans import followed_before

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store


def orders_before(store: Store, scenario: Scenario, day: dt.date) -> Schedule | None:
    """The orders of the last plan before `day` that controllers were told; None without turns, or where there are none."""
    if scenario.turns is None:
        return None
    with store.reading() as connection:
        stored = followed_before(connection, scenario.name, day)
    told = None if stored is None else stored.content.get("schedule")
    return None if told is None else Schedule.from_dict(told)
