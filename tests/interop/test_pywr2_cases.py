"""All cases of Pywr 2's own test suite: imported, simulated, and compared number by number.

Means over months and years are worked out here from the reported series.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from interop.pywr2_cases import MODELS, cases, misses, simulated
from repository import ROOT
from shared_data import needs_shared
from waterbalance.errors import InputError

CASES = cases()
WITH_TABLES = [case for case in CASES if case["expected_csv"]]

REFUSED = {"test_timeseries2_hourly": "this step length is not read"}
"""Case -> what the import says. Each stands in the table of the README as well."""

NOT_CARRIED = {
    "test_python_agg_func1": "an aggregation in Python, which is not run",
    "test_python_parameter2": "parameters of type 'Python' have no counterpart",
}
"""Case -> what the import lists in place of the numbers. Each stands in the table of the README as well."""


@needs_shared
@pytest.mark.parametrize("case", [pytest.param(case, id=case["test"]) for case in CASES])
def test_the_numbers_are_those_of_pywr(case: dict[str, Any], tmp_path: Path) -> None:
    if case["test"] in REFUSED:
        with pytest.raises(InputError, match=REFUSED[case["test"]]):
            misses(case, tmp_path)
    elif case["test"] in NOT_CARRIED:
        carried, told = simulated(MODELS / case["file"], tmp_path)
        assert any(NOT_CARRIED[case["test"]] in each.what for each in carried.not_carried)
        assert all(attribute in {"Inflow", "Outflow", "before"} for _, attribute in told)
    else:
        assert misses(case, tmp_path) == []


@needs_shared
def test_the_readme_tells_the_count() -> None:
    row = re.search(
        r"^\| Pywr 2 .*\| (\d+) \| (\d+) \| (\d+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert row is not None
    missed = len(REFUSED) + len(NOT_CARRIED)
    assert tuple(map(int, row.groups())) == (len(WITH_TABLES), len(WITH_TABLES) - missed, missed)
