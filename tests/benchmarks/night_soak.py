"""Fifteen seeds of twenty bad nights: python tests/benchmarks/night_soak.py [first seed] [how many seeds] [nights of each].

Prints what came of each kind of fault, and everything that is lost, doubled, half-written or not told: nothing, or the seeds.
"""

import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from operate.night_soak import night_soak


def main(first: int = 0, many: int = 15, nights: int = 20) -> None:
    began, found = time.process_time(), 0
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(first, first + many):
        known: set[str] = set()
        with tempfile.TemporaryDirectory() as folder:
            for told in night_soak(seed, Path(folder), nights):
                came[told.fault][told.came] += 1
                for line in dict.fromkeys(told.wrong):
                    if line in known:
                        continue
                    known.add(line)
                    found += 1
                    print(f"seed {seed}, {told.day}, {told.fault} ({told.came}): {line}", flush=True)
    for fault, counted in sorted(came.items()):
        print(f"{fault:22} {sum(counted.values()):4}  " + ", ".join(f"{each} x {count}" for each, count in counted.most_common()))
    spent = (time.process_time() - began) / many / nights
    seeds = f"seeds {first} to {first + many - 1}"
    print(f"{many * nights} nights of {seeds}: {found} faults found, {spent:.2f} s of one processor a night")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
