"""The nights of Kaohsiung, replayed: the drought's February and March 2021, and the flood of July and August with mud.

    python tests/benchmarks/kaohsiung_nights.py drought|flood [--nights N] [--folder DIR]

Needs `../shared`. Each night knows what was known then. Prints a line for each, then Markdown tables: how nights ended and what
they cost, storages as expected and as read the next morning, and forecasts by lead. Mornings on which a plan waits are approved by
a person an hour later. Seconds are those of the processor and of the wall.
"""

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kaohsiung_nights import ONE_DAY, Replay, replay
from shared_data import SHARED
from waterbalance.forecast.readings import Origin, Reading
from waterbalance.operate.night import Night
from waterbalance.operate.score import Score, score_forecasts
from waterbalance.store import expectations
from waterbalance.store.database import open_store

SEASONS = {"drought": (dt.date(2021, 2, 1), 59), "flood": (dt.date(2021, 7, 25), 30)}
LEADS = (1, 3, 7, 14)
EIGHT, HALF_PAST_EIGHT = dt.time(8), dt.time(8, 30)


class Told:
    """What is kept of the nights for the tables."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.cpu: list[float] = []
        self.wall: list[float] = []
        self.storages: list[Score] = []
        self.muddy: list[str] = []
        self.completed = 0
        self.last: tuple[Reading, ...] = ()


def one_night(there: Replay, day: dt.date, told: Told) -> str:
    """Do a night and its morning; returns its line."""
    cpu, wall = time.process_time(), time.monotonic()
    night = there.night(day)
    told.cpu.append(time.process_time() - cpu)
    told.wall.append(time.monotonic() - wall)
    ends = [f"{night.exit_code} {night.issuance.outcome}"]
    if night.issuance.outcome == "waiting":
        told.reasons.update({finding.what for finding in night.issuance.waits_for})
        there.approve(night, "chen", EIGHT)
        after = there.night(day, HALF_PAST_EIGHT)
        ends.append(f"{after.exit_code} {after.issuance.outcome}")
    told.outcomes[f"{', then '.join(ends)} (rung {night.rung})"] += 1
    told.storages += [each for each in night.scores if each.of == "plan" and each.quantity == "storage" and each.lead == 1]
    if night.observed is not None:
        told.last = night.observed.readings
        told.completed += _made_up_yesterday(night)
    told.muddy += _mud(night)
    start = "" if night.opening is None else night.opening.start
    cost = f"{told.cpu[-1]:.1f} s, {told.wall[-1]:.1f} s"
    return f"{day} {start:5} {ends} {cost} {'; '.join(line.splitlines()[0] for line in night.trouble)}"


def _made_up_yesterday(night: Night) -> int:
    """Whether yesterday's river at Gaoping was completed by the gap ladder."""
    assert night.observed is not None
    wanted = (("gaoping_weir", "recorded_inflow"), night.day - ONE_DAY)
    return sum(
        (each.key, each.date) == wanted and each.origin is Origin.COMPLETED and each.usable for each in night.observed.readings
    )


def _mud(night: Night) -> Iterator[str]:
    """The first day's turbidity and intake where the limit acts."""
    if night.laddered is None:
        return
    plan = night.laddered.planned.plan
    turbidity = plan.givens.get(("gaoping_weir", "turbidity"))
    if turbidity is not None and turbidity[0] > 15_000.0:
        yield f"{night.day}: {turbidity[0]:,.0f} NTU, intake {plan.values['gaoping_intake', 'inflow'][0]:,.0f} m3/day"


def all_scores(there: Replay, first: dt.date, count: int, readings: Iterable[Reading]) -> Iterator[Score]:
    """Every night's forecasts against all that was read since."""
    store = open_store(there.settings.store_url)
    read, end = tuple(readings), first + count * ONE_DAY
    with store.reading() as connection:
        for number in range(count):
            made = expectations.newest(connection, "kaohsiung", first + (number + 1) * ONE_DAY)
            if made is not None:
                yield from score_forecasts(made.forecasts, read, end)
    store.close()


