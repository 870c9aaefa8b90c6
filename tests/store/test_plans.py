"""Plans, approvals and the life between them."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import text

from commands import NOON, command, envelope
from waterbalance.errors import InputError, UsageError
from waterbalance.store.agreement import disagreements
from waterbalance.store.audit_log import entries
from waterbalance.store.database import Store
from waterbalance.store.outbox import enqueue
from waterbalance.store.plans import (
    NewPlan,
    approvals_of,
    approve,
    find,
    followed_before,
    in_force,
    move,
    newest,
    record,
    recorded,
)

LATER = NOON + dt.timedelta(minutes=5)


def new_plan(setpoint: float = 1.0) -> NewPlan:
    return NewPlan("kaohsiung", "2026-11-26", NOON, NOON + dt.timedelta(days=1), {"commands": [{"setpoint": setpoint}]})


def recorded_plan(store: Store, setpoint: float = 1.0, at: dt.datetime = NOON) -> str:
    with store.writing() as connection:
        return record(connection, new_plan(setpoint), {"solver": "highs"}, "nightly", at)


def test_a_plan_is_kept_as_it_is(store: Store) -> None:
    plan = recorded_plan(store)
    with store.reading() as connection:
        kept = find(connection, plan[:8])
    assert kept.plan == plan == new_plan().plan
    assert kept.state == "run"
    assert kept.content == {"commands": [{"setpoint": 1.0}]}
    assert kept.valid_from == NOON
    assert kept.valid_from.utcoffset() == dt.timedelta(0)


def test_the_same_plan_twice_is_one_plan_with_two_runs(store: Store) -> None:
    assert recorded_plan(store) == recorded_plan(store, at=LATER)
    with store.reading() as connection:
        assert len(recorded(connection)) == 1
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar_one() == 2


def test_any_change_makes_another_plan_that_nobody_has_approved(store: Store) -> None:
    plan = recorded_plan(store)
    with store.writing() as connection:
        approve(connection, plan, "chen", NOON)
    other = recorded_plan(store, 1.0000001, LATER)
    assert other != plan
    with store.reading() as connection:
        assert find(connection, other).state == "run"
        assert approvals_of(connection, other) == ()
        (approval,) = approvals_of(connection, plan)
    assert (approval.by, approval.at, approval.rule) == ("chen", NOON, None)


def test_a_plan_walks_through_its_states_and_the_log_tells(store: Store) -> None:
    plan = recorded_plan(store)
    with store.writing() as connection:
        move(connection, plan, "reviewed", "chen", NOON)
        approve(connection, plan, "chen", NOON)
        move(connection, plan, "current", "lin", NOON)
        move(connection, plan, "sent", "engine", LATER)
    with store.reading() as connection:
        assert in_force(connection, "kaohsiung").plan == plan  # type: ignore[union-attr]
        assert [line["what"] for line in entries(connection)] == ["ran", "reviewed", "approved", "current", "sent"]


@pytest.mark.parametrize("to", ["current", "sent", "superseded", "withdrawn", "run"])
def test_steps_that_skip_the_approval_are_refused(store: Store, to: str) -> None:
    plan = recorded_plan(store)
    with pytest.raises(UsageError, match=f"a plan that is run cannot become {to}"), store.writing() as connection:
        move(connection, plan, to, "lin", NOON)  # type: ignore[arg-type]
    with store.reading() as connection:
        assert find(connection, plan).state == "run"
        assert [line["what"] for line in entries(connection)] == ["ran"]


def test_a_rejected_plan_does_not_come_back_but_may_be_run_again(store: Store) -> None:
    plan = recorded_plan(store)
    with store.writing() as connection:
        move(connection, plan, "rejected", "chen", NOON)
    with pytest.raises(UsageError, match="run the scenario again"), store.writing() as connection:
        approve(connection, plan, "chen", LATER)
    again = recorded_plan(store, at=LATER)
    assert again != plan
    assert recorded_plan(store, at=LATER) == again
    with store.writing() as connection:
        assert approvals_of(connection, again) == ()
        move(connection, again, "rejected", "chen", LATER)
    assert len({plan, again, recorded_plan(store, at=LATER)}) == 3


@pytest.mark.parametrize("name", ["Chen", " chen ", "CHEN", "ｃｈｅｎ", "Ｃhen"])
def test_one_person_by_another_spelling_does_not_count_twice(store: Store, name: str) -> None:
    plan = recorded_plan(store)
    with store.writing() as connection:
        approve(connection, plan, "chen", NOON)
        with pytest.raises(UsageError, match="does not count twice"):
            approve(connection, plan, name, NOON)


@pytest.mark.parametrize("name", ["", "  ", "\x1b[31m", "x" * 201])
def test_nobody_approves_nothing(store: Store, name: str) -> None:
    plan = recorded_plan(store)
    with pytest.raises(UsageError, match="who"), store.writing() as connection:
        approve(connection, plan, name, NOON)


def test_the_newest_of_a_scenario_is_found(store: Store) -> None:
    recorded_plan(store, 1.0)
    second = recorded_plan(store, 2.0, LATER)
    with store.reading() as connection:
        assert newest(connection, "kaohsiung", frozenset({"run"})).plan == second  # type: ignore[union-attr]
        assert newest(connection, "chianan", frozenset({"run"})) is None
        assert newest(connection, "kaohsiung", frozenset({"approved"})) is None


@pytest.mark.parametrize("name", ["", "abc", "zzzzzzzz", "%", "______"])
def test_a_name_that_names_no_plan_is_told(store: Store, name: str) -> None:
    recorded_plan(store)
    with pytest.raises(UsageError, match="which plan"), store.reading() as connection:
        find(connection, name)


def test_six_characters_name_a_plan_and_five_do_not(store: Store) -> None:
    plan = recorded_plan(store)
    with store.reading() as connection:
        assert find(connection, plan[:6]).plan == plan
        with pytest.raises(UsageError, match="too few characters"):
            find(connection, plan[:5])


def test_a_plan_edited_in_the_database_is_not_used(store: Store) -> None:
    """Its state is told nevertheless; the same plan recorded again is whole."""
    plan = recorded_plan(store)
    with store.writing() as connection:
        approve(connection, plan, "chen", NOON)
        connection.execute(text("UPDATE plans SET content = :content"), {"content": b'{"commands":[{"setpoint":9}]}'})
    with store.reading() as connection:
        stored = find(connection, plan)
        (finding,) = disagreements(connection)
    assert (stored.state, finding) == ("approved", stored.damage)
    with pytest.raises(InputError, match="changed in the store"):
        stored.content  # noqa: B018
    with pytest.raises(InputError, match="changed in the store"), store.writing() as connection:
        approve(connection, plan, "lin", NOON)
    assert recorded_plan(store) == plan
    with store.reading() as connection:
        assert (find(connection, plan).damage, disagreements(connection)) == (None, ())


def test_the_plan_that_was_followed_before_a_day_is_found(store: Store) -> None:
    """Those that were sent or have been replaced since; none of that day or later, none that nobody was told of."""
    told = {"2026-11-24": ("approved", "current", "superseded"), "2026-11-25": ("approved", "current", "sent"), "2026-11-26": ()}
    names = {}
    for sequence, (start, steps) in enumerate(told.items(), start=1):
        new = replace(new_plan(), start=start, content={"start": start})
        with store.writing() as connection:
            names[start] = record(connection, new, {}, "nightly", NOON)
            for step in steps:
                move(connection, names[start], step, "lin", NOON)
            if steps:
                enqueue(connection, [envelope(command(plan=names[start]), sequence)], NOON)
    with store.reading() as connection:

        def before(day: int) -> str | None:
            found = followed_before(connection, "kaohsiung", dt.date(2026, 11, day))
            return None if found is None else found.plan

        assert [before(day) for day in (24, 25, 26, 27)] == [None, names["2026-11-24"], names["2026-11-25"], names["2026-11-25"]]


def test_of_two_who_decide_at_once_the_second_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = recorded_plan(store)
    with store.reading() as connection:
        before = find(connection, plan)
    with store.writing() as connection:
        move(connection, plan, "rejected", "chen", NOON)
    # What the second one has read before the first one has written.
    monkeypatch.setattr("waterbalance.store.plans.find", lambda *_: before)
    with pytest.raises(UsageError, match="somebody has changed its state meanwhile"), store.writing() as connection:
        move(connection, plan, "approved", "wang", LATER)
    with store.reading() as connection:
        assert [line["by"] for line in entries(connection)] == ["nightly", "chen"]
