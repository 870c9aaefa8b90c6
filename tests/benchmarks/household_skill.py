"""Skill of household forecasters on the Battle of Water Demand Forecasting: ten districts of a city in northern Italy.

Daily: 13 origins two weeks apart, 25 September 2022 to 12 March 2023, leads of 1 to 7 days, the scale of MASE from the days
up to each origin. The published baselines (`measured_daily_bwdf_h7.csv`) do not tell their first origin; of the 14 phases
this is one whose seasonal naive comes near to theirs. Beside it all 26 weekly origins of the half year.
Hourly: the four weeks of the competition, beside the 31 published submissions; in L/s, in the competition's own indicators.
What `HourlyDemand` is made of (speeds, columns, penalty, how members are scaled) was chosen on all 37 weeks that begin on
Mondays from 8 November 2021 to 18 July 2022, on their mean sum of indicators and, for members, the CRPS and coverage; then the
four scored weeks, from 25 July 2022 on, were scored once. `later` scores the 31 weeks among and after them that are not scored.
Alvisi, S. et al. (2025), doi:10.1061/JWRMD5.WRENG-6887; data CC BY 4.0.

Usage: python tests/benchmarks/household_skill.py [daily] [hourly] [earlier] [later]
`earlier` scores the days on which choices were made.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.hourly_demand import HourlyDemand
from waterbalance.forecast.household import HouseholdDemand
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.seasonal_naive import SeasonalNaive

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Forecaster

DATA = Path(__file__).resolve().parents[3] / "shared" / "forecasting"
WEEK = 7


def districts() -> pd.DataFrame:
    """Daily means [L/s], with the weather columns `temperature` and `rain`."""
    frame = pd.read_csv(DATA / "bwdf" / "bwdf_daily.csv", index_col=0, parse_dates=True)
    return frame.rename(columns={"tmax": "temperature"})


def daily_scores(forecaster: Forecaster, last: str, step: int, windows: int, areas: list[str] | None = None) -> pd.DataFrame:
    """One row an area: MASE, CRPS in percent of the mean, and the share that the central 80 % held."""
    frame = districts().loc[:last]
    names = getattr(forecaster, "exogenous", ())
    rows = {}
    for area in areas or [name for name in frame if name.startswith("DMA")]:
        y = frame[area].loc[frame[area].first_valid_index() :]
        history = frame.loc[y.index, [area, *names]].rename(columns={area: "y"}) if names else y
        told = cross_validation(forecaster, history, h=WEEK, step_size=step, n_windows=windows, known_ahead=names)
        scale = told["cutoff"].map(lambda cutoff, y=y: (y - y.shift(WEEK)).loc[:cutoff].abs().mean())
        level = told["cutoff"].map(lambda cutoff, y=y: y.loc[:cutoff].mean())
        known = told["y"].notna()
        rows[area] = {
            "MASE": ((told["median"] - told["y"]).abs() / scale).mean(),
            "CRPS %": 100.0 * (told["crps"] / level).mean(),
            "cov80": ((told["y"] >= told["lo-80"]) & (told["y"] <= told["hi-80"]))[known].mean(),
            "n": float(known.sum()),
        }
    return pd.DataFrame(rows).T


FORECASTERS: dict[str, Forecaster] = {
    "seasonal naive": SeasonalNaive(),
    "`HouseholdDemand` (week, season, level)": HouseholdDemand(),
    "`HouseholdBlend`": HouseholdBlend(country="IT"),
    "`HouseholdBlend`, observed weather (upper bound)": HouseholdBlend(country="IT", exogenous=("temperature", "rain")),
}


def daily(last: str, step: int, windows: int) -> None:
    """One row a forecaster: means over areas, and the worst area against the seasonal naive."""
    print(f"\n{windows} origins every {step} days, the last days {last}\n")
    print("| daily, 1 to 7 days ahead | MASE | worst area / seasonal naive | CRPS % of mean | cov80 | n | CPU s a fit |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    judge = None
    for name, forecaster in FORECASTERS.items():
        since = time.process_time()
        scores = daily_scores(forecaster, last, step, windows)
        spent = (time.process_time() - since) / (windows * len(scores))
        judge = scores if judge is None else judge
        mean, n = np.average(scores, axis=0, weights=scores["n"]), scores["n"].sum()
        worst = (scores["MASE"] / judge["MASE"]).max()
        print(f"| {name} | {mean[0]:.3f} | {worst:.2f} | {mean[1]:.2f} | {mean[2]:.3f} | {n:.0f} | {spent:.2f} |", flush=True)


def published_daily() -> None:
    """The measured baselines."""
    print("\n| published beside | MASE | CRPS % of mean | cov80 |\n|---|--:|--:|--:|")
    for _, row in pd.read_csv(DATA / "measured_daily_bwdf_h7.csv").iterrows():
        print(f"| {row['model']} | {row['MASE7']:.3f} | {row['CRPS_pct']:.2f} | {row['cov80']:.3f} |")


def hourly_frame() -> pd.DataFrame:
    """Hourly rates [L/s] in local time with its zone, of areas and of the competition's flags."""
    frame = pd.read_csv(DATA / "bwdf" / "bwdf_hourly_utc.csv.gz", index_col=0)
    return frame.set_axis(pd.to_datetime(frame.index, utc=True).tz_convert("Europe/Rome"), axis=0)


