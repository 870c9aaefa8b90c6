"""Seasons with their own first and last day, against the calendar."""

import datetime as dt

import numpy as np
import pytest

from waterbalance.horizon import Horizon
from waterbalance.network.season import Season
from waterbalance.optimise.links import _looks_at
from waterbalance.optimise.step import Total
from waterbalance.plan.audit import _days_of_window

WINTER = Season(first_day="11-01", last_day="05-31")
SUMMER = Season(first_day="06-01", last_day="10-31")


@pytest.mark.parametrize(
    ("season", "day", "begins", "ends"),
    [
        (WINTER, dt.date(2021, 11, 1), dt.date(2021, 11, 1), dt.date(2022, 6, 1)),
        (WINTER, dt.date(2022, 5, 31), dt.date(2021, 11, 1), dt.date(2022, 6, 1)),
        (WINTER, dt.date(2022, 8, 1), dt.date(2021, 11, 1), dt.date(2022, 6, 1)),
        (SUMMER, dt.date(2022, 8, 1), dt.date(2022, 6, 1), dt.date(2022, 11, 1)),
        (SUMMER, dt.date(2022, 1, 1), dt.date(2021, 6, 1), dt.date(2021, 11, 1)),
    ],
)
def test_a_season_may_go_over_the_turn_of_the_year(season: Season, day: dt.date, begins: dt.date, ends: dt.date) -> None:
    assert season.begins(day) == begins
    assert season.ends(begins) == ends


def test_shares_and_beginnings_of_steps() -> None:
    horizon = Horizon(tuple(dt.date(2021, *each) for each in ((5, 21), (5, 30), (5, 31), (6, 5), (11, 2))))
    assert WINTER.share(horizon) == pytest.approx([1, 1, 0.2, 1 / 150])
    assert SUMMER.share(horizon) == pytest.approx([0, 0, 0.8, 149 / 150])
    assert WINTER.opens(horizon).tolist() == [0, 0, 0, 1]
    assert SUMMER.opens(horizon).tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("season", [WINTER, SUMMER, Season(first_day="02-28", last_day="02-28")])
def test_the_two_readings_of_a_season_agree_on_every_day(season: Season) -> None:
    """What links look at, and what the audit counts, are found in different ways."""
    days = [dt.date(2019, 12, 1) + dt.timedelta(days=number) for number in range(800)]
    horizon = Horizon(tuple(days))
    starts, ends = _looks_at(Total(season), horizon)
    counted = [_days_of_window(season, day) for day in days[:-1]]
    assert starts.tolist() == [horizon.offset(first) for first, _ in counted]
    assert ends.tolist() == [horizon.offset(last) + 1 for _, last in counted]
    assert np.all(ends > starts)
