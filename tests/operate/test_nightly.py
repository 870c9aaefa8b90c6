"""One night and the next: what is done once, what waits, what is issued, and what a night knows of those before."""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from operate.small_bureau import TIME_ZONE, write_bureau
from waterbalance.errors import TryLaterError, UsageError
from waterbalance.operate import day
from waterbalance.operate.configuring.events import Event, unheard
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.configuring.stages import Stage
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.store.alarms import ringing
from waterbalance.store.database import StoreError, open_store
from waterbalance.store.lock import held
from waterbalance.store.nights import last
from waterbalance.store.outbox import newest_of_each
from waterbalance.store.plans import approve, in_force

DAY = dt.date(2026, 3, 2)
LAKE = ("lake", "storage")

FALLBACK = "    fallback: {mode: flow, setpoint: 0.3 m3/s, after: 26 h}\n"

MISTAKE = """
overrides: [{what: canal_a.flow, how: at_most, value: 1 m3/s, from: 2026-03-01, until: 2026-03-09, author: Lin, reason: none}]
"""
"""An order that no night can carry out."""


@dataclass
class Bureau:
    """A small bureau and its clock."""

    file: Path
    now: dt.datetime = field(default_factory=lambda: dt.datetime.combine(DAY, dt.time(2, 30), TIME_ZONE))

    def night(
        self,
        date: dt.date | None = None,
        on_stage: Callable[[Stage], None] | None = None,
        on_event: Callable[[Event], None] = unheard,
    ) -> Night:
        clock = Clock(lambda: self.now, lambda _: None)
        return nightly(read_night_settings(self.file), date, clock=clock, on_stage=on_stage, on_event=on_event)

    def lose_store(self) -> None:
        for file in self.file.parent.glob("nightly.sqlite*"):
            file.unlink()

    def approve(self, night: Night, decision: Literal["approved", "rejected"] = "approved") -> None:
        store = open_store(self.url)
        decide(store, str(night.issuance.plan), decision, "chen", self.now)
        store.close()

    def read(self, date: dt.date, storage: float) -> None:
        with (self.file.parent / "gauges" / "lake.csv").open("a", encoding="utf-8") as file:
            file.write(f"{date},{storage}\n")

    def correct(self, storage: float) -> None:
        """This morning's reading, which was 805 000."""
        gauge = self.file.parent / "gauges" / "lake.csv"
        gauge.write_text(gauge.read_text(encoding="utf-8").replace(f"{DAY},805000.0", f"{DAY},{storage}"), encoding="utf-8")

    def by_people_only(self) -> None:
        """No rule approves anything."""
        scenario = self.file.parent / "scenario.yaml"
        lines = scenario.read_text(encoding="utf-8").splitlines(keepends=True)
        scenario.write_text("".join(line for line in lines if not line.startswith("issuing:")), encoding="utf-8")

    def demand_less(self) -> None:
        """Fields that asked for 43 200 m3/day ask for 32 400."""
        scenario = self.file.parent / "scenario.yaml"
        scenario.write_text(scenario.read_text(encoding="utf-8").replace("43200", "32400"), encoding="utf-8")

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file.parent / 'nightly.sqlite'}"


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(write_bureau(tmp_path / "bureau", DAY))


def test_a_first_night_waits_and_is_issued_once_somebody_agrees(bureau: Bureau) -> None:
    first = bureau.night()
    assert (first.issuance.outcome, first.exit_code, first.rung) == ("waiting", 12, 0)
    assert bureau.night().issuance.outcome == "waiting"
    bureau.approve(first)
    issued = bureau.night()
    assert (issued.issuance.outcome, issued.exit_code, issued.run) == ("sent", 0, first.run)
    assert bureau.night().issuance.commands == 0
    store = open_store(bureau.url)
    with store.reading() as connection:
        assert {each.plan for each in newest_of_each(connection)} == {first.issuance.plan}
        (only,) = last(connection, "bureau", 10)
    store.close()
    assert (only.state, only.attempts) == ("done", 1)


def test_a_night_without_its_public_keys_issues_nothing(bureau: Bureau) -> None:
    """With a folder that is misspelt signatures would not be asked for."""
    bureau.approve(bureau.night())
    text = bureau.file.read_text(encoding="utf-8")
    bureau.file.write_text(text.replace("issuing: {", "issuing: {public_keys: keyss, "), encoding="utf-8")
    night = bureau.night()
    assert night.exit_code not in {0, 10}
    assert "no public key is there" in str((night.trouble, night.issuance))
    store = open_store(bureau.url)
    with store.reading() as connection:
        assert newest_of_each(connection) == ()
    store.close()
    bureau.file.write_text(text, encoding="utf-8")
    assert bureau.night().issuance.outcome == "sent"


