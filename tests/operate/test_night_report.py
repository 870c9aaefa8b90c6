"""What a night leaves in its folder of results, and what it never lets a report do to its orders."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from told_bureau import FIRST, Bureau, bureau, inflow_on, write_gauge
from waterbalance.errors import TryLaterError
from waterbalance.operate.configuring.backtest_settings import BacktestSettings
from waterbalance.operate.configuring.events import Event
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.configuring.stages import StageTimeoutError
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.signals import signalled
from waterbalance.operate.stoppable import StoppedError
from waterbalance.operate.telling import night_backtest, report_night
from waterbalance.operate.telling.night_backtest import TIME_WAS_OVER, Backtests, tell_backtests
from waterbalance.report.night.told import NightTold, read_night
from waterbalance.scenario.read import read_scenario
from waterbalance.store.database import open_store

ORDER = {"what": "canal_b.inflow", "how": "at_least", "value": "0.1 m3/s", "from": "2026-03-02", "until": "2026-03-20"}
MISTAKEN = {**ORDER, "what": "canal_b.flow"}
BY = {"author": "Chen", "reason": "fish"}


def approve(works: Bureau, night: Night) -> None:
    assert night.issuance.plan is not None
    store = open_store(f"sqlite:///{works.folder / 'nightly.sqlite'}")
    decide(store, night.issuance.plan, "approved", "chen", works.now)
    store.close()


def nights(works: Bureau, count: int) -> Night:
    """The first plan is agreed to by a person, the others by the rule."""
    night = works.night()
    approve(works, night)
    night = works.night()
    for _ in range(count - 1):
        works.next_day()
        write_gauge(works.folder, works.now.date())
        night = works.night()
    return night


def told_by(works: Bureau) -> list[NightTold]:
    """All nights, by day."""
    found = [read_night(each.read_text(encoding="utf-8")) for each in works.results.glob("*/night.json")]
    return sorted(found, key=lambda each: each.day)


def change(works: Bureau, **sections: object) -> None:
    file = works.folder / "nightly.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **sections}), encoding="utf-8")


def test_the_folder_of_a_night(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    night = works.night()
    folder = works.results / night.run
    names = {each.name for each in folder.iterdir()}
    asked = {"summary.json", "plan.csv", "schedule.json", "report.html", "manifest.json", "night.json", "night.html"}
    assert names == asked | {"plan.parquet", "forecasts.parquet"}
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("plan.csv", "schedule.json")}
    assert (works.results / "latest.json").read_bytes() == (folder / "night.json").read_bytes()
    assert f'href="{night.run}/report.html"' in (works.results / "latest.html").read_text(encoding="utf-8")
    assert 'href="report.html"' in (folder / "night.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fourth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bureau, Night]:
    """The fourth night of a bureau with an order about a flow."""
    works = bureau(tmp_path_factory.mktemp("fourth") / "works", overrides=[{**ORDER, **BY}])
    return works, nights(works, 4)


def test_what_a_night_tells(fourth: tuple[Bureau, Night]) -> None:
    works, night = fourth
    told = works.told(night)
    assert night.exit_code == 0
    assert told.good
    assert [(each.name, each.readings, each.series, each.newest) for each in told.sources] == [("gauge", 17, 2, night.day)]
    (stock,) = told.stocks
    assert (stock.taken, stock.observed, stock.jumps) == (637_000.0, True, False)
    assert stock.expected is not None
    assert [(each.component, each.rung, each.members) for each in told.forecasts] == [("lake", 0, 20)]
    assert [each.author for each in told.overrides] == ["Chen"]
    assert {each.component for each in told.differences} == {"canal_a", "canal_b"}
    moved = [each.moved for each in told.differences]
    assert moved == sorted(moved, reverse=True)
    assert [(each.device, each.state, each.structure) for each in told.orders] == [
        ("gate_a", "confirmed", "canal_a"),
        ("gate_b", "confirmed", "canal_b"),
    ]
    assert night.laddered is not None
    assert night.laddered.planned.schedule is not None
    assert all(each.now is not None and each.now > 0.09 for each in told.orders)
    assert told.in_force is not None
    assert told.in_force.plan == night.issuance.plan


def test_scores_stand_beside_the_past_years(fourth: tuple[Bureau, Night]) -> None:
    works, night = fourth
    told = works.told(night)
    (score,) = [each for each in told.scores if each.of == "forecast"]
    yesterday = night.day - dt.timedelta(days=1)
    assert score.date == yesterday
    assert score.observed == pytest.approx(inflow_on(yesterday) * 86_400)
    assert score.climatology is not None
    (skill,) = told.skill
    assert skill.days == 3
    scores = [each for one in told_by(works) for each in one.scores if each.of == "forecast"]
    assert [each.date for each in scores] == [FIRST + dt.timedelta(days=back) for back in range(3)]
    assert skill.crps == pytest.approx(np.mean([each.crps for each in scores]))
    assert skill.bias == pytest.approx(np.mean([each.expected - each.observed for each in scores]))
    assert skill.climatology == pytest.approx(np.mean([each.climatology for each in scores]))


def test_a_night_that_fails_has_its_page(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    before = nights(works, 1)
    works.next_day()
    write_gauge(works.folder, works.now.date())
    change(works, overrides=[{**MISTAKEN, **BY}])
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("remainder", 10)
    told = works.told(night)
    assert (told.planned, told.rung, told.good) == (False, None, False)
    assert "canal_b has no flow 'flow'" in told.verdict.trouble[0]
    # Nobody was asked: a configuration that does not fit is told before.
    assert [each.readings for each in told.sources] == [0]
    assert told.in_force is not None
    assert told.in_force.plan == before.issuance.plan
    assert [each.label for each in told.orders] == ["remainder", "remainder"]
    page = (works.results / "latest.html").read_text(encoding="utf-8")
    assert "NO PLAN: what is left of the last one was issued (2 new)." in page
    assert not (works.results / night.run / "report.html").exists()


def test_a_night_that_stops_for_want_of_a_reading_leaves_a_summary_and_a_page(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works", critical=["lake.storage"], when_missing="stop")
    nights(works, 1)
    works.next_day()
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("remainder", 10)
    summary = json.loads((works.results / night.run / "summary.json").read_text(encoding="utf-8"))
    reasons = summary.pop("fallback_reasons")
    assert summary == {
        "schema": "waterbalance.no_plan/1",
        "scenario": night.scenario,
        "time_zone": "Asia/Taipei",
        "start": str(night.day),
        "outcome": "remainder",
        "exit_code": 10,
        "fallback_rung": None,
        "fallback_label": "what is left of the last plan",
    }
    assert "a critical reading is missing" in reasons[0]
    assert "lake.storage" in reasons[0]
    page = (works.results / "latest.html").read_text(encoding="utf-8")
    assert "NO PLAN: what is left of the last one was issued" in page
    assert "a critical reading is missing" in page
    assert json.loads((works.results / "latest.json").read_text(encoding="utf-8"))["verdict"]["exit_code"] == 10


def test_without_anything_to_issue_there_is_a_page(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works", overrides=[{**MISTAKEN, **BY}])
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("nothing", 65)
    told = works.told(night)
    assert told.in_force is None
    assert [each.state for each in told.orders] == [None, None]
    assert "NO PLAN, AND NOTHING WAS ISSUED." in (works.results / night.run / "night.html").read_text(encoding="utf-8")


def test_a_jump_is_no_good_night_and_the_orders_stay(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    nights(works, 1)
    works.next_day()
    write_gauge(works.folder, works.now.date(), d2026_03_03=500_000.0)
    night = works.night()
    told = works.told(night)
    assert (night.exit_code, told.good, told.stocks[0].jumps) == (0, False, True)
    # The stock tells it: the line of the engine is not there twice.
    assert told.verdict.trouble == ()


def test_what_was_agreed_to_later_is_told(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    night = works.night()
    assert works.told(night).verdict.outcome == "waiting"
    approve(works, night)
    works.now += dt.timedelta(hours=2)
    again = works.night()
    told = works.told(again)
    assert again.run == night.run
    assert (told.verdict.outcome, told.verdict.exit_code, told.verdict.trouble) == ("sent", 0, ())
    assert told.told_at == works.now
    assert {each.state for each in told.orders} == {"confirmed"}
    assert told.forecasts == works.told(night).forecasts
    assert (works.results / "latest.json").read_bytes() == (works.results / night.run / "night.json").read_bytes()


def test_the_newest_night_is_the_one_of_the_latest_day(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    newest = nights(works, 3)
    older = works.night(FIRST + dt.timedelta(days=1))
    assert older.run != newest.run
    change(works, name="heron again")
    older = works.night(FIRST + dt.timedelta(days=1))
    assert older.issuance.outcome == "past"
    assert works.told(older).day < newest.day
    assert read_night((works.results / "latest.json").read_text(encoding="utf-8")).run == newest.run


@pytest.mark.parametrize("broken", ["night_page", "write_views"])
def test_a_report_that_fails_takes_nothing_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    works = bureau(tmp_path / "works")
    nights(works, 1)
    works.next_day()
    write_gauge(works.folder, works.now.date())

    def fail(*_: object) -> None:
        raise ZeroDivisionError("no such colour")

    monkeypatch.setattr(report_night, broken, fail)
    heard: list[Event] = []
    night = works.night(on_event=heard.append)
    assert (night.issuance.outcome, night.exit_code) == ("sent", 75)
    failure = "an error of the engine itself: ZeroDivisionError('no such colour')"
    assert night.trouble[-1] == f"the report could not be written whole: {failure}"
    (trace,) = [str(event.told["trace"]) for event in heard if event.what == "engine_failed"]
    assert trace.startswith("Traceback")
    # The night is done, and not done again.
    assert works.night().run == night.run


def test_a_stop_while_the_report_is_written_takes_nothing_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = bureau(tmp_path / "works")
    nights(works, 1)
    works.next_day()
    write_gauge(works.folder, works.now.date())

    def stop(*_: object) -> None:
        raise StoppedError("the night was stopped")

    monkeypatch.setattr(report_night, "write_views", stop)
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("sent", 75)
    assert works.night().run == night.run


def test_backtests_that_fail_fail_no_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = bureau(tmp_path / "works", issuing={"send": False})

    def full(*_: object) -> None:
        raise TryLaterError("nothing could be written")

    monkeypatch.setattr(night_backtest, "write_text", full)
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("rehearsed", 0)
    assert night.trouble == ("the report could not be written anew: nothing could be written",)
    assert works.told(night).good


def test_a_report_that_takes_too_long_takes_nothing_back(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works", limits={"report": "0.001 s"})
    approve(works, works.night())
    night = works.night()
    assert night.issuance.outcome == "sent"
    works.next_day()
    write_gauge(works.folder, works.now.date())
    night = works.night()
    assert (night.issuance.outcome, night.exit_code) == ("sent", 75)
    assert "the stage 'report' took too long" in night.trouble[-1]


def test_the_exit_code_of_a_night_that_failed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = bureau(tmp_path / "works", overrides=[{**MISTAKEN, **BY}])

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(report_night, "night_page", fail)
    assert works.night().exit_code == 65


def test_forecasters_are_tried_once_a_week(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    first = works.told(nights(works, 1)).backtests
    assert [(each.component, each.forecaster, each.made_on, each.reason) for each in first] == [
        ("lake", "day_of_year", FIRST, "")
    ]
    assert [each.lead for each in first[0].leads] == [1, 2, 3]
    for _ in range(6):
        works.next_day()
        write_gauge(works.folder, works.now.date())
    assert works.told(works.night()).backtests == first
    works.next_day()
    write_gauge(works.folder, works.now.date())
    assert works.told(works.night()).backtests[0].made_on == FIRST + dt.timedelta(days=7)


def test_other_settings_are_tried_at_once_and_none_is_none(tmp_path: Path) -> None:
    works = bureau(tmp_path / "works")
    works.night()
    works.next_day()
    write_gauge(works.folder, works.now.date())
    scenario = works.folder / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace('"members": 20', '"members": 10'), encoding="utf-8")
    assert works.told(works.night()).backtests[0].made_on == works.now.date()
    quiet = bureau(tmp_path / "quiet", backtest={"n_windows": 0})
    assert quiet.told(quiet.night()).backtests == ()


def tried(folder: Path, *, every: float = 7.0) -> Backtests:
    """The backtests of two series."""
    scenario = read_scenario(bureau(folder / "works").folder)
    (recipe,) = scenario.forecasts.values()
    both = type(scenario)(**{**vars(scenario), "forecasts": {("lake", "inflow"): recipe, ("lake", "rain"): recipe}})
    return Backtests(folder, both, BacktestSettings(every=every, h=3, n_windows=2))


def test_one_that_takes_all_the_time_does_not_stand_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backtests = tried(tmp_path)

    def slow(*_: object, **__: object) -> None:
        raise StageTimeoutError("the stage 'backtest' took too long")

    monkeypatch.setattr(night_backtest, "backtest_scenario", slow)
    due = backtests.due(FIRST)
    assert due == (("lake", "inflow"), ("lake", "rain"))
    backtests.make(due, FIRST)
    (told,) = tell_backtests(backtests)
    assert (told.quantity, told.reason, told.leads) == ("inflow", TIME_WAS_OVER, ())
    assert backtests.due(FIRST + dt.timedelta(days=1)) == (("lake", "rain"),)


def test_a_forecaster_that_breaks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backtests = tried(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise FloatingPointError("singular")

    monkeypatch.setattr(night_backtest, "backtest_scenario", broken)
    backtests.make(backtests.due(FIRST), FIRST)
    assert [each.reason for each in tell_backtests(backtests)] == ["FloatingPointError: singular"] * 2


def test_a_file_of_backtests_that_is_none_is_made_anew(tmp_path: Path) -> None:
    backtests = tried(tmp_path)
    (tmp_path / "backtests.json").write_text("{", encoding="utf-8")
    assert len(backtests.due(FIRST)) == 2


def test_the_one_that_waits_longest_comes_first(tmp_path: Path) -> None:
    backtests = tried(tmp_path, every=2.0)
    inflow, rain = backtests.due(FIRST)
    backtests.make((rain,), FIRST)
    backtests.make((inflow,), FIRST + dt.timedelta(days=1))
    assert backtests.due(FIRST + dt.timedelta(days=4)) == (rain, inflow)


@pytest.mark.parametrize(
    ("times", "outcome", "used"), [(1.0, "sent", "reliable"), (20.0, "waiting", "doubtful"), (1e4, "sent", "unreliable")]
)
def test_an_inflow_far_beyond_its_history_is_approved_by_no_rule_or_not_used(
    tmp_path: Path, times: float, outcome: str, used: str
) -> None:
    works = bureau(tmp_path / "works", gaps={"lake.inflow": [{"method": "hold", "longest": "3 days"}]})
    nights(works, 1)
    works.next_day()
    write_gauge(works.folder, works.now.date())
    gauge = works.folder / "gauges" / "gauge.csv"
    lines = gauge.read_text("utf-8").splitlines()
    row = next(number for number, line in enumerate(lines) if line.startswith(str(works.now.date() - dt.timedelta(days=1))))
    day, storage, _ = lines[row].split(",")
    lines[row] = f"{day},{storage},{times * 1.2}"
    gauge.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # The same night once more approves nothing either.
    for _ in range(2):
        night = works.night()
        assert night.issuance.outcome == outcome
    told = told_by(works)[-1]
    spoke = [each for each in told.corrections if each.rule == "known range"]
    assert [each.worst for each in spoke] == ([] if times == 1.0 else [used])
    assert any("far from all that was ever known" in each for each in told.complaints) is (times > 1.0)


def test_a_critical_storage_that_was_completed_is_missing_and_the_night_no_good_one(tmp_path: Path) -> None:
    works = bureau(
        tmp_path / "works",
        critical=["lake.storage"],
        when_missing="degrade",
        gaps={"lake.storage": [{"method": "hold", "longest": "2 days"}]},
        metrics="metrics.prom",
        contacts=[{"name": "wall", "kind": "file", "path": "wall.jsonl"}],
    )
    nights(works, 1)
    works.next_day()
    signalled(read_night_settings(works.folder), clock=Clock(lambda: works.now, lambda _: None))
    told = told_by(works)[-1]
    (stock,) = told.stocks
    assert (stock.observed, stock.completed, stock.taken) == (False, "hold", 640_000.0)
    assert (told.verdict.missing, told.verdict.exit_code, told.good) == (("lake.storage",), 10, False)
    page = (works.results / "latest.html").read_text(encoding="utf-8")
    assert "completed (hold)" in page
    assert "Nothing usable was measured of" in page
    assert "last_success" not in (works.folder / "metrics.prom").read_text(encoding="utf-8")
    assert "lake.storage, which is critical" in (works.folder / "wall.jsonl").read_text(encoding="utf-8")
    # Started once more, the same night is no better.
    assert works.night().exit_code == 10
    write_gauge(works.folder, works.now.date())
    assert works.night().exit_code == 0
