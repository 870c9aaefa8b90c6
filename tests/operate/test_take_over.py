"""A store whose devices were told by another one meanwhile takes them over when somebody says so, and not before."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from operate.issuing import Works, works
from waterbalance.operate.issuing.issue import Issued, issue
from waterbalance.operate.issuing.recall import recall
from waterbalance.operate.issuing.send import Field
from waterbalance.store.agreement import disagreements
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import entries, verify

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Works]:
    """A store whose devices were told by another one an hour after its own last command."""
    made = works(tmp_path)
    made.approved((1.0, 0.5))
    made.issue()
    made.deliver()
    (tmp_path / "other").mkdir()
    other = works(tmp_path / "other", peers=made.peers, clock=made.clock)
    other.clock.now += HOUR
    other.approved((0.75, 0.5))
    other.issue()
    other.deliver()
    other.store.close()
    made.clock.now += HOUR
    yield made
    made.store.close()


def follows(of: Works) -> dict[str, int]:
    return {name: peer.applied.sequence for name, peer in of.peers.items() if peer.applied is not None}


def taking_over(of: Works) -> Issued:
    return issue(of.store, "works", replace(of.issuer, follows=follows(of)), of.clock())


def test_without_a_word_nothing_is_taken_over(restored: Works) -> None:
    before = follows(restored)
    plan = restored.approved((1.25, 0.5))
    restored.issue()
    restored.deliver()
    row = restored.queued(plan)["gate_a"]
    assert row.state == "refused"
    assert "--take-over" in str(row.detail)
    assert follows(restored) == before


def test_a_new_plan_goes_on_above_what_devices_follow(restored: Works) -> None:
    before = follows(restored)
    plan = restored.approved((1.25, 0.5))
    assert len(taking_over(restored).commands) == 3
    restored.deliver()
    assert {row.state for row in restored.queued(plan).values()} == {"confirmed"}
    assert follows(restored) == {name: sequence + 1 for name, sequence in before.items()}
    with restored.store.reading() as connection:
        alarms = ringing(connection)
        lines = [line for line in entries(connection) if line["what"] == "took over"]
        assert (verify(connection), disagreements(connection)) == ((), ())
    assert [each.kind for each in alarms] == ["taken_over"] * 3
    assert all("another engine" in each.text for each in alarms)
    assert [(line["by"], line["subject"], line["details"]["followed"]) for line in lines] == [
        ("lin", name, sequence) for name, sequence in sorted(before.items())
    ]


def test_what_was_refused_gets_a_number_above(restored: Works) -> None:
    plan = restored.approved((1.25, 0.5))
    restored.issue()
    restored.deliver()
    before = follows(restored)
    assert len(taking_over(restored).commands) == 3
    restored.deliver()
    rows = restored.queued(plan)
    assert {name: (row.state, row.sequence) for name, row in rows.items()} == {
        name: ("confirmed", sequence + 1) for name, sequence in before.items()
    }
    with restored.store.reading() as connection:
        assert (verify(connection), disagreements(connection)) == ((), ())


def test_a_stop_takes_over_too(restored: Works) -> None:
    recall(restored.store, "works", replace(restored.issuer, follows=follows(restored)), restored.clock(), action="stop")
    restored.deliver()
    assert {peer.applied.command.action for peer in restored.peers.values() if peer.applied} == {"stop"}


@pytest.mark.parametrize("told", [-5, 2**32 - 1, 10**30])
def test_a_number_that_none_can_follow_is_not_taken_over(restored: Works, told: int) -> None:
    """Such as registers that were erased: a number above it would have no place in any device, nor those of the days to come."""
    field: Any = Field(None, restored.devices, {}, None, restored.clock, dict(restored.peers))  # type: ignore[arg-type]
    applied = restored.peers["gate_b"].applied
    assert applied is not None
    restored.peers["gate_b"].applied = replace(applied, sequence=told)
    before = follows(restored)
    assert field.sequences() == {name: before[name] for name in ("gate_a", "gate_c")}


def test_where_nobody_else_has_told_them_nothing_is_said(tmp_path: Path) -> None:
    made = works(tmp_path)
    made.approved((1.0, 0.5))
    made.issue()
    made.deliver()
    made.clock.now += HOUR
    made.approved((1.25, 0.5))
    taking_over(made)
    with made.store.reading() as connection:
        assert ringing(connection) == ()
    made.store.close()
