"""Fans of futures by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from gallery import Case
from waterbalance.forecast.fan import Fan
from waterbalance.forecast.forecast import Forecast
from waterbalance.plan.plan import Plan

Key = tuple[str, str]
Members = Mapping[Key, Sequence[Sequence[float]]]
"""Values of each member over the whole horizon, by series."""


def fan(made: Case, common: int, probability: Sequence[float], members: Members) -> Fan:
    """The forecasts of a case until members part, then what each one says."""
    paths = []
    for number in range(len(probability)):
        own = {}
        for key, values in members.items():
            told = made.forecasts.series[key].values[:, 0].copy()
            told[common:] = values[number][common:]
            own[key] = Forecast(told[:, None], f"member {number}")
        paths.append(made.forecasts.merged(own))
    return Fan(made.forecasts, tuple(paths), tuple(probability), common, tuple(range(len(probability))), len(probability))


def expected(plan: Plan, key: Key) -> float:
    """The sum over the horizon that is expected of a quantity."""
    assert plan.ensemble is not None
    return sum(each.probability * float(each.plan.values[key].sum()) for each in plan.ensemble.branches)


def scaled_members(made: Case, key: Key, factors: Sequence[float]) -> Members:
    """Members that are multiples of what is expected."""
    return {key: [list(np.array(made.forecasts.series[key].values[:, 0]) * factor) for factor in factors]}
