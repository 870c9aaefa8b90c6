"""`waterbalance status`: the last night, orders now and next, and what waits for whom, in two languages."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
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
from waterbalance.report.texts import en_signals, zh_tw_signals
from waterbalance.report.waits import Wait
from waterbalance.schedule.envelope import Envelope
from waterbalance.store.alarms import ring
from waterbalance.store.database import open_store
from waterbalance.store.outbox import Queued
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

    def approve(self, plan: str) -> None:
        store = open_store(self.settings.store_url)
        decide(store, plan, "approved", "chen", dt.datetime.now(dt.UTC))
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
    assert until.astimezone(TIME_ZONE).isoformat() in shown


def test_a_long_alarm_is_told_once(status: Status) -> None:
    status.alarm("bureau", "late", "first " + "orders come late; " * 40 + "last")
    shown = " ".join(status.run().split())
    assert (shown.count("first orders come late"), shown.count("last")) == (2, 1)


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
    # The night waited for an approval, which has come since.
    assert "confirmed by all devices" in shown.partition("Plan ")[0]


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


def queued(setpoints: tuple[float, ...], state: str = "confirmed") -> Queued:
    told = command("gate", plan="p", setpoints=setpoints, start=NOON)
    envelope = Envelope(told, 1, None, NOON, "lin", ())
    until = told.rows[-1].end
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
    for whom in ("approver", "issuer", "gates", "gauges", "duty"):
        assert say(f"status.whom.{whom}")
    for what, kind in (("plan", "2026-11-26"), ("issue", "2026-11-26"), ("device", "refused"), ("gate", ""), ("alarm", "silent")):
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
