"""Night after night of `reed_lake` with a fault on most of them, all drawn from a seed.

A night without a fault has to be a good one, whatever happened before: exit code 0, a full plan, sent, nothing to look at, and
the days that were missed are named. A night that was killed is started again, and is done then.
"""

import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from operate.night_faults import FAULTS, Fault, Tonight, patched
from operate.night_judge import Outbox, told_so_far, wrong_after
from operate.reed_lake import ONE_DAY, Bureau, configure, found_bureau
from sources.http_server import serving
from waterbalance.errors import WaterBalanceError
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.configuring.stages import Stage
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.operate.remembering.replay import replay
from waterbalance.operate.remembering.replay_night import as_it_was_made
from waterbalance.store import nights
from waterbalance.store.database import Store, open_store

SPRING, AUTUMN = dt.date(2021, 3, 28), dt.date(2021, 10, 31)
"""Days on which the clocks of Berlin are changed."""

WRITERS_WAIT = 0.2
"""How long a writer waits for another one here. [s]"""

HEALTHY = 0.35
"""Share of nights without a fault."""


@dataclass(frozen=True)
class Told:
    """What came of one night."""

    day: dt.date
    fault: str
    came: str
    """Exit code, or what the process died of; with the outcome."""

    wrong: tuple[str, ...]


def night_soak(
    seed: int, folder: Path, many: int, faults: Sequence[Fault] = FAULTS, store: str = "sqlite:///nightly.sqlite"
) -> Iterator[Told]:
    """So many nights, the first two and the last one without a fault."""
    chance = random.Random(seed)  # noqa: S311 (faults are no secret)
    changed = SPRING if seed % 2 else AUTUMN
    drawn = _drawn(chance, many, faults)
    with serving() as server, patched("waterbalance.store.database", "PATIENCE", WRITERS_WAIT):
        bureau = found_bureau(folder / f"seed_{seed}", server, changed - ONE_DAY * chance.randint(3, max(4, min(many - 2, 16))))
        bureau.store = store
        configure(bureau)
        for fault in (None, None, *drawn):
            bureau.day += ONE_DAY
            bureau.passed = 0.0
            bureau.tell()
            yield _one_night(bureau, chance, fault)


def _drawn(chance: random.Random, many: int, faults: Sequence[Fault]) -> list[Fault | None]:
    """Every fault before one comes again, with healthy nights in between; the last night is one."""
    found: list[Fault | None] = []
    left: list[Fault] = []
    while len(found) < many - 3:
        if not left:
            left = chance.sample(list(faults), len(faults))
        found.append(None if chance.random() < HEALTHY else left.pop())
    return [*found, None]


def _one_night(bureau: Bureau, chance: random.Random, fault: Fault | None) -> Told:
    tonight, wrong = Tonight(bureau, chance), list[str]()
    before = _outbox(bureau)
    missed = _without_a_night(bureau)
    name = "none" if fault is None else fault.__name__
    if fault is None:
        made, code, came = _run(bureau)
    else:
        with fault(tonight):
            if not tonight.runs:
                made, code, came = None, None, "not run"
            elif tonight.words is not None:
                made, code, came = _killed(bureau, tonight.words)
            else:
                made, code, came = _run(bureau, tonight.hear)
    wrong += wrong_after(bureau, before, code)
    if code is None and tonight.runs:
        # After the lease of commands that were on their way.
        bureau.passed += 180.0
        made, code, again = _run(bureau)
        came = f"{came}, then {again}"
        wrong += [*wrong_after(bureau, before, code), *_healthy(made, code, missed)]
    elif fault is None:
        wrong += _healthy(made, code, missed)
    if code == 12 and made is not None and made.issuance.plan is not None and chance.random() < 0.8:
        _agreed(bureau, made.issuance.plan)
        _, code, again = _run(bureau)
        came = f"{came}, then {again}"
        wrong += [
            *wrong_after(bureau, before, code),
            *([] if code in {0, 10} else [f"agreed to, and the night still ends with {again}"]),
        ]
    if made is not None and made.laddered is not None and (made.rung or made.overrides or bureau.day.toordinal() % 4 == 0):
        wrong += _replayed(bureau, made)
    return Told(bureau.day, name, came, tuple(wrong))


def _run(bureau: Bureau, hear: Callable[[Stage], None] = lambda _: None) -> tuple[Night | None, int, str]:
    try:
        made = nightly(read_night_settings(bureau.config), clock=Clock(bureau.now, bureau.sleep), on_stage=hear)
    except WaterBalanceError as error:
        return None, error.exit_code, f"{error.exit_code} {type(error).__name__}"
    return made, made.exit_code, f"{made.exit_code} {made.issuance.outcome}{f' (rung {made.rung})' if made.rung else ''}"


def _killed(bureau: Bureau, words: int) -> tuple[None, int | None, str]:
    """In a process of its own, which is killed unless it has said all its words before."""
    command = [sys.executable, "-m", "operate.night_child", str(bureau.config), bureau.now().isoformat(), str(words)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, check=False, timeout=120
    )
    if done.returncode == -9:
        return None, None, "killed"
    return None, done.returncode, str(done.returncode) if done.returncode != 1 else done.stderr.decode()[-400:]


def _healthy(made: Night | None, code: int, missed: tuple[dt.date, ...]) -> Iterator[str]:
    """What is wrong with a night on which nothing went wrong."""
    if made is None or made.laddered is None:
        yield f"a healthy night ended with {code} and no plan{f': {made.trouble}' if made else ''}"
        return
    # A first plan, and the first one after gates were told their declared fallback, need somebody's word.
    new = ("no plan is in force", "a command in one of the plans only")
    first = made.issuance.outcome == "waiting" and any(word in str(each) for each in made.issuance.waits_for for word in new)
    if not first and (code, made.issuance.outcome) != (0, "sent"):
        why = "; ".join(map(str, (*made.issuance.waits_for, *made.laddered.why)))
        yield f"a healthy night ended with {code} {made.issuance.outcome} on rung {made.rung}: {why}"
    if made.trouble:
        yield f"a healthy night has trouble: {'; '.join(made.trouble)}"
    if made.missed != missed:
        yield f"a healthy night tells that {made.missed} were missed, and it was {missed}"


def _replayed(bureau: Bureau, made: Night) -> Iterator[str]:
    """What comes out otherwise when the night's run is made once more; a plan that the clock has cut short says so."""
    with _store(bureau) as store:
        told = replay(store, made.run, as_it_was_made(store))
    if not told.proven and not told.by_clock:
        changed = ", ".join(name for name, same in told.outputs.items() if not same)
        yield f"the night on rung {made.rung} comes out otherwise when it is replayed: {changed}"


def _agreed(bureau: Bureau, plan: str) -> None:
    with _store(bureau) as store:
        decide(store, plan, "approved", "chen", bureau.now())


def _outbox(bureau: Bureau) -> Outbox:
    with _store(bureau) as store:
        return told_so_far(store)


def _without_a_night(bureau: Bureau) -> tuple[dt.date, ...]:
    """Days since the last night that came to its end, of which there was none."""
    with _store(bureau) as store, store.reading() as connection:
        done = {each.key.date for each in nights.last(connection, "reed_lake", 10_000) if each.state == "done"}
    last = max((day for day in done if day < bureau.day), default=bureau.day - ONE_DAY)
    return tuple(last + ONE_DAY * number for number in range(1, (bureau.day - last).days))


@contextmanager
def _store(bureau: Bureau) -> Iterator[Store]:
    with closing(open_store(read_night_settings(bureau.config).store_url)) as store:
        yield store
