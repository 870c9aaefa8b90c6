"""Scenarios that ask to be planned for several members: told, kept, played again, and one value where that fails."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commands import NOON
from gallery import case, make, pipe
from operate.laddered import scenario_of
from operate.reed_lake import ONE_DAY, found_bureau
from repository import ROOT
from sources.http_server import serving
from waterbalance.errors import InputError, NoPlanError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.nightly import nightly
from waterbalance.operate.planning import futures as planning
from waterbalance.operate.planning.fall_back import plan_or_fall_back
from waterbalance.operate.planning.ladder import KEPT_AS, plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.operate.remembering.remember import inputs_of, keep_run
from waterbalance.operate.remembering.replay import replay
from waterbalance.operate.remembering.replay_night import as_it_was_made
from waterbalance.plan.audit import audit
from waterbalance.plan.audit_branches import audit_branches
from waterbalance.report.files import write_files
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.summary import summarise
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario
from waterbalance.scenario.schema import EnsembleSettings
from waterbalance.store.database import open_store

FUTURES = ROOT / "scenarios" / "futures"


@pytest.fixture(scope="module")
def planned() -> Planned:
    return plan_scenario(read_scenario(FUTURES))


def test_every_future_is_judged_by_what_its_member_tells(planned: Planned) -> None:
    assert planned.findings == ()
    fan, ensemble = planned.fan, planned.plan.ensemble
    assert fan is not None
    assert ensemble is not None
    assert len(fan.paths) == len(ensemble.branches) == 5
    assert fan.out_of == 60
    wrong = (fan.paths[1], fan.paths[0], *fan.paths[2:])
    assert any(each.what.startswith("member ") for each in audit_branches(planned.plan, planned.scenario.network, wrong))
    assert audit(planned.plan, planned.scenario.network, planned.forecasts) == (), "what is shown is a plan by itself"


def test_the_town_is_kept_from_harm_that_the_median_does_not_show(planned: Planned) -> None:
    """In the driest of the years the fields' water of the first weeks is what the town lacks in May."""
    told = summarise(planned).futures
    assert told is not None
    town = next(goal for goal in told.goals if goal.name == "domestic and public")
    assert town.plan == pytest.approx(0, abs=1)
    assert town.one_value is not None
    assert town.one_value > 100_000
    assert town.value_of_stochastic_solution == pytest.approx(town.one_value - town.plan)
    assert sum(told.probability) == pytest.approx(1)
    assert 0 < told.distance < 1
    assert (told.common_steps, told.last_common_day) == (14, "2026-03-14")


def test_the_report_says_that_it_shows_one_of_several(planned: Planned, tmp_path: Path) -> None:
    write_files(planned, tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    shown = summary["futures"]["members"][0]
    assert f"shown is that of member {shown}" in summary["notes"][0]
    assert summary["series"][0]["label"].startswith(f"member {shown} from 2026-03-15 on: ")
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["futures"]["members"]) == [str(member) for member in summary["futures"]["members"]]
    for language in LANGUAGES:
        write_files(planned, tmp_path, language)
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        say = Wording(language)
        assert all(say(key) in page for key in ("futures", "futures.note", "futures.known_ahead"))
    assert "自 2026-03-15 起採成員" in page


def test_a_scenario_without_it_is_planned_for_one_value(planned: Planned) -> None:
    alone = plan_scenario(replace(planned.scenario, planning_ensemble=None))
    assert (alone.fan, alone.plan.ensemble, summarise(alone).futures) == (None, None, None)


def test_members_that_do_not_differ_are_one_future(planned: Planned) -> None:
    """All days are common ones."""
    settings = EnsembleSettings(members=5, common_days=200)
    together = plan_scenario(replace(planned.scenario, planning_ensemble=settings))
    alone = plan_scenario(replace(planned.scenario, planning_ensemble=None))
    assert together.plan.notes[0].startswith("planned for one future")
    for key, values in alone.plan.values.items():
        assert together.plan.values[key] == pytest.approx(values), key


