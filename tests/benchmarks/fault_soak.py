"""A thousand days of bad luck: python tests/benchmarks/fault_soak.py [first seed] [how many].

Each day issues to six devices that do not answer, answer late, twice, wrongly, clamp, refuse, stand in Local or have a wrong
clock, while the sender dies up to five times. Prints what was lost, doubled or silently changed: nothing, or the seeds.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from operate.fault_run import fault_run


def main(first: int = 0, many: int = 1000) -> None:
    began, wrong = time.process_time(), Counter()
    for seed in range(first, first + many):
        with tempfile.TemporaryDirectory() as folder:
            for line in fault_run(seed, Path(folder)):
                wrong[line] += 1
                print(f"seed {seed}: {line}", flush=True)
    spent = time.process_time() - began
    print(f"{many} days from seed {first}: {sum(wrong.values())} faults found, {spent / many:.2f} s of one processor a day")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
