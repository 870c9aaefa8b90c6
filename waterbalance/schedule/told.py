"""What JSON tells of orders, as what it has to be; `ValueError` for all else, so that nobody has to look at it afterwards."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any, get_args

MOST = sys.float_info.max


def number(told: Any, least: float = -MOST) -> float:  # noqa: ANN401 (whatever JSON can hold)
    """A finite number, not below `least`."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not least <= told <= MOST:
        raise ValueError(f"{told!r:.40} is no finite number" + ("" if least == -MOST else f" from {least:g} on"))
    return float(told)


def bound(told: Any) -> float | None:  # noqa: ANN401 (as above)
    """A finite number, or none."""
    return None if told is None else number(told)


def moment(told: Any) -> dt.datetime:  # noqa: ANN401 (as above)
    """A time with its offset, which UTC has, too."""
    if not isinstance(told, str):
        raise ValueError(f"{told!r:.40} is no time")  # noqa: TRY004 (whoever reads asks for ValueError alone)
    time = dt.datetime.fromisoformat(told)
    if time.utcoffset() is None:
        raise ValueError(f"{told!r:.40} has no offset")
    try:
        time.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(f"{told!r:.40} is beyond all times") from None
    return time


def word(told: Any, words: Any) -> Any:  # noqa: ANN401 (as above; `words` is a Literal)
    """One of some words."""
    if told not in get_args(words):
        raise ValueError(f"{told!r:.40} is none of {', '.join(get_args(words))}")
    return told
