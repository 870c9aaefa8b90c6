"""A year in 365 steps without a look ahead: this engine and Pywr side by side, in one run, for the table in the README.

    PYTHONPATH=tests python tests/benchmarks/pywr_race.py --pywr PYTHON [SYSTEM ...]

PYTHON is an interpreter that has pywr (or the environment variable PYWR_PYTHON); every run is a process of its own, and the
contestants take turns. Seconds are those of one processor: Pywr's `setup` and `run`; here the compilation of the step and of
the year (build), the steps (solve) and the audit; and the whole process with imports and reading. The least of some runs.
With 100 scenarios the inflows are scaled as the notes beside the data say. Flows are compared on every day: `differ` counts
the days on which they are more than 1e-6 apart, as they may be where the cheapest step is not the only one.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from interop.pywr_systems import FIRST, FOLDER, LAST

SYSTEMS = ("tree_25", "mesh_25", "tree_100", "mesh_100", "tree_400", "mesh_400")
CHILD = Path(__file__).with_name("pywr_child.py")
RUNS = {1: 3, 100: 2}
TOO_LONG = {("mesh_400", "glpk")}
"""Pywr's default solver lists all 14,594 routes there: 39 s before the first step, 8 s for a year of one scenario."""


def factors(reservoirs: int, scenarios: int) -> np.ndarray:
    """Of each reservoir's inflow in each scenario, shape (reservoirs, scenarios)."""
    if scenarios == 1:
        return np.ones((reservoirs, 1))
    number = np.arange(scenarios) * 7919 + np.arange(reservoirs)[:, None]
    return np.round(0.6 + 0.8 * (number % scenarios) / (scenarios - 1), 5)


def write_models(system: str, scenarios: int, folder: Path) -> tuple[Path, Path]:
    """Pywr's model with scenarios, and the members of ours."""
    model = json.loads((FOLDER / f"pywr_v1_{system}.json").read_text(encoding="utf-8"))
    parameters = model["parameters"]
    inflows = [name for name, each in parameters.items() if each["type"] == "dataframe"]
    scaled = factors(len(inflows), scenarios)
    for name, values in zip(inflows, scaled, strict=True):
        parameters[name]["url"] = str((FOLDER / parameters[name]["url"]).resolve())
        if scenarios > 1:
            parameters[f"{name}_base"] = parameters[name]
            parameters[f"{name}_factor"] = {"type": "constantscenario", "scenario": "members", "values": values.tolist()}
            product = [f"{name}_base", f"{name}_factor"]
            parameters[name] = {"type": "aggregated", "agg_func": "product", "parameters": product}
    if scenarios > 1:
        model["scenarios"] = [{"name": "members", "size": scenarios}]
    path, members = folder / f"{system}_{scenarios}.json", folder / f"{system}_{scenarios}.csv"
    path.write_text(json.dumps(model), encoding="utf-8")
    rows = [["member", *inflows], *([str(number), *map(str, each)] for number, each in enumerate(scaled.T.tolist()))]
    members.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    return path, members


def ours(folder: Path, members: Path, flows: Path) -> None:
    """One run of this engine, in a process of its own."""
    started = time.process_time()
    import waterbalance as wb
    from waterbalance.operate.rolling import members as members_room
    from waterbalance.operate.rolling import roll, stepwise

    took = {"import": time.process_time() - started, "solve": 0.0, "audit": 0.0}
    before = time.process_time()
    scenario, read = wb.read_scenario(folder), wb.read_members(members)
    took["read"] = time.process_time() - before

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            begun = time.process_time()
            found = function(*arguments, **named)
            took[name] += time.process_time() - begun
            return found

        return run

    stepwise._Year.done = timed("solve", stepwise._Year.done)  # type: ignore[method-assign]
    for room in (roll, members_room):
        room.audit = timed("audit", room.audit)  # type: ignore[attr-defined]
    before = time.process_time()
    if len(read) == 1:
        done = [wb.simulate(scenario, FIRST, LAST, myopic=True)]
    else:
        done = [simulation for _, simulation in wb.simulate_members(scenario, FIRST, LAST, read)]
    took["build"] = time.process_time() - before - took["solve"] - took["audit"]
    if any(simulation.findings for simulation in done):
        raise SystemExit("the audit found something")
    told = [{each.name: values for each, values in simulation.reports()} for simulation in done]
    np.savez(flows, **{name: np.array([each[name] for each in told]).T for name in told[0]})
    sys.stdout.write("\n" + json.dumps(took) + "\n")


