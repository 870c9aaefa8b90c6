"""What decades would take: CALVIN's five years again and again, with inflows of their own; seconds of one processor.

    PYTHONPATH=tests python tests/benchmarks/calvin_repeated.py [times ...]

No published matrix of more than five years is at hand. Each five years after the first are the same with inflows up to a tenth
higher or lower by month; what is stored goes on from one to the next over the links that stand between the fourth and the fifth
year. The cold start runs only up to `MOST_COLD` times.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from interop.calvin_matrices import CASES
from waterbalance.interop.calvin.program import alike, program_of
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.solver.long import LongSolver
from waterbalance.solver.outcome import Have

FILE = "calvin_05y_WY1999_2003_raw.csv.gz"
YEARS, MOST_COLD = 5, 2
LAST, YEAR_BEFORE = "2003-09-30", ("2002-09-30", "2002-10-31")


def later(names: pd.Series, years: int) -> pd.Series:
    """Names of nodes some years later; leap days become the end of February."""
    parts = names.str.extract(r"^(.*)\.(\d{4})-(\d{2})-(\d{2})$")
    year = (parts[1].fillna("0").astype(int) + years).astype(str)
    moved = parts[0] + "." + year + "-" + parts[2] + "-" + parts[3].where(parts[2] != "02", "28")
    return moved.where(parts[0].notna(), names)


def repeated(times: int) -> pd.DataFrame:
    """The matrix of so many times five years."""
    whole = pd.read_csv(CASES / FILE)
    numbers = np.random.default_rng(1)
    opens, closes = whole["i"].eq("INITIAL") | whole["j"].eq("INITIAL"), whole["i"].eq("FINAL") | whole["j"].eq("FINAL")
    before, after = (f".{date}" for date in YEAR_BEFORE)
    kept = whole[whole["i"].str.endswith(before) & whole["j"].str.endswith(after)]
    found = []
    for number in range(times):
        here = whole[~(opens & (number > 0)) & ~(closes & (number < times - 1))].copy()
        if number:
            month = here["i"].where(here["i"].str.startswith("INFLOW."))
            factor = month.map({name: numbers.uniform(0.9, 1.1) for name in month.dropna().unique()}).fillna(1.0)
            here[["lower_bound", "upper_bound"]] = here[["lower_bound", "upper_bound"]].mul(factor, axis=0)
        if number < times - 1:
            link = kept.assign(i=later(kept["i"], 1), j=later(kept["j"], 1))
            here = pd.concat([here, link])
        found.append(here.assign(i=later(here["i"], YEARS * number), j=later(here["j"], YEARS * number)))
    return pd.concat(found)


def main(numbers: tuple[int, ...]) -> None:
    """A row for each length."""
    sys.stdout.write("| years | columns | rows | typical year [s] | simplex steps | cold [s] | simplex steps | ratio |\n")
    sys.stdout.write("|--:|--:|--:|--:|--:|--:|--:|--:|\n")
    for times in numbers:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "matrix.csv"
            repeated(times).to_csv(path, index=False)
            links = read_links(path)
        program = program_of(links)
        found = []
        for kinds in (alike(links), None)[: 2 if times <= MOST_COLD else 1]:
            started = time.process_time()
            outcome = LongSolver(program, kinds).minimise(links.cost)
            assert outcome.have is Have.OPTIMUM
            found.append((time.process_time() - started, outcome))
        (typical, one), *cold = found
        cells = [f"{YEARS * times}", f"{program.columns:,}", f"{program.rows:,}", f"{typical:.1f}", f"{one.iterations:,}"]
        for seconds, other in cold:
            assert abs(one.objective / other.objective - 1) < 1e-9
            cells += [f"{seconds:.1f}", f"{other.iterations:,}", f"{typical / seconds:.2f}"]
        sys.stdout.write("| " + " | ".join(cells + [""] * (8 - len(cells))) + " |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or (1, 2, 4))
