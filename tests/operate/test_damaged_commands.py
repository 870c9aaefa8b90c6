"""A command whose row was changed in the store is refused by name; others are served, and a stop is kept from no gate."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from operate.issuing import Works, works
from waterbalance.controllers.plain_gate import GateReading
from waterbalance.operate.issuing.dispatcher import tick
from waterbalance.operate.issuing.recall import recall
from waterbalance.operate.issuing.remainder import issue_remainder
from waterbalance.store import outbox
from waterbalance.store.agreement import disagreements
from waterbalance.store.alarms import ringing

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    yield made
    made.store.close()


def damage(of: Works, name: str = "gate_a", found: bytes = b'"setpoint":1.25', put: bytes = b'"setpoint":2.25') -> str:
    """Returns the name of the command that was changed."""
    with of.store.writing() as connection:
        row = connection.execute(text("SELECT cmd_id, payload FROM commands WHERE controller = :name"), {"name": name}).one()
        assert found in row.payload
        values = {"payload": row.payload.replace(found, put), "name": name}
        connection.execute(text("UPDATE commands SET payload = :payload WHERE controller = :name"), values)
    return str(row.cmd_id)


def alarms(of: Works) -> list[tuple[str, str]]:
    with of.store.reading() as connection:
        return sorted((each.subject, each.kind) for each in ringing(connection))


def sent(three: Works) -> str:
    plan = three.approved()
    three.issue()
    three.deliver()
    return plan


def test_lines_of_the_first_versions_tell_no_hash(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as first_versions:
        first_versions.setattr(outbox, "_told", lambda envelope: {"controller": envelope.command.controller})
        sent(three)
    with three.store.reading() as connection:
        assert disagreements(connection) == ()


@pytest.mark.parametrize("put", [b'"setpoint":2.25', b'"setpoint":"much"', b"not even JSON"])
def test_a_stop_reaches_every_gate(three: Works, put: bytes) -> None:
    plan = sent(three)
    altered = damage(three, put=put)
    three.clock.now += HOUR
    told = recall(three.store, "works", three.issuer, three.clock(), action="stop")
    assert (told.plan, len(told.commands)) == (plan, 3)
    assert alarms(three) == [(altered, "altered")]
    three.deliver()
    applied = [peer.applied for peer in three.peers.values()]
    assert [each.command.action for each in applied if each] == ["stop"] * 3


def test_a_changed_command_is_not_sent_and_others_are(three: Works) -> None:
    plan = three.approved()
    three.issue()
    altered = (damage(three), "altered")
    three.deliver()
    assert {name: row.state for name, row in three.queued(plan).items()} == {
        "gate_a": "refused",
        "gate_b": "confirmed",
        "gate_c": "confirmed",
    }
    assert alarms(three) == [("gate_a", "refused")]
    # Asked once more, it still is not what was signed.
    assert three.issue().commands == ()
    assert altered in alarms(three)
    # A run of the same inputs makes another plan, which everybody gets.
    assert (again := three.approved()) != plan
    three.issue()
    three.deliver()
    assert {row.state for row in three.queued(again).values()} == {"confirmed"}
    assert alarms(three) == [altered]


def test_a_row_that_stands_in_the_place_of_another_is_not_sent(three: Works) -> None:
    plan = three.approved()
    three.issue()
    with three.store.writing() as connection:
        other = "(SELECT payload FROM commands WHERE controller = 'gate_b')"
        connection.execute(text(f"UPDATE commands SET payload = {other} WHERE controller = 'gate_a'"))  # noqa: S608 (no input)
    three.deliver()
    assert three.queued(plan)["gate_a"].state == "refused"
    assert three.peers["gate_a"].heard == []


def test_a_plan_at_midday_and_what_is_left_of_one_go_on_for_the_others(three: Works) -> None:
    sent(three)
    altered = damage(three)
    three.clock.now += HOUR
    assert len(issue_remainder(three.store, "works", three.issuer, three.clock(), "no plan").commands) == 2
    three.deliver()
    three.clock.now += HOUR
    three.approved((1.0, 0.5))
    assert len(three.issue().commands) == 3
    assert (altered, "altered") in alarms(three)


class Gate:
    setpoint = 0.1
    line = ""

    def set_now(self, setpoint: float) -> None:
        self.setpoint = setpoint

    def read_now(self) -> GateReading:
        return GateReading(self.setpoint, None, remote=True)


def test_a_dispatcher_leaves_the_gate_and_sets_the_others(three: Works) -> None:
    sent(three)
    damage(three)
    gates = {name: Gate() for name in three.names}
    told = tick(three.store, gates, three.devices, three.clock())
    assert (dict(told.set), list(told.failed)) == ({"gate_b": 1.25, "gate_c": 1.25}, ["gate_a"])
    assert gates["gate_a"].setpoint == 0.1
    assert alarms(three) == [("gate_a", "gate")]


def test_the_log_tells_which_command_was_changed(three: Works) -> None:
    sent(three)
    with three.store.reading() as connection:
        assert disagreements(connection) == ()
    # A change that leaves a sound command behind: only what was written down about it tells.
    altered = damage(three, found=b'"issued_by":"lin"', put=b'"issued_by":"wu"')
    with three.store.reading() as connection:
        (finding,) = disagreements(connection)
    assert "not the one that was queued" in finding.what
    assert altered in str(finding)


def test_what_was_sent_once_more_is_told_too(three: Works) -> None:
    three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["rejected"]
    three.deliver()
    three.clock.now += HOUR
    assert len(three.issue().commands) == 1
    with three.store.reading() as connection:
        assert disagreements(connection) == ()
