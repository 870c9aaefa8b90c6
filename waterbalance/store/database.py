"""A store by its URL: SQLite in WAL mode, or PostgreSQL; brought to the newest tables when it is opened.

One writer at a time, in both: every writing transaction begins as one (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), so
that two of them never find out too late that both have read what the other changes. Readers wait for nobody.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError, ProgrammingError

from waterbalance.errors import Finding, Place, UsageError, WaterBalanceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

PATIENCE = 30
"""How long a writer waits for another one. [s]"""

WRITER = 5432000615
"""The advisory lock of whoever writes into a database of PostgreSQL."""

PRIMARY = 0xFF
"""Bits of SQLite's result codes that tell the kind (https://sqlite.org/rescode.html); the others tell where it happened."""

NOTICES = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}
"""A machine that is gone is noticed within a minute by either end; else what it held stays locked for hours. A URL may differ."""

NO_ROOM = 65_536
"""With less than this SQLite cannot make the files beside its own. [bytes]"""

ALLOWED = "sqlite:///file.sqlite or postgresql://user@host/database"


class StoreError(WaterBalanceError):
    """The store cannot be opened or does not answer."""

    exit_code: ClassVar[int] = 69


class StoreFullError(StoreError):
    """The disk of the store takes nothing: the same command may succeed later."""

    exit_code: ClassVar[int] = 75


@dataclass(frozen=True)
class Store:
    """An open store."""

    engine: Engine
    file: Path | None = None
    """Of SQLite, once it is there."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that changes something: all of it or nothing. Raises `StoreError`."""
        self._require_there()
        with self._telling(), self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'; SELECT pg_advisory_xact_lock({WRITER})")
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only looks: everything as it was at one moment. Raises `StoreError`."""
        self._require_there()
        with self._telling(), self.engine.connect().execution_options(reading=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _require_there(self) -> None:
        """An open file that was deleted would go on taking what nobody finds again."""
        if self.file is not None and not self.file.is_file():
            raise _unavailable(self.engine.url, "the file was taken away while it was in use")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # Broken constraints are for the caller. An outage, or a right that is missing, is for the user.
            if _is_disk(error, self.engine.url):
                raise _full(self.engine.url, str(error.orig)) from None
            if error.connection_invalidated or type(error) in {OperationalError, DatabaseError} or _may_not(error):
                raise _unavailable(self.engine.url, str(error.orig)) from None
            raise


def open_store(url: str, *, make: bool = True, revision: str = "head") -> Store:
    """Open a store and bring it to the newest tables (or to those of a `revision`); a new one is only made where that is wanted.

    Raises `UsageError` for a URL of another kind, `StoreError` where it cannot be opened (`StoreFullError`: its disk is full).
    """
    parsed = _parsed(url)
    try:
        if parsed.get_backend_name() == "sqlite" and not make and not Path(str(parsed.database)).is_file():
            raise _unavailable(parsed, "there is no such file; `waterbalance nightly`, or `run --store`, makes one")
        engine = _server(parsed) if parsed.get_backend_name() == "postgresql" else _sqlite(parsed)
        store = Store(engine)
    except ModuleNotFoundError as error:
        raise _unavailable(parsed, f"{error}: install waterbalance[postgres]") from None
    try:
        with store.writing() as connection:
            upgrade(connection, revision)
    except StoreError:
        store.close()
        raise
    return store if parsed.get_backend_name() == "postgresql" else replace(store, file=Path(str(parsed.database)))


def shown(url: URL) -> str:
    """A URL without its password, which may stand in the query, too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        # psycopg 3 is the one driver of PostgreSQL that is tried.
        parsed = parsed.set(drivername="postgresql+psycopg") if backend == "postgresql" else parsed
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = "unknown"
        parsed = None
    cut = parsed is not None and "@" in str(parsed.host)
    if parsed is None or cut or backend not in {"sqlite", "postgresql"} or (backend == "sqlite" and not parsed.database):
        # Never the text itself: it may hold a password.
        remedy = "Write @ in a password as %40, / as %2F, : as %3A."
        found = url.split(":", 1)[0]
        finding = Finding("the store's URL is of no kind that is known", found=found, allowed=ALLOWED, remedy=remedy)
        raise UsageError("no store", (finding,))
    return parsed


def _server(url: URL) -> Engine:
    return create_engine(url.set(query={**NOTICES, **url.query}), pool_pre_ping=True)


def _sqlite(url: URL) -> Engine:
    folder = Path(str(url.database)).parent
    if not folder.is_dir():
        raise _unavailable(url, f"the folder {folder} is not there; make it")
    engine = create_engine(url, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def _begin_by_ourselves(connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's)
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision. Raises `StoreError` where this version does not know it, or the one that is there."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise _unavailable(connection.engine.url, f"{error}: it was written by a newer waterbalance") from None


def _may_not(error: DBAPIError) -> bool:
    """Whether PostgreSQL knows no such option of the URL (no SQLSTATE), grants no such right, or has no schema for this role."""
    return type(error) is ProgrammingError and getattr(error.orig, "sqlstate", "") in {None, "42501", "3F000"}


def _is_disk(error: DBAPIError, url: URL) -> bool:
    """Whether SQLite could not write because of the disk; what cannot be opened may be so, too, where no room is left."""
    if url.get_backend_name() != "sqlite":
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY
    if code == sqlite3.SQLITE_CANTOPEN:
        folder = Path(str(url.database)).parent
        return folder.is_dir() and shutil.disk_usage(folder).free < NO_ROOM
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def _full(url: URL, found: str) -> StoreFullError:
    finding = Finding(
        "the store cannot be written: its disk is full or troubled",
        Place(file=shown(url)),
        found.strip(),
        remedy="Make room on the disk and try again.",
    )
    return StoreFullError("no store", (finding,))


def _unavailable(url: URL, found: str) -> StoreError:
    place = Place(file=shown(url))
    remedy = "Look whether the server runs, who may open it, and what the URL says."
    return StoreError("no store", (Finding("the store cannot be opened", place, found.strip(), ALLOWED, remedy),))
