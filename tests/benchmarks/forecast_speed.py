"""How long forecasts of households take: 1,000 zones x 7 days at once, and one zone's nightly refit. One thread.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python tests/benchmarks/forecast_speed.py
"""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pandas as pd

from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.many_zones import ManyZones
from waterbalance.horizon import plan_horizon

ZONES, DAYS = 1000, 1095


def meters(zones: int) -> pd.DataFrame:
    """Demand with week, season, lasting departures and noise."""
    days = pd.date_range("2023-01-01", periods=DAYS)
    generator = np.random.default_rng(0)
    departure = np.zeros((DAYS, zones))
    for day in range(1, DAYS):
        departure[day] = 0.9 * departure[day - 1] + 0.02 * generator.standard_normal(zones)
    season = 0.15 * np.sin(2.0 * np.pi * days.day_of_year / 365.25) + 0.1 * (days.day_of_week >= 5)
    noise = 0.02 * generator.standard_normal((DAYS, zones))
    return pd.DataFrame(1000.0 * np.exp(np.asarray(season)[:, None] + departure + noise), index=days).rename(columns=str)


def main() -> None:
    """CPU seconds: other work of the machine does not count."""
    frame = meters(ZONES)
    week = plan_horizon(dt.date(2025, 12, 31), last_day=dt.date(2026, 1, 6))
    print("| | CPU s |\n|---|--:|")
    since = time.process_time()
    told = ManyZones(country="TW").fit(frame).predict(week)
    print(f"| `ManyZones`, {len(told)} zones, {DAYS} days of record, fit and 7 days ahead | {time.process_time() - since:.1f} |")
    for name in ("first (imports statsmodels)", "second"):
        since = time.process_time()
        blend = HouseholdBlend(country="TW").fit(frame["0"])
        blend.predict(week)
        print(f"| `HouseholdBlend`, one zone, {name} fit and 7 days ahead | {time.process_time() - since:.2f} |")
    since = time.process_time()
    blend.follow(frame["0"]).predict(week)
    print(f"| the same, `follow` and 7 days ahead | {time.process_time() - since:.2f} |")


if __name__ == "__main__":
    main()
