"""A new store out of a file that `backup` has written, of either kind, wherever that came from.

The tables are made as they were when the file was written, filled, and brought to the newest: all in one transaction.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, MetaData, column, delete, func, insert, select, table, text

from waterbalance.errors import Finding, InputError, Place, UsageError
from waterbalance.store.agreement import disagreements
from waterbalance.store.audit_log import BEGINNING, head, verify
from waterbalance.store.backup import AT_ONCE, CONTENTS, SCHEMA, rows_of
from waterbalance.store.database import open_store, upgrade
from waterbalance.store.moment import Moment
from waterbalance.store.octets import Octets
from waterbalance.store.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from sqlalchemy import Connection
    from sqlalchemy.sql.type_api import TypeEngine


@dataclass(frozen=True)
class Restored:
    """What was put into the store."""

    rows: dict[str, int]
    """By table."""

    head: str
    """Hash of the last line of the audit log."""

    findings: tuple[Finding, ...]
    """Where the audit log is not whole, or tables are not as it tells: it was so when the file was written."""


def restore(url: str, path: Path) -> Restored:
    """Fill a new, empty store from a file: all of it or nothing.

    Raises `UsageError` where the store holds something already, `InputError` where the file is not what a backup has written,
    `StoreError` where the store cannot be opened or the file is of a newer version.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise _unfit(path, str(error)) from None
    with archive:
        told = _contents(archive, path)
        store = open_store(url, revision=told["revision"])
        try:
            with store.writing() as connection:
                _require_new(connection, told["revision"])
                for name, each in told["tables"].items():
                    _fill(connection, name, _checked(archive, name, each["sha256"], path))
                upgrade(connection)
                findings = (*verify(connection, told["head"]), *disagreements(connection))
        finally:
            store.close()
    return Restored(rows_of(told), told["head"], findings)


def _contents(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(_member(archive, CONTENTS, path))
        schema, tables = told["schema"], set(told["tables"])
    except (ValueError, TypeError, KeyError) as error:
        raise _unfit(path, f"{CONTENTS}: {error!r}") from None
    if schema != SCHEMA:
        raise _unfit(path, f"{schema}, not {SCHEMA}")
    if unknown := tables - set(metadata.tables):
        raise _unfit(path, f"unknown tables: {', '.join(sorted(unknown))}")
    return told


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    try:
        return archive.read(name)
    except (KeyError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _unfit(path, str(error)) from None


def _checked(archive: zipfile.ZipFile, name: str, sha256: str, path: Path) -> bytes:
    content = _member(archive, f"{name}.parquet", path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _unfit(path, f"{name}.parquet was changed")
    return content


def _require_new(connection: Connection, revision: str) -> None:
    """Nothing may stand in the store, and its tables have to be those of the file."""
    there = MetaData()
    there.reflect(connection)
    full = [
        name
        for name, each in sorted(there.tables.items())
        if name not in {"alembic_version", "audit_head"} and connection.execute(select(each).limit(1)).first() is not None
    ]
    if head(connection)[1] != BEGINNING:
        full.append("audit_head")
    if connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() != revision:
        full.append("tables of another version")
    if full:
        remedy = "Restore into a new store: a file that is not there yet, or an empty database."
        finding = Finding("the store is not empty", found=", ".join(full), allowed="a store that holds nothing", remedy=remedy)
        raise UsageError("nothing is restored", (finding,))
    connection.execute(delete(there.tables["audit_head"]))


def _fill(connection: Connection, name: str, content: bytes) -> None:
    """One table, in the order in which it was saved."""
    import pyarrow.parquet as pq  # noqa: PLC0415 (heavy: only for a backup)

    file = pq.ParquetFile(io.BytesIO(content))
    target = table(name, *(column(field.name, _type_of(field.type)) for field in file.schema_arrow))
    for batch in file.iter_batches(AT_ONCE):
        rows = batch.to_pylist()
        if rows:
            connection.execute(insert(target), rows)
    _count_on(connection, name)


def _type_of(kind: pa.DataType) -> TypeEngine[Any] | None:
    """The type of a column that was saved, as the database has to be told it; None where any does."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_timestamp(kind):
        return Moment()
    if pa.types.is_binary(kind):
        return Octets()
    return Date() if pa.types.is_date(kind) else None


def _count_on(connection: Connection, name: str) -> None:
    """PostgreSQL numbers rows by a sequence of its own, which has to go on above what was put in."""
    each = metadata.tables[name]
    counted = each.autoincrement_column
    if connection.dialect.name == "postgresql" and counted is not None:
        sequence = func.pg_get_serial_sequence(name, counted.name)
        highest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest, False)))


def _unfit(path: Path, found: str) -> InputError:
    remedy = "Name a file that `waterbalance store backup` has written."
    finding = Finding("the file is no whole backup", Place(file=str(path)), found, remedy=remedy)
    return InputError("nothing is restored", (finding,))