def forecast_rows(scores: Iterable[Score], readings: Iterable[Reading]) -> Iterator[str]:
    """CRPS by series and lead, in brackets the error of the last reading before the night, and the share within 80 %."""
    read = {(each.key, each.date): each.value for each in readings if each.usable and each.origin is not Origin.COMPLETED}
    by_series: dict[str, list[Score]] = {}
    for each in scores:
        if each.lead in LEADS and each.crps is not None:
            by_series.setdefault(f"{each.component}.{each.quantity}", []).append(each)
    for name, rows in sorted(by_series.items()):
        cells = []
        for lead in LEADS:
            of_lead = [each for each in rows if each.lead == lead]
            naive = [_held(each, read) for each in of_lead]
            known = [value for value in naive if value is not None]
            scale = 1.0 if of_lead and of_lead[0].unit == "NTU" else 86_400.0
            told = (
                f"{np.mean([each.crps or 0.0 for each in of_lead]) / scale:.3g} ({np.mean(known) / scale:.3g})" if known else ""
            )
            cells.append(told)
        inside = np.mean([bool(each.inside) for each in rows if each.lead == 1])
        yield f"| {name} | {' | '.join(cells)} | {inside:.0%} |"


def _held(score: Score, read: dict[tuple[tuple[str, str], dt.date], float]) -> float | None:
    """Error of yesterday's reading, held."""
    before = read.get(((score.component, score.quantity), score.made_on - ONE_DAY))
    return None if before is None else abs(before - score.observed)


def storage_rows(scores: Iterable[Score]) -> Iterator[str]:
    """Mean error, mean absolute error and largest error of the storages of the next midnight [Mm3]."""
    by_name: dict[str, list[Score]] = {}
    for each in scores:
        by_name.setdefault(each.component, []).append(each)
    for name, rows in sorted(by_name.items()):
        errors = np.array([each.error for each in rows]) / 1e6
        worst = rows[int(np.argmax(np.abs(errors)))]
        yield (
            f"| {name} | {len(rows)} | {errors.mean():+.2f} | {np.abs(errors).mean():.2f} | "
            f"{worst.error / 1e6:+.2f} ({worst.date}) |"
        )


def main(arguments: Sequence[str]) -> int:
    """Replay a season; 0 where every night ended with issued orders."""
    parser = argparse.ArgumentParser(description="Replay the nights of Kaohsiung.")
    parser.add_argument("season", choices=SEASONS)
    parser.add_argument("--nights", type=int)
    parser.add_argument("--folder", type=Path, help="kept; a folder that is thrown away when left out")
    chosen = parser.parse_args(arguments)
    first, count = SEASONS[chosen.season][0], chosen.nights or SEASONS[chosen.season][1]
    with tempfile.TemporaryDirectory() as thrown_away:
        there = replay(chosen.folder or Path(thrown_away), SHARED, first, muddy=chosen.season == "flood")
        told = Told()
        for number in range(count):
            print(one_night(there, first + number * ONE_DAY, told), flush=True)
        scores = tuple(all_scores(there, first, count, told.last))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{count} nights; CPU s a night: mean {np.mean(told.cpu):.1f}, most {max(told.cpu):.1f}; ", end="")
    print(f"wall s: mean {np.mean(told.wall):.1f}, most {max(told.wall):.1f}; most memory of the process {memory:.0f} MB")
    print(f"yesterday's Gaoping completed by the gap ladder on {told.completed} nights")
    print(*(f"{number} x {ended}" for ended, number in told.outcomes.most_common()), sep="\n")
    print("waited because:", "; ".join(f"{why} ({number})" for why, number in told.reasons.most_common()))
    print(*told.muddy, sep="\n")
    print("\n| storage | mornings | mean error | mean absolute | largest |\n|---|--:|--:|--:|--:|")
    print(*storage_rows(told.storages), sep="\n")
    print(f"\n| CRPS (yesterday held) | {' | '.join(f'day {lead}' for lead in LEADS)} | within 80 %, day 1 |\n|---|{'--:|' * 5}")
    print(*forecast_rows(scores, told.last), sep="\n")
    return int(any("sent" not in ended for ended in told.outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
