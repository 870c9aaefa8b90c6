"""Bytes in the database, read back even where somebody has put text in their place: hashes then tell that they are others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect


class Octets(LargeBinary):
    """BLOB in SQLite, BYTEA in PostgreSQL."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], bytes | None]:  # noqa: ARG002
        """To bytes, whatever the driver gives."""

        def read(value: Any) -> bytes | None:  # noqa: ANN401
            if value is None:
                return None
            return value.encode() if isinstance(value, str) else bytes(value)

        return read
