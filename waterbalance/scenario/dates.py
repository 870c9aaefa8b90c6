"""Dates in a scenario file."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BeforeValidator

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_date(value: object) -> dt.date:
    """A local date; a time or an offset is refused, because a plan's days are the days of its time zone."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    text = str(value)
    if not _DATE.fullmatch(text):
        raise ValueError("a local date without time or offset, such as 2021-02-01")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"a date of the calendar ({error})") from None


LocalDate = Annotated[dt.date, BeforeValidator(read_date, json_schema_input_type=str)]
