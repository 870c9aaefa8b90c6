"""Kaohsiung planned from many days, dry and wet, by two presets: is there a plan, does it settle, is it sound?

    python tests/benchmarks/kaohsiung_soak.py [--scenario DIR] [--preset NAME] [YYYY-MM-DD ...]

Prints a row of a Markdown table for each plan. Ends with 1 where there was no plan or the audit found something. Seconds
are those of the processor, so that they compare on a machine that is shared.
"""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import waterbalance as wb
from waterbalance.errors import WaterBalanceError
from waterbalance.scenario.preferred import preferred
from waterbalance.scenario.scenario import Scenario

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung"
PRESETS = ("drought_practice", "water_act")
MONTHS = (dt.date(2020, 12, 1), *(dt.date(2021, month, 1) for month in range(1, 8)))
DATES = (
    *(month.replace(day=day) for month in MONTHS for day in (1, 11, 16, 21)),
    *(dt.date(2026, month, day) for month in (2, 3) for day in (1, 6, 11)),
)
"""Days with a storage that was observed at most ten days before."""


def row(scenario: Scenario, date: dt.date, preset: str) -> tuple[str, bool]:
    """A row of the table, and whether it tells of a sound plan."""
    begun = time.process_time()
    try:
        planned = wb.plan_scenario(scenario, date, policy=preferred(scenario, preset))
    except WaterBalanceError as error:
        return f"| {date} | {preset} | {time.process_time() - begun:.1f} | | | | no plan: {' '.join(str(error).split())} |", False
    plan = planned.plan
    gap = max((rank.gap for rank in plan.ranks), default=0.0)
    cells = (
        str(date),
        preset,
        f"{time.process_time() - begun:.1f}",
        str(plan.passes),
        f"{gap:.2%}",
        "; ".join(plan.notes),
        "; ".join(" ".join(str(finding).split()) for finding in planned.findings),
    )
    return f"| {' | '.join(cells)} |", not planned.findings


def main(arguments: Sequence[str]) -> int:
    """Print the table; 0 where every plan is sound."""
    parser = argparse.ArgumentParser(description="Plan Kaohsiung from many days.")
    parser.add_argument("dates", nargs="*", type=dt.date.fromisoformat, default=DATES, metavar="YYYY-MM-DD")
    parser.add_argument("--preset", action="append", choices=PRESETS, help="both when left out")
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    chosen = parser.parse_args(arguments)
    scenario = wb.read_scenario(chosen.scenario)
    print("| date | preset | CPU s | passes | gap | notes | findings |")
    print("|---|---|---|---|---|---|---|")
    sound = True
    for date in chosen.dates:
        for preset in chosen.preset or PRESETS:
            text, is_sound = row(scenario, date, preset)
            sound = sound and is_sound
            print(text, flush=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
