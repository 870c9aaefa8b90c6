"""A year of a synthetic system, step by step, is what Pywr makes of it on every day."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from interop.pywr2_systems import written
from interop.pywr_systems import TIES, compared, differences, reference
from shared_data import needs_shared
from waterbalance.horizon import Floats
from waterbalance.interop.pywr.import_model import import_model
from waterbalance.optimise.one_step import OneStep
from waterbalance.solver.programs import Programs


@needs_shared
@pytest.mark.parametrize("name", ["tree_25", "mesh_25", "tree_100", "mesh_100", "mesh_400"])
def test_a_year_is_that_of_pywr(name: str, tmp_path: Path) -> None:
    difference, _ = compared(name, tmp_path / "scenario")
    assert len(difference) == 365
    assert [day for day in np.flatnonzero(difference > 1e-6).tolist() if day not in TIES.get(name, ())] == []


@needs_shared
@pytest.mark.parametrize("name", ["tree_25", "mesh_25", "tree_100", "mesh_100"])
def test_as_a_model_of_pywr_2_it_is_the_same(name: str, tmp_path: Path) -> None:
    carried = import_model(written(name, tmp_path / "model"), tmp_path / "scenario")
    assert [str(each) for each in carried.not_carried] == []
    difference, _ = differences(name, tmp_path / "scenario", "Inflow", "Volume")
    assert len(difference) == 365
    assert [day for day in np.flatnonzero(difference > 1e-6).tolist() if day not in TIES.get(name, ())] == []


@needs_shared
def test_on_days_of_ties_what_pywr_does_costs_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cheapest step in which every zone gets what Pywr gives it costs as much as the cheapest of all, as scipy finds both."""
    steps = []
    solve = OneStep.solve
    monkeypatch.setattr(OneStep, "solve", lambda one, filled: (steps.append((one.place, filled.programs)), solve(one, filled))[1])
    compared("mesh_400", tmp_path / "scenario")
    zones = {name: column for name, column in reference("mesh_400").items() if name.startswith("zone")}
    for day in TIES["mesh_400"]:
        place, programs = steps[day]
        least, lower, upper = programs.cost[:, 0], programs.lower[:, 0].copy(), programs.upper[:, 0].copy()
        cheapest = cheapest_cost(programs, lower, upper)
        for name, flows in zones.items():
            lower[place[name, "flow"]], upper[place[name, "flow"]] = flows[day] - 1e-9, flows[day] + 1e-9
        # A billionth of room in each zone is worth at most 1e-9 x the sum of all prices.
        assert cheapest_cost(programs, lower, upper) == pytest.approx(cheapest, abs=1e-9 * np.abs(least).sum())


def cheapest_cost(programs: Programs, lower: Floats, upper: Floats) -> float:
    """Least cost of the first program within some limits."""
    equal, matrix = programs.row_lower[:, 0] == programs.row_upper[:, 0], programs.matrix(0)
    assert equal.all()
    found = linprog(programs.cost[:, 0], A_eq=matrix, b_eq=programs.row_lower[:, 0], bounds=np.column_stack([lower, upper]))
    assert found.status == 0
    return float(found.fun)