def raced(command: list[str]) -> dict[str, float]:
    """What a child says of its seconds, and its whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return {**found, "whole": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def race(system: str, scenarios: int, pywr: str, folder: Path) -> Iterator[str]:
    """One row of the table."""
    model, members = write_models(system, scenarios, folder)
    flows = {name: folder / f"{name}.npz" for name in ("ours", "glpk-edge", "glpk")}
    commands = {
        "ours": [sys.executable, __file__, "--ours", str(folder / system), str(members), str(flows["ours"])],
        "glpk-edge": [pywr, str(CHILD), str(model), "glpk-edge", str(flows["glpk-edge"])],
        "glpk": [pywr, str(CHILD), str(model), "glpk", str(flows["glpk"])],
    }
    commands = {name: command for name, command in commands.items() if (system, name) not in TOO_LONG}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for _ in range(RUNS[scenarios]):
        for name, command in commands.items():
            runs[name].append(raced(command))
    best = {name: {key: min(each[key] for each in took) for key in took[0] if key != "version"} for name, took in runs.items()}
    mine, edge = best["ours"], best["glpk-edge"]
    yield system.replace("_", " ")
    yield str(scenarios)
    yield from (f"{mine[key]:.2f}" for key in ("build", "solve", "audit", "whole"))
    yield from (f"{edge[key]:.2f}" for key in ("build", "solve", "whole"))
    yield f"{best['glpk']['solve']:.2f}" if "glpk" in best else "–"
    yield f"{edge['solve'] / mine['solve']:.2f}"
    yield f"{edge['whole'] / mine['whole']:.2f}"
    yield apart(flows["ours"], flows["glpk-edge"])


def apart(one: Path, other: Path) -> str:
    """Days of scenarios on which zones or storages differ, and the largest difference on all others."""
    mine, theirs = np.load(one), np.load(other)
    difference = np.max([np.abs(mine[name] - theirs[name]) for name in theirs.files], axis=0)
    return f"{(difference > 1e-6).sum()} of {difference.size} ({difference[difference <= 1e-6].max():.0e})"


def main() -> None:
    """All rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pywr", default=os.environ.get("PYWR_PYTHON"), help="an interpreter that has pywr")
    parser.add_argument("--scenarios", type=int, nargs="*", default=[1, 100])
    parser.add_argument("--ours", nargs=3, metavar=("FOLDER", "MEMBERS", "FLOWS"), help=argparse.SUPPRESS)
    parser.add_argument("systems", nargs="*", metavar="SYSTEM", help=", ".join(SYSTEMS))
    asked = parser.parse_args()
    if asked.ours:
        ours(*map(Path, asked.ours))
        return
    if asked.pywr is None:
        parser.error("name an interpreter that has pywr: --pywr PYTHON, or PYWR_PYTHON")
    from waterbalance.interop.pywr.import_model import import_model

    sys.stdout.write(f"{datetime.now(UTC).date()}\n")
    with TemporaryDirectory() as place:
        for system in asked.systems or SYSTEMS:
            import_model(FOLDER / f"pywr_v1_{system}.json", Path(place) / system)
            for scenarios in asked.scenarios:
                sys.stdout.write("| " + " | ".join(race(system, scenarios, asked.pywr, Path(place))) + " |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
