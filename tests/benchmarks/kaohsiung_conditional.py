"""What a reading of yesterday is worth to the climatology of `scenarios/kaohsiung`. A table of its README.

    python tests/benchmarks/kaohsiung_conditional.py FIRST LAST

Needs `../shared`. Origins every week from FIRST to LAST, each with the daily record up to the day before: CRPS skill of
`conditional_climatology` against `ten_day_climatology` (in brackets that of yesterday's flow held), of days 1, 3, 7 and 14 and of
the volume of 28 days; and the share of days 1 and 7 within the 80 % intervals, of both.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.append(str(Path(__file__).resolve().parents[1]))

from kaohsiung_tables import INFLOWS, as_recorded, inflows, read_records
from shared_data import SHARED
from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.conditional_climatology import ConditionalClimatology
from waterbalance.forecast.persistence import Persistence
from waterbalance.forecast.skill import crps
from waterbalance.horizon import Horizon

DAYS = 28
LEADS = (1, 3, 7, 14)
FRESH = 5
WAYS = (ConditionalClimatology, Persistence, TenDayClimatology)


def told(flows: pd.Series, first: str, last: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Members of the three ways, shape (ways, days, members), and what came, of each origin with a complete month after it."""
    for origin in pd.date_range(first, last, freq="7D"):
        days = pd.date_range(origin, periods=DAYS)
        came, known = flows.reindex(days).to_numpy(), flows[flows.index < origin]
        newest = known.dropna().index[-1:]
        if np.isfinite(came).all() and len(newest) and (origin - newest[0]).days <= FRESH:
            horizon = Horizon(tuple(day.date() for day in pd.date_range(origin, periods=DAYS + 1)))
            yield np.stack([way().fit(known).predict(horizon, members=200).values for way in WAYS]), came


def row(name: str, flows: pd.Series, first: str, last: str) -> str:
    """Of one river; it says so where no origin can be judged."""
    scores, held = [], []
    for members, came in told(flows, first, last):
        daily = np.stack([crps(each, came) for each in members])
        volume = [crps(each.sum(axis=0)[None], came.sum()[None])[0] for each in members]
        scores.append(np.column_stack([daily[:, [lead - 1 for lead in LEADS]], volume]))
        low, high = np.quantile(members[[0, 2]], [0.1, 0.9], axis=2)
        held.append(((low <= came) & (came <= high))[:, [0, 6]])
    if not scores:
        return f"| {name} | no origin |"
    ours, yesterday, plain = np.mean(scores, axis=0)
    skills = [f"{1 - a / c:.2f} ({1 - b / c:.2f})" for a, b, c in zip(ours, yesterday, plain, strict=True)]
    share = np.mean(held, axis=0)
    within = [f"{share[0, day]:.0%} ({share[1, day]:.0%})" for day in (0, 1)]
    return f"| {name} | " + " | ".join([*skills, *within, str(len(scores))]) + " |"


if __name__ == "__main__":
    daily = inflows(read_records(SHARED), as_recorded).asfreq("D")
    for river in INFLOWS:
        print(row(river, daily[f"{river}.inflow"], *sys.argv[1:3]), flush=True)
