"""Turns for a district of 60 zones behind 8 canals, 7 days in slots of 2 hours: how near to the bound, and how fast.

    python tests/benchmarks/turns.py [seconds of search] [seeds ...]

A main canal with four reaches feeds seven laterals of three reaches each, all in one tree: three laterals are rotational (two
groups, turns of 3.5 days, one of them in free order), one is continuous, one is not irrigated at night, the others and the main
canal serve on demand. Once gatekeepers move all gates between 6 and 18 h and each turnout at most twice a day, once all gates
are automatic. Volumes, capacities and the changes of demand from day to day are drawn at random, by seeds that are told. The
processor's seconds are told beside those of the clock, with the load of the machine.
"""

import datetime as dt
import os
import sys
import time
from itertools import product

import numpy as np

from waterbalance.schedule.canal_tree import Canal, CanalTree, Gate, Group, Hours, Operation, Reach, Rotation, Turnout
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import DailyHours, Slots, slots_of
from waterbalance.schedule.timetable import make_timetable
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.schedule.wanted import Wanted, wanted_of

ZONES, LATERALS, DAYS, SLOT = 60, 7, 7, 2.0
OPERATIONS: dict[int, Operation] = {0: "rotational", 1: "rotational", 2: "rotational", 3: "continuous"}
FREE_ORDER, NO_NIGHTS = 1, 4


def district(*, automatic: bool, seed: int) -> tuple[CanalTree, Slots, Wanted]:
    """The canals, the slots and what the fields want."""
    numbers = np.random.default_rng(seed)
    slots = slots_of(dt.date(2026, 3, 2), "Asia/Taipei", SLOT, DAYS)
    mean = numbers.uniform(400, 2500, ZONES) / 86_400

    def reaches(zones: np.ndarray, capacity: float, count: int) -> tuple[Reach, ...]:
        found = []
        for number, members in enumerate(np.array_split(zones, count)):
            gates = [(f"zone {zone}", round(mean[zone] * numbers.uniform(3, 6), 3)) for zone in members]
            turnouts = tuple(Turnout(name, name, Gate(most, 0.2 * most, 4.0, 2, automatic)) for name, most in gates)
            found.append(Reach(capacity * (1 - 0.15 * number), 0.7, 0.03, 0.0005, 400.0, 100.0, turnouts))
        return tuple(found)

    parts = np.array_split(np.arange(ZONES), LATERALS + 1)
    trunk = 1.9 * mean.sum()
    canals = [Canal("main", Gate(trunk, automatic=automatic), reaches(parts[0], trunk, 4))]
    for number, zones in enumerate(parts[1:]):
        capacity = mean[zones].sum() * (4.5 if number == NO_NIGHTS else 3.0)
        halves = [tuple(f"zone {zone}" for zone in half) for half in np.array_split(zones, 2)]
        groups = (Group("first", (halves[0],)), Group("second", (halves[1],)))
        operation = OPERATIONS.get(number, "on_demand")
        canals.append(
            Canal(
                f"lateral {number}",
                Gate(capacity, minimum_run=4.0, automatic=automatic),
                reaches(zones, capacity, 3),
                ("main", number % 4),
                operation,
                Rotation(84.0, groups, "free" if number == FREE_ORDER else "fixed") if operation == "rotational" else None,
                night_irrigation=number != NO_NIGHTS,
            )
        )
    tree = CanalTree(tuple(canals), Hours(None if automatic else DailyHours(6.0, 18.0), DailyHours(20.0, 5.0)))
    order = [int(turnout.name.split()[1]) for _, turnout in tree.turnouts]
    daily = 86_400 * mean[order][:, None] * numbers.uniform(0.8, 1.2, (ZONES, DAYS))
    return tree, slots, wanted_of(tree, slots, daily)


def main() -> None:
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seeds = [int(each) for each in sys.argv[2:]] or [1, 2, 3]
    print(
        "| gates, seed | objective | bound | gap | worst shortfall | taken [m3] | clock [s] | processor [s] | load | ended by |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for seed, automatic in product(seeds, (False, True)):
        tree, slots, wanted = district(automatic=automatic, seed=seed)
        clock, processor = time.perf_counter(), time.process_time()
        timetable = make_timetable(tree, slots, wanted, limits=Limits(time=limit))
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        assert audit_turns(timetable) == ()
        worst = float((timetable.shortfall / wanted.volume).max())
        print(
            f"| {'automatic' if automatic else 'kept'}, {seed} | {timetable.objective:,.0f} | {timetable.bound:,.0f} "
            f"| {timetable.gap:.2%} | {worst:.2%} | {timetable.taken:,.0f} | {clock:.0f} | {processor:.0f} "
            f"| {os.getloadavg()[0]:.1f} | {timetable.stopped_by or 'the gap'} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
