"""A night's run once more: what was known then, the orders of people, the ladder from the rung on which the plan stood.

    kept inputs + readings that were known then          -> the scenario as it was informed that night
    + orders about flows and storages (`overrides.json`) -> its rules and goals; what people set stands in the forecasts
    kept forecasts with their members                    -> the ladder, from rung `night.json` says: no clock stops what is above

Rung 1 is begun from rung 0, whose failure says what has to give way. A rung that was left because of the clock, or because of an
error of the engine, is not tried again.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.operate.issuing.record import can_be_ordered
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.overriding import Override, with_overrides
from waterbalance.operate.remembering.followed_file import followed_from
from waterbalance.operate.remembering.remember import FOLLOWED, LADDER, NIGHT, OVERRIDES
from waterbalance.operate.remembering.replay import Again, Kept, plan_again
from waterbalance.scenario.informed import informed
from waterbalance.store import expectations, readings

if TYPE_CHECKING:
    from waterbalance.forecast.readings import Reading
    from waterbalance.report.planned import Planned
    from waterbalance.store.database import Store

A_DAY = 1.0
"""Time for a rung: as if there were no clock. [day]"""

RELAXATIONS = 1


def as_it_was_made(store: Store) -> Again:
    """How the job that made a run plans: `waterbalance run`, or a night."""

    def again(kept: Kept) -> Planned:
        return night_again(store, kept) if NIGHT in kept.files else plan_again(kept)

    return again


def night_again(store: Store, kept: Kept) -> Planned:
    """Plan a night once more. Raises `InputError` where its forecasts have expired."""
    how, day = json.loads(kept.files[NIGHT]), kept.forecasts.horizon.start
    with store.reading() as connection:
        expected = expectations.of_run(connection, kept.run.run)
    if expected is None:
        where, remedy = Place(component=f"run {kept.run.run}"), "Results expire ('keep')."
        finding = Finding("its forecasts are not there any more", where, remedy=remedy)
        raise InputError("nothing can be replayed", (finding,))
    known = informed(kept.scenario, _known_then(store, kept, how["series"], day), day, how["feeds"])
    orders = (Override.model_validate(each) for each in json.loads(kept.files[OVERRIDES]))
    ordered = with_overrides(known, expected.forecasts, (each for each in orders if each.how != "set"))
    settings = LadderSettings.model_validate_json(kept.files[LADDER]).model_copy(update={"rung": A_DAY, "total": A_DAY})
    rung = how["rung"]
    laddered = plan_by_ladder(
        ordered.scenario,
        kept.state,
        ordered.forecasts,
        settings,
        previous=kept.previous,
        followed=followed_from(kept.files[FOLLOWED]) if FOLLOWED in kept.files else None,
        seconds=np.inf,
        first=0 if rung <= RELAXATIONS else rung,
        require=can_be_ordered,
    )
    return laddered.planned


def _known_then(store: Store, kept: Kept, series: list[str], day: dt.date) -> tuple[Reading, ...]:
    at = dt.datetime.fromisoformat(kept.run.manifest["input_times"]["readings"]["known_at"])
    keys = {(component, quantity) for component, _, quantity in (name.partition(".") for name in series)}
    with store.reading() as connection:
        return readings.known(connection, keys, dt.date(1900, 1, 1), day, at)
