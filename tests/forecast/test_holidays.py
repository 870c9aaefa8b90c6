"""Holidays as columns: Lunar New Year by the lunar calendar."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.holidays import LUNAR_NEW_YEAR_DAYS, holiday_columns, lunar_new_year

# Hong Kong Observatory, Gregorian-lunar calendar conversion tables; 2033 has the leap month that naive rules get wrong.
NEW_YEARS = ["2018-02-16", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"]
NEW_YEARS += ["2027-02-06", "2033-01-31", "2034-02-19"]


@pytest.mark.parametrize("day", NEW_YEARS)
def test_lunar_new_year(day: str) -> None:
    assert lunar_new_year(int(day[:4])) == dt.date.fromisoformat(day)


def test_columns_of_taiwan_by_hand() -> None:
    """New Year on 10 February 2024: 3 to 8 before, 9 to 12 the feast, 13 to 16 its end, 17 to 24 the return; 28 a holiday."""
    days = pd.date_range("2024-02-01", "2024-02-29")
    public, *feasts = holiday_columns(days, "TW").T
    told = [[int(day) for day in days.day[column > 0.0]] for column in feasts]
    assert told == [list(range(3, 9)), list(range(9, 13)), list(range(13, 17)), list(range(17, 25))]
    assert [int(day) for day in days.day[public > 0.0]] == [28]
    assert len(feasts) == len(LUNAR_NEW_YEAR_DAYS)


def test_a_country_without_lunar_new_year_has_one_column() -> None:
    days = pd.date_range("2023-04-01", "2023-04-30")
    columns = holiday_columns(days, "IT")
    assert columns.shape == (30, 1)
    assert [int(day) for day in days.day[columns[:, 0] > 0.0]] == [10, 25]  # Easter Sunday, the 9th, is a Sunday anyway


def test_subdivisions_and_no_country() -> None:
    days = pd.date_range("2023-03-31", "2023-03-31")
    assert holiday_columns(days, "US-CA").sum() == 1.0  # Cesar Chavez Day
    assert holiday_columns(days, "US").sum() == 0.0
    assert holiday_columns(days, None).shape == (1, 0)


def test_columns_do_not_depend_on_the_window() -> None:
    whole = holiday_columns(pd.date_range("2022-12-01", "2024-03-31"), "TW")
    days = pd.date_range("2022-12-01", "2024-03-31")
    part = days[(days >= "2023-01-10") & (days <= "2023-01-25")]
    assert np.array_equal(holiday_columns(part, "TW"), whole[days.isin(part)])


def test_an_unknown_country_is_named() -> None:
    with pytest.raises(InputError, match="no holidays are known; found XX"):
        holiday_columns(pd.date_range("2023-01-01", periods=2), "XX")
