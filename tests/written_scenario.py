"""Scenario folders written by tests from other people's numbers, and planned like every scenario."""

import csv
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Goal
from waterbalance.scenario.read import read_scenario

FIRST_DAY = dt.date(2021, 1, 1)
"""A period of theirs, be it an hour, a month or a year, is a day of ours: volumes by period are the same."""

Fields = Mapping[str, object]


def write_scenario(
    folder: Path,
    steps: int,
    components: Mapping[str, Fields],
    goals: Sequence[Goal],
    *,
    rules: Mapping[str, Fields] | None = None,
    storages: Mapping[str, str] | None = None,
    targets: Mapping[str, str] | None = None,
    series: Mapping[str, Sequence[float]] | None = None,
) -> Path:
    """A folder with `scenario.yaml` (JSON is YAML), a table of series and the storages at the beginning.

    `storages` and `targets` are quantities with units by name of the component; `series` have the header of their column,
    such as `lake.inflow [m3/day]`, and one value for each step.
    """
    document: dict[str, object] = {
        "waterbalance": 1,
        "name": folder.name,
        "time_zone": "UTC",
        "horizon": {
            "start": str(FIRST_DAY),
            "last_day": str(FIRST_DAY + dt.timedelta(days=steps - 1)),
            "daily_steps": steps,
        },
        "policy": {
            "name": "published",
            "smallest_change": False,
            "equity_tolerance": 1e-9,
            "goals": [goal.model_dump(mode="json", exclude_defaults=True) for goal in goals],
        },
        "components": components,
    }
    folder.mkdir(parents=True)
    if rules:
        document["rules"] = rules
    if targets:
        document["end_conditions"] = {name: {"target": target} for name, target in targets.items()}
    if storages:
        document["state"] = {"file": "storages.csv"}
        numbers, units = zip(*(quantity.split() for quantity in storages.values()), strict=True)
        header = [f"{name}.storage [{unit}]" for name, unit in zip(storages, units, strict=True)]
        _write_table(folder / "storages.csv", header, [numbers])
    if series:
        document["tables"] = [{"file": "series.csv"}]
        _write_table(folder / "series.csv", list(series), list(zip(*series.values(), strict=True)))
    (folder / "scenario.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return folder


def plan_folder(folder: Path) -> Plan:
    """Read the folder, plan it, and see that the audit is content."""
    planned = plan_scenario(read_scenario(folder))
    assert [str(finding) for finding in planned.findings] == []
    return planned.plan


def best(plan: Plan, goal: str) -> float:
    """Best value of a goal."""
    return next(rank.value for rank in plan.ranks if rank.name == goal)


def _write_table(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["date", *header])
        writer.writerows([FIRST_DAY + dt.timedelta(days=number), *row] for number, row in enumerate(rows))
