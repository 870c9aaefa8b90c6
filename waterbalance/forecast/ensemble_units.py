"""Whether an outside ensemble tells the unit of the record: a thousand times what the river had is a wrong unit or a flood.

    ratio[issue] = median of the issue / median of the record on the BEFORE days up to the day of issue

A unit that is wrong is wrong in every issue, and beyond all that the season has brought; one such issue alone may be a flood.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.history import Doubt
from waterbalance.forecast.lone_readings import BEYOND, THOUSAND, in_season

BEFORE: Final = 28
"""Days before an issue that it is held against. [day]"""

MANY: Final = 5
"""Issues that cannot all tell of floods."""


def checked_unit(issues: pd.DataFrame, record: pd.Series) -> tuple[Doubt, ...]:
    """A note where the newest of `issues` (`issued`, `value`) is far from the record and may yet be weather; else none.

    Raises `InputError` where it must be another unit.
    """
    medians = issues.groupby("issued")["value"].median()
    usual = np.array([record.loc[day - pd.Timedelta(days=BEFORE - 1) : day].median() for day in medians.index])
    ratios = medians.to_numpy(dtype=np.float64) / np.where(usual > 0.0, usual, np.nan)
    newest, typical = float(ratios[-1]), float(np.median(ratios[np.isfinite(ratios)])) if np.isfinite(ratios).any() else np.nan
    if not _about_a_thousand(newest):
        return ()
    many = len(ratios) >= MANY and _about_a_thousand(typical)
    if not many and not _beyond(float(medians.iloc[-1]), medians.index[-1], record):
        return (Doubt(f"the newest outside ensemble tells {newest:.3g} times the {BEFORE} days before it (another unit?)"),)
    found = f"{newest:.3g} times the median of the {BEFORE} days before {medians.index[-1].date()}"
    remedy = "Tell the unit that the values have."
    finding = Finding("the issues tell another unit than the record", found=found, allowed="about the same", remedy=remedy)
    raise InputError("an outside ensemble", (finding,))


def _about_a_thousand(ratio: float) -> bool:
    least, most = THOUSAND
    return least < ratio < most or 1.0 / most < ratio < 1.0 / least


def _beyond(value: float, day: pd.Timestamp, record: pd.Series) -> bool:
    """Whether a value lies far beyond all that the season has brought."""
    season = record[in_season(pd.DatetimeIndex(record.index), day)].dropna()
    return bool(value > BEYOND * season.max() or BEYOND * value < season.min())
