"""A store as a file, and back into either database."""

import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from commands import NOON
from store.memory import DAY, ONE_DAY, STATE, reading
from store.remembered import NEW, OLD, filled, remember_all, remember_plan, rows_of
from waterbalance.errors import InputError, UsageError
from waterbalance.store import readings, states
from waterbalance.store.agreement import disagreements
from waterbalance.store.alarms import ring
from waterbalance.store.audit_log import head, verify
from waterbalance.store.backup import backup
from waterbalance.store.database import Store, StoreError, open_store
from waterbalance.store.restore import restore


@pytest.fixture
def other_url(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty store of the other kind."""
    if url.startswith("sqlite"):
        from sqlalchemy import create_engine

        whole: str = request.getfixturevalue("postgresql_url")
        engine = create_engine(whole.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        return whole
    return f"sqlite:///{tmp_path / 'other.sqlite'}"


def test_into_the_other_kind_and_back(store: Store, other_url: str, tmp_path: Path) -> None:
    remember_all(store)
    rows = rows_of(store)
    assert filled(rows) >= OLD | NEW
    saved = backup(store, tmp_path / "a.zip")
    assert saved.rows == {name: len(each) for name, each in rows.items()}
    restored = restore(other_url, tmp_path / "a.zip")
    assert (restored.rows, restored.head, restored.findings) == (saved.rows, saved.head, ())
    other = open_store(other_url)
    assert rows_of(other) == rows
    with other.reading() as connection:
        assert verify(connection, saved.head) == ()
        assert disagreements(connection) == ()
        assert head(connection)[1] == saved.head
    backup(other, tmp_path / "b.zip")
    back = f"sqlite:///{tmp_path / 'back.sqlite'}"
    restore(back, tmp_path / "b.zip")
    third = open_store(back)
    assert rows_of(third) == rows
    third.close()
    other.close()


def test_a_restored_store_goes_on(store: Store, other_url: str, tmp_path: Path) -> None:
    remember_all(store)
    backup(store, tmp_path / "a.zip")
    restore(other_url, tmp_path / "a.zip")
    other = open_store(other_url)
    with other.writing() as connection:
        states.keep(connection, "works", STATE, NOON + ONE_DAY, "observed", "later")
        ring(connection, "gate_b", "unreachable", "no answer", NOON)
        assert [row.number for row in connection.execute(text("SELECT number FROM states ORDER BY number"))] == [1, 2]
        assert connection.execute(text("SELECT max(alarm) FROM alarms")).scalar_one() == 2
        assert verify(connection) == ()
    with pytest.raises(Exception, match="only added to"), other.writing() as connection:
        connection.execute(text("DELETE FROM audit_log"))
    other.close()


def test_one_moment_is_saved_while_others_write(store: Store, url: str, tmp_path: Path) -> None:
    remember_plan(store)
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        own = open_store(url)
        number = 0
        while not stop.is_set():
            with own.writing() as connection:
                # The two belong together: a backup holds both or none.
                readings.keep(connection, [reading(float(number), day=DAY + number * ONE_DAY)])
                ring(connection, f"gate {number}", "unreachable", "no answer", NOON)
            number += 1
            if number > 3:
                written.set()
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(30)
        saved = [backup(store, tmp_path / f"{number}.zip") for number in range(4)]
    finally:
        stop.set()
        writer.join()
    assert saved[0].rows["readings"] >= 3
    assert saved[-1].rows["readings"] > saved[0].rows["readings"]
    for number, each in enumerate(saved):
        assert each.rows["readings"] == each.rows["alarms"] - 1
        target = f"sqlite:///{tmp_path / f'{number}.sqlite'}"
        assert restore(target, tmp_path / f"{number}.zip").findings == ()


def test_a_store_that_holds_something_is_left_alone(store: Store, url: str, tmp_path: Path) -> None:
    remember_plan(store)
    backup(store, tmp_path / "a.zip")
    before = rows_of(store)
    with pytest.raises(UsageError, match="not empty"):
        restore(url, tmp_path / "a.zip")
    assert rows_of(store) == before


def edited(path: Path, edit: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    edit(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def told(members: dict[str, bytes], **changes: object) -> None:
    members["store.json"] = json.dumps({**json.loads(members["store.json"]), **changes}).encode()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda members: members.pop("plans.parquet"), "plans.parquet"),
        (lambda members: members.update({"plans.parquet": members["runs.parquet"]}), "plans.parquet was changed"),
        (lambda members: members.pop("store.json"), "store.json"),
        (lambda members: members.update({"store.json": b"{"}), "store.json"),
        (lambda members: members.update({"store.json": b"[]"}), "store.json"),
        (lambda members: told(members, schema="other/1"), "other/1"),
        (lambda members: told(members, tables={"no_such": {}}), "no_such"),
    ],
)
def test_a_file_that_is_not_whole_leaves_nothing(
    sqlite_store: Store, tmp_path: Path, edit: Callable[[dict[str, bytes]], None], words: str
) -> None:
    remember_all(sqlite_store)
    backup(sqlite_store, tmp_path / "a.zip")
    target = f"sqlite:///{tmp_path / 'new.sqlite'}"
    with pytest.raises(InputError, match=words):
        restore(target, edited(tmp_path / "a.zip", edit))
    left = open_store(target)
    rows = rows_of(left)
    assert filled(rows) == {"audit_head"}
    assert rows["audit_head"][0]["number"] == 0
    left.close()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InputError, match="no whole backup"):
        restore(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "a.zip")
    with pytest.raises(InputError, match="no whole backup"):
        restore(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "b.zip")
    assert not (tmp_path / "new.sqlite").exists()


def test_a_file_of_a_newer_version_is_told(sqlite_store: Store, tmp_path: Path) -> None:
    backup(sqlite_store, tmp_path / "a.zip")
    edited(tmp_path / "a.zip", lambda members: told(members, revision="9999"))
    with pytest.raises(StoreError, match="newer waterbalance"):
        restore(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "a.zip")


def test_a_file_of_the_first_version_comes_up_to_the_newest(store: Store, other_url: str, tmp_path: Path) -> None:
    remember_plan(store)
    rows = rows_of(store)
    backup(store, tmp_path / "a.zip")

    def as_it_was(members: dict[str, bytes]) -> None:
        tables = json.loads(members["store.json"])["tables"]
        told(members, revision="0001", tables={name: each for name, each in tables.items() if name in OLD})

    restore(other_url, edited(tmp_path / "a.zip", as_it_was))
    other = open_store(other_url)
    assert rows_of(other) == rows
    other.close()


def test_a_broken_log_is_restored_and_told(sqlite_store: Store, tmp_path: Path) -> None:
    remember_plan(sqlite_store)
    with sqlite_store.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("UPDATE audit_log SET hash = 'x' WHERE number = 2"))
    backup(sqlite_store, tmp_path / "a.zip")
    restored = restore(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path / "a.zip")
    assert any("was changed" in str(finding) for finding in restored.findings)
    assert restored.rows["plans"] == 1


def test_a_backup_that_fails_leaves_the_old_one(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(b"the old one")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        backup(sqlite_store, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"the old one"
    assert sorted(path.name for path in tmp_path.glob("*a.zip*")) == ["a.zip"]
