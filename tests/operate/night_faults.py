"""What can go wrong on a night of `reed_lake`: each fault is a context in which the job runs, and which mends what it broke."""

import contextlib
import datetime as dt
import errno
import importlib
import os
import random
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from operate.reed_lake import ONE_DAY, Bureau, configure, truth, weir_reply
from sources.http_server import Reply
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.configuring.stages import Stage
from waterbalance.optimise.solve import Planner
from waterbalance.store.database import open_store
from waterbalance.store.lock import held

STAGES: tuple[Stage, ...] = ("observe", "open", "forecast", "plan", "record", "issue")


@dataclass
class Tonight:
    """One night to come."""

    bureau: Bureau
    chance: random.Random
    hears: list[Callable[[Stage], None]] = field(default_factory=list)
    """Who hears of each stage as it begins."""

    words: int | None = None
    """After how many words to files and store the process is killed."""

    runs: bool = True

    def hear(self, stage: Stage) -> None:
        for each in self.hears:
            each(stage)

    def at_a_stage(self, do: Callable[[], None]) -> Stage:
        """Do something once as a stage begins that is drawn."""
        chosen = self.chance.choice(STAGES)
        left = [do]
        self.hears.append(lambda stage: left.pop()() if stage == chosen and left else None)
        return chosen


Fault = Callable[[Tonight], AbstractContextManager[None]]


@contextmanager
def no_source(tonight: Tonight) -> Iterator[None]:
    """A file is missing, or a server says that it is unavailable, or both; or both with a configuration that then stops."""
    which = tonight.chance.choice(("file", "server", "both", "stop"))
    bureau = tonight.bureau
    if which in {"file", "both", "stop"}:
        bureau.gauges.unlink()
    if which in {"server", "both", "stop"}:
        bureau.server.answer("/weir", Reply(b"maintenance", tonight.chance.choice((404, 500, 503))))
    with configured(bureau, when_missing="stop" if which == "stop" else "degrade"):
        yield


@contextmanager
def half_a_file(tonight: Tonight) -> Iterator[None]:
    """A file ends in the middle, or an answer does: earlier than its own length says, or in the middle of a row."""
    bureau, share = tonight.bureau, tonight.chance.uniform(0.05, 0.95)
    if tonight.chance.random() < 0.5:
        whole = bureau.gauges.read_bytes()
        bureau.gauges.write_bytes(whole[: int(share * len(whole))])
    else:
        whole = weir_reply(_flows(bureau)).content
        cut = whole[: int(share * len(whole))]
        promised = tonight.chance.choice((len(whole), len(cut)))
        bureau.server.answer("/weir", Reply(cut, promised=promised))
    yield


@contextmanager
def wrong_units(tonight: Tonight) -> Iterator[None]:
    """The newest values, or all of them, come in another unit."""
    bureau, factor = tonight.bureau, tonight.chance.choice((1e4, 86.4, 1e-4, 1.0 / 86.4, 1000.0))
    which = tonight.chance.choice(("lake.storage", "lake.inflow", "weir.inflow"))
    days = _days(bureau)
    slipped = days[-tonight.chance.choice((1, 2, len(days))) :]
    told = {
        day: {key: value * (factor if key == which and day in slipped else 1.0) for key, value in truth(day).items()}
        for day in days
    }
    bureau.tell_lake(told)
    bureau.tell_weir({day: each["weir.inflow"] for day, each in told.items() if day < bureau.day})
    yield


@contextmanager
def stuck_gauge(tonight: Tonight) -> Iterator[None]:
    """A gauge hangs since some days."""
    bureau, days = tonight.bureau, _days(tonight.bureau)
    which, since = tonight.chance.choice(("lake.storage", "lake.inflow", "weir.inflow")), days[-tonight.chance.randint(3, 9)]
    told = {
        day: {key: truth(min(day, since))[key] if key == which else value for key, value in truth(day).items()} for day in days
    }
    bureau.tell_lake(told)
    bureau.tell_weir({day: each["weir.inflow"] for day, each in told.items() if day < bureau.day})
    yield


@contextmanager
def day_told_twice(tonight: Tonight) -> Iterator[None]:
    """A day stands twice, with another value."""
    bureau = tonight.bureau
    day = bureau.day - ONE_DAY * tonight.chance.randint(1, 3)
    other = truth(day - 5 * ONE_DAY)
    if tonight.chance.random() < 0.5:
        with bureau.gauges.open("a", encoding="utf-8") as file:
            file.write(f"{day},{other['lake.inflow']},{other['lake.storage']}\n")
    else:
        rows = weir_reply(_flows(bureau)).content[:-1] + b"," + weir_reply({day: other["weir.inflow"]}).content[1:]
        bureau.server.answer("/weir", Reply(rows))
    yield


@contextmanager
def clock_off(tonight: Tonight) -> Iterator[None]:
    """The machine's clock is set back, by an hour or by a day."""
    back = dt.timedelta(hours=tonight.chance.choice((1, 24)))
    tonight.bureau.hour -= back
    try:
        yield
    finally:
        tonight.bureau.hour += back