def test_a_night_signs_as_the_environment_says(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `issue` does: a night sent unsigned orders beside it, whatever the keys that were to be trusted."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "2026a.pub.pem").write_bytes(public)
    (tmp_path / "2026a.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    bureau.approve(bureau.night())
    monkeypatch.setenv("WATERBALANCE_PUBLIC_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("WATERBALANCE_SIGNING_KEY", str(tmp_path / "2026a.pem"))
    assert bureau.night().issuance.outcome == "sent"
    store = open_store(bureau.url)
    with store.reading() as connection:
        told = newest_of_each(connection)
    store.close()
    assert told
    assert {(each.state, each.envelope.key_id) for each in told} == {("confirmed", "2026a")}


def test_what_was_agreed_to_leaves_although_something_was_read_since(bureau: Bureau) -> None:
    first = bureau.night()
    bureau.approve(first)
    # This morning's reading is corrected: all the same the plan leaves that somebody has looked at.
    bureau.correct(790_000.0)
    issued = bureau.night()
    assert (issued.issuance.outcome, issued.issuance.plan) == ("sent", first.issuance.plan)
    # After that what was read makes a night of its own.
    again = bureau.night()
    assert again.run != first.run
    assert again.opening is not None
    assert again.opening.state.stocks[LAKE] == 790_000.0


def test_other_readings_make_another_plan_that_waits_although_its_orders_are_the_same(bureau: Bureau) -> None:
    bureau.by_people_only()
    first = bureau.night()
    bureau.approve(first)
    assert bureau.night().issuance.outcome == "sent"
    bureau.correct(790_000.0)
    second = bureau.night()
    assert second.differences == ()
    assert second.issuance.plan != first.issuance.plan
    assert (second.issuance.outcome, second.exit_code) == ("waiting", 12)
    # The same night once more asks nobody anew.
    assert bureau.night().issuance.plan == second.issuance.plan
    bureau.approve(second)
    assert bureau.night().issuance.outcome == "sent"
    again = bureau.night()
    assert (again.run, again.issuance.outcome, again.issuance.commands) == (second.run, "sent", 0)


def test_of_two_approvals_the_first_leaves_the_plan_waiting(bureau: Bureau) -> None:
    scenario = bureau.file.parent / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("issuing: {", "issuing: {approvals: 2, "), encoding="utf-8")
    first = bureau.night()
    bureau.approve(first)
    second = bureau.night()
    assert (second.issuance.outcome, second.exit_code, second.issuance.plan) == ("waiting", 12, first.issuance.plan)
    assert "1 of 2 have agreed: chen" in str(second.issuance.waits_for[0])
    store = open_store(bureau.url)
    with store.reading() as connection:
        assert newest_of_each(connection) == ()
        assert ringing(connection) == ()
    decide(store, str(first.issuance.plan), "approved", "wang", bureau.now)
    store.close()
    assert (bureau.night().exit_code, bureau.night().issuance.outcome) == (0, "sent")


def test_who_issues_the_plan_of_a_night_cannot_approve_it(bureau: Bureau) -> None:
    first = bureau.night()
    store = open_store(bureau.url)
    with pytest.raises(UsageError, match="--by NAME"):
        decide(store, str(first.issuance.plan), "approved", " Nightly", bureau.now)
    store.close()


def test_an_approval_of_the_issuer_does_not_count(bureau: Bureau) -> None:
    first = bureau.night()
    store = open_store(bureau.url)
    with store.writing() as connection:
        approve(connection, str(first.issuance.plan), "nightly", bureau.now)
    again = bureau.night()
    assert (again.issuance.outcome, again.exit_code) == ("waiting", 12)
    why = "\n".join(map(str, again.issuance.waits_for))
    assert "who has approved a plan does not issue it; found nightly" in why
    assert "0 of 1 have agreed" in why
    bureau.approve(first)
    assert bureau.night().issuance.outcome == "sent"
    with store.reading() as connection:
        (told,) = {each.envelope.approvals for each in newest_of_each(connection)}
    store.close()
    assert [each.by for each in told] == ["chen"]


def test_a_plan_that_was_rejected_is_made_again(bureau: Bureau) -> None:
    first = bureau.night()
    bureau.approve(first, "rejected")
    second = bureau.night()
    assert (second.issuance.outcome, second.exit_code) == ("waiting", 12)
    assert second.issuance.plan != first.issuance.plan
    bureau.approve(second)
    assert bureau.night().issuance.outcome == "sent"


def test_the_next_night_goes_on_and_needs_nobody_within_the_envelope(bureau: Bureau) -> None:
    first = bureau.night()
    bureau.approve(first)
    bureau.night()
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=1), 750_000.0)
    second = bureau.night()
    assert (second.exit_code, second.issuance.outcome) == (0, "sent")
    assert second.opening is not None
    assert (second.opening.start, second.opening.state.stocks[LAKE]) == ("warm", 750_000.0)
    # Yesterday: 805 000 at first, 0.1 m3/s for a day came, 43 200 + 21 600 went.
    expected = 805_000 + 8_640 - 64_800
    (score,) = [each for each in second.scores if each.component == "lake"]
    assert (score.expected, score.observed) == (pytest.approx(expected), 750_000.0)
    store = open_store(bureau.url)
    with store.reading() as connection:
        current = in_force(connection, "bureau")
    store.close()
    assert current is not None
    assert current.plan == second.issuance.plan


