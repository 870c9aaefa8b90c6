"""Readings that a meter cannot have meant: left out before anything is learned, and named.

    stuck    the same value (not zero) on STUCK days in a row that stands nowhere else, in a record in which neighbours hardly
             ever agree: a river in a dry spell that is told to the nearest 10 000 m3 comes back to its values
    unit     UNIT_RUN days in a row about a thousand times, or a thousandth of, what the record else holds or the BEFORE days
             before held, where the rest varies by less than a factor of CALM
    alone    a reading about a thousand times, or a thousandth of, its neighbours and beyond its season (`lone_readings.py`)

They are left out (NaN) with a note that says what, when, and how many; what cannot be told from nature (a flood, a dry
river) stays. Do not use it on ten-day means or on figures that people have set: neighbours agree there by rights, and
nothing is found. Zeros are true where a river falls dry or a fab stands still; a zone of households never takes nothing
(`outages_left_out`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.history import Doubt, checked_history
from waterbalance.forecast.lone_readings import lone_readings

if TYPE_CHECKING:
    from waterbalance.forecast.history import History
    from waterbalance.horizon import Floats

STUCK: Final = 7
"""Days in a row with the same value. [day]"""

RARE: Final = 0.05
"""Values that stay for a second day are rare up to this share. [1]"""

UNIT_RUN: Final = 2
"""Days in a row in another unit. [day]"""

BEFORE: Final = 28
"""Days before that a run in another unit is held against, too. [day]"""

CALM: Final = 30.0
"""Ratio of the 99th to the 1st percentile below which a record is calm. [1]"""

THOUSAND: Final = (300.0, 3000.0)
"""What counts as about a thousand times. [1]"""

TOO_LARGE: Final = "a thousand times as large as the others (another unit?)"
TOO_SMALL: Final = "a thousandth of the others (another unit?)"

Mask = npt.NDArray[np.bool_]


def screened(history: History) -> History:
    """The history without readings that a meter cannot have meant; `notes` names them."""
    values = history.values.to_numpy(dtype=np.float64)
    found = {
        "the same value day after day (a stuck meter?)": stuck(values),
        TOO_LARGE: thousandfold(values, up=True) | lone_readings(history.values, up=True),
        TOO_SMALL: thousandfold(values, up=False) | lone_readings(history.values, up=False),
    }
    notes = tuple(_note(history.values, mask, what) for what, mask in found.items() if mask.any())
    if not notes:
        return history
    doubted = np.logical_or.reduce(list(found.values()))
    kept = history.values.mask(doubted)
    return replace(history, values=kept, missing=int(kept.isna().sum()), notes=(*history.notes, *notes))


def outages_left_out(history: pd.Series, *, shortest: int) -> History:
    """A checked and screened history of households, in which zeros are outages of meter or supply: unknown, and named.

    `shortest` is how many days must have a value above zero. Raises `InputError` as `checked_history` does, and where all
    readings are zero.
    """
    values = checked_history(history, shortest=0).values
    zero = (values == 0.0).to_numpy()
    if zero.any() and zero.sum() == values.notna().sum():
        days = values.index[zero]
        found = f"{days.size} days of zero, {days[0].date()} to {days[-1].date()}"
        remedy = "Check the meter and the column; leave days empty that were not measured."
        finding = Finding("all readings are zero", found=found, allowed="readings above zero", remedy=remedy)
        raise InputError("a history to learn from", (finding,))
    notes = (_note(values, zero, "zero (an outage?), taken as unknown"),) if zero.any() else ()
    known = screened(checked_history(values.mask(zero), shortest=shortest))
    return replace(known, notes=(*notes, *known.notes))


def stuck(values: Floats, least: int = STUCK) -> Mask:
    """Values at which a meter hangs for `least` in a row, shape (values,)."""
    same = np.zeros(len(values), dtype=bool)
    same[1:] = (values[1:] == values[:-1]) & (values[1:] != 0.0)
    begins = np.flatnonzero(~same)
    lengths = np.diff(np.append(begins, len(values)))
    told = np.isfinite(values[begins]) & (values[begins] != 0.0)
    if not told.any() or (lengths[told] > 1).mean() > RARE:
        return np.zeros_like(same)
    runs = np.repeat(lengths >= least, lengths)
    return runs & ~np.isin(values, values[~runs])


def thousandfold(values: Floats, *, up: bool, least: int = UNIT_RUN, before: int = BEFORE) -> Mask:
    """Values that are told in another unit than most, or than the `before` ones before, `least` in a row; shape (values,)."""
    known = np.isfinite(values) & (values > 0.0)
    if not known.any():
        return known
    positive = pd.Series(np.where(known, values, np.nan))
    near = positive.rolling(before, min_periods=before // 2).median().shift()
    far = _in_another_unit(values, float(positive.median()), up=up)
    runs = _runs(far | _in_another_unit(values, near.to_numpy(), up=up), least)
    rest = values[known & ~runs]
    calm = rest.size > 0 and np.quantile(rest, 0.99) < CALM * np.quantile(rest, 0.01)
    return runs if calm else np.zeros_like(known)


def _in_another_unit(values: Floats, usual: Floats | float, *, up: bool) -> Mask:
    smallest, largest = THOUSAND
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = values / usual if up else usual / values
        return np.asarray((ratio > smallest) & (ratio < largest))


def _runs(mask: Mask, least: int) -> Mask:
    """The parts of a mask that hold on at least so many days in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    found = np.zeros(len(mask), dtype=bool)
    for start, end in edges.reshape(-1, 2):
        found[start:end] = end - start >= least
    return found


def _note(values: pd.Series, mask: Mask, what: str) -> Doubt:
    days = np.flatnonzero(mask)
    first, last = values.index[days[0]].date(), values.index[days[-1]].date()
    counted = f"{days.size} days left out, {first} to {last}" if days.size > 1 else f"1 day left out, {first}"
    return Doubt(f"{counted}: {what}")
