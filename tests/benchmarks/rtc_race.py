"""RTC-Tools' goal-programming example and the same polder here, each a whole process, in turns; for the table in the README.

    PYTHONPATH=tests python tests/benchmarks/rtc_race.py --rtc PYTHON --example FOLDER

PYTHON is an interpreter that has rtc-tools (or the environment variable RTC_PYTHON); FOLDER is `examples/goal_programming` of
its release. Seconds are those of one processor, of whole processes with their imports; the least of some runs. RTC-Tools
compiles its model in the first run of a folder and keeps it: both runs are told. Its pump goals are compared with ours: the
band of levels, the integral of the pumping, and the squares of its changes.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

RUNS = 3
TANGENTS = 50
"""Of the orifice's curve: the integral of the pumping is then within 2e-5 of that with 200."""


def ours() -> None:
    """Plan the polder and audit the plan, in a process of its own."""
    import numpy as np

    from gallery import least
    from scenarios.rtctools_parts import HOUR, integral, polder
    from shared_data import SHARED
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.audit import audit
    from waterbalance.policy.goal import Goal, Term

    band = Goal(name="band", terms=(Term(measure="below"), Term(measure="above")))
    goals = band, integral("energy"), least("penalty")
    case = polder(SHARED, "goal_programming", *goals, tangents=TANGENTS)
    plan = Planner(case.network, switch_steps=len(case.forecasts.horizon)).plan(case.state, case.forecasts, case.policy)
    if audit(plan, case.network, case.forecasts):
        raise SystemExit("the audit found something")
    level, pump = plan.values["polder", "storage"] / 1e6, np.array([0.0, *plan.values["pump", "inflow"] / HOUR])
    inside = int(np.sum((level > 0.43 - 1e-4) & (level < 0.44 + 1e-4)))
    sys.stdout.write(f"{inside} {pump.sum():.2f} {np.sum(np.diff(pump) ** 2):.2f}\n")


def seconds(command: list[str]) -> tuple[float, str]:
    """Of one processor, for a whole process; and what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said


def main() -> None:
    """One row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rtc", default=os.environ.get("RTC_PYTHON"), help="an interpreter that has rtc-tools")
    parser.add_argument("--example", type=Path, help="examples/goal_programming of its release")
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ours:
        ours()
        return
    if asked.rtc is None or asked.example is None:
        parser.error("name an interpreter that has rtc-tools and the folder of its example")
    mine, first, again = [], [], []
    for _ in range(RUNS):
        took, said = seconds([sys.executable, __file__, "--ours"])
        mine.append(took)
        with TemporaryDirectory() as place:
            folder = Path(
                shutil.copytree(asked.example, Path(place) / "example", ignore=shutil.ignore_patterns("*.pymoca_cache"))
            )
            (folder / "output").mkdir(exist_ok=True)
            command = [asked.rtc, str(folder / "src" / "example.py")]
            first.append(seconds(command)[0])
            took, theirs = seconds(command)
            again.append(took)
    told = " ".join(
        re.findall(r"satisfied at (\d+)|Q_pump = ([\d.]+)|in Q_pump: ([\d.]+)", theirs)[-3 + number][number]
        for number in range(3)
    )
    best = [min(each) for each in (mine, first, again)]
    numbers = [f"{best[0]:.1f}", said.strip(), f"{best[1]:.1f}", f"{best[2]:.1f}", told]
    ratios = [f"{each / best[0]:.1f}" for each in best[1:]]
    sys.stdout.write(f"{datetime.now(UTC).date()}\n| goal programming | " + " | ".join([*numbers, *ratios]) + " |\n")


if __name__ == "__main__":
    main()
