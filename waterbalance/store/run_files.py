"""What a run rested on, file by file, each by the hash of its bytes: what does not change from night to night is kept once."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from waterbalance.errors import Finding, InputError, Place
from waterbalance.schedule.canonical import sha256
from waterbalance.store.insert_new import insert_new
from waterbalance.store.tables import contents, run_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


def keep(connection: Connection, run: str, files: Mapping[str, bytes]) -> None:
    """Keep the files of a run under their names. Raises `IntegrityError` where the run has a file of such a name."""
    hashes = {name: sha256(content) for name, content in files.items()}
    packed = {hashes[name]: zlib.compress(content) for name, content in files.items()}
    insert_new(connection, contents, [{"hash": key, "content": content} for key, content in sorted(packed.items())])
    if hashes:
        connection.execute(insert(run_files), [{"run": run, "name": name, "hash": hashes[name]} for name in sorted(hashes)])


def of_run(connection: Connection, run: str) -> dict[str, bytes]:
    """The files of a run by name, empty where none were kept. Raises `InputError` where one is not what it was."""
    query = select(run_files.c.name, run_files.c.hash, contents.c.content).join(contents, contents.c.hash == run_files.c.hash)
    found = {}
    for row in connection.execute(query.where(run_files.c.run == run).order_by(run_files.c.name)):
        found[row.name] = _unpacked(row.name, row.hash, row.content)
    return found


def _unpacked(name: str, told: str, packed: bytes) -> bytes:
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        content = packed
    if sha256(content) != told:
        finding = Finding("the file was changed in the store", Place(component=name), sha256(content), told)
        raise InputError("a file of the store is not what it was", (finding,))
    return content
