"""Hours of each weekday at several speeds, by hand."""

import numpy as np
import pytest

from waterbalance.forecast.weekday_hours import SPEEDS, weekday_hours

DAYS = 60
WEEKDAYS = np.arange(DAYS + 7) % 7


def test_one_error_by_hand() -> None:
    """Ten everywhere, then 14 and 6 on two hours of a day: the mean error is nil, so that only the hours move.

    At speed s the day's own weekday gains 2 s e, the others s e; with 14 on both hours also 0.2 x 4 for the level.
    """
    values = np.full((DAYS, 2), 10.0)
    values[-1] = [14.0, 6.0]
    told = weekday_hours(values, WEEKDAYS, 7)[-1]
    for number, speed in enumerate(SPEEDS):
        assert told[number, :6] == pytest.approx(np.tile([10.0 + 4.0 * speed, 10.0 - 4.0 * speed], (6, 1)))
        assert told[number, 6] == pytest.approx([10.0 + 8.0 * speed, 10.0 - 8.0 * speed])
    values[-1] = 14.0
    told = weekday_hours(values, WEEKDAYS, 7)[-1]
    for number, speed in enumerate(SPEEDS):
        assert told[number, :6] == pytest.approx(10.0 + 4.0 * speed + 0.8)
        assert told[number, 6] == pytest.approx(10.0 + 8.0 * speed + 0.8)


def test_unknown_hours_move_nothing() -> None:
    values = np.full((DAYS, 2), 10.0)
    values[-3] = np.nan
    values[-2] = [np.nan, 10.0]
    assert weekday_hours(values, WEEKDAYS, 7)[-1] == pytest.approx(10.0)


def test_a_burst_moves_little_and_a_new_level_is_followed() -> None:
    generator = np.random.default_rng(0)
    values = 10.0 + 0.1 * generator.standard_normal((DAYS, 24))
    values[-1] = 1000.0
    assert weekday_hours(values, WEEKDAYS, 7)[-1].max() < 12.0  # errors of 990 count as those of ten deviations
    values[-15:] = 11.0 + 0.1 * generator.standard_normal((15, 24))
    assert weekday_hours(values, WEEKDAYS, 7)[-1] == pytest.approx(11.0, abs=0.2)


def test_what_was_told_does_not_know_later_days() -> None:
    """Beyond the eight weeks that it begins from, and where the greatest believed error does not bind."""
    values = 10.0 + np.random.default_rng(1).standard_normal((DAYS, 24))
    later = values.copy()
    later[57:] += 0.5
    assert (weekday_hours(values, WEEKDAYS, 7)[:57] == weekday_hours(later, WEEKDAYS, 7)[:57]).all()
