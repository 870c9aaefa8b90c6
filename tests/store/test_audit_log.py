"""Any change of the log is found."""

import datetime as dt
import hashlib
import json

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from commands import NOON, command, envelope
from store.logged import AT, log_three
from waterbalance.errors import InputError
from waterbalance.store.agreement import disagreements, require_told
from waterbalance.store.audit_log import BEGINNING, Event, append, entries, head, lines_about, verify
from waterbalance.store.database import Store
from waterbalance.store.outbox import claim, enqueue
from waterbalance.store.plans import NewPlan, approve, record
from waterbalance.store.tables import approvals, audit_log, audit_subjects


def unlock(store: Store) -> None:
    """As somebody with the database's own password could."""
    with store.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_log_no_update"))
            connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER audit_log_added_to ON audit_log"))


def test_a_log_that_nobody_touched_is_whole(store: Store) -> None:
    last = log_three(store)
    with store.reading() as connection:
        assert verify(connection) == ()
        assert verify(connection, last) == ()
        assert head(connection) == (3, last)
        lines = list(entries(connection))
    assert [(line["by"], line["what"]) for line in lines] == [("chen", "approved"), ("lin", "queued"), ("engine", "confirmed")]
    assert lines[2]["details"] == {"detail": "水門"}


def test_hashes_are_those_that_anybody_can_compute(store: Store) -> None:
    log_three(store)
    with store.reading() as connection:
        lines = list(entries(connection))
    before = "0" * 64
    for line in lines:
        told = line.pop("hash")
        assert line["previous"] == before
        text_of_line = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256(text_of_line.encode()).hexdigest()
        assert before == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_log SET entry = (SELECT entry FROM audit_log WHERE number = 1) WHERE number = 2", "was changed"),
        ("DELETE FROM audit_log WHERE number = 1", "lines are missing"),
        ("DELETE FROM audit_log WHERE number = 2", "lines are missing"),
        ("DELETE FROM audit_log WHERE number = 3", "ends elsewhere"),
        ("DELETE FROM audit_log", "ends elsewhere"),
        ("UPDATE audit_head SET number = 2", "ends elsewhere"),
        ("UPDATE audit_head SET hash = '00'", "ends elsewhere"),
        ("UPDATE audit_log SET hash = '00' WHERE number = 3", "was changed"),
        ("UPDATE audit_log SET number = 9 WHERE number = 3", "another's place"),
    ],
)
def test_point_19_a_line_that_was_changed_removed_or_put_in_is_found(store: Store, change: str, told: str) -> None:
    log_three(store)
    unlock(store)
    with store.writing() as connection:
        connection.execute(text(change))
    with store.reading() as connection:
        findings = verify(connection)
    assert any(told in str(finding) for finding in findings), findings


def test_one_altered_byte_is_found_even_where_its_hash_was_made_anew(store: Store) -> None:
    log_three(store)
    unlock(store)
    with store.writing() as connection:
        entry = bytes(connection.execute(text("SELECT entry FROM audit_log WHERE number = 2")).scalar_one())
        forged = entry.replace(b'"by":"lin"', b'"by":"wu!"')
        assert forged != entry
        values = {"entry": forged, "hash": hashlib.sha256(forged).hexdigest()}
        connection.execute(text("UPDATE audit_log SET entry = :entry, hash = :hash WHERE number = 2"), values)
    with store.reading() as connection:
        findings = verify(connection)
    assert [finding.what for finding in findings] == ["the line does not follow the one before it"]


def test_a_log_that_was_shortened_with_its_head_is_found_by_a_head_written_down(store: Store) -> None:
    last = log_three(store)
    unlock(store)
    with store.writing() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE number = 3"))
        connection.execute(text("UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit_log WHERE number = 2)"))
    with store.reading() as connection:
        assert verify(connection) == ()
        assert [finding.what for finding in verify(connection, last)] == ["the line that was written down is not there"]


def test_text_in_the_place_of_bytes_is_a_change_and_no_traceback(sqlite_store: Store) -> None:
    store = sqlite_store
    log_three(store)
    unlock(store)
    with store.writing() as connection:
        connection.execute(text("UPDATE audit_log SET entry = CAST(replace(entry, 'lin', 'wu!') AS TEXT) WHERE number = 2"))
    with store.reading() as connection:
        assert "the line was changed" in [finding.what for finding in verify(connection)]


def test_a_line_cannot_be_replaced(sqlite_store: Store) -> None:
    store = sqlite_store
    log_three(store)
    with pytest.raises(DBAPIError, match="only added to"), store.writing() as connection:
        connection.execute(text("REPLACE INTO audit_log SELECT number, entry, hash FROM audit_log WHERE number = 2"))


