"""The link that counts whole steps by the day on which they began."""

import datetime as dt

import numpy as np

from waterbalance.horizon import Horizon
from waterbalance.network.state import Past, State
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.step import LinkedColumn, Recent

START = dt.date(2021, 3, 10)
KEY = ("pump", "start")


def horizon_of(days: tuple[int, ...]) -> Horizon:
    return Horizon(tuple(START + dt.timedelta(days=sum(days[:count])) for count in range(len(days) + 1)))


def test_a_step_counts_whole_or_not_at_all() -> None:
    horizon = horizon_of((1, 1, 2, 5, 1))
    expected = [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]]
    assert weights(Recent(3), horizon).toarray().tolist() == expected


def test_the_past_counts_by_the_day_on_which_it_began() -> None:
    horizon = horizon_of((1, 1, 1))
    past = (Past(dt.date(2021, 3, 8), dt.date(2021, 3, 9), 1.0), Past(dt.date(2021, 3, 9), START, 1.0))
    link = LinkedColumn(("pump", "linked"), KEY, Recent(3))
    assert history(link, horizon, State(START, {}, {KEY: past})).tolist() == [2, 1, 0]


def test_a_long_window_holds_every_step() -> None:
    horizon = horizon_of((10, 1, 30))
    assert np.array_equal(weights(Recent(400), horizon).toarray(), np.tril(np.ones((3, 3))))
