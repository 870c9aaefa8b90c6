"""Skill of the inflow forecasters on rivers of southern Taiwan and of the Thames, in the protocol of the published baselines.

Parameters are learned from the first 70 % of each record; origins stand in the last 30 %, every ten days from the first day on
(`published`: some 127 origins, and very noisy) and on every day, or every week of a record of more than 40 years (`all`); 100
members; the judge is the day-of-year climatology of all days before the origin.
Usage: python tests/benchmarks/inflow_skill.py [FORECASTER] [RIVER...]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.forecast.analogs import Analogs
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.inflow import RiverInflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.forecast.forecaster import Forecaster

DATA = Path(__file__).resolve().parents[3] / "shared" / "forecasting" / "inflow"
DAYS = 30
LEARNED = 0.7
LONG = 40 * 365

FORECASTERS: dict[str, Callable[[bool], Forecaster]] = {
    "river_inflow": lambda rain: RiverInflow(rain=rain, lowest=None),
    "analogs": lambda rain: Analogs(rain=rain, lowest=None),
}


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


def skill(forecaster: Forecaster, frame: pd.DataFrame, every: int) -> dict[str, float]:
    """CRPS skill by lead and coverage of one river, with origins `every` so many days from 70 % of the record on."""
    cut = int(LEARNED * len(frame))
    windows = (len(frame) - cut - DAYS) // every + 1
    used = frame.iloc[: cut + (windows - 1) * every + DAYS]
    told = cross_validation(forecaster, used, h=DAYS, step_size=every, n_windows=windows, refit=False)
    judge = cross_validation(
        DayOfYearClimatology(lowest=None), used["y"], h=DAYS, step_size=every, n_windows=windows, refit=False
    )
    by_lead = 1.0 - told.groupby("lead")["crps"].mean() / judge.groupby("lead")["crps"].mean()
    known = told.dropna(subset=["y"])
    inside = ((known["y"] >= known["lo-80"]) & (known["y"] <= known["hi-80"])).groupby(known["lead"]).mean()
    return {
        "origins": float(windows),
        "day 1": by_lead[1],
        "day 7": by_lead[7],
        "days 1-10": by_lead.loc[1:10].mean(),
        "11-20": by_lead.loc[11:20].mean(),
        "21-30": by_lead.loc[21:30].mean(),
        "least": by_lead.min(),
        "held d1": inside[1],
        "held d1-10": inside.loc[1:10].mean(),
        "held d1-30": inside.mean(),
    }


def main(words: list[str]) -> None:
    """Two rows a river."""
    name = next((word for word in words if word in FORECASTERS), "river_inflow")
    wanted = [word for word in words if word not in FORECASTERS]
    header = False
    for river, frame in rivers().items():
        if wanted and river not in wanted:
            continue
        for origins, every in (("published", 10), ("all", 7 if len(frame) > LONG else 1)):
            since = time.process_time()
            row = skill(FORECASTERS[name]("rain" in frame), frame, every)
            if not header:
                names = ["river", "origins", *row, "CPU [s]"]
                print("| " + " | ".join(names) + " |\n|---|---|" + "--:|" * (len(names) - 2))
                header = True
            cells = [f"{value:.0f}" if key == "origins" else f"{value:.3f}" for key, value in row.items()]
            print("| " + " | ".join([river, origins, *cells, f"{time.process_time() - since:.0f}"]) + " |", flush=True)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main(sys.argv[1:])