def test_rows_without_their_line_are_found(store: Store) -> None:
    new = NewPlan("works", "2026-11-26", AT, AT, {"commands": []})
    with store.writing() as connection:
        plan = record(connection, new, {}, "nightly", AT)
        approve(connection, plan, "chen", AT)
        assert disagreements(connection) == ()
        values = {"plan": plan, "by": "boss", "at": AT}
        connection.execute(insert(approvals).values(values))
        (found,) = disagreements(connection)
        assert (found.what, found.found) == ("an approval that no line of the log tells of", "boss")
        with pytest.raises(InputError, match="not what the audit log tells"):
            require_told(connection, plan)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE commands SET state = 'confirmed'", "the command is not in the state that the log tells"),
        ("DELETE FROM commands", "a command that the log tells of is not there"),
        ("UPDATE plans SET state = 'sent'", "the plan is not in the state that the log tells"),
        ("DELETE FROM approvals", "an approval that the log tells of is not there"),
        ("UPDATE approvals SET \"by\" = 'boss' WHERE \"by\" = 'wang'", "an approval that no line of the log tells of"),
    ],
)
def test_states_and_rows_that_were_taken_away_are_found(store: Store, change: str, told: str) -> None:
    with store.writing() as connection:
        plan = record(connection, NewPlan("works", "2026-11-26", NOON, NOON, {"commands": []}), {}, "nightly", NOON)
        approve(connection, plan, "chen", NOON)
        approve(connection, plan, "wang", NOON)
        enqueue(connection, [envelope(command(plan=plan))], NOON)
        assert disagreements(connection) == ()
        # One that is on its way has no line that says so.
        claim(connection, {"gate_a"}, NOON, dt.timedelta(minutes=2), 10)
        assert disagreements(connection) == ()
        # Nor is one changed that its device has forgotten.
        append(connection, NOON, Event("engine", "confirmed", command(plan=plan).cmd_id, {}))
        append(connection, NOON, Event("dispatcher", "forgotten by the device", command(plan=plan).cmd_id, {}))
        assert disagreements(connection) == ()
        connection.execute(text(change))
        assert told in {finding.what for finding in disagreements(connection)}


def test_a_log_that_was_emptied_with_its_head_leaves_plans_behind(store: Store) -> None:
    with store.writing() as connection:
        record(connection, NewPlan("works", "2026-11-26", AT, AT, {"commands": []}), {}, "nightly", AT)
    unlock(store)
    with store.writing() as connection:
        connection.execute(text("DELETE FROM audit_log"))
        connection.execute(text("UPDATE audit_head SET number = 0, hash = :beginning"), {"beginning": BEGINNING})
    with store.reading() as connection:
        assert verify(connection) == ()
        assert [finding.what for finding in disagreements(connection)] == ["a plan that no line of the log tells of"]


def a_plan_between_other_lines(store: Store) -> str:
    """Lines: 1 to 3 of others, 4 `ran`, 5 `approved`, 6 to 8 of others."""
    log_three(store)
    with store.writing() as connection:
        plan = record(connection, NewPlan("works", "2026-11-26", AT, AT, {"commands": []}), {}, "nightly", AT)
        approve(connection, plan, "chen", AT)
    log_three(store)
    return plan


def test_only_the_lines_of_a_plan_are_read(store: Store) -> None:
    plan = a_plan_between_other_lines(store)
    with store.reading() as connection:
        lines, findings = lines_about(connection, plan)
        assert ([line["number"] for line in lines], findings) == ([4, 5], ())
        assert lines_about(connection, "nothing") == ((), ())
        require_told(connection, plan)
    # A change far from them is for `verify`.
    unlock(store)
    with store.writing() as connection:
        connection.execute(text("UPDATE audit_log SET hash = '00' WHERE number = 2"))
    with store.reading() as connection:
        require_told(connection, plan)
        assert verify(connection) != ()


FORGED = (
    ("UPDATE audit_log SET hash = '00' WHERE number = 5", "was changed"),
    ("UPDATE audit_log SET entry = (SELECT entry FROM audit_log WHERE number = 4) WHERE number = 5", "was changed"),
    ("DELETE FROM audit_log WHERE number = 5", "the line is missing"),
    ("DELETE FROM audit_log WHERE number = 4", "does not follow the one before it"),
    ("DELETE FROM audit_log WHERE number = 6", "what comes after the line does not follow it"),
    ("DELETE FROM audit_log WHERE number > 5", "what comes after the line does not follow it"),
    ("DELETE FROM audit_subjects WHERE number = 5", "an approval that no line of the log tells of"),
    ("DELETE FROM audit_subjects", "a plan that no line of the log tells of"),
    ("UPDATE audit_subjects SET number = 3 WHERE number = 5", "an approval that no line of the log tells of"),
    ("UPDATE approvals SET \"by\" = 'boss'", "an approval that no line of the log tells of"),
)


@pytest.mark.parametrize(("change", "told"), FORGED)
def test_what_was_forged_about_a_plan_is_found(store: Store, change: str, told: str) -> None:
    plan = a_plan_between_other_lines(store)
    unlock(store)
    with store.writing() as connection:
        connection.execute(text(change))
    with store.reading() as connection, pytest.raises(InputError, match=told):
        require_told(connection, plan)


@pytest.mark.parametrize("at", [5, 9])
def test_an_approval_that_was_forged_together_with_its_line_is_found(store: Store, at: int) -> None:
    """In the place of a true line, or behind the last one, with a hash and an index of its own."""
    plan = a_plan_between_other_lines(store)
    unlock(store)
    with store.writing() as connection:
        previous = connection.execute(text("SELECT hash FROM audit_log WHERE number = :n"), {"n": at - 1}).scalar_one()
        line = {"number": at, "at": "x", "by": "boss", "what": "approved", "subject": plan, "details": {}, "previous": previous}
        entry = json.dumps(line, sort_keys=True, separators=(",", ":")).encode()
        values = {"number": at, "entry": entry, "hash": hashlib.sha256(entry).hexdigest()}
        connection.execute(text("DELETE FROM audit_log WHERE number = :n"), {"n": at})
        connection.execute(text("DELETE FROM audit_subjects WHERE number = :n"), {"n": at})
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_log_no_replace"))
        connection.execute(insert(audit_log).values(values))
        connection.execute(insert(audit_subjects).values(subject=plan, number=at))
        connection.execute(text("DELETE FROM approvals"))
        connection.execute(insert(approvals).values(plan=plan, by="boss", at=AT))
    with store.reading() as connection, pytest.raises(InputError, match="what comes after the line does not follow it"):
        require_told(connection, plan)