def test_what_it_is_worth_is_told_only_where_that_is_asked_for(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = EnsembleSettings(members=5, common_days=14, compare=False)
    silent = plan_scenario(replace(planned.scenario, planning_ensemble=settings))
    assert silent.plan.ensemble is not None
    assert silent.plan.ensemble.goals == ()
    for key, values in planned.plan.values.items():
        assert silent.plan.values[key] == pytest.approx(values), key

    def fails(*_: object) -> None:
        raise NoPlanError("no time")

    monkeypatch.setattr(planning, "compared", fails)
    other = plan_scenario(planned.scenario)
    assert other.plan.notes[1] == "what planning for several futures is worth was not found: no time"
    assert other.findings == ()


def test_a_run_is_kept_with_all_its_members_and_comes_out_again(planned: Planned, tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")) as store:
        kept = keep_run(store, planned, inputs_of(planned.scenario), (), "somebody", NOON)
        replayed = replay(store, kept.run)
    assert replayed.proven
    assert replayed.outputs["plan.csv"]
    assert replayed.remade == ()


# The ladder


def flood() -> tuple[Scenario, object, Forecasts]:
    """The wettest of three members brings 100 tomorrow and the pipe takes 50; the median brings 40."""
    made = case(make("weir", "weir"), pipe("weir", "town", capacity=50), make("household_supply", "town", demand=60), days=(1, 1))
    values = np.array([[40.0, 40.0, 40.0], [20.0, 40.0, 100.0]])
    members = made.forecasts.merged({("weir", "inflow"): Forecast(values, "three members")})
    settings = EnsembleSettings(members=3, common_days=1)
    return replace(scenario_of(made), planning_ensemble=settings), made.state, members


def test_one_value_is_planned_with_where_a_member_fits_nowhere(tmp_path: Path) -> None:
    scenario, state, members = flood()
    laddered = plan_by_ladder(scenario, state, members, LadderSettings(), keep_in=tmp_path)  # type: ignore[arg-type]
    assert (laddered.rung, laddered.label) == (3, "deterministic")
    assert "member 2" in laddered.why[0]
    assert laddered.planned.plan.ensemble is None
    assert laddered.planned.plan.values["town", "delivery"] == pytest.approx([40, 40])
    assert laddered.planned.plan.notes[0] == "planned with one value of the members instead of several"
    assert laddered.kept_lp is not None
    assert "member_2" in (tmp_path / KEPT_AS).read_text(encoding="utf-8").replace(" ", "_").replace("(", "")


def test_a_limit_gives_way_for_the_member_that_needs_it() -> None:
    scenario, state, members = flood()
    settings = LadderSettings(relaxations=({"component": "weir to town", "field": "capacity", "to": 3},))  # type: ignore[arg-type]
    laddered = plan_by_ladder(scenario, state, members, settings)  # type: ignore[arg-type]
    assert laddered.rung == 1
    assert laddered.planned.plan.ensemble is not None
    assert any("relaxed: weir to town.capacity at 200.0%" in note for note in laddered.planned.plan.notes)


def test_members_that_do_not_belong_together_take_the_rung_and_not_the_night() -> None:
    scenario, state, members = flood()
    members = members.merged({("town", "demand"): Forecast(np.full((2, 7), 60.0), "seven of its own")})
    laddered = plan_by_ladder(scenario, state, members, LadderSettings())  # type: ignore[arg-type]
    assert laddered.rung == 3
    assert "the members of the forecasts do not belong together" in laddered.why[0]


def test_by_hand_the_ladder_plans_for_the_same_futures(planned: Planned) -> None:
    laddered = plan_or_fall_back(planned.scenario)
    assert laddered.fallback.rung == 0
    assert laddered.fan is not None
    assert planned.fan is not None
    assert laddered.fan.members == planned.fan.members
    assert laddered.plan.values["lake", "storage"] == pytest.approx(planned.plan.values["lake", "storage"])


@pytest.fixture
def night_folder(tmp_path: Path) -> Iterator[Path]:
    with serving() as server:
        bureau = found_bureau(tmp_path / "bureau", server, dt.date(2021, 5, 4))
        path = bureau.folder / "scenario" / "scenario.yaml"
        text = path.read_text(encoding="utf-8")
        asked = "planning_values: {inflow: 0.4}\nplanning_ensemble: {members: 3, common_days: 3}\n"
        text = text.replace("planning_values: {inflow: 0.4}\n", asked)
        path.write_text(text.replace("forecaster: persistence, window: 3", "forecaster: ten_day_climatology"), encoding="utf-8")
        bureau.day += ONE_DAY
        bureau.tell()
        nightly(read_night_settings(bureau.config), clock=Clock(bureau.now, bureau.sleep))
        yield bureau.folder


def test_a_night_plans_for_several_futures_and_comes_out_again(night_folder: Path) -> None:
    settings = read_night_settings(night_folder / "nightly.yaml")
    (run,) = (each for each in settings.results_folder.iterdir() if (each / "manifest.json").exists())
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["futures"]["common_steps"] == 3
    assert len(manifest["futures"]["members"]) > 1
    with closing(open_store(settings.store_url)) as store:
        assert replay(store, run.name, as_it_was_made(store)).proven


@pytest.mark.parametrize(
    ("wrong", "what"),
    [("members: 1", "members"), ("members: many", "members"), ("common_days: 0", "common_days"), ("days: 7", "days")],
)
def test_mistakes_are_named(wrong: str, what: str, tmp_path: Path) -> None:
    shutil.copytree(FUTURES, tmp_path / "futures")
    path = tmp_path / "futures" / "scenario.yaml"
    text = path.read_text(encoding="utf-8").replace("{members: 5, common_days: 14}", f"{{{wrong}}}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"(?s)scenario.yaml.*{what}"):
        read_scenario(tmp_path / "futures")
