"""Kaohsiung with the daily records that its own folder does not hold: what would another forecaster of rivers change?

    python tests/benchmarks/kaohsiung_daily.py DIR

writes copies of `scenarios/kaohsiung`, one for each of three forecasters of rivers, with the daily inflows of the shared
record in the place of their ten-day means, for `waterbalance backtest` and `waterbalance simulate`. All know and meet the
same days.
"""

import re
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from kaohsiung_tables import INFLOWS, as_recorded, inflows, read_records
from shared_data import SHARED

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung"
CLIMATOLOGY = re.compile(r"forecaster: (?:ten_day|conditional)_climatology\n(    history: .*\n)    recorded: true\n")


def written(folder: Path, forecaster: str) -> None:
    """One copy, whose seven inflows are forecast by `forecaster` from daily records."""
    shutil.copytree(SCENARIO, folder)
    daily = inflows(read_records(SHARED), as_recorded)
    for name in INFLOWS:
        known = daily[f"{name}.inflow"].dropna().round(4).rename(f"{name}.inflow [m3/s]").rename_axis("date")
        known.to_csv(folder / "tables" / f"inflow_{name}.csv")
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    text, changed = CLIMATOLOGY.subn(rf"forecaster: {forecaster}\n\1", text)
    if changed != len(INFLOWS):
        raise SystemExit(f"{changed} inflows of {SCENARIO} are forecast by climatology; expected {len(INFLOWS)}")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in ("ten_day_climatology", "conditional_climatology", "river_inflow"):
        written(Path(sys.argv[1]) / each, each)
