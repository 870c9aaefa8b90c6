"""Pywr's profile through a few days of a year by radial basis functions, as 366 values of a daily profile.

    value(d) = sum of weight x function(|d - day|), with weights that meet every point (or nearly, where it is smoothed)

Pywr documents its points: the first day is 1 and comes again as day 366; the second and the last but one stand in the next
and the last year, so that lines go on over the end of a year. 29 February is as the day before it. Source of the method:
Fasshauer (2007), Meshfree Approximation Methods with MATLAB, doi:10.1142/6437, chapter 2; widths as in scipy.interpolate.Rbf.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.carried import Argument
    from waterbalance.interop.pywr.parameters import ParameterReader

DAYS_OF_YEAR, FEBRUARY_28, FEWEST = 365, 58, 3
FUNCTIONS = ("multiquadric", "inverse", "gaussian", "linear", "cubic", "quintic", "thin_plate")


def radial_profile(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    """A `daily_profile` of the values. Raises `InputError` for days that are none, `UncarriedError` for other options."""
    days = numbers(data.get("days_of_year"), f"{place}.days_of_year", reader.file)
    values = numbers(data.get("values"), f"{place}.values", reader.file)
    rising = all(first < second for first, second in pairwise(days))
    if len(days) < FEWEST or len(days) != len(values) or days[0] != 1.0 or days[-1] > DAYS_OF_YEAR or not rising:
        allowed = f"{FEWEST} or more rising days from 1 to {DAYS_OF_YEAR}, the first of them 1, and a value for each"
        raise refusal(reader.file, place, "these are no points of a profile", shown(data.get("days_of_year")), allowed)
    options = data.get("rbf_kwargs") or {}
    if not isinstance(options, dict) or options.get("function", FUNCTIONS[0]) not in FUNCTIONS:
        raise refusal(
            reader.file, f"{place}.rbf_kwargs", "this is no radial basis function", shown(options), ", ".join(FUNCTIONS)
        )
    unread = options.keys() - {"function", "epsilon", "smooth"}
    if unread:
        raise UncarriedError(f"the option {min(unread)!r} of a radial basis function", "Write its values as a 'dailyprofile'.")
    told = {word: number(options[word], f"{place}.rbf_kwargs.{word}", reader.file) for word in options.keys() - {"function"}}
    most = number(data.get("max_value", 1e300), f"{place}.max_value", reader.file)
    least = number(data.get("min_value", -1e300), f"{place}.min_value", reader.file)
    found = np.clip(_by_day(days, values, options.get("function", FUNCTIONS[0]), told, reader.file, place), least, most).tolist()
    return {"kind": "daily_profile", "values": [*found[: FEBRUARY_28 + 1], *found[FEBRUARY_28:]]}


def _by_day(
    days: list[float], values: list[float], function: str, options: Mapping[str, float], file: str, place: str
) -> np.ndarray:
    """Values of the 365 days of a year, shape (365,)."""
    from scipy.interpolate import Rbf  # noqa: PLC0415 (heavy: only where a model has such a profile)

    around = [days[-1] - DAYS_OF_YEAR, *days, DAYS_OF_YEAR + 1.0, days[1] + DAYS_OF_YEAR]
    wanted = [values[-1], *values, values[0], values[1]]
    try:
        return np.asarray(Rbf(around, wanted, function=function, **options)(np.arange(1.0, DAYS_OF_YEAR + 1.0)))
    except np.linalg.LinAlgError:
        raise refusal(file, place, "no such profile goes through the points", function, "another function") from None
