"""Every mistake of the scenario file is told with its place, what was found, what is allowed and what to do."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from scenario.folders import changed, findings_about, line_of
from waterbalance.scenario import read_scenario


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
        "last_day: 2026-03-04", "last_day: 2026-02-04", "last_day (2026-02-04) lies before", "2026-02-04", "", "Give a later one"
    ),
    "an end condition of a pipe": Mistake(
        "  lake: {target", "  town_pipe: {target", "stores nothing", "a pipeline", "lake", "Remove it"
    ),
    "an end condition twice over": Mistake(
        "{target: 150000 m3}",
        "{target: 150000 m3, value: 2}",
        "lake: an end condition has exactly one of curve, target and value",
        "150000 m3",
        "",
        "Leave the others out.",
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
    "a component of a term that does not exist": Mistake(
        "{preset: drought_practice}",
        "{goals: [{name: a, terms: [{measure: shortage, components: [twn]}]}]}",
        "unknown component",
        "'twn'",
        "town",
        "Did you mean 'town'?",
    ),
    "a measure that the component of the term does not have": Mistake(
        "{preset: drought_practice}",
        "{goals: [{name: a, terms: [{measure: release, components: [lake, town]}]}]}",
        "town, a household_supply, has no such measure",
        "'release'",
        "shortage",
        "Take 'town' out of the term.",
    ),
    "a benefit without a table": Mistake(
        "{preset: drought_practice}",
        "{goals: [{name: a, terms: [{measure: shortage, user_classes: [domestic], benefit: price}]}]}",
        "no table gives this benefit",
        "'price'",
        "a column for town.price",
        "Add a column 'town.price [1]'",
    ),
    "a quantity that the subject of a rule does not have": Mistake(
        "state: {file",
        "rules: {a_rule: {type: minimum_flow, subject: lake, minimum: 1 m3/s, sources: {minimum: assumed}}}\nstate: {file",
        "lake, a reservoir, has no such quantity",
        "'inflow'",
        "release, spill, storage",
        "Choose one of those, or name another component.",
        "subject: lake",
    ),
    "a misspelt quantity of a rule": Mistake(
        "state: {file",
        "rules:\n  a_rule:\n    type: ramp_limit\n    subject: main_canal\n    quantity: inflw\n    rise: 1 m3/s\n"
        "    sources: {rise: assumed}\nstate: {file",
        "main_canal, a canal, has no such quantity",
        "'inflw'",
        "inflow",
        "Did you mean 'inflow'?",
        "quantity: inflw",
    ),
    "a user of a rule that is no user": Mistake(
        "state: {file",
        "rules:\n  a_rule:\n    type: rule_curve\n    reservoirs: [lake]\n    lower_curve: 1 Mm3\n    users:\n      - lake\n"
        "    below_lower: {domestic: 0.9}\n    below_severe: {domestic: 0.8}\n"
        "    sources: {lower_curve: assumed, below_lower: assumed, below_severe: assumed}\nstate: {file",
        "lake, a reservoir, has no such quantity",
        "'delivery'",
        "storage",
        "Choose one of those, or name another component.",
        "reservoirs: [lake]",
    ),
    "a natural flow of what has none": Mistake(
        "state: {file",
        "rules:\n  a_rule:\n    type: minimum_flow\n    subject: main_canal\n    natural_flow_of: [town]\n    share: 30 %\n"
        "    sources: {share: assumed}\nstate: {file",
        "town, a household_supply, has no such quantity",
        "'inflow'",
        "demand, entitlement",
        "Choose one of those, or name another component.",
        "natural_flow_of: [town]",
    ),
    "eleven months": Mistake(
        "capacity: 120000 m3/day",
        f"capacity: [{', '.join(['120000 m3/day'] * 11)}]",
        "'capacity' is not complete",
        "11 values",
        "12 values",
        "January first",
    ),
    "a month without a unit": Mistake(
        "capacity: 120000 m3/day",
        f"capacity: [{', '.join(['120000 m3/day'] * 11)}, 12]",
        "cannot be read",
        "12",
        "12 has no unit",
        "Write a value of that kind",
    ),
    "a stage that cuts lifelines": Mistake(
        "state: {file",
        "rules:\n  drought:\n    type: drought_stage_choice\n    users: [town]\n    minimum_duration: 1 day\n"
        "    stages: [{name: green}, {name: red, cuts: {lifeline: 10 %}}]\n\nstate: {file",
        "stage red cuts lifelines; no stage may",
        "None",
        "None",
        "Change what is told here.",
        "drought:",
    ),
    "a window of nothing": Mistake(
        "state: {file",
        "rules:\n  right:\n    type: water_right\n    subjects: [main_canal]\n    volume: 1 Mm3\n"
        "    window: 0 days\n\nstate: {file",
        "a window of 0 days counts nothing",
        "None",
        "None",
        "Write '30 days', 'month', 'season' or 'year'.",
        "right:",
    ),
    "a survey whose levels fall": Mistake(
        "dead_storage: 100000 m3\n",
        "dead_storage: 100000 m3\n    level_area_volume:\n      - {level: 10 m, area: 0 km2, volume: 0 Mm3}\n"
        "      - {level: 8 m, area: 1 km2, volume: 1 Mm3}\n",
        "level_area_volume: levels do not rise at row 2",
        "10 then 8",
        "None",
        "Change what is told here.",
        "level_area_volume:",
    ),
    "a capacity that outruns its survey": Mistake(
        "dead_storage: 100000 m3\n",
        "dead_storage: 100000 m3\n    level_area_volume:\n      - {level: 10 m, area: 0 km2, volume: 0 Mm3}\n"
        "      - {level: 18 m, area: 0.1 km2, volume: 0.5 Mm3}\n",
        "level_area_volume ends at 500000 m3, below the capacity of 1e+06 m3",
        "None",
        "None",
        "Add rows, or give full_supply_level where the survey is of another year.",
        "level_area_volume:",
    ),
    "turns of a pipe on which a lifeline depends": Mistake(
        "    demand: 40000 CMD\n    sources: {demand: assumed}\n\n",
        "    demand: 40000 CMD\n    user_class: lifeline\n    sources: {demand: assumed}\n\n"
        "rules:\n  a_rule:\n    type: rotation\n    groups: {all: [town_pipe]}\n    turns: {all: 3.5 days}\n"
        "    first_day: 2026-03-01\n    pause: 1 days\n    sources: {turns: assumed, first_day: assumed, pause: assumed}\n\n",
        "groups cuts a lifeline",
        "'town_pipe', without which 0 m3/day can reach 'town' instead of 35,000 m3/day",
        "in every turn and pause",
        "Leave 'town_pipe' out",
        "groups: {all: [town_pipe]}",
    ),
    "a rule curve that cuts a lifeline": Mistake(
        "    demand: 40000 CMD\n    sources: {demand: assumed}\n\n",
        "    demand: 40000 CMD\n    user_class: lifeline\n    sources: {demand: assumed}\n\n"
        "rules:\n  a_rule:\n    type: rule_curve\n    reservoirs: [lake]\n    lower_curve: 1 Mm3\n    users: [town]\n"
        "    below_lower: {domestic: 0.9}\n    below_severe: {domestic: 0.8}\n"
        "    sources: {lower_curve: assumed, below_lower: assumed, below_severe: assumed}\n\n",
        "users cuts a lifeline",
        "'town'",
        "users of other classes",
        "Leave 'town' out",
        "users: [town]",
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


def test_a_rule_that_speaks_of_nothing_gives_no_echoes(tutorial: Path) -> None:
    rule = "{type: ramp_limit, subject: lake, rise: 1 m3/s, sources: {rise: assumed}}"
    changed(tutorial, "state: {file", f"rules: {{a_rule: {rule}}}\nstate: {{file")
    assert [finding.what for finding in findings_about(tutorial)] == ["lake, a reservoir, has no such quantity"]


def test_a_rule_about_a_misspelt_component_gives_no_echoes(tutorial: Path) -> None:
    rule = "{type: minimum_flow, subject: lak, minimum: 1 m3/s, sources: {minimum: assumed}}"
    changed(tutorial, "state: {file", f"rules: {{a_rule: {rule}}}\nstate: {{file")
    assert [finding.what for finding in findings_about(tutorial)] == ["subject names a component that does not exist"]


def test_a_preset_may_speak_of_what_the_network_does_not_have(tutorial: Path) -> None:
    scenario = read_scenario(tutorial)
    terms = [term for goal in scenario.policy.goals for term in goal.terms]
    assert "hydropower" in {user_class for term in terms for user_class in term.user_classes}
    assert "energy" in {term.measure for term in terms}


def test_a_benefit_in_a_table_of_one_chosen_component_is_enough(tutorial: Path) -> None:
    term = "{measure: shortage, benefit: price}"
    changed(tutorial, "{preset: drought_practice}", f"{{goals: [{{name: a, terms: [{term}]}}]}}")
    prices = "date,town.price [1]\n" + "".join(f"2026-03-0{day},1\n" for day in range(1, 5))
    (tutorial / "tables/prices.csv").write_text(prices, encoding="utf-8")
    changed(tutorial, "tables:\n", "tables:\n  - {file: tables/prices.csv, source: assumed}\n")
    assert ("town", "price") in read_scenario(tutorial).series


@pytest.mark.parametrize(("old", "new"), [("lake.storage", "lak.storage"), ("2026-03-01", "2026-03-32")])
def test_a_mistake_in_the_table_of_the_state_gives_no_echoes(tutorial: Path, old: str, new: str) -> None:
    text = (tutorial / "tables/storages.csv").read_text(encoding="utf-8")
    (tutorial / "tables/storages.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    [finding] = findings_about(tutorial)
    assert str(finding.where.file).endswith("storages.csv")


def test_a_state_without_a_file_gives_no_echoes(tutorial: Path) -> None:
    changed(tutorial, "tables/storages.csv", "tables/storags.csv")
    assert [finding.what for finding in findings_about(tutorial)] == ["the file cannot be read"]
