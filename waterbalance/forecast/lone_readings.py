"""Readings that stand alone in another unit: about a thousand times, or a thousandth of, all that is near them.

    v[d] > 300 x the greatest of the NEAREST believed readings on either side, about a thousand times the median AROUND it,
    v[d] > BEYOND x the greatest that the season (SEASON days around the date, in all years) has ever brought

and the same of 1 / v for a thousandth; zero is as small as anything. The neighbours tell a wrong unit from the weather: on
110 000 days of seven rivers, two in England and five in Taiwan under typhoons, no flow was more than 179 times the greatest of
the week before. The season spares what a place has done before: a flood that grows out of floods, a river that falls dry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

THOUSAND: Final = (300.0, 3000.0)
"""What counts as about a thousand times. [1]"""

NEAREST: Final = 3
"""Believed readings before and after that a reading is held against. [1]"""

AROUND: Final = 31
"""Readings whose median tells what is usual at the time. [1]"""

SEASON: Final = 45
"""Days before and after the date that count as the same season. [day]"""

BEYOND: Final = 3.0
"""How far beyond the season's range a reading must lie. [1]"""

BEYOND_AT_FIRST: Final = 30.0
"""How far beyond all readings where no other year tells what the season may bring. [1]"""

_YEAR: Final = 365.25

Mask = npt.NDArray[np.bool_]


def lone_readings(values: pd.Series, *, up: bool) -> Mask:
    """Days whose reading stands alone in another unit, shape (days,); `values` has a value a day, NaN where unknown."""
    numbers = values.to_numpy(dtype=np.float64)
    places = np.flatnonzero(np.isfinite(numbers) & (numbers > 0.0))
    found = np.zeros(len(numbers), dtype=bool)
    size = numbers[places] if up else 1.0 / numbers[places]
    if size.max(initial=0.0) <= THOUSAND[0] * size.min(initial=np.inf):
        return found
    usual = pd.Series(size).rolling(AROUND, center=True, min_periods=NEAREST + 1).median().to_numpy()
    least, most = THOUSAND
    with np.errstate(invalid="ignore"):
        doubted = (size > least * usual) & (size < most * usual)
    if not doubted.any():
        return found
    days = pd.DatetimeIndex(values.index)
    dry = days[numbers == 0.0] if not up else days[:0]
    chosen = [place for place in np.flatnonzero(doubted) if _alone(int(place), size, ~doubted, days[places], dry)]
    found[places[chosen]] = True
    return found


def _alone(place: int, size: Floats, believed: Mask, days: pd.DatetimeIndex, dry: pd.DatetimeIndex) -> bool:
    """Whether a reading lies beyond its neighbours and its season; `dry` are days that were beyond all."""
    before = size[:place][believed[:place]][-NEAREST:]
    after = size[place + 1 :][believed[place + 1 :]][:NEAREST]
    near = np.concatenate([before, after])
    date = days[place]
    if near.size < NEAREST or in_season(dry, date).any():
        return False
    season = believed & in_season(days, date)
    seen_before = (np.abs((days[season] - date).days) > SEASON).any()
    most = BEYOND * size[season].max() if seen_before else BEYOND_AT_FIRST * size[believed].max()
    return bool(size[place] > max(THOUSAND[0] * near.max(), most))


def in_season(days: pd.DatetimeIndex, date: pd.Timestamp) -> Mask:
    """Which days are within SEASON days of a date, in any year; shape (days,)."""
    apart = np.abs((days.day_of_year.to_numpy() - date.day_of_year + _YEAR / 2.0) % _YEAR - _YEAR / 2.0)
    return np.asarray(apart <= SEASON)
