"""`waterbalance status`: the last night, orders now and next, and what waits for whom, in two languages."""

import datetime as dt
import io
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import update

from commands import command
from operate.small_bureau import TIME_ZONE, today, write_bureau
from waterbalance import cli
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.signals import signalled
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.orders import orders_at
from waterbalance.report.status import status_of, waits_of
from waterbalance.report.status_tables import short_status, status_tables
from waterbalance.report.texts import en_signals, zh_tw_signals
from waterbalance.report.today import today_of
from waterbalance.report.waits import Wait
from waterbalance.schedule.command import Action
from waterbalance.schedule.envelope import Envelope
from waterbalance.store.alarms import ring
from waterbalance.store.database import open_store
from waterbalance.store.outbox import Queued
from waterbalance.store.plans import StoredPlan, approve
from waterbalance.store.tables import commands

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=TIME_ZONE)


class Status:
    def __init__(self, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.settings = read_night_settings(config)
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def run(self, *words: str) -> str:
        self.monkeypatch.setattr("sys.argv", ["waterbalance", "status", "--store", self.settings.store_url, *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return self.capsys.readouterr().out

    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.run("--json"))
        return read

    def night(self) -> str | None:
        """As the day begins: a night that comes later tells what the first orders have missed."""
        begins = dt.datetime.combine(today(), dt.time(0, 0, 30), TIME_ZONE)
        return signalled(self.settings, clock=Clock(lambda: begins, lambda _: None)).issuance.plan

    def approve(self, plan: str, by: str = "chen") -> None:
        store = open_store(self.settings.store_url)
        decide(store, plan, "approved", by, dt.datetime.now(dt.UTC))
        store.close()

    def alarm(self, subject: str, kind: str, text: str) -> None:
        store = open_store(self.settings.store_url)
        with store.writing() as connection:
            ring(connection, subject, kind, text, dt.datetime.now(dt.UTC))
        store.close()


@pytest.fixture
def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Status:
    return Status(write_bureau(tmp_path / "b", today()), monkeypatch, capsys)


def test_a_plan_that_waits_stands_under_who_approves(status: Status) -> None:
    plan = str(status.night())
    (night,) = status.json()["nights"]
    assert (night["scenario"], night["day"], night["state"], night["exit_code"]) == ("bureau", str(today()), "done", 12)
    assert (night["plan"], night["rung"]) == (plan, 0)
    assert "no plan is in force to compare with" in night["why"]
    (wait,) = status.json()["waits"]
    assert (wait["whom"], wait["what"], wait["name"]) == ("approver", "plan", plan)
    assert f"plan {plan[:12]} for {today()} waits for approval" in " ".join(status.run().split())
    shown = status.run("--lang", "zh-TW")
    assert "核定人員" in shown
    assert "昨夜" in shown


def test_an_approved_plan_waits_for_who_issues_it(status: Status) -> None:
    plan = str(status.night())
    status.approve(plan)
    (wait,) = status.json()["waits"]
    assert (wait["whom"], wait["what"], wait["name"]) == ("issuer", "issue", plan)
    shown = " ".join(status.run().split())
    assert f"plan {plan[:12]} for {today()} is approved and waits for `waterbalance issue`" in shown
    assert "Nothing waits" not in shown


def test_a_command_of_a_sender_that_died_tells_the_end_of_its_lease(status: Status) -> None:
    status.approve(str(status.night()))
    status.night()
    store = open_store(status.settings.store_url)
    until = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(minutes=5)
    with store.writing() as connection:
        taken = update(commands).where(commands.c.controller == "gate_a")
        connection.execute(taken.values(state="sending", claim="c", claimed_until=until))
    store.close()
    (told,) = (each for each in status.json()["commands"] if each["controller"] == "gate_a")
    assert dt.datetime.fromisoformat(told["claimed_until"]) == until
    shown = "".join(status.run().split())
    assert f"{until.astimezone(TIME_ZONE):%Y-%m-%d%H:%M:%S}" in shown


def test_a_long_alarm_is_told_once(status: Status) -> None:
    status.alarm("bureau", "late", "first " + "orders come late; " * 40 + "last")
    shown = " ".join(status.run().split())
    assert (shown.count("first orders come late"), shown.count("last")) == (2, 1)


def test_what_is_the_same_for_several_devices_is_told_once(status: Status) -> None:
    scenario = status.settings.path.parent / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("acceptance: delivered", "acceptance: receipt")
    scenario.write_text(text, encoding="utf-8")
    status.approve(str(status.night()))
    status.night()
    assert [each["name"] for each in status.json()["waits"]] == ["gate_a", "gate_b"]
    for words in ((), ("--short",)):
        shown = " ".join(status.run(*words).split())
        assert shown.count("nobody has signed the order") == 1
        assert "devices gate_a, gate_b: waiting. there is no receipt yet: " in shown
        assert "beside it as <name>.receipt.csv." in shown
        assert "設備gate_a,gate_b：等待中。" in "".join(status.run(*words, "--lang", "zh-TW").split())


def test_where_nothing_is_ordered_somebody_has_to_plan(status: Status) -> None:
    status.approve(str(status.night()))
    status.night()
    store = open_store(status.settings.store_url)
    afterwards = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    (wait,) = waits_of(status_of(store, afterwards))
    store.close()
    assert (wait.whom, wait.what, wait.name) == ("planner", "none", "bureau")
    assert "`waterbalance run" in wait.words(Wording())


def test_orders_are_told_now_and_next_and_nothing_waits(status: Status) -> None:
    status.approve(str(status.night()))
    status.night()
    told = status.json()
    orders = {each["controller"]: (each["now"]["setpoint"], each["state"]) for each in told["commands"]}
    # 43 200 and 21 600 m3/day, evenly through the day.
    assert orders == {"gate_a": (0.5, "confirmed"), "gate_b": (0.25, "confirmed")}
    assert told["waits"] == []
    shown = status.run()
    assert "0.5 m3/s until" in shown
    assert "Nothing waits for anybody." in shown
    # The night waited for an approval, which has come since: why it waited is over, too.
    night = " ".join(shown.partition("Last night")[2].partition("Orders")[0].split())
    assert "confirmed by all devices" in night
    assert "no plan is in force" not in night


@pytest.mark.parametrize("payload", [b"not even JSON", b'{"command":{}}', b""])
def test_a_command_that_was_changed_in_the_store_hides_no_other(status: Status, payload: bytes) -> None:
    status.approve(str(status.night()))
    status.night()
    store = open_store(status.settings.store_url)
    with store.writing() as connection:
        connection.execute(update(commands).where(commands.c.controller == "gate_a").values(payload=payload))
    store.close()
    told = {each["controller"]: (each["action"], each["unit"], each["now"], each["next"]) for each in status.json()["commands"]}
    assert told["gate_a"] == (None, None, None, None)
    assert told["gate_b"][2]["setpoint"] == 0.25
    line = next(each for each in status.run().splitlines() if "gate_a" in each)
    assert "changed in the store" in line
    assert "資料庫內遭竄改" in status.run("--lang", "zh-TW")
    # The page of a night tells the same, and the night keeps its exit code.
    tonight = signalled(status.settings, clock=Clock(lambda: dt.datetime.now(dt.UTC), lambda _: None))
    assert tonight.exit_code == 0, tonight
    assert "changed in the store" in (status.settings.results_folder / "latest.html").read_text(encoding="utf-8")


def test_alarms_wait_for_those_who_can_mend_them(status: Status) -> None:
    status.approve(str(status.night()))
    status.night()
    status.alarm("bureau, source gauges", "silent", "the server gives no answer")
    status.alarm("bureau 2026-11-26", "no schedule", "nobody ran")
    waits = {each["whom"]: each["text"] for each in status.json()["waits"]}
    assert waits == {
        "gauges": "bureau, source gauges: the server gives no answer",
        "duty": "bureau 2026-11-26: nobody ran",
    }
    number = next(each["alarm"] for each in status.json()["alarms"] if each["kind"] == "no schedule")
    status.run("--acknowledge", str(number), "--by", "lin")
    assert [each["whom"] for each in status.json()["waits"]] == ["gauges"]


def test_orders_of_people_are_told_with_what_became_of_them(status: Status) -> None:
    first, last = today(), today() + dt.timedelta(days=1)
    order = (
        f"{{what: canal_a.inflow, how: at_most, value: 0.4 m3/s, from: {first}, until: {last}, author: chen, reason: a breach}}"
    )
    config = status.settings.path
    whole = config.read_text(encoding="utf-8")
    config.write_text(f"{whole}overrides: [{order}]\n", encoding="utf-8")
    status.settings = read_night_settings(config)
    status.night()
    (told,) = status.json()["overrides"]
    assert (told["state"], told["by"], told["reason"], told["bound"]) == ("in force", "chen", "a breach", "at_most")
    assert (told["value"], told["unit"]) == (pytest.approx(0.4 * 86_400), "m3/day")
    config.write_text(whole, encoding="utf-8")
    status.settings = read_night_settings(config)
    status.night()
    (told,) = status.json()["overrides"]
    assert (told["state"], told["withdrawn_by"]) == ("withdrawn", "nightly")


def test_of_two_approvals_status_tells_who_agreed_and_how_many_are_lacking(status: Status) -> None:
    scenario = status.settings.path.parent / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("issuing: {", "issuing: {approvals: 2, "), encoding="utf-8")
    plan = str(status.night())
    assert f"plan {plan[:12]} for {today()}: agreed by nobody; 2 of 2 still to agree" in " ".join(status.run().split())
    status.approve(plan)
    (wait,) = status.json()["waits"]
    assert (wait["whom"], wait["what"], wait["name"]) == ("approver", "agree", plan)
    (told,) = status.json()["plans"]
    assert (told["approvals_needed"], told["approvals_lacking"]) == (2, 1)
    shown = " ".join(status.run().split())
    assert f"plan {plan[:12]} for {today()}: agreed by chen; 1 of 2 still to agree, `waterbalance approve {plan[:12]}`" in shown
    assert "waits for `waterbalance issue`" not in shown
    assert shown.count("1 of 2 have agreed") == 2  # the night and its plan
    assert "已核定者 chen；須 2 人，尚缺 1 人" in "".join(status.run("--lang", "zh-TW").split("\n"))
    status.approve(plan, "wang")
    (wait,) = status.json()["waits"]
    assert (wait["whom"], wait["what"]) == ("issuer", "issue")


def test_the_word_of_who_issues_is_not_counted(status: Status) -> None:
    plan = str(status.night())
    store = open_store(status.settings.store_url)
    with store.writing() as connection:
        approve(connection, plan, "nightly", dt.datetime.now(dt.UTC))
    store.close()
    (wait,) = status.json()["waits"]
    assert (wait["whom"], wait["what"]) == ("approver", "plan")


FALLBACK = "    fallback: {mode: flow, setpoint: 0.3 m3/s, after: 26 h}\n"


def made(status: Status, what: str) -> Status:
    """A store as it is after some night."""
    scenario = status.settings.path.parent / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8")
    if what == "fallback":
        scenario.write_text(text + FALLBACK, encoding="utf-8")
        config = status.settings.path
        config.write_text(config.read_text(encoding="utf-8") + "critical: [lake.inflow]\n", encoding="utf-8")
        status.settings = read_night_settings(config)
    if what == "unconfirmed":
        scenario.write_text(text.replace("acceptance: delivered", "acceptance: receipt", 1), encoding="utf-8")
    plan = status.night()
    if what in {"yes", "unconfirmed"}:
        status.approve(str(plan))
        status.night()
    return status


TOLD = {
    "nothing": ("NO, nothing is ordered for today.", "否，今日尚未下達任何指令。"),
    "yes": ("YES, today's water is ordered and confirmed", "是，今日用水已下達並經確認"),
    "unconfirmed": ("NO, ordered, but 1 of 2 devices have not confirmed: gate_a", "設備 2 具中有 1 具未確認：gate_a"),
    "fallback": ("NO, there is no plan: devices go by their declared fallback", "否，無計畫：設備依預定備援運轉"),
}


@pytest.mark.parametrize("answer", TOLD)
def test_the_first_line_says_whether_todays_water_is_ordered_and_confirmed(
    status: Status, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    made(status, answer)
    (told,) = status.json()["today"]
    assert (told["scenario"], told["day"], told["answer"]) == ("bureau", str(today()), answer)
    for words in ((), ("--short",)):
        assert TOLD[answer][0] in status.run(*words).splitlines()[0]
        chinese = status.run(*words, "--lang", "zh-TW")
        assert TOLD[answer][1] in chinese.splitlines()[0]
        assert "Asia/Taipei" in chinese
        assert "+00:00" not in chinese
    assert len(status.run("--short").splitlines()) <= 8
    assert english(status) <= {"CSV", "m3/s"}
    monkeypatch.undo()
    time.tzset()


def english(status: Status) -> set[str]:
    """Words of the Chinese tables that are neither names nor paths, units or commands."""
    store = open_store(status.settings.store_url)
    screen = Console(width=2000, file=io.StringIO())
    found = status_of(store, dt.datetime.now(dt.UTC))
    store.close()
    screen.print(status_tables(found, Wording("zh-TW")), short_status(found, Wording("zh-TW")))
    text = re.sub(r"`[^`]*`|[0-9a-f]{8,}|/[\w./:-]+|gate_[ab][.\w]*", " ", screen.file.getvalue())
    return set(re.findall(r"[A-Za-z_/.]{3,}", text)) - {
        "bureau",
        "gate_a",
        "gate_b",
        "chen",
        "lake.inflow",
        "lake.storage",
        "Asia",
    }


def test_a_configuration_tells_the_store_the_language_and_the_clock(
    status: Status, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its first night has failed: no plan tells the time zone."""
    config = status.settings.path
    more = "critical: [lake.inflow]\nlanguage: zh-TW\n"
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    status.settings = read_night_settings(config)
    status.night()
    monkeypatch.setattr("sys.argv", ["waterbalance", "status", str(config.parent), "--short"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("否，今日尚未下達任何指令。")
    assert told[-1] == "時間以 Asia/Taipei 為準。"


def test_an_older_plan_that_reaches_over_today_is_told_as_such() -> None:
    here = NOON + dt.timedelta(days=1)
    told = queued((1.25, 0.5))
    plan = StoredPlan("p" * 64, "works", "2026-11-26", NOON, NOON + dt.timedelta(days=3), "sent", "planned", b"", NOON)
    long = replace(told, valid_until=NOON + dt.timedelta(days=3))
    assert today_of("works", NOON, plan, [long]).answer == "yes"
    assert today_of("works", here, plan, [long]).answer == "older"
    assert today_of("works", here, plan, [replace(long, state="dead")]).answer == "unconfirmed"
    assert today_of("works", here, replace(plan, label="fallback"), [long]).answer == "fallback"
    assert today_of("works", here, plan, [told]).answer == "nothing"  # its rows are over
    assert today_of("works", here, None, []).answer == "nothing"
    assert "until 29 Nov 12:00" in today_of("works", here, plan, [long]).words(Wording())
    # Turns reach over some days of a plan only: the first order that ends is the one to know of.
    turns = replace(long, controller="turns", valid_until=NOON + dt.timedelta(days=2))
    assert "until 28 Nov 12:00" in today_of("works", here, plan, [long, turns]).words(Wording())
    assert "by the plan of 26 Nov" in today_of("works", here, plan, [long]).words(Wording())


def test_a_gate_that_was_stopped_is_no_water_as_planned() -> None:
    plan = StoredPlan("p" * 64, "works", "2026-11-26", NOON, NOON + dt.timedelta(days=3), "sent", "planned", b"", NOON)
    one, stopped = queued((1.25, 0.5)), queued((), action="stop")
    told = today_of("works", NOON, plan, [one, stopped])
    assert (told.answer, told.is_good, told.named) == ("recalled", False, ("gate",))
    assert "1 of 2 devices were told by hand to close, or to go by their fallback: gate" in told.words(Wording())
    assert today_of("works", NOON, None, [stopped]).answer == "recalled"
    # One that has not confirmed may be open still.
    assert today_of("works", NOON, plan, [one, replace(stopped, state="waiting")]).answer == "unconfirmed"


def test_in_the_evening_orders_of_tomorrow_are_told_as_such() -> None:
    evening = NOON - dt.timedelta(hours=16)
    plan = StoredPlan("p" * 64, "works", "2026-11-26", NOON, NOON + dt.timedelta(days=3), "sent", "planned", b"", evening)
    one = queued((1.25, 0.5))
    told = today_of("works", evening, plan, [one])
    assert (told.answer, told.is_good, told.begins) == ("later", True, NOON)
    late = today_of("works", evening, plan, [one, replace(one, controller="other", state="waiting")])
    assert not late.is_good
    for each, words in ((told, "1 of 1 devices have confirmed"), (late, "1 of 2 devices have confirmed; not yet: other")):
        assert f"orders begin 26 Nov 12:00 (plan pppppppppppp); {words}" in each.words(Wording())


def queued(setpoints: tuple[float, ...], state: str = "confirmed", action: Action = "apply") -> Queued:
    told = command("gate", plan="p", setpoints=setpoints or (1.0, 1.0), start=NOON)
    told = told if action == "apply" else replace(told, action=action, rows=())
    envelope = Envelope(told, 1, None, NOON, "lin", ())
    until = told.valid_until
    return Queued(told.cmd_id, "p", "gate", 1, envelope.payload(), NOON, until, state, 1, NOON, None, "said no", NOON)  # type: ignore[arg-type]


def test_the_setpoint_that_holds_and_the_next_one() -> None:
    one = queued((1.25, 0.5))
    rows = one.envelope.command.rows
    before, first, last, after = (
        orders_at(one, moment) for moment in (rows[0].start - dt.timedelta(seconds=1), rows[0].start, rows[1].start, rows[1].end)
    )
    assert (before.now, before.next) == (None, rows[0])
    assert (first.now, first.next) == (rows[0], rows[1])
    assert (last.now, last.next) == (rows[1], None)
    assert after.words(Wording()) == ("rows are over: goes by its fallback", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wait_has_words(language: str) -> None:
    say = Wording(language)  # type: ignore[arg-type]
    for whom in ("planner", "approver", "issuer", "gates", "gauges", "duty"):
        assert say(f"status.whom.{whom}")
    for what, kind in (
        ("plan", "2026-11-26"),
        ("issue", "2026-11-26"),
        ("device", "refused"),
        ("gate", ""),
        ("alarm", "silent"),
        ("none", ""),
    ):
        assert "name" in Wait("duty", what, "name", "text", kind).words(say)  # type: ignore[arg-type]


def test_both_languages_say_the_same_things() -> None:
    fields = {
        language: {key: set(_names(text)) for key, text in texts.items()}
        for language, texts in (("en", en_signals.SIGNALS), ("zh-TW", zh_tw_signals.SIGNALS))
    }
    assert fields["en"] == fields["zh-TW"]


def _names(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
