"""Things to be remembered."""

import datetime as dt

import numpy as np

from commands import NOON
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.forecast.history import Doubt
from waterbalance.forecast.readings import Origin, Reading, Trust
from waterbalance.horizon import Horizon
from waterbalance.network.state import Past, State

DAY = dt.date(2026, 11, 26)
ONE_DAY = dt.timedelta(days=1)

KEY = ("upper_lake", "inflow")


def reading(
    value: float = 1.5, *, day: dt.date = DAY, known_at: dt.datetime = NOON, trust: Trust = Trust.RELIABLE, source: str = "agency"
) -> Reading:
    return Reading(*KEY, day, value, "m3/day", source, known_at, Origin.ORIGINAL, trust)


CORRECTED = Reading(
    "lower_lake", "storage", DAY, 2.5e6, "m3", "agency", NOON, Origin.CORRECTED, Trust.DOUBTFUL, 250.0, ("unit: 1e4 m³", "水位")
)

STATE = State(
    DAY,
    {("b", "storage"): 0.1 + 0.2, ("a", "storage"): 1.8e8, ("a", "on"): 1.0},
    {("canal", "flow"): (Past(DAY - 2 * ONE_DAY, DAY - ONE_DAY, 1 / 3), Past(DAY - ONE_DAY, DAY, 0.0)), ("pump", "flow"): ()},
    frozenset({("a", "on"), ("canal", "flow")}),
)


def forecasts(start: dt.date = DAY, seed: int = 1, keys: tuple[tuple[str, str], ...] = (KEY, ("town", "demand"))) -> Forecasts:
    rng = np.random.default_rng(seed)
    horizon = Horizon((start, start + ONE_DAY, start + 11 * ONE_DAY), "Asia/Taipei")
    notes = ("12 years", Doubt("the newest reading is 9 days old"))
    series = {
        key: Forecast(rng.gamma(2.0, 1e5, (2, 1 + 4 * number)), f"made {seed}", 3, notes) for number, key in enumerate(keys)
    }
    return Forecasts(horizon, series)


def equal(one: Forecasts, other: Forecasts) -> bool:
    """Number by number, with the order of the series."""
    same = one.horizon == other.horizon and list(one.series) == list(other.series)
    return same and all(
        np.array_equal(each.values, other.series[key].values)
        and (each.label, each.filled, each.notes) == (other.series[key].label, other.series[key].filled, other.series[key].notes)
        and [type(note) for note in each.notes] == [type(note) for note in other.series[key].notes]
        for key, each in one.series.items()
    )
