"""Who sets the gates is known, and whether it is alive."""

import datetime as dt
from dataclasses import replace

import pytest

from store.logged import AT
from waterbalance.store.database import Store
from waterbalance.store.liveness import Dispatcher, beat, expect, known

ALIVE = Dispatcher("works", frozenset({"g1", "g2"}), "host", 7, 10.0, AT, AT)


def test_the_last_word_of_a_dispatcher_is_kept(store: Store) -> None:
    with store.writing() as connection:
        assert known(connection) == ()
        expect(connection, "works", {"g2", "g1"})
        expect(connection, "no gates", set())
    with store.reading() as connection:
        assert known(connection) == (Dispatcher("works", frozenset({"g1", "g2"})),)
    later = replace(ALIVE, alive_at=AT + dt.timedelta(seconds=10))
    with store.writing() as connection:
        beat(connection, ALIVE)
        beat(connection, later)
        expect(connection, "works", {"g1", "g2"})
        beat(connection, replace(ALIVE, scenario="another"))
    with store.reading() as connection:
        assert known(connection) == (replace(ALIVE, scenario="another"), later)


@pytest.mark.parametrize(
    ("every", "silent", "alive"),
    [(10.0, 59, True), (10.0, 61, False), (300.0, 899, True), (300.0, 901, False), (0.1, 0, True), (10.0, -61, False)],
)
def test_it_is_dead_after_three_missed_looks_and_a_minute(every: float, silent: float, alive: bool) -> None:
    assert replace(ALIVE, every=every).is_alive(AT + dt.timedelta(seconds=silent)) is alive
    assert not Dispatcher("works", frozenset({"g1"})).is_alive(AT)
