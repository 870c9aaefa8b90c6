"""Growing-degree days: the warmth that moves a crop from stage to stage.

Source: McMaster, G. S., Wilhelm, W. W. (1997): Growing degree-days: one equation, two interpretations, Agricultural and Forest
Meteorology 87, 291-300, doi:10.1016/S0168-1923(97)00027-0. Temperatures in [degC].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterbalance.errors import Finding, InputError
from waterbalance.hydrology.crop_water import GrowthStages

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def degree_days(maximum: npt.ArrayLike, minimum: npt.ArrayLike, *, base: float, upper: float = np.inf) -> Floats:
    """Each of Tmax and Tmin within base ... upper, then (Tmax + Tmin) / 2 - base [degC day a day].

    The second of the two interpretations: a cold night takes nothing from a warm day. Rice has a base of about 8 and an
    upper limit of 30, maize 8 to 10 and 30. Shapes broadcast.
    """
    highest, lowest = (np.clip(np.asarray(part, dtype=np.float64), base, upper) for part in (maximum, minimum))
    return np.asarray((highest + lowest) / 2.0 - base)


def since_planting(daily: npt.ArrayLike, days_since_planting: npt.ArrayLike) -> Floats:
    """Degree-days from the planting day to the evening before each day; -1 before planting, shape (days, ...).

    `daily` has shape (days, ...), `days_since_planting` (days,) or the same, 0 on the planting day; the first day must not come
    later than that. The result goes into `crop_coefficient` with the lengths of the stages in [degC day].
    """
    warmth, age = np.broadcast_arrays(np.asarray(daily, dtype=np.float64), _columns(days_since_planting, np.ndim(daily)))
    growing = np.where(age >= 0.0, warmth, 0.0)
    return np.where(age >= 0.0, np.cumsum(growing, axis=0) - growing, -1.0)


def stages_in_days(daily: npt.ArrayLike, stages: GrowthStages) -> GrowthStages:
    """Lengths in whole days of stages that are given in [degC day], for the warmth of the days from planting on.

    `daily` has shape (days,): a year's record, or the means of each day over the years. So a crop that is known by its
    degree-days has a calendar at any place. Raises `InputError` where the days end before the harvest.
    """
    warmth = np.cumsum(np.asarray(daily, dtype=np.float64))
    ends = np.cumsum([stages.initial, stages.development, stages.mid, stages.late])
    if not warmth.size or warmth[-1] < ends[-1]:
        found, allowed = f"{warmth[-1] if warmth.size else 0.0:.0f} degC day", f"{ends[-1]:.0f} degC day or more"
        raise InputError("growth stages by warmth", (Finding("the days end before the harvest", found=found, allowed=allowed),))
    days = np.searchsorted(warmth, ends - 1e-9) + 1
    initial, development, mid, late = np.diff(np.where(ends > 0.0, days, 0), prepend=0).tolist()
    return GrowthStages(initial, development, mid, late)


def ages_by_warmth(ages: npt.ArrayLike, warmth: npt.ArrayLike, typical: npt.ArrayLike) -> Floats:
    """Ages of a crop in days of typical warmth, for stages that are known in days of the calendar; shape (days, blocks, members).

        W[d] = sum of the warmth from planting to the evening before d,     V(n) = the same of a typical year over n days
        age[d] = V^-1(W[d]) from planting on, as in the calendar before

    `ages`, shape (days, blocks), are calendar days since planting, negative before it; `warmth`, shape (days, members), are the
    degree-days of each day; `typical`, shape (blocks, length), those of the days from planting on in a typical year [degC day].
    What was planted before the first day has grown in typical warmth until then. In typical weather nothing changes; a warm
    year is ahead. Source: thermal time as in McMaster and Wilhelm (1997), see above.
    """
    calendar, daily = np.asarray(ages, dtype=np.float64), np.asarray(warmth, dtype=np.float64)
    sums = np.vstack([np.zeros((1, daily.shape[1])), np.cumsum(daily, axis=0)])
    usual = np.cumsum(np.pad(np.asarray(typical, dtype=np.float64), ((0, 0), (1, 0))), axis=1)
    number = np.arange(len(calendar))[:, None]
    planted = np.maximum(number - np.maximum(calendar, 0.0), 0.0).astype(np.intp)
    before = np.maximum(calendar - number, 0.0)
    told = np.empty((*calendar.shape, daily.shape[1]))
    for block, course in enumerate(usual):
        days = np.arange(len(course))
        grown = sums[number[:, 0]] - sums[planted[:, block]] + np.interp(before[:, block], days, course)[:, None]
        told[:, block] = np.interp(grown, course, days)
    return np.where(calendar[:, :, None] >= 0.0, told, calendar[:, :, None])


def _columns(values: npt.ArrayLike, dimensions: int) -> Floats:
    """Days first, whatever stands behind them."""
    numbers = np.asarray(values, dtype=np.float64)
    return numbers.reshape(numbers.shape + (1,) * (dimensions - numbers.ndim))
