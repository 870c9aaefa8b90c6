"""The nights of Kaohsiung, replayed: the drought's February and March 2021, and the flood of July and August with mud.

    python tests/benchmarks/kaohsiung_nights.py drought|flood [--nights N] [--folder DIR]

Needs `../shared`. Each night knows what was known then. Prints a line for each, then Markdown tables: how nights ended, storages
as expected and as read the next morning, and forecasts by lead. Where a plan waits, a person approves it half an hour later. With
`--folder` nights that are done stay so, and the next call goes on. Seconds are those of the processor and of the wall.
"""

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kaohsiung_replay import ONE_DAY, Replay, replay
from shared_data import SHARED
from waterbalance.forecast.readings import Origin, Reading
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.observing.score import Score, score_forecasts, score_plan
from waterbalance.plan.plan import Plan
from waterbalance.sources.derived import with_derived
from waterbalance.store import expectations, nights, readings
from waterbalance.store.database import open_store
from waterbalance.store.plans import approvals_of
from waterbalance.store.results import plan_from

SEASONS = {"drought": (dt.date(2021, 2, 1), 59), "flood": (dt.date(2021, 7, 25), 30)}
LEADS = (1, 3, 7, 14)
EIGHT, HALF_PAST_EIGHT = dt.time(8), dt.time(8, 30)
LIMIT = 15_000.0
"""Above it the intake of the Gaoping Weir is limited. [NTU]"""

RIVER = ("gaoping_weir", "recorded_inflow")
INTAKE = ("gaoping_intake", "inflow")
TURBIDITY = ("gaoping_weir", "turbidity")

Read = Mapping[tuple[tuple[str, str], dt.date], Reading]


def one_night(there: Replay, day: dt.date) -> str:
    """Do a night and its morning; returns its line."""
    cpu, wall = time.process_time(), time.monotonic()
    night = there.night(day)
    cost = f"{time.process_time() - cpu:.1f} s, {time.monotonic() - wall:.1f} s"
    ends = f"{night.exit_code} {night.issuance.outcome}"
    why = [str(finding) for finding in night.issuance.waits_for]
    if night.issuance.outcome == "waiting":
        there.approve(night, "chen", EIGHT)
        after = there.night(day, HALF_PAST_EIGHT)
        ends += f", {after.exit_code} {after.issuance.outcome}"
    start = "" if night.opening is None else night.opening.start
    told = "; ".join([*why, *(line.splitlines()[0].split(". ")[0] for line in night.trouble)])
    return f"{day} | {start} | {ends} | {cost} | {told}"


def known_since(there: Replay, first: dt.date, end: dt.date) -> Read:
    """Everything that was read, derived series included; nothing that was completed."""
    settings = there.settings.file
    keys = {key for source in settings.sources.values() for key in source.keys}
    store = open_store(there.settings.store_url)
    with store.reading() as connection:
        known = readings.known(connection, keys, first - 60 * ONE_DAY, end)
    store.close()
    told = (each for each in with_derived(known, settings.derived) if each.usable and each.origin is not Origin.COMPLETED)
    return {(each.key, each.date): each for each in told}


def night_rows(connection: Connection, done: Sequence[nights.Night]) -> Iterator[str]:
    """How nights ended, and who agreed."""
    ends: Counter[str] = Counter()
    for each in done:
        by = ", ".join(said.by for said in approvals_of(connection, each.plan or "")) or "nobody"
        ends[f"exit code {each.exit_code}, rung {each.rung}, approved by {by}"] += 1
    yield from (f"{number} x {ended}" for ended, number in ends.most_common())


def storage_rows(scores: Iterable[Score], read: Read) -> Iterator[str]:
    """Mean error, mean absolute error and largest error of the next midnight, and what it would be without any change [Mm3]."""
    by_name: dict[str, list[Score]] = {}
    for each in scores:
        if each.quantity == "storage" and each.lead == 1:
            by_name.setdefault(each.component, []).append(each)
    for name, rows in sorted(by_name.items()):
        errors = np.array([each.error for each in rows]) / 1e6
        before = [read.get(((name, "storage"), each.made_on)) for each in rows]
        held = [abs(old.value - each.observed) / 1e6 for old, each in zip(before, rows, strict=True) if old is not None]
        worst = rows[int(np.argmax(np.abs(errors)))]
        largest = f"{worst.error / 1e6:+.2f} ({worst.date})"
        yield f"| {name} | {len(rows)} | {errors.mean():+.2f} | {np.abs(errors).mean():.2f} ({np.mean(held):.2f}) | {largest} |"


