"""The cases of Pywr's own test suite: models beside the numbers that Pywr gives."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared_data import SHARED
from waterbalance.interop.pywr.import_model import import_model
from waterbalance.interop.pywr.steps import steps_of
from waterbalance.operate.rolling.roll import simulate
from waterbalance.scenario.read import read_scenario

FOLDER = SHARED / "cases" / "pywr"


@dataclass(frozen=True)
class Miss:
    """One number that came out otherwise."""

    node: object
    attribute: str
    step: int
    member: int
    found: float | None
    wanted: float

    def __str__(self) -> str:
        return f"{self.node} {self.attribute} at step {self.step}, combination {self.member}: {self.found} for {self.wanted}"


def cases() -> list[dict[str, Any]]:
    """All cases, or none where the data are not there."""
    file = FOLDER / "cases.json"
    return json.loads(file.read_text(encoding="utf-8"))["cases"] if file.exists() else []


def misses(case: Mapping[str, Any], folder: Path) -> list[Miss]:
    """Every asserted number that an import and a simulation without a look ahead do not give. Raises what these raise."""
    model = FOLDER / "models" / case["file"]
    steps = steps_of(json.loads(model.read_text(encoding="utf-8")), str(model))
    count = len(steps.edges) - 1
    assert count == case["timesteps_in_model"] or "weekly" in case["id"], (count, case["timesteps_in_model"])
    found = []
    for member in sorted({each["scenario"] for each in case["asserts"]}):
        asserts = [each for each in case["asserts"] if each["scenario"] == member]
        last = max(each["timestep"] % count for each in asserts)
        out = folder / f"{case['id']}-{member}"
        import_model(model, out, member)
        simulation = simulate(read_scenario(out), steps.edges[0], steps.edges[last], myopic=True)
        assert simulation.findings == (), [str(each) for each in simulation.findings]
        told = {(each.name, each.attribute): values for each, values in simulation.reports()}
        found += list(_compared(asserts, told, count, case["tolerance"]))
    return found


def _compared(
    asserts: Sequence[Mapping[str, Any]], told: Mapping[tuple[str, str], np.ndarray], count: int, tolerance: Mapping[str, float]
) -> Sequence[Miss]:
    wrong = []
    for each in asserts:
        names = each["node"] if isinstance(each["node"], list) else [each["node"]]
        step = each["timestep"] % count
        values = [told[name, each["attribute"]][step] if (name, each["attribute"]) in told else None for name in names]
        value = None if None in values else sum(values)
        if value is None or not np.isclose(value, each["value"], rtol=tolerance["rtol"], atol=tolerance["atol"]):
            wrong.append(Miss(each["node"], each["attribute"], step, each["scenario"], value, each["value"]))
    return wrong
