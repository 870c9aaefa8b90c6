"""Public holidays as columns of a regression; Lunar New Year by the lunar calendar, never by the date.

Dates come from the library `holidays` (Montel and contributors, pure Python). Towns empty in the week before Lunar New Year
and fill again in the week after, so that it has columns of its own where the country keeps it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from waterbalance.errors import Finding, InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from waterbalance.horizon import Floats

_SUNDAY: Final = 6

LUNAR_NEW_YEAR_DAYS: Final = ((-7, -2), (-1, 2), (3, 6), (7, 14))
"""Days from Lunar New Year, first and last of each column: before, the feast, its end, the return. [day]"""


def holiday_columns(days: pd.DatetimeIndex, country: str | None) -> Floats:
    """Zeros and ones, shape (days, columns): public holidays other than Sundays; then, if kept there, Lunar New Year.

    `country` is a code such as `TW`, or `US-CA` with a subdivision; without one there are no columns. Days around Lunar New
    Year count in its columns only. Raises `InputError` for a country that the library does not know.
    """
    if country is None:
        return np.empty((len(days), 0))
    dates = [day.date() for day in days]
    years = range(dates[0].year - 1, dates[-1].year + 2)
    kept = _public_holidays(country, years)
    new_years = [new_year for new_year in map(lunar_new_year, years) if new_year in kept]
    offsets = np.array([min(((date - each).days for each in new_years), key=abs, default=1000) for date in dates])
    feasts = [((offsets >= first) & (offsets <= last)) for first, last in LUNAR_NEW_YEAR_DAYS]
    around = np.logical_or.reduce(feasts)
    public = np.array([date in kept and date.weekday() != _SUNDAY for date in dates]) & ~around
    return np.column_stack([public, *(feasts if new_years else ())]).astype(np.float64)


@lru_cache(maxsize=256)
def lunar_new_year(year: int) -> dt.date:
    """First day of the Chinese year that begins in a year of the common calendar."""
    import holidays  # noqa: PLC0415 (only when a calendar is asked for)

    named = holidays.country_holidays("TW", years=year, language="en_US")
    first: dt.date = min(day for day, name in named.items() if name == "Chinese New Year" and day.year == year)
    return first


def _public_holidays(country: str, years: range) -> Mapping[dt.date, str]:
    import holidays  # noqa: PLC0415

    code, _, subdivision = country.partition("-")
    try:
        return dict(holidays.country_holidays(code, subdiv=subdivision or None, years=years))
    except NotImplementedError as error:
        remedy = "Leave the country out if holidays do not matter."
        finding = Finding("no holidays are known", found=country, allowed="a country code such as TW, or US-CA", remedy=remedy)
        raise InputError("holidays", (finding,)) from error
