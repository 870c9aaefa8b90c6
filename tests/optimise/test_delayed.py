"""The link that brings water later."""

import datetime as dt

import numpy as np
import pytest

from waterbalance.horizon import Horizon
from waterbalance.optimise.links import weights
from waterbalance.optimise.step import Delayed


def test_days_of_23_hours_leave_no_rounding_among_the_weights() -> None:
    days = [dt.date(2021, 3, day) for day in (25, 26, 27, 28, 29, 30)]
    horizon = Horizon((*days, dt.date(2021, 4, 1), dt.date(2021, 4, 11)), "Europe/Berlin")
    assert horizon.days.tolist() == pytest.approx([1, 1, 1, 23 / 24, 1, 2, 10])
    delayed = weights(Delayed(1.0), horizon).toarray()
    # The day of 23 hours hears of 23 hours of the day before; the next one of the hour that is left, and of all of those 23.
    assert np.argwhere(delayed > 0).tolist() == [[1, 0], [2, 1], [3, 2], [4, 2], [4, 3], [5, 4], [5, 5], [6, 5], [6, 6]]
    assert delayed[4, 2] == pytest.approx(1.0 / 24.0)
    assert delayed[5, 4] == pytest.approx(1.0)
