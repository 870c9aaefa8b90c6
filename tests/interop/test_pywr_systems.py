"""A year of a synthetic system, step by step, is what Pywr makes of it on every day."""

from pathlib import Path

import numpy as np
import pytest

from interop.pywr2_systems import written
from interop.pywr_systems import TIES, compared, differences
from shared_data import needs_shared
from waterbalance.interop.pywr.import_model import import_model


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
