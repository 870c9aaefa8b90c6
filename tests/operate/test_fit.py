"""What a configuration says that its scenario does not have: all of it at once, each with its line."""

import datetime as dt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operate.small_bureau import write_bureau
from waterbalance.cli import app
from waterbalance.errors import Finding, InputError
from waterbalance.operate.configuring.hosts import hosts_not_asked
from waterbalance.operate.configuring.night_settings import read_night, read_night_settings
from waterbalance.report.language import Wording

DAY = dt.date(2026, 3, 2)

WRONG = """critical: [lak.storage]
quality:
  lake.storage:
    hard: {lowest: 0 m3, highest: 21 m3/s}
    balance: {gains: [river.flow], losses: [lake.storage], tolerance: 1 Mm3}
gaps:
  lake.inflw: [{method: hold, longest: 2 days}]
derived:
  canal_a.inflow: {sum: {lake.storage: 0.1}, least: 0 Mm3}
feeds: {s: [x.demand]}
state: {jumps: {pond: 1 Mm3}}
forecasts: {freshness: {lake.inflow: 2 days}}
ladder: {relaxations: [{component: canal_a, field: capacty, to: 110 %}, {component: canal_b}]}
overrides:
  - {what: canl.inflow, how: at_most, value: 0.5 m3/s, from: 2026-03-04, until: 2026-03-05, author: Lin, reason: weeding}
  - {what: canal_a.inflow, how: at_most, value: 0.5 Mm3, from: 2026-03-04, until: 2026-03-05, author: Lin, reason: weeding}
  - {what: canal_a.inflow, how: at_most, value: 0.5 m3/s, from: 2026-03-04, until: 2026-03-05, author: Lin, reason: weeding}
alerts: {areas: {felds: ["6400100"]}}
"""

FOUND = {
    "critical: [": "'lak.storage'",
    "hard:": "'21 m3/s'",
    "balance:": "'river.flow'",
    "lake.inflw:": "'lake.inflw'",
    "canal_a.inflow: {sum": "lake.storage in m3",
    "feeds:": "'x.demand'",
    "state:": "'pond'",
    "forecasts:": "'lake.inflow'",
    "ladder:": "'capacty'",
    "canl.inflow": "canl.inflow at_most 0.5 m3/s",
    "0.5 Mm3": "canal_a.inflow at_most 0.5 Mm3",
    "alerts:": "felds",
}
"""What stands in the line that is complained of, and what was found there."""


def complaints(config: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as error:
        read_night(config)
    return error.value.findings


def line_of(config: Path, words: str) -> int:
    return next(n for n, line in enumerate(config.read_text("utf-8").splitlines(), start=1) if words in line)


def test_everything_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more=WRONG)
    told = complaints(config)
    found = {(each.where.line, each.found) for each in told}
    for words, what in FOUND.items():
        assert (line_of(config, words), what) in found
    # The part and the floor of the derived series are both of another kind; a canal is no rule that can be left out.
    assert len(told) == len(FOUND) + 2
    assert all(each.where.file == str(config) and each.remedy for each in told)


def test_what_does_not_fit_is_told_beside_what_cannot_be_read(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more=WRONG + "plan_for: yesterday\nretention: 3\n")
    with pytest.raises(InputError, match="cannot be used") as error:
        read_night_settings(config)
    told = [each.found for each in error.value.findings]
    assert {"'yesterday'", "'retention'", *FOUND.values()} <= set(told)


def test_mistakes_of_writing_hide_no_unknown_names_of_their_own_section(tmp_path: Path) -> None:
    """One of each beside the other: a source, a limit, a ladder, a feed, an order that cannot be read, and names nobody knows."""
    more = WRONG.replace(
        "ladder: {relaxations: [", "ladder: {rung: soon, relaxations: [{component: canal_a, field: capacity, to: x}, "
    )
    more = more.replace("state: {", "state: {oldest_warm: never, ").replace(
        "gaps:\n", "gaps:\n  lake.storage: [{method: guess}]\n"
    )
    more = more.replace("quality:\n", "quality:\n  lake.inflow: {stuck: 3 bananas}\n").replace("critical: [", "critical: [[], ")
    more = more.replace("forecasts: {", "forecasts: {oldest_previous: x, ").replace("alerts: {", "alerts: {out: {}, ")
    more = more.replace("overrides:\n", "overrides:\n  - {what: canal_a.inflow}\n").replace("feeds: {", "feeds: {t: 5, ")
    more = more.replace("derived:\n", "derived:\n  brook.inflow: {sum: {lake.storage: many}}\n")
    config = write_bureau(tmp_path / "b", DAY, more=more)
    text = config.read_text("utf-8").replace(
        "sources:\n", "sources:\n  river: {type: csv_folder, folder: 3, series: {river.flow: 1}}\n"
    )
    config.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_night_settings(config)
    told = error.value.findings
    # The river's own source cannot be read, so that whoever names it makes no mistake.
    for words, what in {**FOUND, "feeds:": "'x.demand'"}.items():
        if what != "'river.flow'":
            assert (line_of(config, words), what) in {(each.where.line, each.found) for each in told}, what
    assert "'river.flow'" not in [each.found for each in told]
    assert "'brook.inflow'" not in [each.found for each in told]
    assert {"'soon'", "'never'", "'guess'", "'x'", "'3 bananas'"} <= {each.found for each in told}


