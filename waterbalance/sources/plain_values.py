"""Numbers and moments out of what agencies write: text, separators of thousands, marks for what is missing, local times."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MISSING = frozenset({"", "-", "--", "/", "X", "x", "*", "...", "NA", "N/A", "NaN", "nan", "null", "None"})
"""Texts by which sources say that they have no number."""

TRACE = "T"
"""Rain too little to be measured."""

_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_MOMENT = re.compile(r"([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})[T ]([0-9]{1,2})(:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?)(.*)")


def number(cell: object) -> float | None:
    """The finite number in a cell, or None where the source says that it has none. Raises `ValueError` for anything else.

    >>> number("3,524.00"), number("--"), number("T")
    (3524.0, None, 0.0)
    """
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError("neither a number nor text")  # noqa: TRY004 (one error for every cell that holds no number)
    text = str(cell).strip()
    if text in MISSING:
        return None
    if text == TRACE:
        return 0.0
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    value = float(text.replace(",", ""))
    if not math.isfinite(value):
        raise ValueError("no finite number")
    return value


def day_or_moment(cell: object, zone: ZoneInfo, *, local: bool) -> dt.date | dt.datetime:
    """The date in a cell, or the moment in `zone`; `local` ignores an offset that is told, which some sources tell wrongly.

    The hour 24 is the next day's first moment. Raises `ValueError`.

    >>> day_or_moment("2025-02-26T07:00:00+00:00", ZoneInfo("Asia/Taipei"), local=True).isoformat()
    '2025-02-26T07:00:00+08:00'
    """
    text = str(cell).strip()
    date = _DATE.fullmatch(text)
    if date is not None:
        return dt.date(*(int(part) for part in date.groups()))
    if re.fullmatch(r"[0-9]{8}", text):
        return dt.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        raise ValueError("neither a date nor a time")
    day = day_or_moment(parts[1], zone, local=local)
    hour, minutes, offset = int(parts[2]), parts[3], parts[4].strip()
    over = dt.timedelta(days=1) if hour == 24 else dt.timedelta()
    told = dt.datetime.fromisoformat(f"{day.isoformat()}T{0 if hour == 24 else hour:02d}{minutes}{offset}") + over
    return told.replace(tzinfo=zone) if local or told.tzinfo is None else told.astimezone(zone)
