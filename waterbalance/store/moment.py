"""Times in the database: always UTC, always with their offset in Python."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class Moment(TypeDecorator[dt.datetime]):
    """A time with an offset; SQLite has no type for that and keeps plain UTC. Raises `ValueError` for a time without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To UTC."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a time without an offset from UTC: {value}")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:  # noqa: ANN401 (what the driver gives)
        """From UTC."""
        if value is None:
            return None
        known: dt.datetime = value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)
        return known
