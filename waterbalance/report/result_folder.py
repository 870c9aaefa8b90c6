"""A plan read back from the folder that a run has written: to be compared, or to be yesterday's plan."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from waterbalance.errors import Finding, InputError, Place
from waterbalance.horizon import Horizon
from waterbalance.network.state import State
from waterbalance.plan.plan import Plan
from waterbalance.plan.side import Side
from waterbalance.policy.goal import Goal
from waterbalance.report.csv_text import COLUMNS
from waterbalance.scenario.spreadsheet_cell import plain_cell
from waterbalance.schedule.schedule import Schedule
from waterbalance.schedule.told import number

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.report.planned import Planned

MOST_STEPS = 100_000
"""A longer plan.csv is not one of ours."""


def kept_for_comparison(planned: Planned) -> dict[str, object]:
    """What summary.json keeps beside the numbers, so that the plan can be measured by other goals without its scenario."""
    side = Side.of("", planned.plan, planned.policy, planned.scenario.network, planned.forecasts)
    return {
        "goals": [goal.model_dump() for goal in side.goals],
        "measures": [list(key) for key in planned.plan.measures],
        "classes": dict(side.classes),
        "demand": dict(side.demand),
        "gates": [list(key) for key in side.gates],
        "titles": dict(side.titles),
    }


def is_result(path: Path) -> bool:
    """Whether a run has written its plan into this folder."""
    return (path / "plan.csv").is_file()


def read_result(folder: Path, name: str) -> Side:
    """The plan of a run with what a comparison needs. Raises `InputError` where the folder does not hold that."""
    summary = _read_json(folder / "summary.json")
    try:
        kept: Any = summary["for_comparison"]
        measures = tuple((str(component), str(measure)) for component, measure in kept["measures"])
        plan = _plan(folder / "plan.csv", str(summary["policy"]), str(summary["time_zone"]), measures)
        side = Side(
            name=name,
            plan=plan,
            goals=tuple(Goal.model_validate(goal) for goal in kept["goals"]),
            classes={str(user): str(each) for user, each in kept["classes"].items()},
            demand={str(user): float(volume) for user, volume in kept["demand"].items()},
            gates=tuple((str(component), str(flow)) for component, flow in kept["gates"]),
            titles={str(component): dict(title) for component, title in kept["titles"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError) as error:
        found = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        raise _unfit(folder / "summary.json", "it lacks what a comparison needs", found) from None
    unknown = sorted(
        {key[0] for key in (*side.gates, *measures) if key not in plan.values} | (set(side.demand) - set(side.classes))
    )
    if unknown:
        raise _unfit(folder, "plan.csv and summary.json are of different plans", ", ".join(unknown))
    return side


def read_plan(path: Path) -> Plan:
    """The values of a plan from plan.csv or from the folder of a run; it has neither givens nor goals nor an opening state.

    Raises `InputError` where there is no such table.
    """
    table = path / "plan.csv" if path.is_dir() else path
    return _plan(table, "", "UTC", ())


def read_schedule(path: Path) -> Schedule | None:
    """The orders in the folder of a run; None where there are none. Raises `InputError` where they cannot be read."""
    file = (path if path.is_dir() else path.parent) / "schedule.json"
    if not file.is_file():
        return None
    try:
        return Schedule.from_dict(_read_json(file))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unfit(file, "its orders are not those of a run", f"{type(error).__name__}: {error}") from None


def _plan(table: Path, policy: str, time_zone: str, measures: tuple[tuple[str, str], ...]) -> Plan:
    steps: dict[tuple[str, str], int] = {}
    values: dict[tuple[str, str], list[float]] = {}
    units: dict[tuple[str, str], str] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise _unfit(table, "not the table of a plan", ", ".join(rows.fieldnames or ()) or "nothing", ", ".join(COLUMNS))
            for row in rows:
                if None in row or None in row.values():
                    raise _unfit(table, "a row of the plan is not whole", f"line {rows.line_num}")
                key = plain_cell(row["component"]), plain_cell(row["quantity"])
                steps.setdefault((row["step_start"], row["step_end"]), len(steps))
                values.setdefault(key, []).append(number(float(row["value"])))
                if row["unit"] != "m3":
                    units[key] = row["unit"]
        if not 0 < len(steps) < MOST_STEPS or any(len(each) != len(steps) for each in values.values()):
            raise _unfit(table, "every quantity of a plan has one row a step", f"{len(steps)} steps")
        horizon = _horizon(list(steps), time_zone, table)
    except OSError as error:
        raise _unfit(table, "the plan cannot be read", error.strerror) from None
    except (ValueError, TypeError, csv.Error) as error:
        raise _unfit(table, "a cell of the plan is not what it should be", str(error)) from None
    return Plan(
        horizon=horizon,
        policy=policy,
        values={key: np.array(each) for key, each in values.items()},
        units=units,
        stocks=(),
        remembered=(),
        givens={},
        labels={},
        opening=State(horizon.start),
        switch_steps=0,
        ranks=(),
        measures=measures,
    )


def _horizon(steps: list[tuple[str, str]], time_zone: str, table: Path) -> Horizon:
    starts, ends = ([dt.date.fromisoformat(day) for day in days] for days in zip(*steps, strict=True))
    if starts[1:] != ends[:-1] or any(end <= start for start, end in zip(starts, ends, strict=True)):
        raise _unfit(table, "the steps of a plan follow each other", f"{steps[0][0]} to {steps[-1][1]}")
    return Horizon((starts[0], *ends), time_zone)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unfit(path, "the file cannot be read", error.strerror) from None
    except (ValueError, RecursionError) as error:
        raise _unfit(path, "the file is no JSON", str(error)) from None
    if not isinstance(read, dict):
        raise _unfit(path, "the file is no JSON object", type(read).__name__)
    return read


def _unfit(path: Path, what: str, found: str | None, allowed: str | None = None) -> InputError:
    remedy = "Name a folder that `waterbalance run --out` of this version has written."
    return InputError("no plan could be read", (Finding(what, Place(file=str(path)), found, allowed, remedy),))
