"""What the nights before left: the plan to stay near, the state that it expects of today, and what it foresaw.

A plan that somebody has rejected never happened: neither it nor the state that it expects is looked at. What was foreseen that
night stays, for nobody has rejected a forecast; so does a plan that was withdrawn, which devices followed until then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from waterbalance import units
from waterbalance.operate.comparing.compared import compared_with, is_kept, values_of
from waterbalance.operate.observing.expect import Issued
from waterbalance.operate.observing.opening import Expected
from waterbalance.operate.remembering.orders_before import orders_before
from waterbalance.store import expectations, nights, states
from waterbalance.store.plans import find

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.operate.comparing.compared import Compared
    from waterbalance.plan.plan import Plan
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.schedule import Schedule
    from waterbalance.store.database import Store
    from waterbalance.store.nights import Night

Key = tuple[str, str]

NIGHTS_BACK = 14
"""How many nights back a plan is looked for."""


@dataclass(frozen=True)
class LastNight:
    """What is left of the nights before; None and empty where there is nothing."""

    run: str | None = None
    plan: Plan | None = None
    expected: Expected | None = None
    """The state of today's midnight."""

    forecasts: Forecasts | None = None
    """Of the last plan before today, with members."""

    orders: Schedule | None = None
    """What controllers were told last before today, where water comes in turns."""

    compared: Compared | None = None
    """What tonight's plan is held against."""


def last_night(store: Store, scenario: Scenario, results: Path, day: dt.date, oldest: float) -> LastNight:
    """What nights before `day` left. A state is looked for that was expected at most `oldest` [day] ago."""
    with store.reading() as connection:
        found = nights.last(connection, scenario.name, NIGHTS_BACK)
        # What a night of this very day has read is no expectation of an earlier one.
        state = states.newest(connection, scenario.name, day, 0, "simulated")
        foreseen = expectations.newest(connection, scenario.name, day)
        kept = (each for each in found if each.run is not None and each.key.date < day and is_kept(results, each.run))
        run = next((each.run for each in kept if not _was_rejected(connection, each)), None)
        made = None if run is None else values_of(results, run)
        compared = compared_with(connection, scenario.name, results, made)
    made_on = None if state is None else state.at.astimezone(ZoneInfo(scenario.time_zone)).date()
    fits = state is not None and made_on is not None and (day - made_on).days <= oldest
    return LastNight(
        run,
        made,
        Expected(state.state, min(made_on, day - dt.timedelta(days=1)))
        if fits and state is not None and made_on is not None
        else None,
        None if foreseen is None else foreseen.forecasts,
        orders_before(store, scenario, day),
        compared,
    )


def _was_rejected(connection: Connection, night: Night) -> bool:
    return night.plan is not None and find(connection, night.plan).state == "rejected"


def issued_before(forecasts: Forecasts | None, scenario: Scenario) -> Mapping[Key, Issued]:
    """Forecasts of an earlier day by day, for the ladder: steps of several days are spread evenly over theirs."""
    if forecasts is None:
        return {}
    horizon = forecasts.horizon
    days = pd.date_range(horizon.start, horizon.end, inclusive="left")
    lengths = [(end - start).days for start, end in zip(horizon.starts, horizon.ends, strict=True)]
    step = np.repeat(np.arange(len(horizon)), lengths)
    found = {}
    for key, recipe in scenario.forecasts.items():
        forecast = forecasts.series.get(key)
        if forecast is not None:
            rates = forecast.values / (horizon.days[:, None] if units.integrates_over_step(recipe.unit) else 1.0)
            found[key] = Issued(horizon.start, pd.DataFrame(rates[step], index=days))
    return found
