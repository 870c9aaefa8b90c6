"""Members of an issue that broke off before the others did: half a file must not shorten all of them.

    left out: days told by a member < days told by most members (by more than half of them)

The others are equally likely again, each a little more than before.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from waterbalance.forecast.history import Doubt

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Member = TypeVar("Member")


def broken_off(days: Mapping[Member, int]) -> list[Member]:
    """Members that tell fewer days than most do; none where no number of days is that of more than half.

    >>> broken_off({"1": 10, "2": 10, "3": 4}), broken_off({"1": 10, "2": 4})
    (['3'], [])
    """
    if not days:
        return []
    most, count = Counter(days.values()).most_common(1)[0]
    return [member for member, told in days.items() if told < most] if 2 * count > len(days) else []


def without_partial_members(issues: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Doubt, ...]]:
    """The rows (`issued`, `ds`, `member`, `value`) without members that broke off in the newest issue, and a note on them."""
    newest = issues[issues["issued"] == issues["issued"].max()]
    partial = broken_off(newest.groupby("member").size().to_dict())
    if not partial:
        return issues, ()
    which = f"member{'s' if len(partial) > 1 else ''} {', '.join(map(str, partial))} left out of the outside ensemble"
    return issues[~issues["member"].isin(partial)], (Doubt(f"{which}: fewer days than the others"),)
