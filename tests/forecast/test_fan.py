"""Members as a fan: which are kept, what they share, and what they say afterwards."""

import datetime as dt

import numpy as np
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.fan import common_steps_of, fan_of
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon, plan_horizon

HORIZON = Horizon(tuple(dt.date(2021, 3, day) for day in range(1, 6)))
INFLOW, DEMAND = ("lake", "inflow"), ("town", "demand")


def members_of(*last: float) -> Forecasts:
    """Four steps; members differ from the first on."""
    values = np.array([[each, each, each, each] for each in last]).T
    return Forecasts(HORIZON, {INFLOW: Forecast(values, "drawn"), DEMAND: Forecast(np.full((4, 1), 7.0), "table")})


def test_two_stand_for_four() -> None:
    """0, 1, 2 and 10: the one nearest to all is 1, and 10 is left alone; 0 and 2 are nearest to 1."""
    members = members_of(0.0, 1.0, 2.0, 10.0)
    fan = fan_of(members, members.choose({}), 2, 2)
    assert fan.members == (1, 3)
    assert fan.probability == (0.75, 0.25)
    assert [path.series[INFLOW].values[:, 0].tolist() for path in fan.paths] == [[1.5, 1.5, 1, 1], [1.5, 1.5, 10, 10]]
    assert all(path.series[DEMAND].values[:, 0].tolist() == [7.0] * 4 for path in fan.paths)
    spread = np.sqrt(np.mean((np.array([0, 1, 2, 10]) - 3.25) ** 2))
    assert fan.distance == pytest.approx((1 + 0 + 1 + 0) / 4 / spread)
    assert fan.dates[1] == "2021-03-02"
    assert fan.dates[2:] == tuple(f"2021-03-0{day} (member {member})" for member in (1, 3) for day in (3, 4))


def test_the_order_of_the_members_does_not_matter() -> None:
    one = fan_of(members_of(0.0, 1.0, 2.0, 10.0), members_of(1.5).choose({}), 2, 2)
    other = fan_of(members_of(10.0, 2.0, 0.0, 1.0), members_of(1.5).choose({}), 2, 2)
    assert [path.series[INFLOW].values.tolist() for path in one.paths] == [
        path.series[INFLOW].values.tolist() for path in other.paths
    ]
    assert one.probability == other.probability


def test_quantities_count_alike_and_places_by_their_size() -> None:
    """In millimetres or metres, the same members are kept."""
    generator = np.random.default_rng(3)
    values, other = generator.normal(size=(4, 30)), generator.normal(size=(4, 30))

    def kept(factor: float) -> tuple[int, ...]:
        series = {INFLOW: Forecast(values, "drawn"), ("lake", "depth"): Forecast(other * factor, "drawn")}
        members = Forecasts(HORIZON, series)
        return fan_of(members, members.choose({}), 5, 1).members

    assert kept(1.0) == kept(1000.0)


def test_equal_members_are_one_path_and_so_are_members_without_a_difference_left() -> None:
    members = members_of(3.0, 3.0, 3.0)
    fan = fan_of(members, members.choose({}), 3, 2)
    assert not fan.branches
    assert fan.distance == 0
    members = members_of(1.0, 2.0)
    assert not fan_of(members, members.choose({}), 2, 4).branches, "nothing comes after the common steps"


def test_more_members_than_there_are_is_all_of_them() -> None:
    members = members_of(0.0, 1.0, 5.0)
    fan = fan_of(members, members.choose({}), 10, 1)
    assert sorted(fan.members) == [0, 1, 2]
    assert fan.probability == pytest.approx([1 / 3] * 3)
    assert fan.distance == 0


def test_members_that_do_not_belong_together_are_refused() -> None:
    series = {INFLOW: Forecast(np.ones((4, 3)), "drawn"), DEMAND: Forecast(np.ones((4, 2)), "drawn")}
    members = Forecasts(HORIZON, series)
    with pytest.raises(InputError, match="town: the series of 'demand' has members of its own; found 2 members"):
        fan_of(members, members.choose({}), 2, 1)


def test_common_days_are_whole_steps() -> None:
    """Fourteen daily steps from 25 March, then 11 to 20 April and so on."""
    horizon = plan_horizon(dt.date(2021, 3, 25), daily_steps=14)
    assert [common_steps_of(horizon, days) for days in (0.5, 1, 7, 14, 16.9, 17)] == [1, 1, 7, 14, 14, 15]