def test_a_section_of_which_nothing_can_be_read_has_no_echoes(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more="critical: [lake.storage]\n")
    text = config.read_text("utf-8")
    begin = text.index("sources:")
    text = text[:begin] + "sources: 5\n" + text[text.index("issuing:") :]
    config.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_night_settings(config)
    assert [each.found for each in error.value.findings] == ["5"]


def test_a_section_that_cannot_be_read_has_no_echoes(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more="critical: [lake.storage]\n")
    config.write_text(config.read_text("utf-8").replace("type: csv_folder", "type: csv_foldr"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_night_settings(config)
    assert [each.found for each in error.value.findings] == ["'csv_foldr'"]


def test_problems_of_the_scenario_are_told_with_those_of_the_configuration(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more="retention: 3\n")
    with (tmp_path / "b" / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write("surprise: 1\n")
    with pytest.raises(InputError) as error:
        read_night_settings(config)
    assert {each.found for each in error.value.findings} == {"'retention'", "'surprise'"}


@pytest.mark.parametrize(("unit", "write"), [("m3/s", "m3"), ("Mm3/day", "Mm3")])
def test_a_source_in_a_unit_of_another_kind_is_refused_before_it_is_asked(tmp_path: Path, unit: str, write: str) -> None:
    config = write_bureau(tmp_path / "b", DAY)
    config.write_text(config.read_text("utf-8").replace("unit: m3}", f"unit: {unit}}}"), encoding="utf-8")
    (told,) = complaints(config)
    assert (told.where.line, told.found) == (line_of(config, "unit:"), f"'{unit}'")
    assert told.what == "the unit is that of a flow, and the series is a volume"
    assert f"'{write}'" in str(told.remedy)


def test_a_folder_whose_headings_tell_its_series_may_hold_any_of_a_known_component(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", DAY, more="critical: [lake.storage, lake.level]\n")
    text = config.read_text("utf-8").replace(", series: {lake.storage: {column: storage, unit: m3}}", "")
    config.write_text(text, encoding="utf-8")
    read_night(config)
    config.write_text(text.replace("lake.level", "lak.level"), encoding="utf-8")
    (told,) = complaints(config)
    # The lake has no forecast that learns from a record: its storage is all that the scenario asks for.
    assert (told.found, told.allowed) == ("'lak.level'", "lake.storage")


@pytest.mark.parametrize("name", ["kaohsiung", "turns"])
def test_the_scenarios_of_the_house_fit(name: str) -> None:
    read_night(Path(__file__).parents[2] / "scenarios" / name)


HOSTS = """ping: https://watch.example/7
http: {hosts: [opendata.example, gateway.example]}
alerts:
  in:
    senders: [weather@example]
    sources: {storms: {type: cap_feed, url: "https://alerts.example/cap"}}
"""
ASKED = """
  agency:
    type: wra_condition
    url: https://opendata.example/v2/7
    series: {lake.inflow: {station: "1", field: inflow, unit: m3/s}}
  plain: {type: sensorthings, url: "http://gateway.example/v1.1", series: {lake.level: {station: a, name: level, unit: m}}}
"""


def test_hosts_that_are_never_asked_are_hinted_at(tmp_path: Path) -> None:
    write_bureau(tmp_path, DAY, more=HOSTS)
    config = tmp_path / "nightly.yaml"
    config.write_text(config.read_text("utf-8").replace("\nsources:", f"\nsources:{ASKED.rstrip()}"), encoding="utf-8")
    told = hosts_not_asked(read_night_settings(config).file)
    assert told == (
        "source plain is not asked: gateway.example of http://gateway.example/v1.1 does not stand in http.plain_hosts",
        "source storms is not asked: alerts.example of https://alerts.example/cap does not stand in http.hosts",
        "'ping' is not asked: watch.example of https://watch.example/7 does not stand in http.hosts",
    )
    assert Wording("zh-TW").finding(told[2]) == "'ping' 不予查詢：https://watch.example/7 之主機 watch.example 未列於 http.hosts"
    said = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert said.exit_code == 0
    assert all(f"Hint: {line}" in said.output for line in told)
