"""Days of a record that lend what they brought: drawn around the date, and the same at every river for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt

from waterbalance.forecast.day_of_year import same_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

HALF_WINDOW: Final = 45
"""Days come from days of the year at most so far away. [day]"""


@dataclass(frozen=True)
class PastDays:
    """Which days of a record may be drawn."""

    start: np.datetime64
    """First day of the record."""

    nearest: npt.NDArray[np.intp]
    """For every day of the record the nearest one that may be drawn."""

    usable: npt.NDArray[np.int64]
    """Before every day (and after the last one) so many days that may be drawn."""

    @classmethod
    def among(cls, days: pd.DatetimeIndex, usable: npt.NDArray[np.bool_]) -> Self:
        """Of the days of a record those that are `usable`, shape (days,); at least one must be."""
        places = np.flatnonzero(usable).astype(np.intp)
        halfway = np.searchsorted((places[1:] + places[:-1]) / 2.0, np.arange(len(days)))
        counted = np.concatenate([[0], usable.astype(np.int64).cumsum()])
        return cls(np.datetime64(days[0], "D"), places[halfway], counted)

    def draw(self, day: pd.Timestamp, members: int, seed: Sequence[int]) -> npt.NDArray[np.intp]:
        """Places in the record around the date of `day`, shape (members,).

        A member's day is drawn by how many years it lies back and how many days from the date: each year has a random key,
        and the largest among the years that the record knows wins. So records of other lengths, or with gaps, draw the same
        days wherever they can.
        """
        generator = np.random.default_rng(list(seed))
        shift = generator.integers(-HALF_WINDOW, HALF_WINDOW, members, endpoint=True)
        same_dates = self._same_dates(day)
        keys = generator.random((len(same_dates), members))
        keys[~self._knows(same_dates)] -= 1.0
        drawn = np.clip(same_dates[keys.argmax(axis=0)] + shift, 0, len(self.nearest) - 1)
        return np.asarray(self.nearest[drawn])

    def _same_dates(self, day: pd.Timestamp) -> npt.NDArray[np.int64]:
        """Places of the date one, two ... years before, as far back as the record goes, and one more, shape (years,)."""
        backs = np.arange(1, max(2, day.year - self.start.astype(object).year + 1))
        return np.asarray((same_date(day, backs) - self.start).astype(np.int64))

    def _knows(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Around which places the record knows at least half of the days, shape (places,)."""
        last = len(self.usable) - 1
        before, after = (np.clip(places + side, 0, last) for side in (-HALF_WINDOW, HALF_WINDOW + 1))
        return np.asarray(self.usable[after] - self.usable[before] > HALF_WINDOW)