def hourly_scores(mondays: list[pd.Timestamp], areas: list[str] | None = None) -> pd.DataFrame:
    """One row a week and area: the three indicators of the competition [L/s] of the blend and of last week, and coverage."""
    frame = hourly_frame()
    rows = []
    for monday in mondays:
        times = pd.date_range(monday, monday + pd.Timedelta(days=WEEK), freq="h", inclusive="left")
        for area in areas or [name for name in frame if name.startswith("DMA")]:
            known = frame[area].loc[: monday - pd.Timedelta(hours=1)]
            known = known.loc[known.first_valid_index() :]
            told = HourlyDemand(time_zone="Europe/Rome", country="IT").fit(known).predict(times)
            observed = frame[area].reindex(times).to_numpy()
            if not np.isfinite(observed[:24]).any() or not np.isfinite(observed[24:]).any():
                continue
            clocks = known.groupby(known.index.tz_localize(None)).mean()  # the same hour by the clock, also after it was set
            weeks = [clocks.reindex(times.tz_localize(None) - pd.Timedelta(days=WEEK * back)).to_numpy() for back in (1, 2)]
            last_week = np.where(np.isfinite(weeks[0]), weeks[0], weeks[1])
            low, high = (told.quantile(level, axis=1).to_numpy() for level in (0.1, 0.9))
            inside = ((observed >= low) & (observed <= high))[np.isfinite(observed)].mean()
            scores = _indicators(told.median(axis=1).to_numpy(), observed) + _indicators(last_week, observed)
            rows.append([monday, area, *scores, inside])
    return pd.DataFrame(rows, columns=["week", "area", "PI1", "PI2", "PI3", "naive PI1", "naive PI2", "naive PI3", "cov80"])


def _indicators(told: np.ndarray, observed: np.ndarray) -> list[float]:
    """Mean and greatest error of the first day, mean error of the others."""
    error = np.abs(told - observed)
    return [float(np.nanmean(error[:24])), float(np.nanmax(error[:24])), float(np.nanmean(error[24:]))]


def hourly(mondays: list[pd.Timestamp], *, published: bool) -> None:
    """Means over weeks and areas, beside the published teams."""
    since = time.process_time()
    scores = hourly_scores(mondays)
    mean = scores.drop(columns=["week", "area"]).mean()
    spent = (time.process_time() - since) / len(scores)
    print(f"\n{len(mondays)} weeks, 10 areas; cov80 {mean['cov80']:.3f}; CPU {spent:.2f} s a fit and forecast\n")
    print("| hourly, a week ahead | PI1 | PI2 | PI3 | sum |\n|---|--:|--:|--:|--:|")
    rows = {"`HourlyDemand`": mean[["PI1", "PI2", "PI3"]], "last week": mean[["naive PI1", "naive PI2", "naive PI3"]]}
    if published:
        teams = pd.read_csv(DATA / "bwdf" / "leaderboard_mean.csv", index_col=0)
        teams = teams.sort_values("sum")[["PI1", "PI2", "PI3"]]
        rows |= {f"published, least sum {number}": row for number, (_, row) in enumerate(teams.iterrows(), start=1) if number < 7}
    for name, row in rows.items():
        print(f"| {name} | {row.iloc[0]:.3f} | {row.iloc[1]:.3f} | {row.iloc[2]:.3f} | {row.sum():.3f} |")


def mondays(first: str, weeks: int) -> list[pd.Timestamp]:
    """Local Mondays, one after another."""
    return [pd.Timestamp(first, tz="Europe/Rome") + pd.DateOffset(weeks=number) for number in range(weeks)]


SCORED = ["2022-07-25", "2022-10-31", "2023-01-16", "2023-03-06"]


def main(wanted: list[str]) -> None:
    """What is asked for; daily and hourly scores by default."""
    if "earlier" in wanted:
        daily("2022-09-13", 7, 45)
        hourly(mondays("2021-11-08", 37), published=False)
    if "later" in wanted:
        others = [monday for monday in mondays("2022-08-01", 34) if str(monday.date()) not in SCORED]
        hourly(others, published=False)
    if not wanted or "daily" in wanted:
        daily("2023-03-19", 14, 13)
        daily("2023-03-26", 7, 26)
        published_daily()
    if not wanted or "hourly" in wanted:
        hourly([pd.Timestamp(day, tz="Europe/Rome") for day in SCORED], published=True)


if __name__ == "__main__":
    main(sys.argv[1:])
