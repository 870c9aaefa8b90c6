"""How far members stand apart by the errors of late: by hand, and on a river that has become calm."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.forecast.inflow import RiverInflow
from waterbalance.forecast.past_days import PastDays
from waterbalance.forecast.past_stretches import LEADS, StretchModel
from waterbalance.forecast.recent_spread import recent_spread
from waterbalance.forecast.residual_states import residual_states
from waterbalance.forecast.river_state import spread_of, state_columns
from waterbalance.horizon import Horizon

DAYS = pd.date_range("2020-01-01", periods=690)
DRY = np.zeros(len(DAYS))


def usual_errors_of_one() -> StretchModel:
    """Tells the mean on every day and has left 1 over, up and down in turn."""
    columns = state_columns(np.zeros(len(DAYS)), DAYS, DRY, told=False)
    turns = np.where(np.arange(len(DAYS)) % 2 == 0, 1.0, -1.0)
    states = tuple(residual_states(turns, spread_of(columns)) for _ in range(15))
    every_day = PastDays.among(DAYS, np.ones(len(DAYS), dtype=bool))
    return StretchModel(np.zeros((LEADS, columns.shape[1])), np.zeros((len(DAYS), LEADS)), states, every_day, (-9.0, 9.0))


def test_errors_that_have_doubled_by_hand() -> None:
    """2 on all days whose state is known, beside ten days of 1, to the power that falls with the lead."""
    spread = recent_spread(usual_errors_of_one(), np.full(len(DAYS), 2.0), DAYS, DRY)
    known = np.isfinite(state_columns(np.full(len(DAYS), 2.0), DAYS, DRY, told=False)).all(axis=1)
    for lead in (0, 1, 7, 14):
        weights = [0.5 ** ((len(DAYS) - 1 - day) / 120.0) for day in range(len(DAYS) - lead) if known[day]]
        expected = (2.0 * sum(weights) + 10.0) / (sum(weights) + 10.0)
        assert spread[lead] == pytest.approx(expected ** (1.0 - lead / 15.0))
    assert spread[0] > 1.9
    assert spread[15:].tolist() == [1.0] * 15


def test_a_record_that_knows_nothing_has_members_as_usual() -> None:
    assert recent_spread(usual_errors_of_one(), np.full(len(DAYS), np.nan), DAYS, DRY).tolist() == [1.0] * LEADS
    for few in (1, 5):
        assert recent_spread(usual_errors_of_one(), np.zeros(few), DAYS[:few], DRY[:few]).tolist() == [1.0] * LEADS


def test_late_errors_count_more_and_unknown_days_nowhere() -> None:
    """A hundred doubled errors of last year move less than those of the last days; a day that is not known moves nothing."""
    model = usual_errors_of_one()
    early, late = np.ones(len(DAYS)), np.ones(len(DAYS))
    early[200:300], late[-100:] = 2.0, 2.0
    spreads = [recent_spread(model, each, DAYS, DRY)[0] for each in (early, late)]
    assert 1.0 < spreads[0] < spreads[1]
    last = np.ones(len(DAYS))
    last[-1] = 3.0
    longer = np.append(last, np.nan)
    days = DAYS.append(DAYS[-1:] + pd.Timedelta(days=1))
    assert recent_spread(model, longer, days, np.zeros(len(days)))[0] == pytest.approx(
        recent_spread(model, last, DAYS, DRY)[0], abs=0.01
    )


def test_a_river_that_has_become_calm_is_told_narrowly_and_held_as_often() -> None:
    """Shocks a third as large for the last two years, which nothing was learned from; the far days stay as they were."""
    days = pd.date_range("2008-01-01", "2019-12-31")
    noise = np.random.default_rng(3).standard_normal(len(days))
    calm = days >= "2018-01-01"
    logs = np.zeros(len(days))
    for day in range(1, len(days)):
        logs[day] = 0.9 * logs[day - 1] + 0.4 * (1.0 / 3.0 if calm[day] else 1.0) * noise[day]
    flows = pd.Series(np.exp(2.0 + logs), index=days)
    fitted = RiverInflow().fit(flows[~calm])
    held, widths = [], []
    for origin in days[days >= "2018-12-01"][:-1:4]:
        horizon = Horizon((origin.date() + dt.timedelta(days=1), origin.date() + dt.timedelta(days=2)))
        low, high = np.quantile(fitted.follow(flows[:origin]).predict(horizon).values[0], [0.1, 0.9])
        held.append(low <= flows[origin + pd.Timedelta(days=1)] <= high)
        widths.append(np.log(high / low))
    assert 0.7 < np.mean(held) < 0.9
    assert np.mean(widths) == pytest.approx(2.0 * 1.2816 * 0.4 / 3.0, rel=0.25)
