"""Commands are claimed once, sent again when their sender died, and never lost."""

import datetime as dt
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from commands import NOON, command, envelope
from waterbalance.schedule.command import Command
from waterbalance.store.audit_log import entries, verify
from waterbalance.store.database import Store, open_store
from waterbalance.store.outbox import (
    AlteredError,
    Outcome,
    claim,
    enqueue,
    forgotten,
    known,
    last_sequences,
    newest_of_each,
    next_due,
    of_plan,
    settle,
)
from waterbalance.store.plans import NewPlan, record

LEASE = dt.timedelta(minutes=2)
MINUTE = dt.timedelta(minutes=1)
GATES = frozenset({"gate_a", "gate_b", *(f"gate_{number:03}" for number in range(100))})


@pytest.fixture
def plan(store: Store) -> str:
    with store.writing() as connection:
        return record(connection, NewPlan("a", "2026-11-26", NOON, NOON + 1440 * MINUTE, {}), {}, "nightly", NOON)


def put(store: Store, of: Command, sequence: int = 1, at: dt.datetime = NOON) -> str:
    with store.writing() as connection:
        enqueue(connection, [envelope(of, sequence)], at)
    return of.cmd_id


def states(store: Store, plan: str) -> dict[tuple[str, int], str]:
    with store.reading() as connection:
        return {(row.controller, row.sequence): row.state for row in of_plan(connection, plan)}


def test_what_was_put_in_comes_out_byte_for_byte(store: Store, plan: str) -> None:
    sent = envelope(command(plan=plan))
    put(store, sent.command)
    with store.writing() as connection:
        (taken,) = claim(connection, GATES, NOON, LEASE, 10)
    assert taken.payload == sent.payload()
    assert taken.envelope == sent
    assert (taken.state, taken.attempts) == ("sending", 1)


def test_the_same_command_twice_is_refused_as_a_whole(store: Store, plan: str) -> None:
    put(store, command(plan=plan))
    with pytest.raises(IntegrityError), store.writing() as connection:
        enqueue(connection, [envelope(command("gate_b", plan=plan)), envelope(command(plan=plan), 2)], NOON)
    assert states(store, plan) == {("gate_a", 1): "waiting"}
    with store.reading() as connection:
        assert known(connection, {command(plan=plan).cmd_id, "other"}) == {command(plan=plan).cmd_id}
        assert verify(connection) == ()


def test_a_claim_keeps_others_away_until_its_lease_is_over(store: Store, plan: str) -> None:
    put(store, command(plan=plan))
    with store.writing() as connection:
        assert len(claim(connection, GATES, NOON, LEASE, 10)) == 1
    with store.writing() as connection:
        assert claim(connection, GATES, NOON + MINUTE, LEASE, 10) == ()
    with store.writing() as connection:
        (again,) = claim(connection, GATES, NOON + 2 * MINUTE, LEASE, 10)
    assert again.attempts == 2


def test_a_sender_that_lost_its_claim_changes_nothing(store: Store, plan: str) -> None:
    cmd_id = put(store, command(plan=plan))
    with store.writing() as connection:
        (slow,) = claim(connection, GATES, NOON, LEASE, 10)
    with store.writing() as connection:
        (quick,) = claim(connection, GATES, NOON + 2 * MINUTE, LEASE, 10)
    with store.writing() as connection:
        assert settle(connection, [Outcome(cmd_id, str(slow.claim), "dead", "late")], NOON + 2 * MINUTE, "engine") == (cmd_id,)
    assert states(store, plan) == {("gate_a", 1): "sending"}
    with store.writing() as connection:
        assert settle(connection, [Outcome(cmd_id, str(quick.claim), "confirmed", "held")], NOON + 3 * MINUTE, "engine") == ()
    with store.writing() as connection:
        assert settle(connection, [Outcome(cmd_id, str(slow.claim), "dead", "late")], NOON + 4 * MINUTE, "engine") == (cmd_id,)
    assert states(store, plan) == {("gate_a", 1): "confirmed"}


def test_a_command_waits_for_its_next_try(store: Store, plan: str) -> None:
    cmd_id = put(store, command(plan=plan))
    with store.writing() as connection:
        (taken,) = claim(connection, GATES, NOON, LEASE, 10)
        settle(connection, [Outcome(cmd_id, str(taken.claim), "waiting", "silence", NOON + 5 * MINUTE)], NOON, "engine")
        assert next_due(connection, GATES) == NOON + 5 * MINUTE
        assert claim(connection, GATES, NOON + 4 * MINUTE, LEASE, 10) == ()
        assert len(claim(connection, GATES, NOON + 5 * MINUTE, LEASE, 10)) == 1


def test_commands_of_other_devices_are_left_to_those_who_know_them(store: Store, plan: str) -> None:
    put(store, command("elsewhere", plan=plan))
    with store.writing() as connection:
        assert claim(connection, GATES, NOON, LEASE, 10) == ()
        assert next_due(connection, GATES) is None
        assert [row.controller for row in claim(connection, {"elsewhere"}, NOON, LEASE, 10)] == ["elsewhere"]