def test_changes_are_told_against_what_is_in_force_and_not_what_was_made_last(bureau: Bureau) -> None:
    bureau.by_people_only()
    first = bureau.night()
    assert first.compared is None
    bureau.approve(first)
    bureau.night()
    bureau.demand_less()
    for number in (1, 2):
        bureau.now += dt.timedelta(days=1)
        bureau.read(DAY + dt.timedelta(days=number), 800_000.0 - 50_000 * number)
        night = bureau.night()
        assert night.issuance.outcome == "waiting"
    # The plan of the second night orders what that of the third does; devices follow that of the first all the same.
    assert night.compared is not None
    assert (night.compared.standing, night.compared.plan.horizon.start) == ("in_force", DAY)
    (found,) = night.differences
    assert (found.component, found.before, found.now) == ("canal_a", pytest.approx(43_200), pytest.approx(32_400))


def test_where_nothing_is_in_force_changes_are_told_against_the_plan_that_was_made_last(bureau: Bureau) -> None:
    bureau.by_people_only()
    bureau.night()
    bureau.demand_less()
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=1), 750_000.0)
    second = bureau.night()
    assert second.compared is not None
    assert (second.compared.standing, [each.component for each in second.differences]) == ("made", ["canal_a"])
    page = (bureau.file.parent / "results" / second.run / "night.html").read_text(encoding="utf-8")
    assert "Nothing is in force that can be compared: against the plan made last" in page


def test_an_expected_state_goes_on_where_nothing_was_read_and_missed_nights_are_named(bureau: Bureau) -> None:
    bureau.night()
    bureau.now += dt.timedelta(days=3)
    later = bureau.night()
    assert later.missed == (DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2))
    assert later.opening is not None
    assert (later.opening.start, later.opening.made_on) == ("backup warm", DAY)
    # Three days of 8 640 in and 64 800 out.
    assert later.opening.state.stocks[LAKE] == pytest.approx(805_000 - 3 * (64_800 - 8_640))
    assert LAKE in later.opening.state.assumed


def test_a_day_that_is_over_is_planned_and_never_issued(bureau: Bureau) -> None:
    bureau.now += dt.timedelta(days=2)
    past = bureau.night(DAY)
    assert (past.issuance.outcome, past.exit_code) == ("past", 0)
    bureau.approve(past)
    assert bureau.night(DAY).issuance.outcome == "past"
    store = open_store(bureau.url)
    with store.reading() as connection:
        assert newest_of_each(connection) == ()
    store.close()


def test_of_two_at_once_the_second_says_who_works(bureau: Bureau) -> None:
    store = open_store(bureau.url)
    with held(store, "bureau"), pytest.raises(TryLaterError, match="process"):
        bureau.night()
    store.close()
    assert bureau.night().exit_code == 12


@pytest.mark.parametrize("stage", ["open", "issue"])
def test_whoever_has_lost_the_lock_issues_nothing(bureau: Bureau, stage: Stage) -> None:
    first = bureau.night()
    bureau.approve(first)
    bureau.night()
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=1), 750_000.0)

    def lose(begins: Stage) -> None:
        if begins == stage:
            for lock in bureau.file.parent.glob("*.lock"):
                lock.unlink()

    with pytest.raises(StoreError, match="the lock was lost"):
        bureau.night(on_stage=lose)
    store = open_store(bureau.url)
    with store.reading() as connection:
        assert {each.plan for each in newest_of_each(connection)} == {first.issuance.plan}
        assert {each.kind for each in ringing(connection)} == {"late"}
        newest = last(connection, "bureau", 1)[0]
    store.close()
    assert (newest.state, newest.exit_code) == ("failed", StoreError.exit_code)
    assert bureau.night().issuance.outcome == "sent"


