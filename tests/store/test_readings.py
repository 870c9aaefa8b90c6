"""Readings are never overwritten, and a night sees what it saw then."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from commands import NOON
from store.memory import CORRECTED, DAY, KEY, ONE_DAY, reading
from waterbalance.forecast.readings import Reading, Trust
from waterbalance.store.database import Store, open_store
from waterbalance.store.nights import NightKey, begin
from waterbalance.store.readings import history, keep, known

HOUR = dt.timedelta(hours=1)


def test_what_is_kept_comes_back(store: Store) -> None:
    new = (reading(0.1 + 0.2), reading(-1e-300, day=DAY + ONE_DAY), CORRECTED)
    with store.writing() as connection:
        assert len(keep(connection, new)) == 3
        found = known(connection, {KEY, ("lower_lake", "storage"), ("no", "such")}, DAY, DAY + ONE_DAY)
    assert found == (CORRECTED, *new[:2])
    assert known_at_offsets(found) == {dt.timedelta(0)}


def known_at_offsets(found: tuple[Reading, ...]) -> set[dt.timedelta | None]:
    return {each.known_at.utcoffset() for each in found}


def test_a_later_version_takes_the_place_and_the_earlier_one_stays(store: Store) -> None:
    first, second = reading(1.0), reading(2.0, known_at=NOON + HOUR)
    with store.writing() as connection:
        keep(connection, [first])
        keep(connection, [second])
        assert known(connection, {KEY}, DAY, DAY) == (second,)
        assert known(connection, {KEY}, DAY, DAY, NOON + HOUR) == (second,)
        assert known(connection, {KEY}, DAY, DAY, NOON) == (first,)
        assert known(connection, {KEY}, DAY, DAY, NOON - HOUR) == ()
        assert history(connection, KEY, DAY) == (first, second)


def test_what_was_known_already_is_kept_once(store: Store) -> None:
    with store.writing() as connection:
        assert len(keep(connection, [reading()])) == 1
        assert len(keep(connection, [reading(known_at=NOON + HOUR), reading()])) == 0
        doubted = reading(known_at=NOON + 2 * HOUR, trust=Trust.DOUBTFUL)
        assert len(keep(connection, [doubted])) == 1
        # Believed again: that is news, though it was said before.
        assert len(keep(connection, [reading(known_at=NOON + 3 * HOUR)])) == 1
        assert [each.trust for each in history(connection, KEY, DAY)] == [Trust.RELIABLE, Trust.DOUBTFUL, Trust.RELIABLE]


def test_two_versions_of_one_moment_are_both_kept_and_the_last_counts(store: Store) -> None:
    with store.writing() as connection:
        assert len(keep(connection, [reading(1.0), reading(2.0)])) == 2
        assert len(keep(connection, [reading(3.0)])) == 1
        assert [each.value for each in history(connection, KEY, DAY)] == [1.0, 2.0, 3.0]
        assert known(connection, {KEY}, DAY, DAY) == (reading(3.0),)


def test_readings_belong_to_their_night(store: Store) -> None:
    with store.writing() as connection:
        night = begin(connection, NightKey("works", DAY, "c"), NOON).night
        keep(connection, [reading()], night)
        assert connection.execute(text("SELECT night FROM readings")).scalar_one() == night
    with pytest.raises(IntegrityError), store.writing() as connection:
        keep(connection, [reading(9.0)], "no such night")


def test_many_series_of_many_days(store: Store) -> None:
    new = [
        replace(reading(float(series + day)), component=f"c{series:03}", date=DAY + day * ONE_DAY)
        for series in range(450)
        for day in range(3)
    ]
    keys = {each.key for each in new}
    with store.writing() as connection:
        assert len(keep(connection, new)) == 1350
        assert known(connection, keys, DAY, DAY + 2 * ONE_DAY) == tuple(new)
        assert len(known(connection, keys, DAY + ONE_DAY, DAY + ONE_DAY)) == 450


@settings(max_examples=40, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 3), some.integers(0, 2), some.integers(0, 2), some.booleans()), max_size=25))
def test_as_a_list_that_is_searched_from_its_end(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int, int, bool]]
) -> None:
    """The model: all readings in the order of their arrival; what is known is the last one not later than the moment."""
    file: Path = tmp_path_factory.mktemp("readings") / "a.sqlite"
    store = open_store(f"sqlite:///{file}")
    arrived: list[Reading] = []
    with store.writing() as connection:
        batch: list[Reading] = []
        for hour, day, value, ends in sorted(told, key=lambda each: each[0]):
            batch.append(reading(float(value), day=DAY + day * ONE_DAY, known_at=NOON + hour * HOUR))
            arrived.append(batch[-1])
            if ends:
                keep(connection, batch)
                batch = []
        keep(connection, batch)
        for hour in range(-1, 4):
            at = NOON + hour * HOUR
            expected = {each.date: each.value for each in arrived if each.known_at <= at}
            found = known(connection, {KEY}, DAY, DAY + 2 * ONE_DAY, at)
            assert {each.date: each.value for each in found} == expected
    store.close()
