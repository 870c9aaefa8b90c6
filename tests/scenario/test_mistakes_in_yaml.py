"""Every mistake of the scenario file is told with its place, what was found, what is allowed and what to do."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from scenario.folders import changed, findings_about, line_of


@dataclass(frozen=True)
class Mistake:
    old: str
    new: str
    what: str
    found: str
    allowed: str
    remedy: str
    at: str = ""
    """Text of the line that is told; that of the change by default."""


MISTAKES = {
    "misspelt key": Mistake(
        "dead_storage: 100000 m3\n", "ded_storage: 100000 m3\n", "unknown key", "'ded_storage'", "dead_storage", "'dead_storage'"
    ),
    "misspelt section": Mistake("time_zone:", "time_zon:", "unknown key", "'time_zon'", "time_zone", "Did you mean 'time_zone'?"),
    "misspelt type": Mistake(
        "type: reservoir", "type: resevoir", "unknown type", "'resevoir'", "reservoir", "Did you mean 'reservoir'?"
    ),
    "no type": Mistake("    type: canal\n", "", "the type is missing", "no 'type'", "canal", "Add 'type", "main_canal:"),
    "rule among components": Mistake(
        "type: canal", "type: minimum_flow", "belongs under 'rules'", "'minimum_flow'", "canal", "Move 'main_canal'"
    ),
    "unknown neighbour": Mistake(
        "target: east_fields",
        "target: east_feilds",
        "target names a component that does not exist",
        "'east_feilds'",
        "name of a component",
        "Did you mean 'east_fields'?",
    ),
    "own neighbour": Mistake(
        "target: town\n", "target: town_pipe\n", "target names the component itself", "'town_pipe'", "another", "other end"
    ),
    "a zone nothing reaches": Mistake(
        "target: east_fields",
        "target: town",
        "nothing brings water here",
        "irrigation_zone without any link",
        "at least one canal",
        "Connect it",
        "  east_fields:",
    ),
    "negative capacity": Mistake(
        "capacity: 120000 m3/day",
        "capacity: -120000 m3/day",
        "'capacity' is out of its range",
        "-120000 m3/day",
        "greater than or equal to 0",
        "Mend the number",
    ),
    "wrong unit": Mistake(
        "demand: 80000 m3/day", "demand: 80000 m3", "'demand' cannot be read", "80000 m3", "not a unit of a flow", "of that kind"
    ),
    "unknown unit": Mistake(
        "capacity: 1 Mm3",
        "capacity: 1 Mm33",
        "'capacity' cannot be read",
        "1 Mm33",
        "for a volume write for example",
        "of that kind",
    ),
    "no unit": Mistake(
        "capacity: 1 Mm3", "capacity: 1000000", "'capacity' cannot be read", "1000000", "has no unit", "of that kind"
    ),
    "a missing field": Mistake(
        "    area: 800 ha\n    demand: 80000 m3/day\n    sources: {area: assumed, demand: assumed}",
        "    demand: 80000 m3/day\n    sources: {demand: assumed}",
        "a key is missing",
        "no 'area'",
        "'area'",
        "Add 'area",
        "  east_fields:",
    ),
    "a user without demand": Mistake(
        "    demand: 40000 CMD\n    sources: {demand: assumed}\n",
        "",
        "no demand",
        "no 'demand'",
        "a table or a forecast",
        "town.demand",
        "  town:",
    ),
    "a figure without source": Mistake(
        "    sources: {capacity: assumed}",
        "    sources: {}",
        "'capacity' has no source",
        "no 'sources",
        "assumed",
        "Add 'sources",
        "capacity: 35000 CMD",
    ),
    "a source of nothing": Mistake(
        "sources: {capacity: assumed}",
        "sources: {capacity: assumed, capasity: x}",
        "a source for an unknown key",
        "'capasity'",
        "capacity",
        "Did you mean 'capacity'?",
    ),
    "an unknown preset": Mistake(
        "preset: drought_practice",
        "preset: drougt_practice",
        "'preset' cannot be read",
        "drougt_practice",
        "water_act",
        "Did you mean 'drought_practice'?",
    ),
    "an unknown time zone": Mistake(
        "Asia/Taipei",
        "Asia/Tapei",
        "'time_zone' cannot be read",
        "Asia/Tapei",
        "an IANA time zone",
        "Did you mean 'Asia/Taipei'?",
    ),
    "a start that is no day": Mistake(
        "start: 2026-03-01", "start: 2026-02-30", "'start' cannot be read", "2026-02-30", "a date of the calendar", "of that kind"
    ),
    "a start with an offset": Mistake(
        "start: 2026-03-01", "start: 2026-03-01T00:00+08:00", "'start' cannot be read", "+08:00", "a local date", "of that kind"
    ),
    "an end before the start": Mistake(
        "last_day: 2026-03-04", "last_day: 2026-02-04", "horizon", "2026-02-04", "not before the start", "of that kind"
    ),
    "an end condition of a pipe": Mistake(
        "  lake: {target", "  town_pipe: {target", "stores nothing", "a pipeline", "lake", "Remove it"
    ),
    "an end condition twice over": Mistake(
        "{target: 150000 m3}",
        "{target: 150000 m3, value: 2}",
        "'lake' cannot be read",
        "150000 m3",
        "exactly one of",
        "of that kind",
    ),
    "an unknown curve": Mistake(
        "{target: 150000 m3}",
        "{curve: lowr_curve}",
        "unknown curve",
        "'lowr_curve'",
        "lower_curve",
        "Did you mean 'lower_curve'?",
    ),
    "a curve without values": Mistake(
        "{target: 150000 m3}", "{curve: lower_curve}", "the curve has no values", "'lower_curve'", "a table", "Add 'lower_curve"
    ),
    "dates on a fixed field": Mistake(
        "area: 800 ha", "area: {2026-01-01: 800 ha}", "does not change by date", "values by date", "demand", "Write one value"
    ),
    "a dated field out of order": Mistake(
        "demand: 40000 CMD",
        "demand: {2026-03-02: 40000 CMD, 2026-03-01: 1 CMD}",
        "not in order",
        "2026-03-01",
        "oldest first",
        "Sort",
    ),
    "a bad date in a dated field": Mistake(
        "demand: 40000 CMD", "demand: {2026-3-2: 40000 CMD}", "this is not a date", "'2026-3-2'", "local date", "year-month-day"
    ),
    "a dated value without unit": Mistake(
        "demand: 40000 CMD", "demand: {2026-03-02: 40000}", "cannot be read", "40000", "has no unit", "of that kind"
    ),
    "a name with a dot": Mistake(
        "  town_pipe:", "  town.pipe:", "this is not a name", "'town.pipe'", "letters", "without spaces"
    ),
    "a date that is a number": Mistake(
        "    area: 800 ha",
        "    in_service_from: 1990\n    area: 800 ha",
        "is not a date",
        "1990",
        "local date",
        "year-month-day",
        "in_service_from",
    ),
    "an address where a file belongs": Mistake(
        "file: tables/inflow.csv",
        "file: 'https://example.org/inflow.csv'",
        "an address",
        "https://example.org",
        "inside the scenario's folder",
        "Copy the file",
    ),
    "a file address": Mistake(
        "file: tables/inflow.csv",
        "file: 'file:tables/inflow.csv'",
        "an address",
        "file:tables",
        "inside the scenario's folder",
        "Copy",
    ),
    "a path out of the folder": Mistake(
        "file: tables/inflow.csv",
        "file: ../tutorial/tables/inflow.csv",
        "leads out",
        "../tutorial",
        "inside the scenario's folder",
        "Copy",
    ),
    "an absolute path": Mistake(
        "file: tables/inflow.csv", "file: /dev/zero", "leads out", "/dev/zero", "inside the scenario's folder", "Copy"
    ),
    "a folder instead of a file": Mistake(
        "{file: tables/inflow.csv, label",
        "{file: tables, label",
        "not a file",
        "'tables'",
        "inside the scenario's folder",
        "not a folder",
        "file: tables,",
    ),
    "a file that is not there": Mistake(
        "file: tables/inflow.csv", "file: tables/inflw.csv", "cannot be read", "inflw.csv", "a readable file", "Copy"
    ),
    "an unknown forecaster": Mistake(
        "tables:\n",
        "planning_values: {demand: 0.5}\nforecasts:\n  town.inflow: {forecaster: per_capta_demand}\ntables:\n",
        "unknown forecaster",
        "'per_capta_demand'",
        "per_capita_demand",
        "Did you mean 'per_capita_demand'?",
        "per_capta_demand",
    ),
    "a forecast of nothing": Mistake(
        "tables:\n",
        "forecasts:\n  town.demnd: {forecaster: persistence, source: assumed}\ntables:\n",
        "unknown quantity",
        "'town.demnd'",
        "demand",
        "Did you mean 'demand'?",
        "town.demnd",
    ),
    "a state of nothing": Mistake(
        "state: {file: tables/storages.csv, oldest: 3 days, source: assumed}\n",
        "",
        "the storage of lake is not known",
        "no column",
        "an observation on 2026-03-01",
        "Add a column 'lake.storage [m3]'",
        "waterbalance: 1",
    ),
    "a flow under way that nobody looks at": Mistake(
        "tables:\n",
        "under_way: {main_canal.inflow: 1 m3/s}\ntables:\n",
        "unknown flow under way",
        "main_canal.inflow",
        "none",
        "Remove it",
        "under_way",
    ),
    "a planning value of nothing": Mistake(
        "tables:\n",
        "planning_values: {inflw: 0.2}\ntables:\n",
        "unknown quantity",
        "'inflw'",
        "inflow",
        "Did you mean 'inflow'?",
        "inflw",
    ),
    "a measure of nothing": Mistake(
        "{preset: drought_practice}",
        "{goals: [{name: a, terms: [{measure: shortag}]}]}",
        "unknown measure",
        "'shortag'",
        "shortage",
        "Did you mean 'shortage'?",
    ),
    "an unknown user class": Mistake(
        "{preset: drought_practice}",
        "{goals: [{name: a, terms: [{measure: shortage, user_classes: [farming]}]}]}",
        "not one of the allowed words",
        "'farming'",
        "agriculture",
        "Choose",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_full(mistake: Mistake, tutorial: Path) -> None:
    changed(tutorial, mistake.old, mistake.new)
    findings = findings_about(tutorial)
    fitting = [finding for finding in findings if mistake.what in finding.what]
    assert fitting, [str(finding) for finding in findings]
    finding = fitting[0]
    assert finding.where.file == str(tutorial / "scenario.yaml")
    at = mistake.at or mistake.new.strip().splitlines()[0]
    assert finding.where.line == line_of(tutorial, at)
    assert finding.where.column is not None
    assert mistake.found in str(finding.found)
    assert mistake.allowed in str(finding.allowed)
    assert mistake.remedy in str(finding.remedy)


def test_mistakes_of_all_files_are_told_at_once(tutorial: Path) -> None:
    changed(tutorial, "capacity: 1 Mm3", "capacity: 1 Mm33")
    changed(tutorial, "target: town\n", "target: twn\n")
    changed(tutorial, "Asia/Taipei", "Asia/Tapei")
    changed(tutorial, "20000", "much", "tables/inflow.csv")
    changed(tutorial, "400000", "", "tables/storages.csv")
    files = [finding.where.file for finding in findings_about(tutorial)]
    assert len(files) == 5
    assert {Path(str(file)).name for file in files} == {"scenario.yaml", "inflow.csv", "storages.csv"}


def test_a_component_that_cannot_be_read_gives_no_echoes(tutorial: Path) -> None:
    changed(tutorial, "type: reservoir", "type: resevoir")
    assert [finding.what for finding in findings_about(tutorial)] == ["unknown type"]
