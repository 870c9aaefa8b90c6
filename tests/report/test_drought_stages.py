"""Which drought stage is announced when, and why, in summary and tables."""

from pathlib import Path

import pytest

import waterbalance as wb
from drought_scenarios import BY_CHOICE, falling_lake
from waterbalance.report.binding import limits
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.page import page
from waterbalance.report.rows import damage_rows, drought_rows
from waterbalance.report.summary import summarise
from waterbalance.report.terminal import terminal_summary
from waterbalance.report.why import sentences, why


def test_by_a_curve_it_says_which_storage_lay_below_which_limit(tmp_path: Path) -> None:
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario", storage=690_000, last="yellow"))
    summary, plan = summarise(planned), planned.plan
    first, second, *_ = summary.drought_stages
    assert (first.stage, first.change, first.available) == ("yellow", 0, None)
    assert (second.stage, second.change, second.limit) == ("orange", 1, 500_000)
    begin = [str(day) for day in plan.horizon.starts].index(second.first)
    assert second.available == pytest.approx(plan.values["lake", "storage"][begin - 1])
    assert second.available < 500_000
    assert summary.drought_stages[-1].last == summary.last_day
    (rows,) = {row[-1] for row in drought_rows(summary, planned.scenario.network, Wording()) if row[1] == "orange"}
    assert rows.endswith("below 500,000 m³")


def test_back_to_a_milder_stage_it_says_which_limit_was_reached(tmp_path: Path) -> None:
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario"))
    milder = next(each for each in summarise(planned).drought_stages if each.change < 0)
    assert (milder.stage, milder.limit) == ("yellow", 500_000)
    assert milder.available is not None
    assert milder.available >= 500_000


def test_announced_cuts_are_told_as_water_and_not_as_limits_of_stages(tmp_path: Path) -> None:
    """Yellow was announced two days before the plan: a tenth of the town's 20 000 on the first day, which no price tells."""
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario"))
    told = why(planned.plan, "town", 0)
    assert told is not None
    reason = told.reasons[0]
    assert (reason.kind, reason.component, reason.limit) == ("cut", "lights", pytest.approx(2000))
    text = sentences(told, planned.scenario.network, Wording())[1]
    assert text == "lights: announced cuts take 2,000 m³ on 5 Mar"
    assert not [each for each in limits(planned) if each.component == "lights"]


def test_by_choice_it_says_what_the_announcements_avoid(tmp_path: Path) -> None:
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario", BY_CHOICE, storage=560_000, last="blue"))
    summary, values = summarise(planned), planned.plan.values
    (found,) = summary.stage_damages
    without = 30 * values["town", "shortage"].sum() + 10 * values["fields", "shortage"].sum()
    assert found.damage == pytest.approx(values["lights", "damage"].sum())
    assert found.avoided == pytest.approx(without - found.damage)
    assert found.avoided > 0
    assert found.damage == pytest.approx(planned.plan.ranks[0].value, rel=1e-6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_in_every_language(tmp_path: Path, language: str) -> None:
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario"))
    summary, say = summarise(planned), Wording(language)
    assert len(drought_rows(summary, planned.scenario.network, say)) == len(summary.drought_stages)
    assert len(damage_rows(summary, planned.scenario.network, say)) == 1
    assert terminal_summary(summary, planned.scenario.network, say)
    assert say("drought_stages") in page(planned, summary, say)
