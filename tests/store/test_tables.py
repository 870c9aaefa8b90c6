"""What migrations make is what the code believes in."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from waterbalance.errors import UsageError
from waterbalance.store.database import Store, StoreError, open_store
from waterbalance.store.tables import metadata


def test_migrations_make_the_tables(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_opening_again_keeps_what_is_there(store: Store, url: str) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE audit_head SET number = 7"))
    again = open_store(url)
    with again.reading() as connection:
        assert connection.execute(text("SELECT number FROM audit_head")).scalar_one() == 7
    again.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def cut_short() -> None:
        with store.writing() as connection:
            connection.execute(text("UPDATE audit_head SET number = 7"))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_short()
    with store.reading() as connection:
        assert connection.execute(text("SELECT number FROM audit_head")).scalar_one() == 0


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with opened.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    opened.close()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://chen:secret@host/data", "postgresql://chen:half@secret@host/data", "sqlite://", ""]
)
def test_urls_of_other_kinds_are_refused_without_telling_their_password(url: str) -> None:
    with pytest.raises(UsageError, match="of no kind that is known") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all.sqlite",
        "postgresql://chen:secret@127.0.0.1:1/data",
        "postgresql://127.0.0.1:1/data?user=chen&password=secret",
        "postgresql://chen:secret@127.0.0.1:1/data?no_such_option=1",
    ],
)
def test_a_store_that_is_not_there_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 69


def test_one_writer_at_a_time(store: Store, url: str) -> None:
    """Whoever writes second reads what the first has written: two who issue at once do not give the same numbers."""
    other, first_reads, read = open_store(url), threading.Event(), []

    def add_one(by: Store, meanwhile: Callable[[], object]) -> None:
        with by.writing() as connection:
            number = connection.execute(text("SELECT number FROM audit_head")).scalar_one()
            meanwhile()
            connection.execute(text("UPDATE audit_head SET number = :next"), {"next": number + 1})
            read.append(number)

    second = threading.Thread(target=lambda: (first_reads.wait(), add_one(other, lambda: None)))
    second.start()
    add_one(store, lambda: (first_reads.set(), time.sleep(0.2)))
    second.join()
    other.close()
    assert read == [0, 1]


@pytest.mark.parametrize(("asked", "seconds"), [("", "30"), ("?options=-c%20tcp_keepalives_idle%3D7", "7")])
def test_a_server_lets_go_of_what_a_dead_machine_has_held(postgresql_url: str, asked: str, seconds: str) -> None:
    opened = open_store(postgresql_url + asked)
    with opened.reading() as connection:
        assert connection.execute(text("SHOW tcp_keepalives_idle")).scalar_one() == seconds
    opened.close()


def test_a_right_that_is_missing_is_told(postgresql_url: str) -> None:
    """Whoever may only read can look at a store that somebody else has made."""
    owner = create_engine(postgresql_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    plain = owner.url.set(username="plain").render_as_string(hide_password=False)
    with owner.connect() as connection:
        for words in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CREATE ROLE plain LOGIN"):
            connection.execute(text(words))
        connection.execute(text("GRANT USAGE ON SCHEMA public TO plain"))
        with pytest.raises(StoreError, match="permission denied for schema public"):
            open_store(plain)
        open_store(postgresql_url).close()
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain"))
        looking = open_store(plain)
        with looking.reading() as reading:
            assert reading.execute(text("SELECT number FROM audit_head")).scalar_one() == 0
        with pytest.raises(StoreError, match="permission denied for table"), looking.writing() as writing:
            writing.execute(text("UPDATE audit_head SET number = 7"))
        looking.close()
        connection.execute(text("DROP OWNED BY plain"))
        connection.execute(text("DROP ROLE plain"))
    owner.dispose()


def test_a_mistyped_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such file"):
        open_store(f"sqlite:///{tmp_path / 'typo.sqlite'}", make=False)
    assert not (tmp_path / "typo.sqlite").exists()


def test_a_store_that_was_taken_away_is_noticed(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    (tmp_path / "a.sqlite").unlink()
    with pytest.raises(StoreError, match="taken away"), opened.writing():
        pass
    opened.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_text("no database, but a text that is long enough to look like one" * 40)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")


def test_a_store_of_a_newer_version_is_told(store: Store, url: str) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer waterbalance"):
        open_store(url)


@pytest.mark.parametrize("change", ["UPDATE audit_log SET hash = 'x'", "DELETE FROM audit_log"])
def test_the_database_itself_keeps_the_audit_log(store: Store, change: str) -> None:
    from store.logged import log_three

    log_three(store)
    with pytest.raises(DBAPIError, match="only added to"), store.writing() as connection:
        connection.execute(text(change))


def test_a_full_disk_is_told_as_such_and_may_pass(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")

    def fill() -> None:
        # SQLite says of a file that may not grow any more what it says of a full disk.
        with store.writing() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count={pages}"))
            connection.execute(text("CREATE TABLE much AS SELECT zeroblob(1000000) AS bytes"))

    with pytest.raises(StoreError, match="Make room") as told:
        fill()
    assert told.value.exit_code == 75
    assert "database or disk is full" in str(told.value)
    assert "server" not in str(told.value)
    store.close()


@pytest.mark.parametrize(("code", "exit_code"), [(sqlite3.SQLITE_IOERR_SHMSIZE, 75), (sqlite3.SQLITE_CORRUPT, 69)])
def test_a_disk_that_makes_no_room_for_the_log_is_no_server_that_does_not_run(tmp_path: Path, code: int, exit_code: int) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    with pytest.raises(StoreError) as told, store.reading():
        raise OperationalError("BEGIN", {}, error)
    assert told.value.exit_code == exit_code
    store.close()
