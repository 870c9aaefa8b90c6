"""Mistakes in the sections of parameters: each is told with its place, and what to do."""

from pathlib import Path

import pytest

from repository import ROOT
from scenario.folders import copy_of_tutorial, findings_about
from waterbalance.scenario import read_scenario

PARAMETERS = """
parameters:
  season: {kind: monthly_profile, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}
  twice: {kind: aggregated, function: product, of: [2, season]}
  river: {kind: series, file: tables/more.csv, column: river}
set_by:
  CANAL.capacity: twice
reported:
  - {name: canal, attribute: flow, of: [CANAL.inflow], per_day: true}
  - {name: season, attribute: parameter, parameter: season}
"""

TABLE = "date,river\n2026-01-01,1\n2026-02-01,2.5\n"


def folder(tmp_path: Path, old: str = "", new: str = "", table: str = TABLE) -> Path:
    """The tutorial with parameters, one of which sets the first canal's capacity."""
    made = copy_of_tutorial(tmp_path)
    scenario = (made / "scenario.yaml").read_text(encoding="utf-8")
    text = PARAMETERS.replace("CANAL", CANAL)
    assert old in text
    (made / "scenario.yaml").write_text(scenario + (text.replace(old, new) if old else text), encoding="utf-8")
    (made / "tables" / "more.csv").write_text(table, encoding="utf-8")
    return made


CANAL = next(each.name for each in read_scenario(ROOT / "scenarios" / "tutorial").network if each.type_name() == "canal")


def test_they_are_read(tmp_path: Path) -> None:
    parameters = read_scenario(folder(tmp_path)).parameters
    assert list(parameters.named) == ["season", "twice", "river"]
    assert parameters.sets == {(CANAL, "capacity"): "twice"}


@pytest.mark.parametrize(
    ("old", "new", "what", "said"),
    [
        ("kind: monthly_profile", "kind: monthly_profil", "unknown kind of parameter", "Did you mean 'monthly_profile'?"),
        ("{kind: monthly_profile, ", "{", "unknown kind of parameter", "nothing"),
        ("10, 11, 12]", "10, 11]", "'values' cannot be read", "12"),
        ("of: [2, season]", "of: [2, seasons]", "unknown parameter", "Did you mean 'season'?"),
        ("of: [2, season]", "of: [2, twice]", "parameters go round in a circle", "twice -> twice"),
        ("of: [2, season]", "of: [2, {kind: stored, storages: [sea]}]", "does not exist", "'sea'"),
        ("of: [2, season]", "of: [2, season], power: 3", "unknown key", "'power'"),
        (
            "  twice: {kind: aggregated, function: product, of: [2, season]}",
            "  twice: [2, season]",
            "this is no parameter",
            "a list",
        ),
        ("  twice: {kind: aggregated, function: product, of: [2, season]}", "  twice: true", "this is no parameter", "'true'"),
        (".capacity", ".capacty", "this quantity cannot be set", "Did you mean 'capacity'?"),
        ("  CANAL.capacity".replace("CANAL", CANAL), "  sea_canal.capacity", "unknown component", "'sea_canal'"),
        (".inflow]", ".inflo]", "unknown quantity", "Did you mean"),
        ("parameter: season}", "parameter: seasons}", "unknown parameter", "Did you mean 'season'?"),
        ("of: [CANAL.inflow], ".replace("CANAL", CANAL), "", "a series is reported 'of' quantities or of a parameter", "canal"),
        ("column: river", "column: rivers", "the table has no such column", "Did you mean 'river'?"),
        ("tables/more.csv", "../more.csv", "leads out of the scenario's folder", "../more.csv"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, what: str, said: str, tmp_path: Path) -> None:
    told = [str(finding) for finding in findings_about(folder(tmp_path, old, new))]
    assert any(what in each and said in each for each in told), told
    assert all("scenario.yaml:" in each for each in told)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("date,river\n2026-02-01,1\n2026-01-01,2\n", "the dates of the table do not ascend"),
        ("date,river\n", "the dates of the table do not ascend"),
        ("date,river\n2026-02-01,wet\n", "text stands in a column of numbers"),
        ("date,river\nyesterday,1\n", "this is not a date"),
        ("date,river\n2026-02-01,1,2\n", "another length than the header"),
    ],
)
def test_a_mistake_in_a_table_is_told(table: str, what: str, tmp_path: Path) -> None:
    assert any(what in finding.what for finding in findings_about(folder(tmp_path, table=table)))
