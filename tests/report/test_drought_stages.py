"""Which drought stage is announced when, and why, in summary and tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from drought_scenarios import BY_CHOICE, BY_CURVE, falling_lake
from gallery import Case
from gallery.drought import back_from_orange, without_yellow_it_would_return
from waterbalance.network.rules.drought_stage import DroughtStage
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import Book
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
    told = why(planned.scenario.network, planned.plan, "town", 0)
    assert told is not None
    reason = told.reasons[0]
    assert (reason.kind, reason.component, reason.limit) == ("cut", "lights", pytest.approx(2000))
    text = sentences(told, planned.scenario.network, Wording())[1]
    assert text == (
        "lights: town is cut by 2,000 m³ on 5 Mar; a cut of 10%: stage yellow was announced on 3 Mar 2021, before the plan; "
        "on 5 Mar 2021 900,000 m³ are stored in lake, no longer below lower curve of 700,000 m³"
    )
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


def words(case: Case, **givens: tuple[float, ...]) -> list[tuple[str, float | None, float | None]]:
    """Why each step of a case has its stage, and what is compared with what."""
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    plan = replace(plan, givens={**plan.givens, **{("lights", name): np.array(values) for name, values in givens.items()}})
    rule = case.network["lights"]
    assert isinstance(rule, DroughtStage)
    return [
        (each.word, each.available and round(each.available, 3), each.limit) for each in rule.reasons(Book(case.network, plan))
    ]


def test_a_stage_that_the_storages_do_not_ask_for_is_not_told_to_lie_below_its_limit() -> None:
    """85 are in the lake when yellow is announced: not below 80, but 75 would be, and that is what is told."""
    found = words(without_yellow_it_would_return())
    assert found == [("no drought", None, None)] * 3 + [("would return", 75, 80), ("below", 75, 80)]
    # Had the pass that asked for it been as dry for another reason, with as many days of yellow, nothing of this were true.
    assert words(without_yellow_it_would_return(), asked_for_after=(0, 0, 0, 1, 2))[3] == ("not settled", None, None)


def test_a_stage_that_waits_for_its_minimum_duration_says_so() -> None:
    assert [word for word, _, _ in words(back_from_orange())] == [
        *("too soon", "too soon", "reached", "too soon", "too soon", "reached", "no drought")
    ]


def test_the_report_tells_why_a_stage_stays(tmp_path: Path) -> None:
    """Orange before the plan and a lake that asks for none: it stays for its five days, and then the limits are reached."""
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario", storage=1_500_000))
    summary = summarise(planned)
    first, second, *_ = summary.drought_stages
    assert [(each.first, each.last, each.reason) for each in first.kept] == [("2021-03-05", "2021-03-08", "too soon")]
    assert (first.reason, second.reason, second.change) == ("as before", "reached", -1)
    why = drought_rows(summary, planned.scenario.network, Wording())[0][-1]
    assert why.startswith("as before the plan; kept from ")
    assert why.endswith(": the minimum duration is not over")
    assert "未滿最短持續期間" in drought_rows(summary, planned.scenario.network, Wording("zh-TW"))[0][-1]


def test_what_a_table_demands_is_decided_elsewhere(tmp_path: Path) -> None:
    rule = BY_CURVE + "    least_stage: 1\n"
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario", rule, storage=1_500_000, last="blue"))
    raised = next(each for each in summarise(planned).drought_stages if each.change > 0)
    assert (raised.stage, raised.reason, raised.available) == ("yellow", "decided elsewhere", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_in_every_language(tmp_path: Path, language: str) -> None:
    planned = wb.plan_scenario(falling_lake(tmp_path / "scenario"))
    summary, say = summarise(planned), Wording(language)
    assert len(drought_rows(summary, planned.scenario.network, say)) == len(summary.drought_stages)
    assert len(damage_rows(summary, planned.scenario.network, say)) == 1
    assert terminal_summary(summary, planned.scenario.network, say)
    assert say("drought_stages") in page(planned, summary, say)
