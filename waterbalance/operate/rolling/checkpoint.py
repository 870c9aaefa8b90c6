"""A file that a simulation extends after every day, so that it can go on after whatever stopped it.

JSON lines in UTF-8: the first says of which simulation it is and names the columns; every further one is a day. A line
that was cut off while it was written is left out when the file is read, so the file is good at every moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.plan.join import Columns, Day
from waterbalance.report.atomic import write_text, writing
from waterbalance.report.manifest import engine_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from waterbalance.horizon import Floats
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]
SCHEMA = "waterbalance.checkpoint/1"


@dataclass(frozen=True)
class Ordered:
    """The flows that a plan chose, which the plan of the next day changes as little as it can."""

    edges: tuple[dt.date, ...]
    flows: Mapping[Key, Floats]


@dataclass(frozen=True)
class Done:
    """A day that is done."""

    day: Day
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    ordered: Ordered | None
    """Kept on days after which the solver is renewed: from there a simulation can go on."""


def identity(scenario: Scenario, start: dt.date, *, myopic: bool) -> dict[str, object]:
    """What must be the same for a simulation to go on from a file."""
    text = json.dumps([scenario.files, scenario.policy.model_dump(mode="json")], sort_keys=True)
    return {
        "schema": SCHEMA,
        "engine": engine_version(),
        "scenario": scenario.name,
        "inputs": hashlib.sha256(text.encode()).hexdigest(),
        "start": str(start),
        "myopic": myopic,
    }


def read_checkpoint(path: Path, of: Mapping[str, object]) -> tuple[Columns, tuple[Done, ...]] | None:
    """Columns and days of a file, or None where there is none yet.

    Raises `InputError` where the file is of another simulation or no checkpoint at all.
    """
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    if not whole:
        return None
    try:
        head = json.loads(whole[0])
        known = {name: head[name] for name in of}
        columns = _columns(head["columns"])
        done = tuple(_done(json.loads(line)) for line in whole[1:])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        remedy = "Start anew without --resume."
        finding = Finding("the file is no checkpoint", Place(file=str(path)), repr(error), remedy=remedy)
        raise InputError("the simulation cannot go on", (finding,)) from None
    other = [
        Finding(
            f"the checkpoint is of another simulation (other {name})",
            Place(file=str(path)),
            str(known[name]),
            str(value),
            "Start anew without --resume.",
        )
        for name, value in of.items()
        if known[name] != value
    ]
    if other:
        raise InputError("the simulation cannot go on", tuple(other))
    return columns, done


class Checkpoint:
    """The file of a running simulation."""

    def __init__(self, path: Path, of: Mapping[str, object], columns: Columns, done: Sequence[Done]) -> None:
        """Write the days that are done in one go; from here on days are added."""
        self._path = path
        head = json.dumps({**of, "columns": _columns_json(columns)}, ensure_ascii=False)
        write_text(path, "\n".join([head, *(_line(each) for each in done)]) + "\n")

    def add(self, *done: Done) -> None:
        """One more day, or several, on the disk when this returns."""
        with writing(self._path), self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("".join(_line(each) + "\n" for each in done))
            file.flush()
            os.fsync(file.fileno())


def _columns_json(columns: Columns) -> dict[str, object]:
    plain = asdict(columns)
    return {**plain, "units": [[*key, unit] for key, unit in columns.units.items()]}


def _columns(plain: Mapping[str, Any]) -> Columns:
    keys = {name: tuple((pair[0], pair[1]) for pair in plain[name]) for name in ("values", "givens", "stocks", "remembered")}
    units = {(component, quantity): unit for component, quantity, unit in plain["units"]}
    return Columns(plain["policy"], plain["time_zone"], units=units, **keys)


def _line(done: Done) -> str:
    day = done.day
    ordered = done.ordered
    plain = {
        "start": str(day.start),
        "end": str(day.end),
        "passes": day.passes,
        "values": _numbers(day.values),
        "givens": _numbers(day.givens),
        "findings": [asdict(finding) for finding in done.findings],
        "notes": done.notes,
        "ordered": None
        if ordered is None
        else {
            "edges": [str(edge) for edge in ordered.edges],
            "flows": [[*key, _numbers(values)] for key, values in ordered.flows.items()],
        },
    }
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _done(plain: Mapping[str, Any]) -> Done:
    ordered = plain["ordered"]
    return Done(
        Day(
            dt.date.fromisoformat(plain["start"]),
            dt.date.fromisoformat(plain["end"]),
            _floats(plain["values"]),
            _floats(plain["givens"]),
            plain["passes"],
        ),
        tuple(Finding(**{**finding, "where": Place(**finding["where"])}) for finding in plain["findings"]),
        tuple(plain["notes"]),
        None
        if ordered is None
        else Ordered(
            tuple(dt.date.fromisoformat(edge) for edge in ordered["edges"]),
            {(component, quantity): _floats(values) for component, quantity, values in ordered["flows"]},
        ),
    )


def _numbers(values: Floats) -> list[float | str]:
    """Numbers that come back bit by bit; JSON knows no infinity, so it is a word."""
    return [value if math.isfinite(value) else str(value) for value in values.tolist()]


def _floats(plain: Sequence[float | str]) -> Floats:
    return np.array([float(value) for value in plain])
