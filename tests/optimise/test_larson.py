"""The four-reservoir problem of Larson (1968), written as a scenario folder: its published optimum is reproduced.

Larson, State Increment Dynamic Programming; Heidari, Chow, Kokotovic and Meredith (1971), doi:10.1029/WR007i002p00273.
One unit of the problem is a million cubic metres here, and a period is a day.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from shared_data import needs_shared
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.plan.audit import audit
from waterbalance.scenario.read import read_scenario

CASE = "cases/optima/larson_1968_four_reservoir.json"
UNIT = 1e6

Numbers = dict[str, list[float]]


def write_folder(problem: dict[str, object], folder: Path) -> None:
    """The problem as files: four reservoirs, the rivers between them, and two tables of benefits."""
    (folder / "tables").mkdir(parents=True)
    (folder / "scenario.yaml").write_text(_scenario(problem), encoding="utf-8")
    inflow, power = problem["inflow"], problem["benefit_hydropower_per_release"]
    assert isinstance(inflow, dict)
    assert isinstance(power, list)
    lakes = [f"lake_{name}" for name in problem["reservoirs"]]
    _write(folder / "tables/inflow.csv", {lake: inflow[lake[-1]] for lake in lakes}, "inflow [Mm3/day]")
    _write(folder / "tables/power.csv", {lake: power[number] for number, lake in enumerate(lakes)}, "power [1]")
    _write(folder / "tables/irrigation.csv", {"lake_4": problem["benefit_irrigation_on_release_of_4"]}, "irrigation [1]")
    header = ",".join(f"{lake}.storage [Mm3]" for lake in lakes)
    row = ",".join(str(storage) for storage in problem["initial_storage"])
    (folder / "tables/storages.csv").write_text(f"date,{header}\n2026-01-01,{row}\n", encoding="utf-8")


def _write(path: Path, columns: Numbers, quantity: str) -> None:
    header = ",".join(f"{name}.{quantity}" for name in columns)
    rows = [
        f"2026-01-{day:02d}," + ",".join(str(value) for value in values)
        for day, values in enumerate(zip(*columns.values(), strict=True), start=1)
    ]
    path.write_text("\n".join([f"date,{header}", *rows]) + "\n", encoding="utf-8")


def _scenario(problem: dict[str, object]) -> str:
    components = ["  sea: {type: outfall}"]
    ends = []
    for number, name in enumerate(problem["reservoirs"]):
        below = problem["downstream"][name]
        capacity, release = problem["storage_max"][number], problem["release_max"][number]
        components.append(f"  lake_{name}: {{type: reservoir, capacity: {capacity} Mm3, release_capacity: {release} Mm3/day}}")
        target = "sea" if below is None else f"lake_{below}"
        components.append(f"  river_{name}: {{type: river_reach, source: lake_{name}, target: {target}}}")
        ends.append(f"  lake_{name}: {{target: {problem['final_storage_min'][number]} Mm3}}")
    return "\n".join(
        [
            "waterbalance: 1",
            "name: larson",
            "time_zone: UTC",
            f"horizon: {{start: 2026-01-01, last_day: 2026-01-{problem['periods']}, daily_steps: {problem['periods']}}}",
            "policy:",
            "  name: benefits",
            "  goals:",
            "    - {name: storage at the end, terms: [{measure: target_shortfall}]}",
            "    - name: benefit",
            "      sense: maximise",
            "      terms: [{measure: release, benefit: power}, {measure: release, benefit: irrigation}]",
            "end_conditions:",
            *ends,
            "components:",
            *components,
            "state: {file: tables/storages.csv, oldest: 1 days}",
            "tables:",
            *(f"  - {{file: tables/{name}.csv, label: Larson 1968}}" for name in ("inflow", "power", "irrigation")),
            "",
        ]
    )


@needs_shared
def test_the_published_optimum_is_reproduced_from_a_folder(shared: Path, tmp_path: Path) -> None:
    problem = json.loads((shared / CASE).read_text(encoding="utf-8"))
    write_folder(problem, tmp_path / "larson")
    planned = plan_scenario(read_scenario(tmp_path / "larson"))
    plan = planned.plan
    goals = {rank.name: rank.value for rank in plan.ranks}
    assert goals["benefit"] / UNIT == pytest.approx(problem["published_optimum"], rel=1e-6)
    assert goals["storage at the end"] == pytest.approx(0, abs=1)
    assert audit(plan, planned.scenario.network) == ()
    final = [plan.values[f"lake_{name}", "storage"][-1] / UNIT for name in problem["reservoirs"]]
    assert np.all(np.array(final) >= np.array(problem["final_storage_min"]) - 1e-5)


@needs_shared
def test_a_larger_lake_cannot_bring_less(shared: Path, tmp_path: Path) -> None:
    """The optimum answers to the data: with twice the turbines of reservoir 4 it grows."""
    problem = json.loads((shared / CASE).read_text(encoding="utf-8"))
    problem["release_max"][3] *= 2
    write_folder(problem, tmp_path / "larson")
    plan = plan_scenario(read_scenario(tmp_path / "larson")).plan
    assert {rank.name: rank.value for rank in plan.ranks}["benefit"] / UNIT > problem["published_optimum"] + 1
