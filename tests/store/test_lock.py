"""One at a time; whoever comes second is told who works; nobody who dies leaves a lock behind."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from waterbalance.errors import TryLaterError
from waterbalance.store.database import Store, StoreError, open_store
from waterbalance.store.lock import held

HOLDING = """
import sys, time
from waterbalance.store.database import open_store
from waterbalance.store.lock import held
with held(open_store(sys.argv[1]), "works"):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def somebody(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLDING, url], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_second_is_told_who_works_and_since_when(store: Store, url: str) -> None:
    with somebody(url) as process, pytest.raises(TryLaterError) as caught, held(store, "works"):
        pass
    assert caught.value.exit_code == 75
    assert f"process {process.pid} on " in str(caught.value)
    assert f"{os.uname().nodename[:10]}" in str(caught.value)
    assert " since 20" in str(caught.value)


def test_who_is_killed_leaves_no_lock(store: Store, url: str) -> None:
    with somebody(url) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(50):
            try:
                with held(store, "works") as lock:
                    assert lock.is_held()
                    return
            except TryLaterError:
                # The server takes a moment to see that its client is gone.
                threading.Event().wait(0.1)
    pytest.fail("the lock was left behind")


def test_one_after_the_other_and_others_beside(store: Store, url: str) -> None:
    other = open_store(url)
    with held(store, "works"), held(other, "elsewhere"), pytest.raises(TryLaterError), held(other, "works"):
        pass
    with held(other, "works"), pytest.raises(TryLaterError), held(store, "works"):
        pass
    other.close()


def test_what_happens_inside_is_told_as_it_is_and_frees_the_lock(store: Store) -> None:
    with pytest.raises(KeyError, match="inside"), held(store, "works"):
        raise KeyError("inside")
    with held(store, "works") as lock:
        lock.require_held()


@pytest.mark.usefixtures("store")
def test_only_one_of_many_gets_it(url: str) -> None:
    inside, most, refused = 0, 0, 0
    guard, start = threading.Lock(), threading.Barrier(6)

    def work() -> None:
        nonlocal inside, most, refused
        own = open_store(url)
        start.wait()
        for _ in range(5):
            try:
                with held(own, "works"):
                    with guard:
                        inside += 1
                        most = max(most, inside)
                    threading.Event().wait(0.02)
                    with guard:
                        inside -= 1
            except TryLaterError:
                with guard:
                    refused += 1
        own.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert refused > 0


def test_a_lock_that_is_lost_is_noticed(store: Store, tmp_path: Path) -> None:
    with held(store, "works") as lock:
        if store.file is None:
            with store.writing() as connection:
                named = "application_name LIKE 'waterbalance %' AND pid <> pg_backend_pid()"
                connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {named}"))  # noqa: S608
        else:
            for path in tmp_path.glob("*.lock"):
                path.unlink()
        for _ in range(3):
            with pytest.raises(StoreError, match="lost"):
                lock.require_held()


def test_a_place_where_no_lock_can_be_is_told(sqlite_store: Store, tmp_path: Path) -> None:
    from waterbalance.schedule.canonical import sha256

    (tmp_path / f"only.sqlite.{sha256(b'works')[:12]}.lock").mkdir()
    with pytest.raises(StoreError, match="cannot be asked for"), held(sqlite_store, "works"):
        pass


def test_a_full_disk_is_told_as_one_that_may_pass(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int, _text: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("waterbalance.store.lock.os.write", refuse)
    with pytest.raises(StoreError, match="No space left") as told, held(sqlite_store, "works"):
        pass
    assert told.value.exit_code == 75
