"""Sine waves of the year: smooth seasons with few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.horizon import Floats

_DAYS_OF_A_YEAR: Final = 365.25


def year_waves(days: pd.DatetimeIndex, harmonics: int) -> Floats:
    """Sine and cosine of 2 pi k d / 365.25 for k = 1 ... harmonics, shape (days, 2 x harmonics)."""
    angle = 2.0 * np.pi * days.to_julian_date().to_numpy() / _DAYS_OF_A_YEAR
    orders = range(1, harmonics + 1)
    return np.column_stack([np.empty((len(days), 0)), *(wave(order * angle) for order in orders for wave in (np.sin, np.cos))])
