"""Synthetic systems over a year, as Pywr models with the flows and storages that Pywr's `glpk-edge` solver gives."""

import csv
import datetime as dt
import time
from pathlib import Path

import numpy as np

from shared_data import SHARED
from waterbalance.interop.pywr.import_model import import_model
from waterbalance.operate.rolling.roll import simulate
from waterbalance.scenario.read import read_scenario

FOLDER = SHARED / "cases" / "pywr_speed"

FIRST, LAST = dt.date(2015, 1, 1), dt.date(2015, 12, 31)

TIES = {"mesh_400": (44, 95, 97, 129)}
"""Days on which the cheapest step is not the only one: two by the notes beside the data, all four by the test that asks scipy."""


def compared(name: str, folder: Path) -> tuple[np.ndarray, float]:
    """The largest difference from Pywr on each day, and the seconds that the simulation took."""
    import_model(FOLDER / f"pywr_v1_{name}.json", folder)
    return differences(name, folder, "flow", "volume")


def differences(name: str, folder: Path, flow: str, volume: str) -> tuple[np.ndarray, float]:
    """The same of a scenario, which reports zones and reservoirs by these attributes."""
    scenario = read_scenario(folder)
    started = time.perf_counter()
    simulation = simulate(scenario, FIRST, LAST, myopic=True)
    seconds = time.perf_counter() - started
    assert simulation.findings == ()
    told = {(each.name, each.attribute): values for each, values in simulation.reports()}
    theirs = reference(name)
    ours = np.array([told[node, flow] if (node, flow) in told else told[node, volume] for node in theirs])
    return np.abs(ours - np.array(list(theirs.values()))).max(axis=0), seconds


def reference(name: str) -> dict[str, np.ndarray]:
    """What Pywr gives to zones and keeps in storages on each day, by node."""
    with (FOLDER / "reference" / f"{name}_glpk-edge_365d.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header[1:], np.array(rows, dtype=float)[:, 1:].T, strict=True))
