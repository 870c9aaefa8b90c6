"""The cases of Pywr 2's own test suite: models beside the tables that Pywr 2 writes."""

import csv
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared_data import SHARED
from waterbalance.interop.pywr.carried import Carried
from waterbalance.interop.pywr.import_model import import_model
from waterbalance.operate.rolling.roll import simulate
from waterbalance.scenario.read import read_scenario

FOLDER = SHARED / "cases" / "pywr2"
MODELS = FOLDER / "models"

Told = Mapping[tuple[str, str], np.ndarray]
"""Name and attribute of a reported series -> its values."""


@dataclass(frozen=True)
class Wanted:
    """One number of a table: the mean of a series from a day up to another one."""

    name: str
    attribute: str
    member: int
    start: dt.date
    end: dt.date | None
    """None for the end of the step."""

    value: float


def cases() -> list[dict[str, Any]]:
    """All cases, or none where the data are not there."""
    file = FOLDER / "cases.json"
    return json.loads(file.read_text(encoding="utf-8"))["cases"] if file.exists() else []


def simulated(model: Path, folder: Path, member: int = 0) -> tuple[Carried, Told]:
    """What an import carries over, and what a simulation of it without a look ahead reports. Raises what these raise."""
    out = folder / f"{model.stem}-{member}"
    carried = import_model(model, out, member)
    edges = carried.steps.edges
    simulation = simulate(read_scenario(out), edges[0], edges[-2], myopic=True)
    assert simulation.findings == (), [str(each) for each in simulation.findings]
    return carried, {(each.name, each.attribute): values for each, values in simulation.reports()}


def misses(case: Mapping[str, Any], folder: Path) -> list[str]:
    """Every number of the tables of a case that does not come out. Raises what import and simulation raise."""
    wanted = [each for name in case["expected_csv"] for each in _read(MODELS / name)]
    wrong = []
    for member in sorted({each.member for each in wanted} or {0}):
        carried, told = simulated(MODELS / case["file"], folder, member)
        edges = carried.steps.edges
        for each in (one for one in wanted if one.member == member):
            first = edges.index(each.start)
            last = first + 1 if each.end is None else edges.index(each.end) if each.end in edges else len(edges) - 1
            series = told.get((each.name, each.attribute))
            value = None if series is None else float(series[first:last].mean())
            if value is None or not np.isclose(value, each.value, rtol=1e-7, atol=1e-7):
                wrong.append(f"{each.name} {each.attribute} on {each.start}, combination {member}: {value} for {each.value}")
    return wrong


def _read(file: Path) -> Iterator[Wanted]:
    """The numbers of a table with a row for each of them, or with a row for each time."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    if rows[0][0] == "node":
        (_, *names), (_, *attributes), (_, *members), _, *told = rows
        for number, (time, *values) in enumerate(told):
            end = _day(told[number + 1][0]) if number + 1 < len(told) else dt.date.max
            for column, value in enumerate(values):
                yield Wanted(names[column], attributes[column], int(members[column]), _day(time), end, float(value))
        return
    for row in (dict(zip(rows[0], each, strict=True)) for each in rows[1:]):
        start, end = (_day(row[word]) for word in ("time_start", "time_end"))
        member = int(row["simulation_id"])
        yield Wanted(row["name"], row["attribute"], member, start, end, float(row["value"]))


def _day(time: str) -> dt.date:
    return dt.datetime.fromisoformat(time).date()
