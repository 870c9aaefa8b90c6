"""Every mistake of a CSV table is told with its line, what was found, what is allowed and what to do."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from scenario.folders import changed, findings_about
from waterbalance.scenario import read_scenario

INFLOW = "tables/inflow.csv"
HEADER = "date,lake.inflow [m3/day]"


@dataclass(frozen=True)
class Mistake:
    old: str
    new: str
    line: int
    what: str
    found: str
    allowed: str
    remedy: str


MISTAKES = {
    "a missing day": Mistake(
        "2026-03-02,20000\n", "", 3, "1 day is missing", "2026-03-03 after 2026-03-01", "2026-03-02", "Fill the gap"
    ),
    "a duplicate day": Mistake(
        "2026-03-02,20000", "2026-03-01,20000", 3, "a day stands twice", "2026-03-01", "each day once", "Remove one"
    ),
    "days out of order": Mistake(
        "2026-03-02,20000", "2026-02-02,20000", 3, "not in order", "2026-02-02 after 2026-03-01", "oldest first", "Sort"
    ),
    "text in a column of numbers": Mistake(
        "20000", "much", 3, "text stands in a column of numbers", "'much'", "a number", "Mend the cell"
    ),
    "a number that is none": Mistake(
        "20000", "NaN", 3, "text stands in a column of numbers", "'NaN'", "a number", "Mend the cell"
    ),
    "a number without end": Mistake("20000", "1e999", 3, "too large", "1e999", "a number", "exponent"),
    "an empty cell": Mistake("20000", "", 3, "the cell is empty", "nothing", "a number", "Fill it"),
    "thousands": Mistake("20000", '"20,000"', 3, "separators of thousands", "'20,000'", "a number", "without them"),
    "a comma inside a number": Mistake(
        "20000", "20,000", 3, "another length", "3 cells", "2 cells", "a comma inside of a number"
    ),
    "a number too large for its unit": Mistake(
        f"{HEADER}\n2026-03-01,40000",
        "date,lake.inflow [Mm3/s]\n2026-03-01,1e305",
        2,
        "lake.inflow is out of its range",
        "1e305",
        "at most 1.15741e+289",  # 1e300 m3/day over 86 400 s and a million
        "Mend the cell",
    ),
    "a negative inflow": Mistake(
        "20000", "-20000", 3, "lake.inflow is out of its range", "-20000", "at least 0", "Mend the cell"
    ),
    "a wrong time zone": Mistake(
        "2026-03-02,", "2026-03-01T16:00:00Z,", 3, "a time or a time zone", "2026-03-01T16:00:00Z", "a local date", "time zone"
    ),
    "a local time with an offset": Mistake(
        "2026-03-02,",
        "2026-03-02 00:00+08:00,",
        3,
        "a time or a time zone",
        "2026-03-02 00:00+08:00",
        "a local date",
        "no offset",
    ),
    "a date of another kind": Mistake(
        "2026-03-02,", "3/2/2026,", 3, "this is not a date", "'3/2/2026'", "2021-02-01", "year-month-day"
    ),
    "a day that is none": Mistake(
        "2026-03-02,", "2026-02-30,", 3, "no such day", "'2026-02-30'", "a local date", "Mend the date"
    ),
    "an unknown component": Mistake(
        HEADER, "date,lak.inflow [m3/day]", 1, "unknown component", "'lak'", "main_canal", "Did you mean 'lake'?"
    ),
    "an unknown quantity": Mistake(
        HEADER, "date,lake.inflw [m3/day]", 1, "unknown quantity", "'lake.inflw'", "evaporation_depth", "Did you mean 'inflow'?"
    ),
    "a field that never changes": Mistake(
        HEADER, "date,lake.surface_area [ha]", 1, "unknown quantity", "'lake.surface_area'", "inflow", "Choose"
    ),
    "no unit": Mistake(
        HEADER, "date,lake.inflow", 1, "the header has no unit", "'lake.inflow'", "a unit of a flow", "lake.inflow [unit]"
    ),
    "a unit of another kind": Mistake(
        HEADER,
        "date,lake.inflow [m3]",
        1,
        "the unit in the header is wrong",
        "'[m3]'",
        "a unit of a flow",
        "not a unit of a flow",
    ),
    "an unknown unit": Mistake(
        HEADER,
        "date,lake.inflow [m3/dy]",
        1,
        "the unit in the header is wrong",
        "'[m3/dy]'",
        "a unit of a flow",
        "not a known unit",
    ),
    "an unreadable header": Mistake(
        HEADER, "date,inflow", 1, "this header cannot be read", "'inflow'", "component.quantity [unit]", "in that form"
    ),
    "an unknown kind": Mistake(
        HEADER, "day,lake.inflow [m3/day]", 1, "unknown header", "'day'", "date, from, ten_day, month", "Name the first column"
    ),
    "only dates": Mistake(
        "date,lake.inflow [m3/day]\n2026-03-01,40000\n2026-03-02,20000\n2026-03-03,10000\n2026-03-04,10000",
        "date\n2026-03-01",
        1,
        "no columns of values",
        "'date'",
        "columns such as",
        "Add a column",
    ),
    "no rows": Mistake(
        "date,lake.inflow [m3/day]\n2026-03-01,40000\n2026-03-02,20000\n2026-03-03,10000\n2026-03-04,10000\n",
        f"{HEADER}\n",
        1,
        "the table has no rows",
        "a header only",
        "at least one row",
        "Write the rows",
    ),
    "semicolons": Mistake(
        "date,lake.inflow [m3/day]\n2026-03-01,40000\n2026-03-02,20000\n2026-03-03,10000\n2026-03-04,10000",
        "date;lake.inflow [m3/day]",
        1,
        "not separated by commas",
        "date;lake",
        "commas",
        "Save as CSV",
    ),
    "a quote left open": Mistake("20000", '"20000', 5, "this is not CSV", "end of data", "comma-separated", "quotes"),
    "the horizon is not covered": Mistake(
        "2026-03-04,10000\n",
        "",
        1,
        "does not cover the horizon",
        "2026-03-01 to 2026-03-03",
        "2026-03-01 to 2026-03-04",
        "Add the missing rows",
    ),
    "a year with too few rows": Mistake(
        "date,lake.inflow [m3/day]\n2026-03-01,40000\n2026-03-02,20000\n2026-03-03,10000\n2026-03-04,10000",
        "month,lake.inflow [m3/day]\n1,1\n2,1",
        3,
        "the year is not complete",
        "2 rows",
        "12 rows",
        "1 to 12",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_full(mistake: Mistake, tutorial: Path) -> None:
    changed(tutorial, mistake.old, mistake.new, INFLOW)
    findings = findings_about(tutorial)
    fitting = [finding for finding in findings if mistake.what in finding.what]
    assert fitting, [str(finding) for finding in findings]
    finding = fitting[0]
    assert (finding.where.file, finding.where.line) == (str(tutorial / INFLOW), mistake.line)
    assert mistake.found in str(finding.found)
    assert mistake.allowed in str(finding.allowed)
    assert mistake.remedy in str(finding.remedy)


def test_a_column_that_stands_twice_is_found(tutorial: Path) -> None:
    rows = ["date,lake.inflow [m3/day],lake.inflow [m3/s]", *(f"2026-03-0{day},1,1" for day in range(1, 5))]
    (tutorial / INFLOW).write_text("\n".join(rows))
    [finding] = findings_about(tutorial)
    assert (finding.what, finding.where.line, finding.where.column) == ("a column stands twice", 1, 3)


def test_a_quantity_of_two_tables_is_found(tutorial: Path) -> None:
    (tutorial / "tables/again.csv").write_text((tutorial / INFLOW).read_text())
    changed(tutorial, "tables:\n", "tables:\n  - {file: tables/again.csv, source: assumed}\n")
    [finding] = findings_about(tutorial)
    assert finding.what == "lake.inflow is given twice"
    assert "again.csv:1:2" in str(finding.found)


def test_a_table_and_dates_in_the_field_exclude_each_other(tutorial: Path) -> None:
    old = "    dead_storage: 100000 m3\n    sources: {capacity: assumed, dead_storage: assumed}"
    new = old.replace("    sources: {", "    inflow: {2026-03-01: 1 m3/s}\n    sources: {inflow: assumed, ")
    changed(tutorial, old, new)
    assert [finding.what for finding in findings_about(tutorial)] == ["lake.inflow is given twice"]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tutorial: Path) -> None:
    path = tutorial / INFLOW
    plain = read_scenario(tutorial).series["lake", "inflow"]
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    series = read_scenario(tutorial).series["lake", "inflow"]
    assert series.values.tolist() == plain.values.tolist()
    assert series.dates == plain.dates


def test_a_file_full_of_mistakes_is_told_in_a_few_lines(tutorial: Path) -> None:
    rows = [f"{2000 + number // 12}-{number % 12 + 1:02d}-01,x" for number in range(500)]
    (tutorial / INFLOW).write_text("\n".join(["from,lake.inflow [m3/day]", *rows]))
    findings = findings_about(tutorial)
    assert len(findings) == 21
    assert findings[-1].found == "480 more"


@pytest.mark.parametrize(
    ("cell", "what"),
    [("", "the cell is empty"), ("-1", "lake.storage is out of its range"), ("full", "text stands in a column of numbers")],
)
def test_a_state_that_cannot_be_read_is_told(tutorial: Path, cell: str, what: str) -> None:
    changed(tutorial, "400000", cell, "tables/storages.csv")
    finding = findings_about(tutorial)[0]
    assert (finding.what, finding.where.line) == (what, 3)


def test_an_old_observation_does_not_count(tutorial: Path) -> None:
    (tutorial / "tables/storages.csv").write_text("date,lake.storage [m3]\n2026-02-25,390000\n")
    [finding] = findings_about(tutorial)
    assert finding.what == "the storage of lake is not known"
    assert finding.found == "no observation from 3 days before 2026-03-01"
    assert finding.remedy == "Add a row for 2026-03-01."
