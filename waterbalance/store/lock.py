"""One night at a time for each store and scenario: whoever comes second is told who works, and since when.

PostgreSQL    an advisory lock of a session of its own (`pg_try_advisory_lock`); it ends with the session
SQLite        a lock of the operating system on a file beside the database (`flock`); it ends with the process

Neither can be left behind by a process that dies.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import platform
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from waterbalance.errors import Finding, Place, TryLaterError
from waterbalance.schedule.canonical import sha256
from waterbalance.store.database import StoreError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waterbalance.store.database import Store

_IS_MINE = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = pg_backend_pid() "
    "AND CAST(classid AS bigint) = :high AND CAST(objid AS bigint) = :low"
)

_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND CAST(l.classid AS bigint) = :high AND CAST(l.objid AS bigint) = :low"
)


class HeldError(TryLaterError):
    """Somebody else holds the lock."""


class LostError(StoreError):
    """The lock is gone: somebody else may be at it."""


@dataclass(frozen=True)
class Lock:
    """A lock that is held."""

    name: str
    is_held: Callable[[], bool]
    """Whether it still is: a restarted server or a removed file ends it."""

    def require_held(self) -> None:
        """Ask before something that two must not do at once. Raises `LostError` where the lock is gone."""
        if not self.is_held():
            remedy = "Begin again; what was written so far stays."
            raise LostError("the night stops", (Finding("the lock was lost", Place(component=self.name), remedy=remedy),))


@contextmanager
def held(store: Store, name: str) -> Iterator[Lock]:
    """Hold the lock of a scenario. Raises `HeldError` where somebody holds it, `StoreError` where it cannot be asked for."""
    with ExitStack() as until:
        try:
            lock = until.enter_context(_in_server(store, name) if store.file is None else _in_file(store, name))
        except (DBAPIError, OSError, ImportError) as error:
            full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
            kind = StoreFullError if full else StoreError
            raise kind("no lock", (Finding("the lock cannot be asked for", Place(component=name), str(error)),)) from None
        yield lock


@contextmanager
def _in_server(store: Store, name: str) -> Iterator[Lock]:
    number = int(sha256(f"waterbalance night {name}".encode())[:16], 16)
    key = {"key": number - (1 << 64) if number >= 1 << 63 else number}
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Not given back to the pool: the lock ends with this session, whatever happens.
        connection.detach()
        me = _me()
        # The name of a session is cut off after 63 bytes.
        told = f"waterbalance {me['since']} {me['process']} {me['host']}"
        connection.execute(text("SELECT set_config('application_name', :told, false)"), {"told": told})
        parts = {"high": number >> 32, "low": number & 0xFFFFFFFF}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
            holder = connection.execute(_HOLDER, parts).scalars().first() or ""
            words = holder.split(" ", 3)
            told_by = dict(zip(("since", "process", "host"), words[1:], strict=False)) if words[0] == "waterbalance" else {}
            raise _busy(name, told_by)

        def is_held() -> bool:
            # A connection that was lost may come back as another session, without the lock.
            try:
                return bool(connection.execute(_IS_MINE, parts).scalar_one())
            except SQLAlchemyError:
                return False

        try:
            yield Lock(name, is_held)
        finally:
            # The session ends by itself a moment later, and somebody may ask in that moment.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _in_file(store: Store, name: str) -> Iterator[Lock]:
    import fcntl  # noqa: PLC0415 (not on every system)

    path = Path(f"{store.file}.{sha256(name.encode())[:12]}.lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o664)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(name, _told_in(path)) from None
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({**_me(), "name": name}, ensure_ascii=False).encode())

        def is_held() -> bool:
            return path.exists() and os.path.samestat(path.stat(), os.fstat(handle))

        yield Lock(name, is_held)
    finally:
        os.close(handle)


def _me() -> dict[str, Any]:
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"since": since, "process": os.getpid(), "host": platform.node()}


def _told_in(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _busy(name: str, by: dict[str, Any]) -> HeldError:
    who = f"process {by.get('process')} on {by.get('host')} since {by.get('since')}" if by else "somebody who does not say who"
    remedy = "Wait until it has ended; end that process only if you know that it hangs."
    return HeldError("somebody else is at it", (Finding("the lock is held", Place(component=name), who, remedy=remedy),))
