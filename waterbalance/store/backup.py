"""A whole store as one file, which a new store of either kind can be filled from.

A zip archive: `store.json` (revision of the tables, rows and SHA-256 of each, last line of the audit log) and one Parquet file a
table. It is read in one transaction, so that it shows one moment while others write on. `restore` reads it back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import Date, Float, Integer, select, text

from waterbalance.store.audit_log import head
from waterbalance.store.moment import Moment
from waterbalance.store.octets import Octets
from waterbalance.store.tables import metadata

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.type_api import TypeEngine

    from waterbalance.store.database import Store

SCHEMA = "waterbalance.store/1"
CONTENTS = "store.json"
AT_ONCE = 2_000
"""Rows in memory at a time."""


@dataclass(frozen=True)
class Saved:
    """What a backup holds."""

    rows: dict[str, int]
    """By table."""

    head: str
    """Hash of the last line of the audit log: what was written down elsewhere must be this."""


def backup(store: Store, path: Path) -> Saved:
    """Write the whole store into a file, which is there when it is whole; others may write on. Raises `OSError`, `StoreError`."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file, store.reading() as connection:
            with zipfile.ZipFile(file, "w") as archive:
                saved = _write(connection, archive)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
    return saved


def _write(connection: Connection, archive: zipfile.ZipFile) -> Saved:
    tables = {}
    for each in metadata.sorted_tables:
        with archive.open(f"{each.name}.parquet", "w", force_zip64=True) as out:
            hashed = _Hashed(out)
            rows = _write_table(connection, each, hashed)
        tables[each.name] = {"rows": rows, "sha256": hashed.sha256.hexdigest()}
    told = {
        "schema": SCHEMA,
        "revision": connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "head": head(connection)[1],
        "tables": tables,
    }
    archive.writestr(CONTENTS, json.dumps(told, indent=2))
    return Saved(rows_of(told), told["head"])


class _Hashed(io.RawIOBase):
    """Writes on, and hashes what it writes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 (any buffer)
        self.sha256.update(data)
        return self._out.write(data)


def _write_table(connection: Connection, each: Table, out: IO[bytes] | io.RawIOBase) -> int:
    import pyarrow as pa  # noqa: PLC0415 (heavy: only for a backup)
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([pa.field(one.name, _arrow_type(one.type)) for one in each.columns])
    rows = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        found = connection.execute(select(each).order_by(*each.primary_key.columns), execution_options={"yield_per": AT_ONCE})
        for part in found.mappings().partitions():
            writer.write_table(pa.Table.from_pylist([dict(row) for row in part], schema))
            rows += len(part)
    return rows


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    """The type of a column in Parquet."""
    import pyarrow as pa  # noqa: PLC0415

    known = (
        (Moment, pa.timestamp("us", "UTC")),
        (Octets, pa.binary()),
        (Date, pa.date32()),
        (Integer, pa.int64()),
        (Float, pa.float64()),
    )
    return next((arrow for ours, arrow in known if isinstance(kind, ours)), pa.string())


def rows_of(told: dict[str, Any]) -> dict[str, int]:
    """Rows of each table, out of what `store.json` says."""
    return {name: each["rows"] for name, each in told["tables"].items()}
