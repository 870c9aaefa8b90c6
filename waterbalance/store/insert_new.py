"""Insert rows, and leave alone (or renew) those that somebody has put in already; in both databases by the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], renew: Sequence[str] = ()) -> None:
    """`INSERT ... ON CONFLICT`: rows whose key is there stay as they are, but for the columns `renew`."""
    if not rows:
        return
    insert = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    key = [column.name for column in table.primary_key]
    if renew:
        statement = insert.on_conflict_do_update(index_elements=key, set_={name: insert.excluded[name] for name in renew})
    else:
        statement = insert.on_conflict_do_nothing(index_elements=key)
    connection.execute(statement, rows)
