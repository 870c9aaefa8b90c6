"""CALVIN's matrices from csv to solution, beside the bare HiGHS on the same arrays, and warm what-ifs: all in one run.

    PYTHONPATH=tests python tests/benchmarks/calvin_race.py

Each row is measured in processes of their own, one after the other, the fastest of some; seconds of one processor after the
imports. `bare` is `passModel` and `run` of HiGHS with its own settings, on arrays that lie ready. `read` is the csv with all its
checks, `build` the program and what is alike in it, `hand-over` (a part of `solve`) scaling and `passModel`, `plan` flows,
storages, shortages and prices by name. A what-if cuts all inflows and goes on from the optimum before; its cold start is a bare
one too.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np

from interop.calvin_matrices import CASES
from waterbalance.interop.calvin.demands import demands_of
from waterbalance.interop.calvin.plan import plan_of
from waterbalance.interop.calvin.program import alike, program_of
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.solver.hand_over import hand_over
from waterbalance.solver.long import LongSolver
from waterbalance.solver.scaling import column_scales, row_scales, scaled, volume_scale

FILES = ("calvin_01y_WY1922_repaired.csv.gz", "calvin_01y_WY2003_raw.csv.gz", "calvin_05y_WY1999_2003_raw.csv.gz")
RUNS = 3
CUTS = (0.999, 0.99, 0.98)

Times = dict[str, float]


def engine(file: str) -> Times:
    """From csv to plan."""
    clock = [time.process_time()]
    links = read_links(CASES / file)
    clock.append(time.process_time())
    program, kinds = program_of(links), alike(links)
    clock.append(time.process_time())
    outcome = LongSolver(program, kinds).minimise(links.cost)
    clock.append(time.process_time())
    plan_of(links, outcome, demands_of(links, CASES / "demand_nodes.csv"))
    clock.append(time.process_time())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # What `minimise` did within it, once more by itself.
    scale = volume_scale(program)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    started = time.process_time()
    hand_over(highs, scaled(program, column_scales(program, scale), row_scales(program, scale)), links.cost)
    handed = time.process_time() - started
    names = ("read", "build", "solve", "plan")
    found = dict(zip(names, np.diff(clock).tolist(), strict=True))
    sizes = {"columns": program.columns, "rows": program.rows, "nonzeros": program.matrix.nnz}
    return {**found, "hand": handed, "memory": memory, "objective": outcome.objective, "steps": outcome.iterations, **sizes}


def bare(file: str) -> Times:
    """HiGHS alone on arrays that were written down before."""
    arrays = np.load(file)
    columns, rows = int(arrays["columns"]), int(arrays["rows"])
    started = time.process_time()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    zero = np.zeros(rows)
    whole = (arrays["cost"], arrays["lower"], arrays["upper"], zero, zero, arrays["start"], arrays["index"], arrays["value"])
    highs.passModel(columns, rows, len(arrays["value"]), 2, 1, 0.0, *whole, np.zeros(columns, dtype=np.int32))
    highs.run()
    seconds = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory, "objective": highs.getInfo().objective_function_value}


def what_if(file: str) -> Times:
    """Inflows cut by ever more, warm, and the last of them cold."""
    links = read_links(CASES / file)
    inflow = np.array([base == "INFLOW" for base in links.nodes.bases])[links.nodes.base][links.source]
    program = program_of(links)
    solver = LongSolver(program, alike(links))
    solver.minimise(links.cost)
    found, warm, cold = {}, [], []
    for cut in CUTS:
        less = np.where(inflow, cut, 1.0)
        drier = replace(program, lower=program.lower * less, upper=program.upper * less)
        started = time.process_time()
        solver.update(drier)
        again = solver.minimise(links.cost)
        warm.append(time.process_time() - started)
        started = time.process_time()
        fresh = LongSolver(drier).minimise(links.cost)
        cold.append(time.process_time() - started)
        assert abs(again.objective / fresh.objective - 1) < 1e-9
        found[f"warm {cut}"], found[f"cold {cut}"], found[f"steps {cut}"] = warm[-1], cold[-1], again.iterations
    return found


def prepared(file: str, folder: Path) -> Path:
    """The arrays of a matrix, as HiGHS takes them."""
    links = read_links(CASES / file)
    program = program_of(links)
    matrix = program.matrix
    path = folder / f"{file}.npz"
    start, index = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    sizes = {"columns": program.columns, "rows": program.rows}
    sides = {"lower": program.lower, "upper": program.upper, "cost": links.cost}
    np.savez(path, start=start, index=index, value=matrix.data, **sizes, **sides)
    return path


def fastest(kind: str, file: str, key: str, runs: int = RUNS) -> Times:
    """The fastest of some processes."""
    command = [sys.executable, __file__, kind, file]
    found = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(runs)]
    return min(found, key=lambda each: each[key])


def main() -> None:
    """Print both tables."""
    heads = ("matrix", "columns", "nonzeros", "read", "build", "hand-over", "solve", "plan", "csv to solution", "bare HiGHS")
    ratios = ("ratio", "of budget", "memory [MB]", "bare [MB]", "difference")
    sys.stdout.write("| " + " | ".join((*heads, *ratios)) + " |\n|" + "---|" * (len(heads) + len(ratios)) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        for file in FILES:
            one, ours = fastest("bare", str(prepared(file, Path(folder))), "seconds"), fastest("engine", file, "solve")
            total, budget = ours["read"] + ours["build"] + ours["solve"], 0.15 + 2e-6 * ours["nonzeros"]
            cells = [file.split("_", 1)[1].split(".")[0], f"{ours['columns']:,}", f"{ours['nonzeros']:,}"]
            cells += [f"{ours[name]:.3f}" for name in ("read", "build", "hand", "solve", "plan")]
            cells += [f"{total:.2f}", f"{one['seconds']:.2f}", f"{total / one['seconds']:.2f}"]
            cells += [f"{(ours['build'] + ours['hand']) / budget:.0%}", f"{ours['memory']:.0f}", f"{one['memory']:.0f}"]
            cells += [f"{abs(ours['objective'] / one['objective'] - 1):.0e}"]
            sys.stdout.write("| " + " | ".join(cells) + " |\n")
            sys.stdout.flush()
    sys.stdout.write("\n| matrix | inflows | warm | cold | ratio | simplex steps, warm |\n|---|--:|--:|--:|--:|--:|\n")
    for file in FILES[1:]:
        again = fastest("what_if", file, f"warm {CUTS[0]}", RUNS if "01y" in file else 1)
        for cut in CUTS:
            warm, cold = again[f"warm {cut}"], again[f"cold {cut}"]
            cells = [file.split("_", 1)[1].split(".")[0], f"{cut:.1%}", f"{warm:.3f}", f"{cold:.2f}", f"{warm / cold:.2f}"]
            sys.stdout.write("| " + " | ".join([*cells, f"{again[f'steps {cut}']:.0f}"]) + " |\n")


if __name__ == "__main__":
    kinds = {"engine": engine, "bare": bare, "what_if": what_if}
    if len(sys.argv) == 3:
        sys.stdout.write(json.dumps(kinds[sys.argv[1]](sys.argv[2])))
    else:
        main()
