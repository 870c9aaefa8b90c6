"""Each rung of the ladder, by a network in which the rung before it really fails; numbers by hand."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest

from gallery import GALLERY, INVALID, Case, canal, case, days_before, in_order, least, make, pipe, river_to_sea, zone
from operate.laddered import climb, scenario_of, wider
from waterbalance.errors import Finding, InputError, NoPlanError
from waterbalance.forecast.forecast import Forecast
from waterbalance.operate.planning.ladder import KEPT_AS, NOT_REPLAYABLE, plan_by_ladder
from waterbalance.operate.planning.ladder_settings import DeclaredRelaxation, LadderSettings
from waterbalance.optimise.lifelines_first import CUT
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.report.files import write_files
from waterbalance.report.result_folder import read_plan

AT_ONCE = 1e-9
"""A limit of time that is over before anything is solved. [day]"""


def invalid(name: str) -> Case:
    return INVALID[name][0]()


def may_give_way(*relaxations: dict[str, object], **fields: object) -> LadderSettings:
    return LadderSettings(relaxations=tuple(DeclaredRelaxation(**each) for each in relaxations), **fields)


def lake_and_fields(days: int = 4, **fields: object) -> Case:
    """A lake of 100 with 70, and fields that ask for 20 a day."""
    told = {"stocks": {("lake", "storage"): 70}, "policy": in_order(least("shortage"), least("spill")), **fields}
    return case(
        make("reservoir", "lake", capacity=100, lower_curve=80, severe_curve=40),
        canal("lake", "zone", capacity=50),
        zone(demand=20),
        days=(1,) * days,
        **told,
    )


def plan_of(case: Case) -> Plan:
    return solve(case.network, case.state, case.forecasts, case.policy)


# Rung 0


def test_a_full_plan_is_no_fallback(tmp_path: Path) -> None:
    laddered = climb(lake_and_fields(), keep_in=tmp_path)
    assert (laddered.rung, laddered.label, laddered.why, laddered.kept_lp) == (0, "full plan", (), None)
    assert [each.came for each in laddered.attempts] == ["taken"]
    assert not list(tmp_path.iterdir())


# Rung 1


def test_a_pipe_gives_way_by_no_more_than_it_must(tmp_path: Path) -> None:
    """A flood of 100 and a pipe of 50: twice its capacity is the least, of three times that are declared."""
    settings = may_give_way({"component": "weir to town", "field": "capacity", "to": 3})
    laddered = climb(invalid("river_without_a_way_out"), settings, keep_in=tmp_path)
    assert (laddered.rung, laddered.label) == (1, "declared relaxations")
    assert laddered.planned.plan.values["weir to town", "inflow"] == pytest.approx([40, 100])
    assert laddered.planned.plan.notes[:2] == (
        "relaxed: weir to town.capacity at 200.0% of its value (declared: 300.0%)",
        "weir to town, 2021-03-11: smallest relaxation: inflow above its limit by 50 m3",
    )
    assert laddered.planned.findings == ()
    (why,) = laddered.why
    assert why.startswith("0 full plan (failed): no plan: the physics cannot hold; 2021-03-11:")


def test_the_smallest_change_is_found_by_halving() -> None:
    """From 80 to nothing in three days: 26.67 a day instead of 10, to a 256th of what is declared."""
    settings = may_give_way({"component": "slowly", "field": "fall", "to": 4})
    laddered = climb(invalid("ramp_against_capacity"), settings)
    told = laddered.planned.plan.notes[0]
    share = float(told.split(" at ")[1].split("%")[0]) / 100
    assert 80 / 30 - 1e-3 <= share <= 80 / 30 + 3 / 256 + 1e-3
    inflow = laddered.planned.plan.values["canal to zone", "inflow"]
    assert np.diff([80, *inflow]).min() >= -10 * share - 1e-2
    assert inflow[2] == pytest.approx(0, abs=1e-6)


def test_a_rule_is_left_out() -> None:
    case = invalid("ramp_against_capacity")
    laddered = climb(case, may_give_way({"component": "slowly"}))
    assert laddered.planned.plan.notes[0] == "relaxed: slowly is not kept"
    # 50 more in all, on one day or another.
    assert laddered.planned.plan.notes[1].startswith("slowly, 2021-03-1")
    assert laddered.planned.plan.notes[1].endswith("smallest relaxation: change below its limit by 50 m3/day")
    assert laddered.planned.plan.values["zone", "delivery"] == pytest.approx([100, 100, 0])
    assert "slowly" not in laddered.planned.scenario.network
    assert audit(laddered.planned.plan, laddered.planned.scenario.network, laddered.planned.forecasts) == ()


def test_what_is_not_needed_stays_as_it_is() -> None:
    """The first is declared as less painful but does not help, so that only the second gives way."""
    settings = may_give_way(
        {"component": "slowly", "field": "rise", "to": 2},
        {"component": "slowly", "field": "fall", "to": 4},
        {"component": "slowly"},
    )
    notes = climb(invalid("ramp_against_capacity"), settings).planned.plan.notes
    assert [note.partition(" at ")[0] for note in notes if note.startswith("relaxed")] == ["relaxed: slowly.fall"]


def test_a_table_gives_way_where_the_value_is_one() -> None:
    """The river's reach may take no more than its table says; 60 of 100 is what the pipe leaves to it."""
    flood = case(
        make("weir", "weir"),
        pipe("weir", "town", capacity=40),
        make("household_supply", "town", demand=40),
        pipe("weir", "sea"),
        make("outfall", "sea"),
        days=(1, 1),
        series={("weir", "inflow"): (50, 100), ("weir to sea", "capacity"): (30, 30)},
    )
    laddered = climb(flood, may_give_way({"component": "weir to sea", "field": "capacity", "to": 3}))
    assert laddered.planned.plan.notes[0] == "relaxed: weir to sea.capacity at 200.0% of its value (declared: 300.0%)"
    assert laddered.planned.plan.values["weir to sea", "inflow"][1] == pytest.approx(60)


