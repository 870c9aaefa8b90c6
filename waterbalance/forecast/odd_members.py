"""Members of an issue in another unit than the rest: a hundred times the others, or a hundredth, on most days.

ratio[member, day] = value[member, day] / median of the other members' values of that day
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.forecast.history import Doubt

if TYPE_CHECKING:
    import pandas as pd

HUNDRED: Final = 100.0
"""Beyond this ratio no weather is told but another unit. [1]"""

_LEAST_OTHERS: Final = 2


def without_odd_members(issues: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Doubt, ...]]:
    """The rows (`issued`, `ds`, `member`, `value`) without the members that are odd in the newest issue, and a note on them.

    Days on which a member or the others' median is not above 0 tell nothing: rivers may dry up. With fewer than two others nobody
    knows which one is odd.
    """
    newest = issues[issues["issued"] == issues["issued"].max()].set_index(["ds", "member"])["value"].unstack()  # noqa: PD010
    odd = [member for member in newest.columns if len(newest.columns) > _LEAST_OTHERS and _is_odd(newest, member)]
    if not odd:
        return issues, ()
    which = f"member{'s' if len(odd) > 1 else ''} {', '.join(map(str, odd))} left out of the outside ensemble"
    much = "a hundred times the others, or a hundredth, on most days (another unit?)"
    return issues[~issues["member"].isin(odd)], (Doubt(f"{which}: {much}"),)


def _is_odd(issue: pd.DataFrame, member: object) -> bool:
    others = issue.drop(columns=[member]).median(axis=1)
    told = (issue[member].where(issue[member] > 0.0) / others.where(others > 0.0)).dropna().to_numpy(dtype=np.float64)
    beyond = max(np.count_nonzero(told > HUNDRED), np.count_nonzero(told < 1.0 / HUNDRED))
    return bool(2 * beyond > len(issue))
