"""Skill of `RiverInflow` on rivers of southern Taiwan and of the Thames, in the protocol of the published baselines.

Parameters are learned from the first 70 % of each record; origins stand every ten days in the last 30 %; 100 members; the
judge is the day-of-year climatology of all days before the origin. Usage: python tests/benchmarks/inflow_skill.py [RIVER...]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.inflow import RiverInflow

DATA = Path(__file__).resolve().parents[3] / "shared" / "forecasting" / "inflow"
DAYS, EVERY = 30, 10


def rivers() -> dict[str, pd.DataFrame]:
    """Daily inflow `y` and, in Taiwan, rain of the catchment."""
    south = pd.read_csv(DATA / "wra_south_inflow_rain_2010_2021.csv.gz", parse_dates=["date"], index_col="date")
    found = {}
    for name in ("zengwen", "nanhua", "jiaxian", "mudan", "agongdian"):
        frame = pd.DataFrame({"y": south[f"{name}_inflow_m3s"], "rain": south[f"{name}_rain_mm"]})
        found[name] = frame.loc[frame["y"].first_valid_index() : frame["y"].last_valid_index()]
    for name in ("thames", "lee"):
        file = DATA / f"thames_upstream_{name}_naturalised.csv.gz"
        found[name] = pd.read_csv(file, parse_dates=["date"], index_col="date").set_axis(["y"], axis=1)
    return found


def scores(frame: pd.DataFrame) -> dict[str, float]:
    """CRPS skill by lead and coverage of one river."""
    windows = (len(frame) * 3 // 10 - DAYS) // EVERY
    told = cross_validation(
        RiverInflow(rain="rain" in frame, lowest=None), frame, h=DAYS, step_size=EVERY, n_windows=windows, refit=False
    )
    judge = cross_validation(
        DayOfYearClimatology(lowest=None), frame["y"], h=DAYS, step_size=EVERY, n_windows=windows, refit=False
    )
    skill = 1.0 - told.groupby("lead")["crps"].mean() / judge.groupby("lead")["crps"].mean()
    known = told.dropna(subset=["y"])
    inside = ((known["y"] >= known["lo-80"]) & (known["y"] <= known["hi-80"])).groupby(known["lead"]).mean()
    return {
        "origins": float(windows),
        "day 1": skill[1],
        "day 7": skill[7],
        "days 1-10": skill.loc[1:10].mean(),
        "11-20": skill.loc[11:20].mean(),
        "21-30": skill.loc[21:30].mean(),
        "least": skill.min(),
        "cov80 d1": inside[1],
        "cov80 d1-10": inside.loc[1:10].mean(),
        "cov80 d1-30": inside.mean(),
    }


def main(wanted: list[str]) -> None:
    """One row a river."""
    header = None
    for name, frame in rivers().items():
        if wanted and name not in wanted:
            continue
        since = time.process_time()
        row = scores(frame)
        if header is None:
            header = ["river", *row, "CPU [s]"]
            print("| " + " | ".join(header) + " |")
            print("|---|" + "--:|" * (len(header) - 1))
        cells = [f"{value:.3f}" if key != "origins" else f"{value:.0f}" for key, value in row.items()]
        print("| " + " | ".join([name, *cells, f"{time.process_time() - since:.0f}"]) + " |", flush=True)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main(sys.argv[1:])