def test_turns_that_would_cut_a_lifeline_give_way() -> None:
    """The second lake holds one day's water, and turns close the canal on two of four days."""
    made = case(
        make("reservoir", "first lake", capacity=1e6),
        make("reservoir", "second lake", capacity=1e6),
        make("canal", "canal", source="first lake", target="hospital", capacity=2000),
        pipe("second lake", "hospital", capacity=1000),
        make("household_supply", "hospital", user_class="lifeline", demand=1000),
        make("rotation", "turns", groups={"canals": ("canal",)}, turns={"canals": 1}, pause=1, first_day="2021-03-10"),
        days=(1, 1, 1, 1),
        stocks={("first lake", "storage"): 5e5, ("second lake", "storage"): 1000},
        policy=in_order(least("shortage", "lifeline")),
    )
    laddered = climb(made, may_give_way({"component": "turns"}))
    assert laddered.rung == 1
    assert laddered.why[0].startswith(f"0 full plan (failed): {CUT}; turns, 2021-03-1")
    assert laddered.planned.plan.values["hospital", "shortage"] == pytest.approx(np.zeros(4), abs=1e-3)
    # Where nothing may give way, the days before the first that would be cut still have their orders.
    days = climb(made)
    assert days.rung == 5
    assert days.planned.plan.values["hospital", "shortage"] == pytest.approx(np.zeros(len(days.planned.horizon)), abs=1e-3)
    assert f": {CUT}" in days.planned.plan.notes[0]


