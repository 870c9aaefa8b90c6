"""The dead man's alarm: who is called when, and that it needs no job that ran."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from controllers.post_server import post_server
from operate.small_bureau import TIME_ZONE, write_bureau
from operate.test_signals import calls
from waterbalance.errors import UsageError
from waterbalance.operate.calling.deadman import KIND, Watch, deadman
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.store import nights
from waterbalance.store.alarms import acknowledge, ringing
from waterbalance.store.audit_log import verify
from waterbalance.store.database import Store, open_store
from waterbalance.store.lock import HeldError, held
from waterbalance.store.nights import NightKey
from waterbalance.store.plans import NewPlan, approve, record

DAY = dt.date(2026, 11, 26)

LIST = """
deadline: "04:30"
contacts:
  - {name: duty, kind: file, path: duty.jsonl}
  - {name: chief, kind: file, path: chief.jsonl, after: 30 min}
"""


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    """A moment by the bureau's clock, as another clock shows it."""
    return dt.datetime.combine(day, dt.time(hour, minute), TIME_ZONE).astimezone(dt.UTC)


class Bureau:
    def __init__(self, folder: Path, more: str = LIST) -> None:
        self.folder = folder
        self.config = write_bureau(folder, DAY, more=more)

    def look(self, hour: int, minute: int = 0, day: dt.date = DAY) -> Watch:
        return deadman(read_night_settings(self.config), at(hour, minute, day))

    @property
    def store(self) -> Store:
        return open_store(read_night_settings(self.config).store_url)

    def called(self) -> dict[str, int]:
        found = {name: len(calls(self.folder, f"{name}.jsonl")) for name in ("duty", "chief")}
        return {name: number for name, number in found.items() if number}

    def plan(self, *, agreed: bool, label: str = "planned", start: dt.date = DAY) -> str:
        store = self.store
        begin = dt.datetime.combine(start, dt.time(), TIME_ZONE)
        new = NewPlan("bureau", str(start), begin, begin + dt.timedelta(days=7), {"commands": [], "label": label}, label)
        with store.writing() as connection:
            plan = record(connection, new, {}, "nightly", at(3))
            if agreed:
                approve(connection, plan, "chen", at(3))
        store.close()
        return plan


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    made = Bureau(tmp_path / "b")
    made.store.close()
    return made


def test_before_the_deadline_nobody_is_called(bureau: Bureau) -> None:
    assert bureau.look(4, 29) == Watch("early")
    assert bureau.look(4, 29).exit_code == 0
    assert bureau.called() == {}


def test_with_an_approved_schedule_nobody_is_called(bureau: Bureau) -> None:
    bureau.plan(agreed=True)
    assert bureau.look(4, 31).found == "schedule"
    assert bureau.called() == {}


def test_one_of_two_approvals_is_no_approved_schedule(bureau: Bureau) -> None:
    scenario = bureau.folder / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("issuing: {", "issuing: {approvals: 2, "), encoding="utf-8")
    plan = bureau.plan(agreed=True)
    watch = bureau.look(4, 31)
    assert watch.found == "none"
    assert plan[:12] in watch.why
    assert bureau.called() == {"duty": 1}


@pytest.mark.parametrize(
    ("agreed", "label", "start"),
    [(False, "planned", DAY), (True, "fallback", DAY), (True, "remainder", DAY), (True, "planned", DAY - dt.timedelta(days=1))],
)
def test_what_is_no_approved_schedule_of_the_day(bureau: Bureau, agreed: bool, label: str, start: dt.date) -> None:
    bureau.plan(agreed=agreed, label=label, start=start)
    watch = bureau.look(4, 30)
    assert (watch.found, watch.exit_code) == ("none", 11)
    assert bureau.called() == {"duty": 1}


