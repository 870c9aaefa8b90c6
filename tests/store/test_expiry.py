"""What is old goes; what is in force, waits or is the last of its kind stays, and so does the log."""

import datetime as dt
from dataclasses import replace

import pytest
from pydantic import ValidationError

from commands import NOON, command, envelope
from store.memory import DAY, KEY, ONE_DAY, STATE, equal, forecasts, reading
from store.remembered import rows_of
from waterbalance.store import expectations, readings, run_files, scores, states
from waterbalance.store.audit_log import entries, verify
from waterbalance.store.database import Store
from waterbalance.store.expiry import expirable, expire
from waterbalance.store.keep_settings import KeepSettings
from waterbalance.store.outbox import enqueue
from waterbalance.store.plans import NewPlan, approve, move, record
from waterbalance.store.scores import Score

SETTINGS = KeepSettings(results="100 days", observations="1000 days")
SAME = b"the same in every run"


def ran(store: Store, age: int, state: str, *, valid_for: int = 1, scenario: str = "works") -> str:
    """A run of so many days ago whose plan is in this state now; its name."""
    at = NOON - age * ONE_DAY
    name = f"{state} {age}"
    new = NewPlan(scenario, str(at.date()), at, at + valid_for * ONE_DAY, {"commands": [], "name": name, "scenario": scenario})
    with store.writing() as connection:
        plan = record(connection, new, {}, "nightly", at, name)
        if state in {"approved", "current", "sent", "superseded", "sending"}:
            approve(connection, plan, "chen", at)
        if state in {"current", "sent", "superseded", "sending"}:
            move(connection, plan, "current", "lin", at)
        if state == "sent":
            move(connection, plan, "sent", "lin", at)
        if state == "sending":
            enqueue(connection, [envelope(command(plan=plan), age)], at)
        if state in {"superseded", "sending"}:
            move(connection, plan, "superseded", "lin", at)
        run_files.keep(connection, name, {"same": SAME, "own": name.encode()})
        expectations.keep(connection, scenario, name, forecasts(at.date()), at)
        states.keep(connection, scenario, replace(STATE, day=at.date()), at, "observed", name)
    return name


def test_old_results_go_and_what_is_protected_stays(store: Store) -> None:
    oldest = ran(store, 500, "superseded", scenario="elsewhere")
    gone = [ran(store, 300, "superseded"), ran(store, 299, "run"), ran(store, 101, "approved")]
    stay = [
        ran(store, 298, "sent"),
        ran(store, 297, "current"),
        ran(store, 296, "sending"),
        ran(store, 295, "run", valid_for=400),
        ran(store, 294, "approved", valid_for=400),
        ran(store, 100, "superseded"),
        ran(store, 1, "superseded"),
    ]
    before = rows_of(store)
    with store.writing() as connection:
        assert set(expirable(connection, SETTINGS, NOON)) == set(gone)
        went = expire(connection, SETTINGS, NOON)
    # Of each run that goes: two files and what was expected; contents: its own file. Of states the old ones, but for the last of
    # a scenario.
    assert went == {"run_files": 6, "expectations": 3, "contents": 3, "states": 8, "readings": 0, "scores": 0}
    with store.reading() as connection:
        for name in (oldest, *stay):
            assert run_files.of_run(connection, name) == {"same": SAME, "own": name.encode()}
            assert expectations.of_run(connection, name) is not None
        for name in gone:
            assert run_files.of_run(connection, name) == {}
            assert expectations.of_run(connection, name) is None
        assert states.newest(connection, "elsewhere", DAY, 1e4) is not None
        assert verify(connection) == ()
        assert [line["what"] for line in entries(connection)][-1] == "forgot"
    after = rows_of(store)
    for name in ("plans", "runs", "approvals", "commands"):
        assert after[name] == before[name]
    assert after["audit_log"][:-1] == before["audit_log"]


def test_a_second_time_nothing_is_left_to_forget(store: Store) -> None:
    ran(store, 300, "superseded")
    ran(store, 1, "superseded")
    with store.writing() as connection:
        assert any(expire(connection, SETTINGS, NOON).values())
        lines = len(list(entries(connection)))
        assert not any(expire(connection, SETTINGS, NOON).values())
        assert len(list(entries(connection))) == lines


def test_old_observations_go_with_all_their_versions(store: Store) -> None:
    days = [DAY - number * ONE_DAY for number in (1001, 1000, 0)]
    with store.writing() as connection:
        for day in days:
            readings.keep(connection, [reading(1.0, day=day), reading(2.0, day=day, known_at=NOON + dt.timedelta(hours=1))])
            scores.keep(connection, "works", [Score("r", day, *KEY, "error", 0.0, "m3/day")], NOON)
        went = expire(connection, SETTINGS, NOON)
        assert (went["readings"], went["scores"]) == (2, 1)
        assert {each.date for each in readings.known(connection, {KEY}, days[0], DAY)} == set(days[1:])
        assert [each.day for each in scores.of(connection, "works", days[0], DAY)] == days[1:]


def test_the_newest_forecast_of_a_scenario_stays_however_old(store: Store) -> None:
    made = forecasts(DAY - 300 * ONE_DAY)
    with store.writing() as connection:
        expectations.keep(connection, "works", "a", made, NOON - 300 * ONE_DAY)
        expire(connection, SETTINGS, NOON)
        found = expectations.newest(connection, "works", DAY)
        assert found is not None
        assert equal(found.forecasts, made)


@pytest.mark.parametrize("wrong", [{"results": "0 days"}, {"observations": "5 m3"}, {"forever": True}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KeepSettings(**wrong)