def forecast_rows(scores: Iterable[Score], read: Read) -> Iterator[str]:
    """CRPS by series and lead, in brackets the mean absolute error of yesterday's reading held; the share within 80 %."""
    by_series: dict[str, list[Score]] = {}
    for each in scores:
        if each.lead in LEADS and each.crps is not None:
            by_series.setdefault(f"{each.component}.{each.quantity}", []).append(each)
    for name, rows in sorted(by_series.items()):
        cells = [_cell([each for each in rows if each.lead == lead], read) for lead in LEADS]
        inside = np.mean([bool(each.inside) for each in rows if each.lead == 1])
        yield f"| {name} | {' | '.join(cells)} | {inside:.0%} |"


def _cell(rows: Sequence[Score], read: Read) -> str:
    """Both ways are judged by the same days."""
    pairs = [(each, read.get(((each.component, each.quantity), each.made_on - ONE_DAY))) for each in rows]
    known = [(each.crps or 0.0, abs(before.value - each.observed), each.unit) for each, before in pairs if before is not None]
    if not known:
        return ""
    scale = 1.0 if known[0][2] == "NTU" else 86_400.0
    crps, held = np.mean([row[0] for row in known]) / scale, np.mean([row[1] for row in known]) / scale
    return f"{crps:.3g} ({held:.3g})"


def tables(there: Replay, first: dt.date, end: dt.date) -> Iterator[str]:
    """All tables, from the store and the results of the nights that are done."""
    read = known_since(there, first, end)
    told = tuple(read.values())
    store = open_store(there.settings.store_url)
    forecast: list[Score] = []
    planned: list[Score] = []
    mud: list[str] = []
    with store.reading() as connection:
        done = [each for each in nights.last(connection, "kaohsiung", 1000) if each.state == "done" and each.key.date < end]
        yield from night_rows(connection, done)
        for each in reversed(done):
            made, plan = expectations.of_run(connection, each.run or ""), _plan(there, each.run or "")
            if made is not None:
                forecast += score_forecasts(made.forecasts, told, end)
                mud += _mud(each.key.date, made, plan)
            planned += score_plan(plan, told, end)
    store.close()
    missed = [day for day in (each.key.date - ONE_DAY for each in done) if (RIVER, day) not in read]
    yield f"mornings without Gaoping's yesterday: {len(missed)}"
    yield from mud
    yield "\n| storage | mornings | mean error | mean absolute (as it was) | largest |\n|---|--:|--:|--:|--:|"
    yield from storage_rows(planned, read)
    yield f"\n| CRPS (yesterday held) | {' | '.join(f'day {lead}' for lead in LEADS)} | within 80 %, day 1 |\n|---|{'--:|' * 5}"
    yield from forecast_rows(forecast, read)


def _plan(there: Replay, run: str) -> Plan:
    return plan_from((there.settings.results_folder / run / "plan.parquet").read_bytes())


def _mud(day: dt.date, made: expectations.Expectation, plan: Plan) -> Iterator[str]:
    """The first day's median turbidity and intake where the limit acts."""
    turbidity = made.forecasts.series.get(TURBIDITY)
    median = 0.0 if turbidity is None else float(np.median(turbidity.values[0]))
    if median > LIMIT:
        yield f"{day}: {median:,.0f} NTU expected, intake {plan.values[INTAKE][0]:,.0f} m3/day"


def main(arguments: Sequence[str]) -> int:
    """Replay a season; 0 where every night ended with a plan."""
    parser = argparse.ArgumentParser(description="Replay the nights of Kaohsiung.")
    parser.add_argument("season", choices=SEASONS)
    parser.add_argument("--nights", type=int)
    parser.add_argument("--folder", type=Path, help="kept; a folder that is thrown away when left out")
    chosen = parser.parse_args(arguments)
    first, count = SEASONS[chosen.season][0], chosen.nights or SEASONS[chosen.season][1]
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = chosen.folder or Path(thrown_away)
        begun = (folder / "scenario" / "nightly.yaml").is_file()
        settled = read_night_settings(folder / "scenario") if begun else None
        there = Replay(settled) if settled else replay(folder, SHARED, first, muddy=chosen.season == "flood")
        store = open_store(there.settings.store_url)
        with store.reading() as connection:
            done = {each.key.date for each in nights.last(connection, "kaohsiung", 1000) if each.state == "done"}
        store.close()
        for day in (first + number * ONE_DAY for number in range(count)):
            if day not in done:
                print(one_night(there, day), flush=True)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"\nmost memory of the process: {memory:.0f} MB", *tables(there, first, first + count * ONE_DAY), sep="\n")
        store = open_store(there.settings.store_url)
        with store.reading() as connection:
            failed = [each for each in nights.last(connection, "kaohsiung", 1000) if each.state != "done"]
        store.close()
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