def test_a_store_that_was_lost_is_told_and_nothing_is_approved_by_rule(bureau: Bureau) -> None:
    first = bureau.night()
    bureau.approve(first)
    bureau.night()
    bureau.lose_store()
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=1), 750_000.0)
    told: list[Event] = []
    second = bureau.night(on_event=told.append)
    assert (second.issuance.outcome, second.exit_code, second.store_lost) == ("waiting", 12, True)
    assert "THE STORE IS NEW" in second.trouble[0]
    assert f"(the newest: run {first.run} of {DAY})" in second.trouble[0]
    assert f"`waterbalance store restore BACKUP.zip --store {bureau.url}`" in second.trouble[0]
    assert [(each.level, each.told["text"]) for each in told if each.told.get("of") == "store"] == [("error", second.trouble[0])]
    page = (bureau.file.parent / "results" / "latest.html").read_text(encoding="utf-8")
    assert "THE STORE IS NEW" in page
    # Started again it still waits; once somebody agrees, the loss is over.
    assert bureau.night().issuance.waits_for == second.issuance.waits_for
    bureau.approve(second)
    assert bureau.night().issuance.outcome == "sent"
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=2), 695_000.0)
    third = bureau.night()
    assert (third.issuance.outcome, third.exit_code, third.store_lost, third.trouble) == ("sent", 0, False, ())


@pytest.mark.parametrize("declared", [False, True])
def test_after_a_declared_fallback_in_a_new_store_only_a_declared_rule_approves(bureau: Bureau, declared: bool) -> None:
    bureau.night()
    bureau.lose_store()
    scenario, config = bureau.file.parent / "scenario.yaml", bureau.file.read_text(encoding="utf-8")
    text = scenario.read_text(encoding="utf-8").replace("    limits:", FALLBACK + "    limits:")
    rule = "{greatest_change: 100 %, after_lost_store: true, "
    scenario.write_text(text.replace("{greatest_change: 100 %, ", rule) if declared else text, encoding="utf-8")
    bureau.file.write_text(config + MISTAKE, encoding="utf-8")
    assert bureau.night().issuance.outcome == "fallback"
    bureau.file.write_text(config, encoding="utf-8")
    assert bureau.night().issuance.outcome == ("sent" if declared else "waiting")


def test_a_first_night_has_lost_no_store(bureau: Bureau) -> None:
    assert (bureau.night().store_lost, bureau.night().store_lost) == (False, False)


@pytest.mark.parametrize(("lowest", "outcome"), [(3, "waiting"), (4, "waiting"), (5, "sent")])
def test_rule_curves_alone_are_approved_by_a_rule_only_where_that_is_declared(
    bureau: Bureau, lowest: int, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bureau.night()
    bureau.approve(first)
    bureau.night()
    if lowest != 3:
        scenario = bureau.file.parent / "scenario.yaml"
        rule = f"{{greatest_change: 100 %, lowest_rung: {lowest}, "
        scenario.write_text(scenario.read_text(encoding="utf-8").replace("{greatest_change: 100 %, ", rule), encoding="utf-8")
    bureau.now += dt.timedelta(days=1)
    bureau.read(DAY + dt.timedelta(days=1), 750_000.0)
    monkeypatch.setattr(day, "plan_by_ladder", partial(day.plan_by_ladder, first=5))
    second = bureau.night()
    assert (second.rung, second.issuance.outcome) == (5, outcome)
    store = open_store(bureau.url)
    with store.reading() as connection:
        labels = {each.envelope.command.label for each in newest_of_each(connection)}
        alarms = {each.kind for each in ringing(connection)}
    if outcome == "waiting":
        # What is left of the plan in force goes out, labelled; the plan waits, and may be agreed to all the same.
        assert (second.exit_code, labels, "remainder" in alarms) == (12, {"remainder"}, True)
        assert "5, rule curves alone" in str(second.issuance.waits_for[0])
        assert bureau.night().issuance.commands == 0
        bureau.approve(second)
        assert bureau.night().issuance.outcome == "sent"
    else:
        assert (second.exit_code, labels) == (10, {"replanned"})
    store.close()


def test_a_night_that_is_done_forgets_what_a_killed_one_left(bureau: Bureau) -> None:
    left = bureau.file.parent / "results" / "7d24ed22-7fe6-4b99-9f23-39d7a4e352be"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    bureau.night()
    assert not left.exists()


def test_a_day_far_ahead_is_no_night(bureau: Bureau) -> None:
    with pytest.raises(UsageError, match="too far ahead"):
        bureau.night(DAY + dt.timedelta(days=2))


def test_an_error_of_the_engine_rings_in_one_line_and_its_trace_stands_in_the_log(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(day, "plan_by_ladder", fails)
    heard: list[Event] = []
    night = bureau.night(on_event=heard.append)
    told = "an error of the engine itself: ZeroDivisionError('unforeseen')"
    assert told in night.trouble
    (trace,) = [str(event.told["trace"]) for event in heard if event.what == "engine_failed"]
    assert "Traceback" in trace
    assert trace.rstrip().endswith("ZeroDivisionError: unforeseen")
    store = open_store(bureau.url)
    with store.reading() as connection:
        rung = [alarm.text for alarm in ringing(connection) if alarm.kind == "no plan"]
    store.close()
    assert rung == [told]
