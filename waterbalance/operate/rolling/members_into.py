"""Many members with their folder: one long table of all, and a summary of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.operate.rolling.members import simulate_members
from waterbalance.report.atomic import require_writable, write_text, writing
from waterbalance.report.json_text import json_text

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pyarrow as pa

    from waterbalance.horizon import Floats
    from waterbalance.operate.rolling.simulation import Simulation
    from waterbalance.scenario.members import Members
    from waterbalance.scenario.scenario import Scenario

TABLE, SUMMARY = "members.parquet", "summary.json"


def simulate_members_into(folder: Path, scenario: Scenario, start: dt.date, end: dt.date, members: Members) -> dict[str, Any]:
    """Simulate members and write members.parquet and summary.json into a folder; returns the summary.

    The table has the series that the scenario wants reported (member, step, step_start, name, attribute, value), or where
    it names none all quantities (member, day, component, quantity, value, unit). Raises what `simulate_members` raises.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 (heavy: only when a table is written)

    require_writable(folder)
    told: list[dict[str, Any]] = []
    path, beside = folder / TABLE, folder / f".{TABLE}"
    writer = None
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, simulation in simulate_members(scenario, start, end, members):
                table = _reported(name, simulation) if scenario.reported else _everything(name, simulation)
                writer = writer or pq.ParquetWriter(beside, table.schema, compression="zstd")
                writer.write_table(table)
                told.append({"member": name, **_kept(simulation.summary())})
        finally:
            if writer is not None:
                writer.close()
        beside.replace(path)
    summary = {
        "schema": "waterbalance.members/1",
        "scenario": scenario.name,
        "first_day": str(start),
        "last_day": str(end),
        "members": told,
    }
    write_text(folder / SUMMARY, json_text(summary))
    return summary


def _kept(summary: dict[str, object]) -> dict[str, object]:
    """What differs from member to member."""
    return {name: summary[name] for name in ("classes", "storages", "audit", "notes")}


def _reported(member: str, simulation: Simulation) -> pa.Table:
    """The reported series of one member, one after the other."""
    import pyarrow as pa  # noqa: PLC0415

    reports = simulation.reports()
    steps = len(simulation.days)
    return pa.table(
        {
            "member": _repeated([member], steps * len(reports)),
            "step": np.tile(np.arange(steps, dtype=np.int32), len(reports)),
            "step_start": _days(simulation, len(reports)),
            "name": _repeated([each.name for each, _ in reports], steps),
            "attribute": _repeated([each.attribute for each, _ in reports], steps),
            "value": _values([values for _, values in reports]),
        }
    )


def _everything(member: str, simulation: Simulation) -> pa.Table:
    """All quantities of one member, one after the other."""
    import pyarrow as pa  # noqa: PLC0415

    applied, steps = simulation.applied, len(simulation.days)
    keys = list(applied.values)
    return pa.table(
        {
            "member": _repeated([member], steps * len(keys)),
            "day": _days(simulation, len(keys)),
            "component": _repeated([key[0] for key in keys], steps),
            "quantity": _repeated([key[1] for key in keys], steps),
            "value": _values([applied.values[key] for key in keys]),
            "unit": _repeated([applied.units.get(key, "m3") for key in keys], steps),
        }
    )


def _days(simulation: Simulation, times: int) -> np.ndarray:
    return np.tile(np.array(simulation.days, dtype="datetime64[D]"), times)


def _values(series: list[Floats]) -> Floats:
    return np.concatenate(series) if series else np.empty(0)


def _repeated(words: list[str], times: int) -> pa.DictionaryArray:
    """Each word so many times."""
    import pyarrow as pa  # noqa: PLC0415

    different = list(dict.fromkeys(words))
    number = {word: place for place, word in enumerate(different)}
    places = np.repeat(np.array([number[word] for word in words], dtype=np.int32), times)
    return pa.DictionaryArray.from_arrays(places, pa.array(different, pa.string()))