def test_it_climbs_the_list_and_calls_each_once_a_day(bureau: Bureau) -> None:
    found = []
    for minute in range(0, 130, 5):
        bureau.look(4 + (30 + minute) // 60, (30 + minute) % 60)
        found.append(bureau.called())
    assert found[:6] == [{"duty": 1}] * 6
    assert found[6:] == [{"duty": 1, "chief": 1}] * 20
    bureau.look(4, 30, DAY + dt.timedelta(days=1))
    assert bureau.called() == {"duty": 2, "chief": 1}
    store = bureau.store
    with store.reading() as connection:
        assert verify(connection) == ()
    store.close()


def test_who_acknowledges_stops_the_calls_of_that_day_only(bureau: Bureau) -> None:
    bureau.look(4, 30)
    store = bureau.store
    with store.writing() as connection:
        (alarm,) = ringing(connection)
        assert alarm.kind == KIND
        assert acknowledge(connection, alarm.alarm, "lin", at(4, 40))
    store.close()
    watch = bureau.look(6)
    assert (watch.found, watch.called, watch.exit_code) == ("acknowledged", (), 11)
    bureau.look(4, 30, DAY + dt.timedelta(days=1))
    assert bureau.called() == {"duty": 2}


def test_a_schedule_that_comes_late_ends_the_alarm(bureau: Bureau) -> None:
    bureau.look(4, 30)
    bureau.plan(agreed=True)
    assert bureau.look(6).found == "schedule"
    assert bureau.called() == {"duty": 1}
    store = bureau.store
    with store.reading() as connection:
        assert ringing(connection) == ()
    store.close()


def told(bureau: Bureau) -> str:
    return str(calls(bureau.folder, "duty.jsonl")[-1]["text"])


def test_the_call_says_what_is_known_of_the_night(bureau: Bureau) -> None:
    bureau.look(4, 30)
    assert "The nightly job has not run for this day." in told(bureau)
    store = bureau.store
    with store.writing() as connection:
        begun = nights.begin(connection, NightKey("bureau", DAY, "c", "i"), at(3))
    (bureau.folder / "duty.jsonl").unlink()
    bureau.look(4, 30, DAY)
    assert bureau.look(4, 30).why.startswith("The nightly job began on ")
    with store.writing() as connection:
        nights.end(connection, begun.night, "failed", at(4), 11, detail="no source answers")
    assert "failed with exit code 11. no source answers" in bureau.look(4, 31).why
    store.close()
    plan = bureau.plan(agreed=False)
    assert f"waterbalance approve {plan[:12]}" in bureau.look(4, 32).why


def test_a_contact_that_is_not_reached_is_called_again_and_the_next_one_at_once(tmp_path: Path) -> None:
    with post_server(500) as server:
        hook = f'contacts:\n  - {{name: hook, kind: webhook, url: "{server.url}"}}\n'
        rest = LIST.partition("contacts:\n")[2]
        bureau = Bureau(
            tmp_path / "b", f'\ndeadline: "04:30"\n{hook}{rest.replace("file, path: duty", "file, after: 30 min, path: duty")}'
        )
        bureau.store.close()
        watch = bureau.look(4, 30)
        assert [(each.contact, each.failed is None) for each in watch.called] == [("hook", False), ("duty", True)]
        assert watch.exit_code == 69
        server.statuses[:] = [200]
        assert [each.contact for each in bureau.look(4, 35).called] == ["hook"]
        assert bureau.look(4, 40).called == ()


@pytest.mark.parametrize("store", ["missing", "broken", "scenario"])
def test_everybody_is_called_once_where_nothing_is_known(bureau: Bureau, store: str) -> None:
    file = bureau.folder / "nightly.sqlite"
    file.unlink()
    if store == "broken":
        file.write_text("this is no database", encoding="utf-8")
    if store == "scenario":
        (bureau.folder / "scenario.yaml").write_text("nonsense", encoding="utf-8")
    hour = dt.datetime.combine(DAY, dt.time(4, 35)).astimezone() if store == "scenario" else at(4, 35)
    for _ in range(2):
        watch = deadman(read_night_settings(bureau.config), hour)
        assert (watch.found, watch.exit_code) == ("unknown", 69)
    assert bureau.called() == {"duty": 1, "chief": 1}
    assert "NOBODY KNOWS" in told(bureau)
    assert not file.exists() or store == "broken"


def test_an_error_of_the_engine_itself_calls_everybody_too(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("waterbalance.operate.calling.deadman.ringing", broken)
    assert bureau.look(4, 35).found == "unknown"
    assert bureau.called() == {"duty": 1, "chief": 1}
    assert "a fault" in told(bureau)


def test_of_two_looks_at_once_the_second_leaves(bureau: Bureau) -> None:
    store = bureau.store
    with held(store, "deadman bureau"), pytest.raises(HeldError):
        bureau.look(5)
    store.close()
    assert bureau.called() == {}


def test_a_deadline_before_midnight_is_still_watched_after_it(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "b", LIST.replace("04:30", "23:30") + "plan_for: tomorrow\n")
    bureau.store.close()
    tomorrow = DAY + dt.timedelta(days=1)
    assert bureau.look(23, 31).day == tomorrow
    assert bureau.look(0, 5, tomorrow).day == tomorrow
    assert bureau.called() == {"duty": 1, "chief": 1}
    assert bureau.look(11, 31, tomorrow).found == "early"


def test_a_deadline_on_the_night_when_clocks_change(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "b", LIST.replace("04:30", "02:30"))
    scenario = bureau.folder / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("Asia/Taipei", "Europe/Berlin"), encoding="utf-8")
    bureau.store.close()
    settings = read_night_settings(bureau.config)
    # 2026-03-29 in Berlin: 02:30 does not exist; by the offset before the change it is 01:30 UTC.
    assert deadman(settings, dt.datetime(2026, 3, 29, 1, 29, tzinfo=dt.UTC)).found == "early"
    assert deadman(settings, dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)).found == "none"
    # 2026-10-25: 02:30 comes twice; the first one counts, 00:30 UTC.
    assert deadman(settings, dt.datetime(2026, 10, 25, 0, 29, tzinfo=dt.UTC)).found == "early"
    assert deadman(settings, dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)).found == "none"


@pytest.mark.parametrize("more", ['deadline: "04:30"\n', "contacts: [{name: duty, kind: file, path: a}]\n"])
def test_without_a_deadline_or_a_contact_there_is_nothing_to_watch(tmp_path: Path, more: str) -> None:
    with pytest.raises(UsageError, match="nothing to watch"):
        Bureau(tmp_path / "b", more).look(5)


def test_calls_are_json_for_programs(bureau: Bureau) -> None:
    bureau.look(4, 30)
    line = (bureau.folder / "duty.jsonl").read_text(encoding="utf-8")
    call: dict[str, Any] = json.loads(line)
    assert call["schema"] == "waterbalance.call/1"
    assert call["facts"]["reason"] == "deadline"
    assert call["subject"] == "NO APPROVED SCHEDULE for 2026-11-26 at 04:30: small"
