"""What a run rested on is kept once, and is what it was."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from commands import NOON
from store.remembered import RUN, remember_plan
from waterbalance.errors import InputError, UsageError
from waterbalance.store import run_files
from waterbalance.store.database import Store
from waterbalance.store.runs import find_run

FILES = {"inputs/a.csv": b"a,b\r\n\x00\xff" * 1000, "inputs/b.csv": b"", "state.json": "{水}".encode()}


def test_files_come_back_byte_for_byte(store: Store) -> None:
    with store.writing() as connection:
        run_files.keep(connection, "one", FILES)
        assert run_files.of_run(connection, "one") == FILES
        assert run_files.of_run(connection, "two") == {}


def test_what_does_not_change_is_kept_once(store: Store) -> None:
    with store.writing() as connection:
        run_files.keep(connection, "one", FILES)
        run_files.keep(connection, "two", {**FILES, "state.json": b"{}", "same.json": b"{}"})
        assert connection.execute(text("SELECT count(*) FROM contents")).scalar_one() == 4
        assert connection.execute(text("SELECT max(length(content)) FROM contents")).scalar_one() < 100
        assert run_files.of_run(connection, "one") == FILES


def test_a_name_twice_is_refused(store: Store) -> None:
    with store.writing() as connection:
        run_files.keep(connection, "one", FILES)
    with pytest.raises(IntegrityError), store.writing() as connection:
        run_files.keep(connection, "one", {"state.json": b"other"})


@pytest.mark.parametrize("forged", [b"x", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_file_that_was_changed_in_the_store_is_found(store: Store, forged: bytes) -> None:
    with store.writing() as connection:
        run_files.keep(connection, "one", {"state.json": b"{}"})
        connection.execute(text("UPDATE contents SET content = :forged"), {"forged": forged})
    with pytest.raises(InputError, match="not what it was"), store.reading() as connection:
        run_files.of_run(connection, "one")


def test_a_run_is_found_by_its_name_or_its_plan(store: Store) -> None:
    plan = remember_plan(store)
    with store.reading() as connection:
        for name in (RUN, RUN[:8], plan, plan[:6]):
            found = find_run(connection, name)
            assert (found.run, found.plan, found.at, found.by) == (RUN, plan, NOON, "nightly")
            assert found.manifest == {"solver": "highs"}
        for name in ("", RUN[:5], "nonsense", "%", "______"):
            with pytest.raises(UsageError, match="which run"):
                find_run(connection, name)
