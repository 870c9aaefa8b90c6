"""States, expectations and scores come back number by number."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from commands import NOON
from store.memory import DAY, KEY, ONE_DAY, STATE, equal, forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.state import State
from waterbalance.plan.plan import Plan
from waterbalance.store import expectations, scores, states
from waterbalance.store.database import Store
from waterbalance.store.results import forecasts_bytes, forecasts_from, frame_from, plan_bytes, plan_from
from waterbalance.store.scores import Score

HOUR = dt.timedelta(hours=1)


def test_a_state_comes_back_whole(store: Store) -> None:
    with store.writing() as connection:
        states.keep(connection, "works", STATE, NOON, "observed", "f" * 64)
        found = states.newest(connection, "works", DAY, 0.0)
    assert found == states.StoredState("works", NOON, "observed", "f" * 64, STATE)
    assert list(found.state.stocks) == list(STATE.stocks)


def test_the_newest_state_in_the_window(store: Store) -> None:
    days = {number: replace(STATE, day=DAY - number * ONE_DAY) for number in (1, 3)}
    with store.writing() as connection:
        states.keep(connection, "works", days[3], NOON + HOUR, "observed", "a")
        states.keep(connection, "works", days[1], NOON, "simulated", "b")
        states.keep(connection, "works", days[1], NOON, "observed", "c")
        states.keep(connection, "other", STATE, NOON, "observed", "d")

        def of(day: dt.date, oldest: float) -> str | None:
            found = states.newest(connection, "works", day, oldest)
            return None if found is None else found.of

        assert of(DAY, 10.0) == "c"
        assert of(DAY, 1.0) == "c"
        assert of(DAY, 0.5) is None
        assert of(DAY - 2 * ONE_DAY, 10.0) == "a"
        assert of(DAY - 4 * ONE_DAY, 10.0) is None


def test_forecasts_come_back_number_by_number() -> None:
    made = forecasts()
    assert equal(forecasts_from(forecasts_bytes(made)), made)
    nothing = replace(made, series={})
    assert equal(forecasts_from(forecasts_bytes(nothing)), nothing)
    assert forecasts_bytes(made) == forecasts_bytes(made)


def test_expectations_of_earlier_days_are_found(store: Store) -> None:
    made = {number: forecasts(DAY + number * ONE_DAY, number) for number in range(3)}
    town = forecasts(DAY + 2 * ONE_DAY, 7, (("town", "demand"),))
    with store.writing() as connection:
        for number, each in made.items():
            expectations.keep(connection, "works", f"run {number}", each, NOON + number * HOUR)
        expectations.keep(connection, "works", "run 7", town, NOON + 7 * HOUR)
        # A run that is known keeps what it expected.
        expectations.keep(connection, "works", "run 0", town, NOON + 8 * HOUR)

        def newest(before: dt.date, key: tuple[str, str] | None = None) -> str | None:
            found = expectations.newest(connection, "works", before, key)
            return None if found is None else found.run

        assert newest(DAY) is None
        assert newest(DAY + ONE_DAY) == "run 0"
        assert newest(DAY + 9 * ONE_DAY) == "run 7"
        assert newest(DAY + 9 * ONE_DAY, KEY) == "run 2"
        assert newest(DAY + 9 * ONE_DAY, ("no", "such")) is None
        kept = expectations.of_run(connection, "run 0")
        assert kept is not None
        assert equal(kept.forecasts, made[0])
        assert expectations.of_run(connection, "run 9") is None


def test_a_plan_as_parquet_is_its_tidy_table() -> None:
    horizon = Horizon((DAY, DAY + ONE_DAY, DAY + 11 * ONE_DAY), "Asia/Taipei")
    values = {("湖", "storage"): np.array([1 / 3, 2e9]), ("canal", "on"): np.array([0.0, 1.0])}
    plan = Plan(
        horizon, "own", values, {("canal", "on"): "1"}, (("湖", "storage"),), (), {}, {}, State(DAY), 1, (), notes=("a note",)
    )
    content = plan_bytes(plan)
    pd.testing.assert_frame_equal(frame_from(content), plan.to_frame(), check_exact=True)
    back = plan_from(content)
    assert back.horizon == horizon
    assert back.units == plan.units
    assert list(back.values) == list(values)
    assert all(np.array_equal(back.values[key], values[key]) for key in values)


def test_scores_are_renewed(store: Store) -> None:
    first = Score("run 1", DAY, *KEY, "error", 1.5, "m3/day")
    other = replace(first, measure="crps", value=0.5)
    better = replace(first, value=1.25)
    with store.writing() as connection:
        scores.keep(connection, "works", [first, other], NOON)
        scores.keep(connection, "works", [better, better], NOON + HOUR)
        assert scores.of(connection, "works", DAY, DAY) == (other, better)
        assert scores.of(connection, "works", DAY + ONE_DAY, DAY + ONE_DAY) == ()
        assert scores.of(connection, "other", DAY, DAY) == ()
