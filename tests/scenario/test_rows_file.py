"""A survey in a CSV file is the survey in the scenario file, and its mistakes are told at their line."""

from pathlib import Path

import pytest

from scenario.folders import changed, copy_of_tutorial, findings_about
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.scenario import read_scenario
from waterbalance.scenario.rows_file import columns_of

SURVEY = "level [m],area [ha],volume [萬噸]\n10,0,0\n20,100,20\n\n30,150,120\n"
ROWS = """
      - {level: 10 m, area: 0 km2, volume: 0 m3}
      - {level: 20 m, area: 1 km2, volume: 0.2 Mm3}
      - {level: 30 m, area: 1.5 km2, volume: 1.2 Mm3}"""
FIELD = "    dead_storage: 100000 m3\n"


def surveyed(folder: Path, field: str, source: str = ", level_area_volume: assumed") -> Path:
    changed(folder, FIELD, f"{FIELD}    level_area_volume: {field}\n")
    return changed(folder, ", dead_storage: assumed}", f", dead_storage: assumed{source}}}")


def with_file(folder: Path, text: str = SURVEY, source: str = ", level_area_volume: assumed") -> Path:
    (folder / "tables/survey.csv").write_text(text, encoding="utf-8")
    return surveyed(folder, "{file: tables/survey.csv}", source)


def lake(folder: Path) -> Reservoir:
    found = read_scenario(folder).network["lake"]
    assert isinstance(found, Reservoir)
    return found


def test_rows_in_a_file_are_rows_in_the_field(tutorial: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    written = lake(surveyed(copy_of_tutorial(tmp_path / "other"), ROWS)).level_area_volume
    read = lake(with_file(tutorial)).level_area_volume
    assert [(row.level, row.area, row.volume) for row in read] == [
        pytest.approx((row.level, row.area, row.volume)) for row in written
    ]
    assert len(read) == 3
    assert "tables/survey.csv" in read_scenario(tutorial).files


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "found"),
    [
        # The blank line counts: the third row stands in line 5.
        ("30,150", "15,150", 5, "levels do not rise at row 3", "20 then 15"),
        ("20,100,20", "20,100,130", 5, "volumes do not rise at row 3", "1.3e+06 then 1.2e+06"),
        ("20,100", "20,-100", 3, "this row cannot be", "-100"),
        ("20,100", "20,much", 3, "text stands in a column of numbers", "much"),
        ("[ha]", "[m]", 1, "the unit in the header is wrong", "area [m]"),
        ("area", "aera", 1, "this header cannot be read", "aera [ha]"),
        ("area [ha]", "area", 1, "this header cannot be read", "area"),
        ("\n10,0,0\n20,100,20\n\n30,150,120\n", "\n", 1, "the table has no rows", "a header only"),
    ],
)
def test_mistakes_are_told_at_their_line(tutorial: Path, old: str, new: str, line: int, what: str, found: str) -> None:
    assert SURVEY.count(old) == 1
    (finding,) = findings_about(with_file(tutorial, SURVEY.replace(old, new)))
    assert (finding.where.file, finding.where.line) == (str(tutorial / "tables/survey.csv"), line)
    assert what in finding.what
    assert found in str(finding.found)
    assert finding.remedy


def test_a_column_that_is_missing_is_named(tutorial: Path) -> None:
    (finding,) = findings_about(with_file(tutorial, "level [m],volume [Mm3]\n10,0\n30,2\n"))
    assert (finding.what, finding.found, finding.remedy) == ("a column is missing", "no 'area'", "Add 'area [unit]'.")


def test_the_file_lies_in_the_folder_and_has_a_source(tutorial: Path) -> None:
    (finding,) = findings_about(with_file(tutorial, source=""))
    assert finding.what == "the figure 'level_area_volume' has no source"
    changed(tutorial, "{file: tables/survey.csv}", "{file: ../survey.csv}")
    (outside, *_) = findings_about(tutorial)
    assert outside.what == "the path leads out of the scenario's folder"


def test_only_fields_of_rows_of_quantities_may_name_a_file() -> None:
    assert set(columns_of(Reservoir, "level_area_volume")) == {"level", "area", "volume"}
    assert set(columns_of(Reservoir, "spillway")) == {"level", "storage", "release"}
    assert [columns_of(Reservoir, field) for field in ("capacity", "outages", "sources", "nothing")] == [{}, {}, {}, {}]