@contextmanager
def full_disk(tonight: Tonight) -> Iterator[None]:
    """From some write on no file can be written."""
    left, written = [tonight.chance.randint(0, 9)], os.fsync

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(handle)

    os.fsync = full  # type: ignore[assignment]
    try:
        yield
    finally:
        os.fsync = written


@contextmanager
def full_store(tonight: Tonight) -> Iterator[None]:
    """From some stage on the database cannot grow: SQLite itself says that it is full."""
    full: list[bool] = []

    def small(connection: Connection) -> None:
        if full and connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA max_page_count=1")

    tonight.at_a_stage(lambda: full.append(True))
    event.listen(Engine, "begin", small, insert=True)
    try:
        yield
    finally:
        event.remove(Engine, "begin", small)


@contextmanager
def locked_store(tonight: Tonight) -> Iterator[None]:
    """Somebody writes into the database for longer than anybody waits, from before the night or from a stage on."""
    with contextlib.ExitStack() as until:

        def lock() -> None:
            other = until.enter_context(contextlib.closing(sqlite3.connect(_database(tonight.bureau), isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")

        if tonight.chance.random() < 0.3:
            lock()
        else:
            tonight.at_a_stage(lock)
        yield


@contextmanager
def another_night(tonight: Tonight) -> Iterator[None]:
    """Another process is at it."""
    there, over = threading.Event(), threading.Event()

    def work() -> None:
        with (
            contextlib.closing(open_store(read_night_settings(tonight.bureau.config).store_url)) as store,
            held(store, "reed_lake"),
        ):
            there.set()
            over.wait()

    other = threading.Thread(target=work)
    other.start()
    there.wait(10.0)
    try:
        yield
    finally:
        over.set()
        other.join()


@contextmanager
def no_store(tonight: Tonight) -> Iterator[None]:
    """Somebody takes the database away in the middle, and puts it back in the morning."""
    files = [Path(f"{_database(tonight.bureau)}{end}") for end in ("", "-wal", "-shm")]

    def away() -> None:
        for each in files:
            if each.exists():
                each.rename(f"{each}.away")

    tonight.at_a_stage(away)
    yield
    if Path(f"{files[0]}.away").exists():
        for each in files:
            each.unlink(missing_ok=True)
            if Path(f"{each}.away").exists():
                Path(f"{each}.away").rename(each)


def restarted(restart: Callable[[], None]) -> Fault:
    """The database server restarts as a stage begins, as after a power cut."""

    @contextmanager
    def database_restarted(tonight: Tonight) -> Iterator[None]:
        tonight.at_a_stage(restart)
        yield

    return database_restarted


@contextmanager
def killed(tonight: Tonight) -> Iterator[None]:
    """SIGKILL, wherever the process is."""
    tonight.words = tonight.chance.randint(0, 70)
    yield


@contextmanager
def told_to_end(tonight: Tonight) -> Iterator[None]:
    """SIGTERM or SIGINT as a stage begins, or some words later."""
    number, left = tonight.chance.choice((signal.SIGTERM, signal.SIGINT)), [tonight.chance.randint(0, 12)]
    begun: list[bool] = []

    def word(*_: object) -> None:
        if begun:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), number)

    def first_word() -> None:
        begun.append(True)
        if left[0] == 0:
            os.kill(os.getpid(), number)

    tonight.at_a_stage(first_word)
    event.listen(Engine, "begin", word)
    event.listen(Engine, "commit", word)
    try:
        yield
    finally:
        event.remove(Engine, "begin", word)
        event.remove(Engine, "commit", word)


@contextmanager
def no_time(tonight: Tonight) -> Iterator[None]:
    """Limits so short that rungs, or stages, do not come to their end."""
    bureau = tonight.bureau
    if tonight.chance.random() < 0.6:
        most = tonight.chance.choice((0.0001, 0.01, 0.03, 0.06))
        with configured(bureau, ladder=f"nodes: 2000, rung: {most} s, "):
            yield
    else:
        stage, most = tonight.chance.choice(("observe", "forecast", "plan", "total")), tonight.chance.choice((0.0001, 0.02, 0.05))
        with configured(bureau, more=f"limits: {{{stage}: {most} s}}\n"):
            yield


@contextmanager
def scenario_changed(tonight: Tonight) -> Iterator[None]:
    """Somebody saves a file of the scenario while the night works with it."""
    path = tonight.bureau.folder / "scenario" / tonight.chance.choice(("scenario.yaml", "lake_record.csv"))
    more = "\n# looked at\n" if path.suffix == ".yaml" else "\n"
    tonight.at_a_stage(lambda: path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8"))
    yield
    if path.suffix == ".csv":
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n", encoding="utf-8")


@contextmanager
def bad_override(tonight: Tonight) -> Iterator[None]:
    """An order about what does not exist, of another kind, or that is over before it begins."""
    orders = (
        "what: moat.inflow, how: at_most, value: 1 m3/s",
        "what: intake.inflow, how: at_most, value: 3 mm",
        "what: lake.depth, how: set, value: 1 m3",
    )
    days = f"from: {tonight.bureau.day}, until: {tonight.bureau.day + tonight.chance.choice((-1, 3)) * ONE_DAY}"
    line = f"{tonight.chance.choice(orders)}, {days}, author: chen, reason: by mistake"
    with configured(tonight.bureau, more=f"overrides: [{{{line}}}]\n"):
        yield


@contextmanager
def good_override(tonight: Tonight) -> Iterator[None]:
    """No fault: an order that can be."""
    orders = (
        "what: intake.inflow, how: at_most, value: 0.2 m3/s",
        "what: west_fields.demand, how: set, value: 15000 m3/day",
        "what: lake.storage, how: at_least, value: 1.1 Mm3",
    )
    days = f"from: {tonight.bureau.day}, until: {tonight.bureau.day + 2 * ONE_DAY}"
    with configured(
        tonight.bureau, more=f"overrides: [{{{tonight.chance.choice(orders)}, {days}, author: chen, reason: repairs}}]\n"
    ):
        yield


@contextmanager
def broken_configuration(tonight: Tonight) -> Iterator[None]:
    """The configuration, or the scenario, cannot be read."""
    path = tonight.chance.choice((tonight.bureau.config, tonight.bureau.folder / "scenario" / "scenario.yaml"))
    whole = path.read_bytes()
    path.write_bytes(
        tonight.chance.choice(
            (whole[: len(whole) // 2], b"", b"\xff\xfe", whole + b"\nsurprise: 1\n", whole.replace(b": ", b":\t", 3))
        )
    )
    yield
    path.write_bytes(whole)


@contextmanager
def error_inside(tonight: Tonight) -> Iterator[None]:
    """The engine itself meets an error, in one of the words of the day."""
    name = tonight.chance.choice(
        (
            "observe",
            "informed",
            "last_night",
            "open_day",
            "expect",
            "with_overrides",
            "plan_by_ladder",
            "scores_of",
            "keep_night",
            "issue_tonight",
            "differences",
            "accounts",
        )
    )
    error = tonight.chance.choice(
        (RuntimeError("unforeseen"), MemoryError(), ZeroDivisionError(), KeyError("flow"), RecursionError(), AssertionError())
    )

    def fails(*_: object, **__: object) -> None:
        raise error

    with patched("waterbalance.operate.day", name, fails):
        yield


@contextmanager
def error_in_planner(tonight: Tonight) -> Iterator[None]:
    """Planning fails, the first times or always."""
    left, plan = [tonight.chance.choice((1, 2, 3, 1000))], Planner.plan
    error = tonight.chance.choice((RuntimeError("the solver broke off"), MemoryError(), ZeroDivisionError()))

    def fails(planner: Planner, *arguments: object, **named: object) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return plan(planner, *arguments, **named)  # type: ignore[arg-type]

    Planner.plan = fails  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        Planner.plan = plan  # type: ignore[method-assign]


@contextmanager
def no_folder_for_orders(tonight: Tonight) -> Iterator[None]:
    """The gates' folder cannot be written: there is a file in its place."""
    folder = tonight.bureau.folder / "scenario" / "orders"
    if folder.is_dir():
        folder.rename(folder.with_name("orders.away"))
    folder.write_text("not a folder", encoding="utf-8")
    yield
    folder.unlink()
    if folder.with_name("orders.away").is_dir():
        folder.with_name("orders.away").rename(folder)


@contextmanager
def not_run(tonight: Tonight) -> Iterator[None]:
    """The machine was off."""
    tonight.runs = False
    yield


FAULTS: tuple[Fault, ...] = (
    no_source,
    half_a_file,
    wrong_units,
    stuck_gauge,
    day_told_twice,
    clock_off,
    full_disk,
    full_store,
    locked_store,
    another_night,
    no_store,
    killed,
    told_to_end,
    no_time,
    scenario_changed,
    bad_override,
    good_override,
    broken_configuration,
    error_inside,
    error_in_planner,
    no_folder_for_orders,
    not_run,
)


@contextmanager
def configured(bureau: Bureau, **changes: str) -> Iterator[None]:
    """The configuration with something else in it, for one night."""
    configure(replace(bureau, **changes))
    try:
        yield
    finally:
        configure(bureau)


@contextmanager
def patched(module: str, name: str, value: object) -> Iterator[None]:
    """Another value under a name of a module."""
    there = importlib.import_module(module)
    before = getattr(there, name)
    setattr(there, name, value)
    try:
        yield
    finally:
        setattr(there, name, before)


def _days(bureau: Bureau) -> list[dt.date]:
    return [bureau.day - ONE_DAY * back for back in range(20, -1, -1)]


def _flows(bureau: Bureau) -> dict[dt.date, float]:
    return {day: truth(day)["weir.inflow"] for day in _days(bureau)[:-1]}


def _database(bureau: Bureau) -> str:
    return str(bureau.folder / "nightly.sqlite")