@pytest.mark.parametrize(
    ("relaxation", "words"),
    [
        ({"component": "nobody"}, "what does not exist"),
        ({"component": "weir"}, "only rules can be left out"),
        ({"component": "weir to town", "field": "colour", "to": 2}, "no number 'colour'"),
    ],
)
def test_relaxations_of_what_is_not_there_are_refused_before_any_rung(relaxation: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        climb(invalid("river_without_a_way_out"), may_give_way(relaxation))


def test_the_program_without_a_plan_is_kept(tmp_path: Path) -> None:
    """Another reader of the file finds the same: no solution."""
    settings = may_give_way({"component": "weir to town", "field": "capacity", "to": 3})
    laddered = climb(invalid("river_without_a_way_out"), settings, keep_in=tmp_path / "run")
    assert laddered.kept_lp == tmp_path / "run" / KEPT_AS
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    assert reader.readModel(str(laddered.kept_lp)) == highspy.HighsStatus.kOk
    reader.run()
    assert reader.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    assert "weir_to_town.inflow_2021_03_11" in reader.allVariableNames()


def test_a_folder_that_cannot_be_written_takes_no_night(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = may_give_way({"component": "weir to town", "field": "capacity", "to": 3})
    laddered = climb(invalid("river_without_a_way_out"), settings, keep_in=tmp_path / "file" / "run")
    assert (laddered.rung, laddered.kept_lp) == (1, None)
    assert "could not be kept" in laddered.notes[0]


# Rung 2


def test_without_switches_a_canal_is_partly_filled() -> None:
    """All 20 of the river must enter a canal of 100 that takes 30 to fill: a fifth of it runs, and 6 of the 20 fill it."""
    laddered = climb(invalid("filling_too_large"))
    assert (laddered.rung, laddered.label) == (2, "without switches")
    assert laddered.planned.plan.values["canal to zone", "running"][0] == pytest.approx(0.2)
    assert laddered.planned.plan.values["zone", "delivery"][0] == pytest.approx(14)
    assert laddered.planned.plan.switch_steps == 0
    assert laddered.planned.findings == ()
    assert [each.came for each in laddered.attempts] == ["failed", "left out", "taken"]


def test_relaxations_are_left_out_where_the_limits_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full plan broke for another reason."""
    plan = Planner.plan

    def broken(self: Planner, *told: object, **more: object) -> Plan:
        if self._switch_steps:
            raise ZeroDivisionError("division by zero")
        return plan(self, *told, **more)

    monkeypatch.setattr(Planner, "plan", broken)
    laddered = climb(GALLERY["turns_within_ten_days"](), may_give_way({"component": "turns"}))
    assert laddered.rung == 2
    assert laddered.why == (
        "0 full plan (failed): ZeroDivisionError: division by zero",
        "1 declared relaxations (left out): the limits can hold as they are",
    )


def test_a_plan_that_the_audit_refuses_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []

    def strict_once(*told: object) -> tuple[Finding, ...]:
        calls.append(None)
        return (Finding("a litre is missing"),) if len(calls) == 1 else audit(*told)

    monkeypatch.setattr("waterbalance.operate.planning.plan_scenario.audit", strict_once)
    laddered = climb(GALLERY["turned_pipe"]())
    assert laddered.rung == 2
    assert laddered.why[0] == "0 full plan (failed): the audit found: a litre is missing"


def pumps_that_run_in_full_or_rest() -> Case:
    """Twelve pumps lift all that the river brings: six of them exactly, which is hard to see."""
    capacities = (4871, 9137, 2663, 7549, 6007, 8353, 5431, 3271, 9679, 1987, 7103, 6899)
    together = sum(capacities[number] for number in (0, 3, 4, 7, 9, 11))
    pumps = (
        make("pump_station", f"pump {number}", source="weir", target="town", capacity=capacity, minimum_load=1.0)
        for number, capacity in enumerate(capacities)
    )
    return case(
        make("weir", "weir", inflow=together),
        *pumps,
        make("household_supply", "town", demand=together),
        days=(1,),
        policy=in_order(least("shortage"), least("spill")),
    )


@pytest.mark.parametrize(("limit", "stop"), [({"nodes": 0}, "work limit"), ({"search": 0.0}, "time limit")])
def test_a_search_that_finds_no_switches_in_time(limit: dict[str, object], stop: str) -> None:
    """With time there is a full plan; a search that is stopped at once finds none, and pumps that run partly lift as much."""
    made = pumps_that_run_in_full_or_rest()
    whole = climb(made)
    assert whole.rung == 0
    laddered = climb(made, LadderSettings(**limit))
    assert laddered.rung == 2
    assert f"it stopped because of {stop}" in laddered.why[0]
    assert (NOT_REPLAYABLE in laddered.why[0]) == (stop == "time limit")
    assert laddered.planned.plan.values["town", "delivery"] == pytest.approx(whole.planned.plan.values["town", "delivery"])


def test_a_plan_that_was_stopped_by_the_clock_says_so() -> None:
    laddered = climb(GALLERY["two_far_fields"](), LadderSettings(search=0.0))
    assert laddered.rung == 0
    assert NOT_REPLAYABLE in laddered.planned.plan.notes
    assert NOT_REPLAYABLE not in climb(GALLERY["two_far_fields"](), LadderSettings(nodes=0)).planned.plan.notes


# Rung 3


def test_the_median_is_planned_with_where_the_wet_member_fits_nowhere() -> None:
    """The wettest of three members brings 100 and the pipe takes 50; the median brings 40."""
    flood = case(
        make("weir", "weir"), pipe("weir", "town", capacity=50), make("household_supply", "town", demand=60), days=(1, 1)
    )
    members = flood.forecasts.merged({("weir", "inflow"): Forecast(np.array([[20.0, 40.0, 100.0]] * 2), "three members")})
    scenario = replace(scenario_of(flood), planning_values={"inflow": 1.0})
    laddered = plan_by_ladder(scenario, flood.state, members, LadderSettings())
    assert (laddered.rung, laddered.label) == (3, "deterministic")
    assert laddered.planned.plan.values["town", "delivery"] == pytest.approx([40, 40])
    assert laddered.planned.plan.notes[0] == "planned with one value of the members for weir.inflow"
    dry = plan_by_ladder(scenario, flood.state, members, LadderSettings(deterministic={"inflow": 0.0}))
    assert dry.planned.plan.values["town", "delivery"] == pytest.approx([20, 20])


# Rung 4


def shifted_by(today: Case, previous: Plan) -> Plan:
    laddered = climb(today, previous=previous, first=4)
    assert (laddered.rung, laddered.label) == (4, "previous plan shifted")
    assert laddered.planned.findings == ()
    return laddered.planned.plan


def test_yesterdays_orders_meet_todays_storage() -> None:
    """Yesterday 20 a day were ordered for four days; today 30 are stored, and three days are left."""
    previous = plan_of(lake_and_fields(stocks={("lake", "storage"): 80}))
    day = previous.horizon.starts[1]
    today = lake_and_fields(start=day, stocks={("lake", "storage"): 30})
    plan = shifted_by(today, previous)
    assert plan.horizon.starts == previous.horizon.starts[1:]
    assert plan.values["canal to zone", "inflow"] == pytest.approx([20, 10, 0], abs=1e-2)
    assert plan.values["lake", "storage"] == pytest.approx([10, 0, 0], abs=1e-2)
    assert plan.notes[0] == "orders of the plan of 2021-03-10, for the 3 days that are left of it"


def test_nobody_takes_more_than_was_ordered_yesterday() -> None:
    """More is stored and more is asked for today; the gates stay."""
    previous = plan_of(lake_and_fields(stocks={("lake", "storage"): 80}))
    today = wider(lake_and_fields(start=previous.horizon.starts[1], stocks={("lake", "storage"): 100}), "zone", demand=40)
    plan = shifted_by(today, previous)
    assert plan.values["zone", "shortage"] == pytest.approx([20, 20, 20], abs=1e-2)


def test_a_plan_read_back_from_its_table_is_shifted_like_any_other(tmp_path: Path) -> None:
    yesterday = lake_and_fields(stocks={("lake", "storage"): 80})
    write_files(climb(yesterday).planned, tmp_path)
    today = lake_and_fields(start=yesterday.forecasts.horizon.starts[1], stocks={("lake", "storage"): 30})
    plan = shifted_by(today, read_plan(tmp_path))
    assert plan.values["canal to zone", "inflow"] == pytest.approx([20, 10, 0], abs=1e-2)


def test_the_shifted_plan_ends_before_the_day_on_which_nothing_fits() -> None:
    """The flood of the second day fits nowhere; the first day's orders stand."""
    today = invalid("river_without_a_way_out")
    previous = plan_of(
        replace(today, forecasts=today.forecasts.merged({("weir", "inflow"): Forecast(np.full((2, 1), 40.0), "")}))
    )
    laddered = climb(today, previous=previous)
    assert laddered.rung == 4
    assert laddered.planned.plan.values["town", "delivery"] == pytest.approx([40])
    assert "the plan ends before 2021-03-11" in laddered.planned.plan.notes[1]
    assert [each.rung for each in laddered.attempts] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("days_ago", "words"), [(None, "there is no previous plan"), (4, "4 days ago: more than 3"), (3, "no daily step for")]
)
def test_why_there_is_nothing_to_shift(days_ago: int | None, words: str) -> None:
    today = lake_and_fields(days=3)
    previous = None
    if days_ago is not None:
        previous = plan_of(lake_and_fields(days=3, start=today.state.day - dt.timedelta(days=days_ago)))
    laddered = climb(today, previous=previous, first=4)
    assert laddered.rung == 5
    assert words in laddered.why[1]


# Rung 5


def test_fields_are_cut_by_the_curves_of_their_lake() -> None:
    """Below 80 three quarters of 20 a day, below 40 half: 70, 55, 40 (not below), 25, 15, 5, and the last 5."""
    settings = LadderSettings(below_lower={"agriculture": 0.75}, below_severe={"agriculture": 0.5})
    laddered = climb(lake_and_fields(days=6), settings, first=5)
    assert (laddered.rung, laddered.label) == (5, "rule curves alone")
    assert laddered.planned.plan.values["zone", "delivery"] == pytest.approx([15, 15, 15, 10, 10, 5], abs=1e-3)
    assert laddered.planned.plan.values["lake", "storage"] == pytest.approx([55, 40, 25, 15, 5, 0], abs=1e-3)
    assert laddered.planned.findings == ()


def test_without_declared_fractions_nobody_is_cut_but_by_the_networks_own_rules() -> None:
    assert climb(lake_and_fields(), first=5).planned.plan.values["zone", "delivery"] == pytest.approx([20, 20, 20, 10], abs=1e-3)
    case = GALLERY["junior_draws_through_the_curve"]()
    own = climb(case, LadderSettings(below_lower={"domestic": 0.1, "industry": 0.1, "agriculture": 0.1}), first=5)
    plain = climb(case, first=5)
    cut = {name for rule in case.network.rules for name in getattr(rule, "users", ())}
    for name in cut:
        assert own.planned.plan.values[name, "delivery"] == pytest.approx(plain.planned.plan.values[name, "delivery"], abs=1e-3)


def test_all_users_are_alike() -> None:
    """Ten are there for a town and fields that ask for 10 each; no policy prefers one."""
    short = case(
        make("reservoir", "lake", capacity=100),
        pipe("lake", "town"),
        canal("lake", "zone"),
        make("household_supply", "town", demand=10),
        zone(demand=10),
        days=(1,),
        stocks={("lake", "storage"): 10},
    )
    plan = climb(short, first=5).planned.plan
    assert plan.values["town", "delivery"] == pytest.approx([5], rel=1e-2)
    assert plan.values["zone", "delivery"] == pytest.approx([5], rel=1e-2)


def test_a_ramp_that_ends_in_a_closed_gate_is_seen_ahead() -> None:
    """Closed on the third day, the canal falls by 30 a day at most: each day alone would keep 80 and find no way down."""
    closing = case(
        *river_to_sea(inflow=200),
        canal("weir", "zone"),
        zone(demand=80),
        make("ramp_limit", "slowly", subject="canal to zone", rise=30, fall=30),
        days=(1, 1, 1),
        past={("canal to zone", "inflow"): days_before(80)},
        series={("canal to zone", "capacity"): (100, 100, 0)},
    )
    plan = climb(closing, first=5).planned.plan
    assert plan.values["zone", "delivery"] == pytest.approx([60, 30, 0], abs=1e-3)


def test_the_last_rung_lets_give_way_what_is_declared() -> None:
    settings = may_give_way({"component": "wells", "field": "annual_limit", "to": 2}, total=60 / 86400, kept_back=0.999999)
    laddered = climb(invalid("overdrawn_wells"), settings)
    assert laddered.rung == 5
    assert laddered.planned.plan.notes[0] == "relaxed in full: wells"
    assert laddered.planned.plan.values["town", "delivery"] == pytest.approx([10])


def test_where_no_rung_holds_there_is_no_plan() -> None:
    with pytest.raises(NoPlanError) as caught:
        climb(invalid("overdrawn_wells"))
    assert caught.value.exit_code == 11
    assert [finding.what[:1] for finding in caught.value.findings] == list("012345")
    assert "wells" in caught.value.findings[0].what


# Time


def test_rungs_for_which_no_time_is_left_are_left_out() -> None:
    settings = LadderSettings(total=60 / 86400, kept_back=0.9999999)
    laddered = climb(lake_and_fields(), settings)
    assert laddered.rung == 5
    assert all(NOT_REPLAYABLE in why for why in laddered.why[:4])


def test_a_rung_that_takes_too_long_gives_way_to_the_next() -> None:
    with pytest.raises(NoPlanError) as caught:
        climb(lake_and_fields(), LadderSettings(rung=AT_ONCE))
    assert "the time for it is over" in caught.value.findings[0].what
    assert NOT_REPLAYABLE in caught.value.findings[0].what


def test_the_time_that_the_night_has_left_counts() -> None:
    assert climb(lake_and_fields(), seconds=60.0).rung == 0
    assert climb(lake_and_fields(), LadderSettings(kept_back=0.9999999), seconds=60.0).rung == 5


# What is told


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Fallback, rung 5: rule curves alone"), ("zh-TW", "備援計畫，第 5 階：僅依規線操作")]
)
def test_the_report_says_it_first(tmp_path: Path, language: str, words: str) -> None:
    laddered = climb(lake_and_fields(), first=5)
    write_files(laddered.planned, tmp_path, language)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (summary["fallback_rung"], summary["fallback_label"]) == (5, "rule curves alone")
    assert summary["fallback_reasons"] == ["begun on rung 5"]
    assert words in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "schedule.json").is_file()


# Every network of the gallery


@pytest.mark.parametrize("first", [2, 4, 5])
@pytest.mark.parametrize("name", GALLERY)
def test_every_network_has_a_sound_plan_on_every_rung(name: str, first: int) -> None:
    case = GALLERY[name]()
    laddered = climb(case, previous=plan_of(case), first=first)
    assert laddered.planned.findings == ()
    assert laddered.rung >= first
    if first == 4 and laddered.rung == 5:
        assert "no daily step for" in laddered.why[1]
