"""An alarm rings once, is seen, and returns."""

import datetime as dt

from commands import NOON
from waterbalance.store.alarms import acknowledge, clear, ring, ringing
from waterbalance.store.audit_log import entries
from waterbalance.store.database import Store

LATER = NOON + dt.timedelta(minutes=5)


def test_what_goes_on_rings_once(store: Store) -> None:
    with store.writing() as connection:
        ring(connection, "gate_a", "unreachable", "no answer", NOON)
        ring(connection, "gate_a", "unreachable", "still no answer", LATER)
        ring(connection, "gate_a", "differs", "1.0 instead of 1.25", LATER)
        first, second = ringing(connection)
    assert (first.kind, second.kind) == ("differs", "unreachable")
    assert (second.text, second.at) == ("still no answer", NOON)


def test_an_alarm_is_seen_and_returns_and_may_ring_again(store: Store) -> None:
    with store.writing() as connection:
        ring(connection, "gate_a", "unreachable", "no answer", NOON)
        (one,) = ringing(connection)
        assert acknowledge(connection, one.alarm, "chen", LATER)
        assert not acknowledge(connection, one.alarm, "lin", LATER)
        ring(connection, "gate_a", "unreachable", "no answer", LATER)
        assert [(each.state, each.acknowledged_by) for each in ringing(connection)] == [("acknowledged", "chen")]
        clear(connection, "gate_a", LATER)
        assert ringing(connection) == ()
        ring(connection, "gate_a", "unreachable", "no answer", LATER)
        assert [each.state for each in ringing(connection)] == ["active"]
        assert [line["what"] for line in entries(connection)] == ["alarm", "acknowledged", "returned", "alarm"]
