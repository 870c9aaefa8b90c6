"""A night is done once, and begun again where it failed or its process died."""

import datetime as dt
import os
from dataclasses import replace

import pytest

from commands import NOON
from store.memory import DAY, ONE_DAY
from waterbalance.errors import UsageError
from waterbalance.store.database import Store
from waterbalance.store.nights import NightKey, begin, end, last, of, step

HOUR = dt.timedelta(hours=1)
KEY = NightKey("works", DAY, "c" * 64, "2026-11-26T00:00+08:00")


def test_a_night_from_its_beginning_to_its_end(store: Store) -> None:
    with store.writing() as connection:
        assert of(connection, KEY) is None
        night = begin(connection, KEY, NOON)
        assert (night.state, night.stage, night.attempts, night.process) == ("running", "begun", 1, os.getpid())
        assert night.started_at == night.changed_at == NOON
        step(connection, night.night, "forecast", NOON + HOUR)
        running = of(connection, KEY)
        assert running == replace(night, stage="forecast", changed_at=NOON + HOUR)
        done = end(connection, night.night, "done", NOON + 2 * HOUR, 10, rung=2, run="r", plan="p", detail="late")
        assert done == of(connection, KEY)
        assert done.ended_at == NOON + 2 * HOUR
        assert (done.state, done.stage, done.exit_code, done.rung, done.run) == ("done", "forecast", 10, 2, "r")
        assert (done.plan, done.detail) == ("p", "late")


def test_a_night_that_is_done_is_not_begun_again(store: Store) -> None:
    with store.writing() as connection:
        done = end(connection, begin(connection, KEY, NOON).night, "done", NOON + HOUR, 0, run="r")
        assert begin(connection, KEY, NOON + 3 * HOUR) == done
        with pytest.raises(UsageError, match="does not run"):
            step(connection, done.night, "forecast", NOON + 3 * HOUR)


@pytest.mark.parametrize("died", [True, False])
def test_one_that_failed_or_died_is(store: Store, died: bool) -> None:
    with store.writing() as connection:
        first = begin(connection, KEY, NOON)
        step(connection, first.night, "solve", NOON + HOUR)
        if not died:
            end(connection, first.night, "failed", NOON + HOUR, 69, detail="no source")
        again = begin(connection, KEY, NOON + 2 * HOUR)
    assert (again.night, again.attempts, again.state, again.stage) == (first.night, 2, "running", "begun")
    assert (again.started_at, again.ended_at, again.exit_code, again.detail) == (NOON + 2 * HOUR, None, None, None)


def test_another_configuration_or_issue_is_another_night(store: Store) -> None:
    others = [replace(KEY, configuration="d"), replace(KEY, issue=""), replace(KEY, date=DAY + ONE_DAY)]
    with store.writing() as connection:
        nights = [begin(connection, key, NOON + number * HOUR) for number, key in enumerate([KEY, *others])]
        begin(connection, replace(KEY, scenario="elsewhere", date=DAY + 9 * ONE_DAY), NOON)
        assert len({each.night for each in nights}) == 4
        assert [each.night for each in last(connection, "works", 9)] == [each.night for each in reversed(nights)]
        assert last(connection, "works") == (nights[3],)
        assert last(connection, "nowhere") == ()


def test_a_night_whose_process_died_has_failed_once_another_begins(store: Store) -> None:
    with store.writing() as connection:
        begin(connection, KEY, NOON)
        elsewhere = begin(connection, replace(KEY, scenario="elsewhere"), NOON)
        begin(connection, replace(KEY, issue="later"), NOON + HOUR)
        left = of(connection, KEY)
        assert left is not None
        assert (left.state, left.detail, left.ended_at) == ("failed", "its process died", NOON + HOUR)
        assert of(connection, elsewhere.key) == elsewhere
        assert begin(connection, KEY, NOON + 2 * HOUR).attempts == 2
