"""A year of a synthetic system, step by step, is what Pywr makes of it on every day."""

from pathlib import Path

import numpy as np
import pytest

from interop.pywr_systems import TIES, compared
from shared_data import needs_shared


@needs_shared
@pytest.mark.parametrize("name", ["tree_25", "mesh_25", "tree_100", "mesh_100", "mesh_400"])
def test_a_year_is_that_of_pywr(name: str, tmp_path: Path) -> None:
    difference, _ = compared(name, tmp_path / "scenario")
    assert len(difference) == 365
    assert [day for day in np.flatnonzero(difference > 1e-6).tolist() if day not in TIES.get(name, ())] == []