def test_what_waits_for_an_older_one_on_its_way_is_not_due_before(store: Store, plan: str) -> None:
    put(store, command(plan=plan))
    with store.writing() as connection:
        claim(connection, GATES, NOON, LEASE, 10)
    put(store, command(plan=plan, setpoints=(0.0,)), 2)
    with store.reading() as connection:
        assert next_due(connection, GATES) == NOON + LEASE


def test_what_a_device_has_forgotten_waits_to_be_sent_again(store: Store, plan: str) -> None:
    """Only what it had agreed to last, and what holds still; under its own name and number."""
    put(store, command("gate_a", plan=plan))
    put(store, command("gate_b", plan=plan))
    with store.writing() as connection:
        taken = claim(connection, ("gate_a", "gate_b"), NOON, dt.timedelta(minutes=2), 10)
        settle(connection, [Outcome(each.cmd_id, str(each.claim), "confirmed", "") for each in taken], NOON, "engine")
        forgotten(connection, {"gate_a", "another"}, NOON + dt.timedelta(hours=25))
    assert states(store, plan) == {("gate_a", 1): "confirmed", ("gate_b", 1): "confirmed"}
    with store.writing() as connection:
        forgotten(connection, {"gate_a", "another"}, NOON)
        assert verify(connection) == ()
    assert states(store, plan) == {("gate_a", 1): "waiting", ("gate_b", 1): "confirmed"}
    put(store, command("gate_b", plan=plan, setpoints=(0.25,)), 2)
    with store.writing() as connection:
        forgotten(connection, {"gate_b"}, NOON)
    assert states(store, plan)["gate_b", 1] == "confirmed"


def test_a_newer_command_takes_the_place_of_what_was_not_sent(store: Store, plan: str) -> None:
    put(store, command(plan=plan))
    put(store, command("gate_b", plan=plan))
    put(store, command(plan=plan, setpoints=(0.0,)), 2)
    assert states(store, plan) == {("gate_a", 1): "superseded", ("gate_a", 2): "waiting", ("gate_b", 1): "waiting"}
    with store.reading() as connection:
        assert last_sequences(connection) == {"gate_a": 2, "gate_b": 1}
        assert [(row.controller, row.sequence) for row in newest_of_each(connection)] == [("gate_a", 2), ("gate_b", 1)]


def test_a_newer_command_waits_for_the_older_one_on_its_way(store: Store, plan: str) -> None:
    older = put(store, command(plan=plan))
    with store.writing() as connection:
        (taken,) = claim(connection, GATES, NOON, LEASE, 10)
    put(store, command(plan=plan, setpoints=(0.0,)), 2)
    with store.writing() as connection:
        assert claim(connection, GATES, NOON, LEASE, 10) == ()
        settle(connection, [Outcome(older, str(taken.claim), "waiting", "silence", NOON)], NOON, "engine")
    assert states(store, plan)["gate_a", 1] == "superseded"
    with store.writing() as connection:
        assert [row.sequence for row in claim(connection, GATES, NOON, LEASE, 10)] == [2]


def test_what_a_dead_sender_left_behind_makes_way_for_a_newer_command(store: Store, plan: str) -> None:
    put(store, command(plan=plan))
    with store.writing() as connection:
        claim(connection, GATES, NOON, LEASE, 10)
    put(store, command(plan=plan, setpoints=(0.0,)), 2)
    with store.writing() as connection:
        assert [row.sequence for row in claim(connection, GATES, NOON + LEASE, LEASE, 10)] == [2]
    assert states(store, plan)["gate_a", 1] == "superseded"
    with store.reading() as connection:
        assert [line["what"] for line in entries(connection)] == ["ran", "queued", "queued", "superseded"]


def test_many_senders_at_once_never_take_the_same_command(store: Store, url: str, plan: str) -> None:
    with store.writing() as connection:
        enqueue(connection, [envelope(command(f"gate_{number:03}", plan=plan)) for number in range(100)], NOON)
    taken: list[str] = []

    def take() -> None:
        own = open_store(url)
        for _ in range(10):
            with own.writing() as connection:
                taken.extend(row.cmd_id for row in claim(connection, GATES, NOON, LEASE, 7))
        own.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 100


@pytest.mark.parametrize("change", ["controller = 'gate_b'", "sequence = 2", "cmd_id = '00000000-0000-8000-8000-000000000000'"])
def test_a_row_that_is_about_another_command_than_it_holds_is_told(store: Store, plan: str, change: str) -> None:
    """A sound order of one gate, laid into the row of another, is no order of that one."""
    put(store, command(plan=plan))
    with store.writing() as connection:
        connection.execute(text(f"UPDATE commands SET {change}"))  # noqa: S608 (the test's own words)
    with store.writing() as connection:
        (taken,) = claim(connection, GATES, NOON, LEASE, 10)
    with pytest.raises(AlteredError, match="the row was changed; found it holds command"):
        _ = taken.envelope
