"""Which climatology tells the ten-day inflows of `scenarios/kaohsiung` better? The table of its README.

    python tests/benchmarks/kaohsiung_inflow.py

Each ten-day period of the last 30 % of each record by the days before it: CRPS of `day_of_year` and of `ten_day_climatology`, and
the pinball loss of the quantile that is planned with, as skill of the first against the second.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from waterbalance.forecast.climatology import TenDayClimatology
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.skill import crps, pinball
from waterbalance.horizon import Horizon, next_ten_day_start

TABLES = Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung" / "tables"
PLANNED = 0.3


def row(file: Path) -> str:
    """Skill on one record, and on how many periods."""
    record = pd.read_csv(file, parse_dates=["date"], index_col="date").iloc[:, 0]
    scores = []
    for day in record.index[int(0.7 * len(record)) :]:
        horizon = Horizon((day.date(), next_ten_day_start(day.date())))
        came, known = record[day:day] * horizon.days, record[record.index < day]
        told = [way.fit(known).predict(horizon, members=200).values for way in (DayOfYearClimatology(), TenDayClimatology())]
        scores.append([[crps(each, came)[0], pinball(np.quantile(each, PLANNED, axis=1), came, PLANNED)[0]] for each in told])
    better, plain = np.mean(scores, axis=0)
    skill = 1.0 - better / plain
    return f"| {file.stem.removeprefix('inflow_')} | {skill[0]:.2f} ({skill[1]:.2f}) | {len(scores)} |"


if __name__ == "__main__":
    for each in sorted(TABLES.glob("inflow_*.csv")):
        print(row(each), flush=True)
