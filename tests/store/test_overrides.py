"""Overrides count from one moment to another, with author and reason."""

import datetime as dt
from dataclasses import replace

import pytest

from commands import NOON
from waterbalance.errors import UsageError
from waterbalance.store.audit_log import entries, verify
from waterbalance.store.database import Store
from waterbalance.store.overrides import Override, in_force, keep, recorded, standing, withdraw

HOUR = dt.timedelta(hours=1)
SHUT = Override("works", "main_canal", "flow", "at_most", 0.0, "m3/day", NOON, NOON + 5 * HOUR, "chen", "a breach at km 3")


def test_an_override_counts_while_it_lasts(store: Store) -> None:
    with store.writing() as connection:
        assert keep(connection, [SHUT], NOON - HOUR) == (SHUT.override,)
        assert in_force(connection, "works", NOON - HOUR / 2) == ()
        assert in_force(connection, "works", NOON) == (SHUT,)
        assert in_force(connection, "works", NOON + 5 * HOUR) == ()
        assert in_force(connection, "other", NOON) == ()


def test_the_same_line_read_again_is_one_override(store: Store) -> None:
    elsewhere = replace(SHUT, valid_from=SHUT.valid_from.astimezone(dt.UTC))
    with store.writing() as connection:
        keep(connection, [SHUT], NOON - HOUR)
        assert keep(connection, [SHUT, elsewhere], NOON) == ()
        assert in_force(connection, "works", NOON) == (SHUT,)
        assert [(line["by"], line["what"]) for line in entries(connection)] == [("chen", "overrode")]


def test_one_that_was_withdrawn_counts_before_and_not_after(store: Store) -> None:
    with store.writing() as connection:
        keep(connection, [SHUT], NOON - HOUR)
        assert withdraw(connection, SHUT.override, "lin", NOON + HOUR)
        assert not withdraw(connection, SHUT.override, "lin", NOON + 2 * HOUR)
        assert not withdraw(connection, "no such", "lin", NOON)
        assert in_force(connection, "works", NOON) == (SHUT,)
        assert in_force(connection, "works", NOON + HOUR) == ()
        assert verify(connection) == ()


def test_what_was_recorded_later_was_not_known(store: Store) -> None:
    with store.writing() as connection:
        keep(connection, [SHUT], NOON + 2 * HOUR)
        assert in_force(connection, "works", NOON + HOUR) == ()
        assert in_force(connection, "works", NOON + 2 * HOUR) == (SHUT,)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(SHUT, by=" "), "who"),
        (replace(SHUT, reason=" \n"), "nobody says why"),
        (replace(SHUT, valid_until=NOON), "end before it begins"),
    ],
)
def test_one_without_author_reason_or_time_is_refused(store: Store, wrong: Override, told: str) -> None:
    with pytest.raises(UsageError, match=told), store.writing() as connection:
        keep(connection, [SHUT, wrong], NOON)
    with store.reading() as connection:
        assert in_force(connection, "works", NOON) == ()


def test_what_became_of_each_is_told(store: Store) -> None:
    later = replace(SHUT, valid_from=NOON + 2 * HOUR, valid_until=NOON + 3 * HOUR)
    with store.writing() as connection:
        keep(connection, [SHUT], NOON - HOUR)
        keep(connection, [later], NOON - HOUR / 2)
        assert standing(connection, "works", NOON) == (SHUT, later)
        assert [each.told for each in recorded(connection)] == [later, SHUT]
        assert [each.state(NOON) for each in recorded(connection)] == ["to come", "in force"]
        withdraw(connection, SHUT.override, "lin", NOON)
        assert standing(connection, "works", NOON) == (later,)
        assert [each.state(NOON + HOUR) for each in recorded(connection)] == ["to come", "withdrawn"]
        assert recorded(connection)[1].withdrawn_by == "lin"
        assert [each.state(NOON + 4 * HOUR) for each in recorded(connection)] == ["over", "withdrawn"]


def test_one_that_comes_back_counts_again(store: Store) -> None:
    with store.writing() as connection:
        keep(connection, [SHUT], NOON - HOUR)
        withdraw(connection, SHUT.override, "lin", NOON)
        assert keep(connection, [SHUT], NOON + HOUR) == ()
        assert in_force(connection, "works", NOON + HOUR) == (SHUT,)
        assert [line["what"] for line in entries(connection)] == ["overrode", "withdrew override", "overrode again"]
        assert verify(connection) == ()
