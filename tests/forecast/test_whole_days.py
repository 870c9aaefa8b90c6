"""Daily rates and exogenous columns without gaps: what is filled is told, what nobody knows is refused."""

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.whole_days import whole_days

DAYS = pd.date_range("2023-01-02", periods=28)
FRAME = pd.DataFrame({"y": np.arange(28.0), "rain": 1.0}, index=DAYS)


def test_gaps_of_both_kinds() -> None:
    """A Monday takes the Monday before; the weather that of the day before, and the note says so."""
    holed = FRAME.copy()
    holed.iloc[14, 0] = np.nan
    holed.iloc[20:22, 1] = np.nan
    holed.iloc[19, 1] = 7.0
    known = whole_days(holed, ("rain",), shortest=14)
    assert known.rates.iloc[14] == 7.0
    assert known.history.missing == 1
    assert known.exogenous["rain"].iloc[19:23].tolist() == [7.0, 7.0, 7.0, 1.0]
    assert known.history.notes == ("rain: 2 days without a value, taken as the day before",)


@pytest.mark.parametrize(("value", "message"), [(np.nan, "'rain' holds no value"), (np.inf, "'rain' holds infinite values")])
def test_columns_that_say_nothing_are_refused(value: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        whole_days(FRAME.assign(rain=value), ("rain",), shortest=14)


def test_only_the_memory_counts() -> None:
    known = whole_days(FRAME, ("rain",), shortest=14, memory=10)
    assert known.rates.tolist() == list(np.arange(18.0, 28.0))
    assert known.exogenous.index.equals(DAYS[-10:])


def test_days_between_need_weather() -> None:
    """Where the horizon begins later, a history with known weather and an empty `y` leads up to it."""
    later = pd.date_range("2023-02-01", periods=3)
    assert whole_days(FRAME["y"], (), shortest=14).leads(later).tolist() == [3, 4, 5]
    with pytest.raises(InputError, match="the weather after the history is unknown; found 2 days without"):
        whole_days(FRAME, ("rain",), shortest=14).leads(later)
    longer = FRAME.reindex(pd.date_range(DAYS[0], "2023-01-31")).fillna({"rain": 1.0})
    assert whole_days(longer, ("rain",), shortest=14).leads(later).tolist() == [1, 2, 3]
