"""Leakage from the flow at night, when people sleep and the pipes do not.

    leakage = night-day factor [h] x (least night flow - use at night) [m3/h]

Least night flow: for each night the least hourly flow between `FIRST_HOUR` and `LAST_HOUR`, and of the last nights the median,
so that one burst or one event does not stand for all. Source: Farley, M., Trow, S. (2003): Losses in water distribution
networks, doi:10.2166/9781780402642; the factor is 24 h where the pressure is the same day and night, less where it falls by
day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.hourly_record import hourly_record

if TYPE_CHECKING:
    import pandas as pd

FIRST_HOUR: Final = 2
LAST_HOUR: Final = 4
NIGHTS: Final = 28


def night_leakage(
    hourly: pd.Series, time_zone: str, *, night_use: float, night_day_factor: float = 24.0, nights: int = NIGHTS
) -> float:
    """Leakage [m3/day] of a district with hourly inflow [m3/h], and `night_use` [m3/h] that people do draw at night.

    Never below zero. Raises `InputError` for a faulty record (`hourly_record`) and where no night has a value.
    """
    record = hourly_record(hourly, time_zone, shortest=1)
    hours = record.values[-nights:, FIRST_HOUR : LAST_HOUR + 1]
    seen = hours[np.isfinite(hours).any(axis=1)]
    if not len(seen):
        found = Finding("no night has a value", found=f"{len(hours)} nights", allowed=f"hours {FIRST_HOUR} to {LAST_HOUR}")
        raise InputError("leakage from the flow at night", (found,))
    least = float(np.median(np.nanmin(seen, axis=1)))
    return max(0.0, night_day_factor * (least - night_use))
