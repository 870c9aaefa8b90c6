"""A simulation with its folder: progress, a checkpoint after every day, and the files of the result."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from waterbalance.errors import Finding, TryLaterError
from waterbalance.operate.rolling.roll import require_daily_plans, simulate
from waterbalance.report.atomic import write_text
from waterbalance.report.csv_text import cells_text, number_text
from waterbalance.report.json_text import json_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from waterbalance.operate.rolling.simulation import Simulation
    from waterbalance.scenario.scenario import Scenario

CHECKPOINT = "checkpoint.jsonl"


class StoppedError(TryLaterError):
    """Somebody stopped a simulation; what is done is kept."""


def simulate_into(
    folder: Path, scenario: Scenario, start: dt.date, end: dt.date, *, myopic: bool = False, resume: bool = False
) -> Simulation:
    """Simulate and write checkpoint.jsonl (after every day), simulation.csv and summary.json into a folder.

    Where the scenario names series to be reported, they stand in reported.csv.

    Shows on standard error how far it is. Raises `StoppedError` after Ctrl-C or SIGTERM, and what `simulate` raises.
    """
    require_daily_plans(scenario, start, end)
    days = (end - start).days + 1
    last: list[dt.date] = []
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    )
    try:
        with bar, _terminate_like_interrupt():
            task = bar.add_task(str(start), total=days)

            def show(day: dt.date) -> None:
                last[:] = [day]
                bar.update(task, description=str(day), completed=(day - start).days + 1)

            simulation = simulate(scenario, start, end, myopic=myopic, checkpoint=folder / CHECKPOINT, resume=resume, on_day=show)
    except KeyboardInterrupt:
        remedy = "The same command with --resume goes on from there."
        found = f"done up to {last[0]}" if last else "no further day is done"
        raise StoppedError("the simulation was stopped", (Finding("stopped", found=found, remedy=remedy),)) from None
    write_text(folder / "simulation.csv", simulation_csv(simulation))
    if simulation.reported:
        write_text(folder / "reported.csv", reported_csv(simulation))
    write_text(folder / "summary.json", json_text(simulation.summary()))
    return simulation


def simulation_csv(simulation: Simulation) -> str:
    """Tidy: day, component, quantity, value, unit; day by day, with ten significant digits."""
    units = simulation.applied.units
    columns = [
        (cells_text(*key), values.tolist(), cells_text(units.get(key, "m3"))) for key, values in simulation.applied.values.items()
    ]
    lines = ["day,component,quantity,value,unit"]
    for number, day in enumerate(map(str, simulation.days)):
        lines += [f"{day},{names},{number_text(values[number])},{unit}" for names, values, unit in columns]
    return "\n".join(lines) + "\n"


def reported_csv(simulation: Simulation) -> str:
    """The series that the scenario wants reported: step, step_start, name, attribute, value; step by step."""
    series = [(cells_text(each.name, each.attribute), values.tolist()) for each, values in simulation.reports()]
    lines = ["step,step_start,name,attribute,value"]
    for number, day in enumerate(map(str, simulation.days)):
        lines += [f"{number},{day},{names},{number_text(values[number])}" for names, values in series]
    return "\n".join(lines) + "\n"


@contextmanager
def _terminate_like_interrupt() -> Iterator[None]:
    """SIGTERM ends the simulation like Ctrl-C does; only the main thread may listen to signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
