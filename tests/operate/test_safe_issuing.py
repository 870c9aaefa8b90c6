"""The twenty points of safe issuing, each with its number; those that need a real peer are in tests/controllers."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, text

from commands import NOON, command, envelope
from operate.issuing import GATES, LIMITS, Works, device, works
from waterbalance.controllers.controller import Acknowledgement, UnreachableError
from waterbalance.errors import ApprovalError, InputError, TryLaterError, UsageError
from waterbalance.operate.issuing.attempt import Sending, attempt, wait_before
from waterbalance.operate.issuing.auto_approve import approve_automatically
from waterbalance.operate.issuing.issue import BEGINNING_OF_TIME, Issuer, issue
from waterbalance.operate.issuing.midday import still_to_begin
from waterbalance.operate.issuing.recall import recall
from waterbalance.operate.issuing.remainder import issue_remainder
from waterbalance.scenario.issuing import AutomaticApproval, IssuingSettings
from waterbalance.schedule.command import Fallback, Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.envelope import Envelope
from waterbalance.schedule.rating import SluiceGate, Weir
from waterbalance.schedule.signature import SigningKey, read_public_keys, sign, wrong_signature
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import entries, verify
from waterbalance.store.outbox import claim, enqueue, newest_of_each
from waterbalance.store.plans import NewPlan, approve, find, newest, record
from waterbalance.store.tables import approvals

HOUR = dt.timedelta(hours=1)

FIRST = int((NOON - BEGINNING_OF_TIME).total_seconds())
"""Sequence of the first command of a controller that is issued at noon."""


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    yield made
    made.store.close()


def alarms(of: Works) -> list[tuple[str, str]]:
    with of.store.reading() as connection:
        return sorted((each.subject, each.kind) for each in ringing(connection))


def test_point_01_the_same_plan_gives_the_same_names_and_a_second_issue_nothing_new(three: Works) -> None:
    plan = three.approved()
    first = three.issue()
    payloads = {name: row.payload for name, row in three.queued(plan).items()}
    three.clock.now += HOUR
    again = three.issue()
    assert len(first.commands) == 3
    assert (again.commands, again.known) == ((), 3)
    assert {name: row.payload for name, row in three.queued(plan).items()} == payloads
    assert sorted(first.commands) == sorted(replace(each, plan=plan).cmd_id for each in three.commands())


@pytest.mark.parametrize("moment", ["before_commit", "after_commit", "after_send"])
def test_point_02_killed_between_commit_and_send_loses_and_doubles_nothing(three: Works, moment: str, tmp_path: Path) -> None:
    plan = three.approved()
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        sys.path.insert(0, {str(Path(__file__).parents[1])!r})
        from pathlib import Path
        from operate.issuing import works
        made = works(Path({str(tmp_path)!r}))

        def die():
            os.kill(os.getpid(), signal.SIGKILL)

        if {moment!r} == "before_commit":
            import waterbalance.operate.issuing.issue as module
            module.move = lambda *a, **k: die()
        made.issue()
        if {moment!r} == "after_send":
            import waterbalance.operate.issuing.deliver as module
            def told(store, taken, outcomes, now):
                Path({str(tmp_path / "told")!r}).write_text(str(sum(outcome.state == "confirmed" for outcome in outcomes)))
                die()
            module._write_down = told
            made.deliver()
        die()
        """
    )
    done = subprocess.run([sys.executable, "-c", script], env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    if moment == "after_send":
        assert (tmp_path / "told").read_text() == "3"
    three.clock.now += HOUR / 2
    assert len(three.issue().commands) == (3 if moment == "before_commit" else 0)
    three.deliver()
    assert {row.state for row in three.queued(plan).values()} == {"confirmed"}
    assert all(len(peer.effects) == 1 for peer in three.peers.values())
    with three.store.reading() as connection:
        assert verify(connection) == ()


def test_point_03_a_second_delivery_has_one_effect_and_is_told_as_duplicate(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["lost_after"]
    three.deliver()
    rows = three.queued(plan)
    assert len(three.peers["gate_a"].heard) == 2
    assert len(three.peers["gate_a"].effects) == 1
    assert str(rows["gate_a"].detail).startswith("duplicate")
    assert rows["gate_a"].state == "confirmed"


def test_point_04_a_lower_sequence_than_the_one_applied_is_refused(three: Works) -> None:
    three.approved()
    three.issue()
    peer = three.peers["gate_a"]
    peer.applied = envelope(command("gate_a", setpoints=(2.0,)), 2**31)
    three.deliver()
    assert peer.effects == []
    assert ("gate_a", "refused") in alarms(three)


def test_point_05_a_command_whose_time_has_passed_is_never_sent(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.clock.now += 25 * HOUR
    three.deliver()
    assert {row.state for row in three.queued(plan).values()} == {"expired"}
    assert all(peer.heard == [] for peer in three.peers.values())
    assert {kind for _, kind in alarms(three)} == {"expired"}
    three.deliver()
    assert {row.attempts for row in three.queued(plan).values()} == {1}


def test_point_05_nor_is_one_retried_into_its_end(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.clock.now += 24 * HOUR - dt.timedelta(seconds=2)
    three.peers["gate_a"].faults = ["offline"] * 9
    three.deliver()
    assert three.queued(plan)["gate_a"].state == "expired"
    assert three.peers["gate_a"].heard == []


def test_point_06_a_validity_that_begins_later_is_sent_now_and_kept_as_it_is(three: Works) -> None:
    three.clock.now = NOON - 3 * HOUR
    three.approved()
    three.issue()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert applied.command.valid_from == NOON
    assert [row.start for row in applied.command.rows] == [NOON, NOON + 12 * HOUR]


def test_point_07_silence_is_met_with_patience_then_a_dead_letter_and_an_alarm(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_b"].faults = ["offline"] * 1000
    three.deliver(24 * HOUR)
    row = three.queued(plan)["gate_b"]
    assert row.state == "dead"
    assert three.clock.now - NOON < 2 * HOUR + dt.timedelta(minutes=15)
    assert row.attempts > 10
    assert alarms(three) == [("gate_b", "dead")]
    with three.store.reading() as connection:
        assert find(connection, plan).state == "current"


@pytest.mark.parametrize("action", ["stop", "withdraw"])
def test_point_07_a_recall_is_tried_on_until_its_end(three: Works, action: Literal["stop", "withdraw"]) -> None:
    """A gate that comes back after hours would go on by the rows that it holds."""
    plan = three.approved()
    three.issue()
    three.deliver()
    recall(three.store, "works", three.issuer, three.clock(), action=action)
    three.peers["gate_b"].faults = ["offline"] * 50
    three.deliver(3 * HOUR)
    row = three.queued(plan)["gate_b"]
    assert row.state == "held"
    assert "tried on" in str(row.detail)
    assert alarms(three) == [("gate_b", "held")]
    three.peers["gate_b"].faults = []
    three.deliver(HOUR)
    applied = three.peers["gate_b"].applied
    assert applied is not None
    assert applied.command.action == action
    assert alarms(three) == []


def test_point_07_devices_slower_than_their_retries_are_not_asked_for_ever(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt takes a minute, the next is due five seconds after it: while one is asked, the other is due again."""

    def state() -> NoReturn:
        three.clock.sleep(60.0)
        raise UnreachableError("no answer")

    for name in ("gate_a", "gate_b"):
        monkeypatch.setattr(three.peers[name], "state", state)
    three.approved()
    three.issue()
    assert three.deliver(dt.timedelta(0)).attempts == 3
    three.clock.sleep(6.0)
    assert three.deliver(dt.timedelta(0)).attempts == 2


@pytest.mark.parametrize(
    ("settings", "given_up"),
    [
        # Issued at noon: until midnight, when its first day ends, or as long as somebody has said.
        (IssuingSettings(), 12 * HOUR),
        (IssuingSettings(keepers_patience=3.0 / 24.0), 3 * HOUR),
    ],
)
def test_point_07_a_person_has_time_to_sign(
    three: Works, settings: IssuingSettings, given_up: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    keepers = {name: replace(each, keeper=name == "gate_b") for name, each in three.devices.items()}
    monkeypatch.setattr(Works, "devices", property(lambda _self: keepers))
    three.settings = settings
    plan = three.approved((1.25, 0.5, 0.5))
    three.issue()
    three.peers["gate_a"].faults = ["offline"] * 1000
    three.peers["gate_b"].faults = ["offline"] * 1000
    three.deliver(given_up - HOUR / 4)
    assert {name: row.state for name, row in three.queued(plan).items()} == {
        "gate_a": "dead",
        "gate_b": "waiting",
        "gate_c": "confirmed",
    }
    three.deliver(HOUR)
    assert three.queued(plan)["gate_b"].state == "dead"
    assert given_up <= three.clock.now - NOON < given_up + HOUR


def test_point_07_waits_double_up_to_the_longest_and_never_meet() -> None:
    settings = IssuingSettings()
    waits = [wait_before(number, "a", settings).total_seconds() for number in range(1, 12)]
    assert all(5 * 2**number <= wait <= 1.25 * 5 * 2**number for number, wait in enumerate(waits[:6]))
    assert all(600 <= wait <= 750 for wait in waits[8:])
    assert wait_before(10**9, "a", settings).total_seconds() <= 750
    assert len({wait_before(1, str(name), settings) for name in range(100)}) == 100


@pytest.mark.parametrize("fault", ["received", "wrong_answer"])
def test_point_08_a_receipt_alone_is_no_acceptance(three: Works, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = three.approved()
    three.issue()
    peer = three.peers["gate_a"]
    if fault == "received":
        answer = replace(peer._answer(envelope(command()), "received", None))
        monkeypatch.setattr(peer, "commit", lambda sent: replace(answer, cmd_id=sent.command.cmd_id, sequence=sent.sequence))
        three.deliver(dt.timedelta(minutes=1))
        assert three.queued(plan)["gate_a"].state == "waiting"
        assert "does not say that it will follow" in str(three.queued(plan)["gate_a"].detail)
    else:
        peer.faults = ["wrong_answer"]
        three.deliver(dt.timedelta(seconds=1))
        assert three.queued(plan)["gate_a"].state == "waiting"


def test_point_09_a_device_that_holds_something_else_is_told(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_c"].faults = ["clamped"]
    three.deliver()
    row = three.queued(plan)["gate_c"]
    assert row.state == "differs"
    assert "0.25 m3/s, not 1.25" in str(row.detail)
    assert alarms(three) == [("gate_c", "differs")]


@pytest.mark.parametrize(
    ("setpoints", "told"),
    [
        ((3.0, 2.5), "outside of the limits"),
        ((-0.1, 0.5), "outside of the limits"),
        ((0.0, 2.0), "changes too much at once"),
        ((1.0,) * 49, "does not hold long enough"),
        ((1.3, 1.3), "more water on a day than may pass"),
        ((float("nan"), 0.5), "has no place in JSON"),
        ((1.0, float("inf")), "has no place in JSON"),
    ],
)
def test_point_11_and_12_limits_are_looked_at_before_signing(three: Works, setpoints: tuple[float, ...], told: str) -> None:
    def ask() -> None:
        three.approved(setpoints)
        devices = {name: replace(each, limits=replace(LIMITS, daily_volume=55_000.0)) for name, each in three.devices.items()}
        issue(three.store, "works", replace(three.issuer, devices=devices), NOON)

    with pytest.raises(InputError, match=told):
        ask()
    with three.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM commands")).scalar_one() == 0


def test_point_12_what_has_no_place_in_the_register_is_refused_before_signing(three: Works) -> None:
    three.approved()
    narrow = {name: replace(each, registers=(0.0, 0.65535)) for name, each in three.devices.items()}
    with pytest.raises(
        InputError, match=r"gate_a[\s\S]*the register cannot hold the setpoint; found 1.25 m3/s; allowed: 0 to 0.65535"
    ):
        issue(three.store, "works", replace(three.issuer, devices=narrow), NOON)


def test_point_11_limits_are_looked_at_again_before_sending(three: Works) -> None:
    plan = three.approved()
    with three.store.writing() as connection:
        wrong = replace(command("gate_a", plan=plan), rows=(replace(command().rows[0], setpoint=2.6, end=NOON + 24 * HOUR),))
        enqueue(connection, [envelope(wrong)], NOON)
    three.deliver()
    row = three.queued(plan)["gate_a"]
    assert row.state == "refused"
    assert "outside of the limits" in str(row.detail)
    assert three.peers["gate_a"].heard == []


def lower(three: Works) -> dict[str, Device]:
    """The devices after gate_a was damaged: it may no longer be opened as far."""
    return {
        name: replace(each, limits=replace(LIMITS, most=1.0)) if name == "gate_a" else each
        for name, each in three.devices.items()
    }


def test_point_11_limits_that_were_lowered_after_the_approval_hold(three: Works) -> None:
    three.approved()
    with pytest.raises(InputError, match=r"gate_a[^\n]*outside of the limits; found 1.25 m3/s; allowed: 0, or 0 to 1 m3/s"):
        issue(three.store, "works", replace(three.issuer, devices=lower(three)), NOON)
    with three.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM commands")).scalar_one() == 0


def test_point_11_and_limits_that_were_lowered_before_the_sending(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = three.approved()
    three.issue()
    damaged = lower(three)
    monkeypatch.setattr(Works, "devices", property(lambda _self: damaged))
    three.deliver()
    rows = three.queued(plan)
    assert {name: row.state for name, row in rows.items()} == {"gate_a": "refused", "gate_b": "confirmed", "gate_c": "confirmed"}
    assert three.peers["gate_a"].heard == []
    assert alarms(three) == [("gate_a", "refused")]


def test_point_11_orders_for_a_device_that_was_described_anew_are_not_sent(three: Works) -> None:
    three.approved()
    opening = {name: replace(each, mode="position", rating=SluiceGate(name, 2.0, 4.5)) for name, each in three.devices.items()}
    with pytest.raises(InputError, match="for another device; found flow of main_canal; allowed: position of main_canal"):
        issue(three.store, "works", replace(three.issuer, devices=opening), NOON)


def test_point_13_a_device_in_local_is_held_and_told_when_it_returns(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["local", "local"]
    three.deliver(dt.timedelta(seconds=1))
    assert three.queued(plan)["gate_a"].state == "held"
    assert three.peers["gate_a"].heard == []
    assert alarms(three) == [("gate_a", "held")]
    three.deliver(HOUR)
    assert three.queued(plan)["gate_a"].state == "confirmed"
    assert alarms(three) == []


def test_point_14_a_device_whose_clock_is_off_is_held(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["skewed"]
    three.deliver(dt.timedelta(seconds=1))
    assert three.queued(plan)["gate_a"].state == "held"
    assert "clock" in str(three.queued(plan)["gate_a"].detail)
    assert three.peers["gate_a"].heard == []


@pytest.mark.parametrize("action", ["stop", "withdraw"])
def test_point_14_but_a_recall_waits_for_no_clock(three: Works, action: Literal["stop", "withdraw"]) -> None:
    three.approved()
    three.issue()
    three.deliver()
    recall(three.store, "works", three.issuer, three.clock(), action=action)
    three.peers["gate_a"].faults = ["skewed"]
    three.peers["gate_b"].faults = ["local"]
    three.deliver(dt.timedelta(seconds=1))
    told = {name: peer.applied.command.action for name, peer in three.peers.items() if peer.applied}
    # Where somebody stands at the gate, nothing is sent.
    assert told == {"gate_a": action, "gate_b": "apply", "gate_c": action}


def test_point_15_who_approves_does_not_issue(three: Works) -> None:
    three.approved()
    with pytest.raises(ApprovalError, match="does not issue it"):
        issue(three.store, "works", replace(three.issuer, by="chen"), NOON)


@pytest.mark.parametrize("name", ["ｃｈｅｎ", "ＣＨＥＮ", " Chen"])
def test_point_15_nor_does_he_by_another_spelling(three: Works, name: str) -> None:
    three.approved()
    with pytest.raises(ApprovalError, match="does not issue it"):
        issue(three.store, "works", replace(three.issuer, by=name), NOON)


def test_point_15_nothing_is_issued_without_approval(three: Works) -> None:
    plan = three.recorded()
    with pytest.raises(ApprovalError, match="waits for approval"):
        three.issue()
    with pytest.raises(ApprovalError, match="not approved"):
        three.issue(plan)


def test_point_15_two_people_where_two_are_asked_for(three: Works) -> None:
    three.settings = IssuingSettings(approvals=2)
    three.approved()
    with pytest.raises(ApprovalError, match="too few"):
        three.issue()
    with three.store.writing() as connection:
        plan = newest(connection, "works", frozenset({"approved"}))
        assert plan is not None
        with pytest.raises(UsageError, match="does not count twice"):
            approve(connection, plan.plan, "chen", NOON)
        approve(connection, plan.plan, "wang", NOON)
    assert len(three.issue().commands) == 3


def test_point_15_an_edited_plan_is_another_plan(three: Works) -> None:
    plan = three.approved()
    other = three.recorded((1.25, 0.501))
    assert other != plan
    assert three.issue().plan == plan
    with pytest.raises(ApprovalError, match="not approved"):
        three.issue(other)


def test_point_15_a_plan_edited_in_the_store_is_not_issued(three: Works) -> None:
    plan = three.approved()
    with three.store.writing() as connection:
        content = json.loads(connection.execute(text("SELECT content FROM plans")).scalar_one())
        content["commands"][0]["rows"][0]["setpoint"] = 2.0
        connection.execute(text("UPDATE plans SET content = :content"), {"content": json.dumps(content).encode()})
    with pytest.raises(InputError, match="changed in the store"):
        three.issue(plan)


def test_point_15_a_small_change_is_approved_by_rule_a_great_one_is_not(three: Works) -> None:
    rule = AutomaticApproval(greatest_change=0.1)
    first = three.recorded()
    assert "no plan is in force" in str(approve_automatically(three.store, first, rule, NOON)[0])
    three.approved()
    three.issue()
    three.deliver()
    tomorrow = NOON + 24 * HOUR
    three.clock.now = tomorrow
    small, great = three.recorded((1.3, 0.5), tomorrow), three.recorded((2.0, 1.5), tomorrow)
    # Closed for a quarter of an hour: 0.5 of 2.5 m3/s.
    brief = three.recorded((*[1.25] * 48, 0.0, *[0.5] * 47), tomorrow)
    assert [finding.found for finding in approve_automatically(three.store, brief, rule, tomorrow)] == ["0.2"] * 3
    assert approve_automatically(three.store, small, rule, tomorrow) == ()
    assert [finding.where.component for finding in approve_automatically(three.store, great, rule, tomorrow)] == list(GATES)
    with three.store.reading() as connection:
        assert (find(connection, small).state, find(connection, great).state) == ("approved", "run")
    assert len(three.issue().commands) == 3
    by_turns = AutomaticApproval(greatest_change=0.1, greatest_change_at_any_hour=1.0)
    assert approve_automatically(three.store, brief, by_turns, tomorrow) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"shortages": {"fields": 0.06}}, "the user goes short; found 0.06; allowed: at most 0.05"),
        ({"shortages": {"fields": 0.05}, "notes": ["rung 1"]}, "the plan has a note; found rung 1"),
        ({"rung": 4}, "the plan stands on too low a rung of the ladder; found 4"),
        ({"commands": 2}, "the device has a command in one of the plans only"),
        ({"commands": 4}, "the device has a command in one of the plans only"),
        ({"shortages": {"fields": 0.05}, "rung": 3}, None),
    ],
)
def test_point_15_each_side_of_the_declared_envelope_holds(three: Works, change: dict[str, Any], told: str | None) -> None:
    three.approved()
    three.issue()
    three.deliver()
    known = three.commands(start=NOON + 24 * HOUR)
    commands = [*known, replace(known[0], controller="gate_d")][: change.get("commands", 3)]
    content = {"shortages": {"fields": 0.0}, **change, "commands": [each.content() for each in commands]}
    new = NewPlan("works", "2026-11-27", NOON + 24 * HOUR, NOON + 48 * HOUR, content)
    with three.store.writing() as connection:
        plan = record(connection, new, {}, "nightly", NOON)
    found = approve_automatically(three.store, plan, AutomaticApproval(greatest_change=0.3, greatest_shortage=0.05), NOON)
    assert len(found) == (0 if told is None else 1)
    assert all(str(told) in str(finding) for finding in found)
    with three.store.reading() as connection:
        assert find(connection, plan).state == ("approved" if told is None else "run")


def test_point_16_a_signature_holds_for_what_was_signed_and_nothing_else() -> None:
    key, other = SigningKey("2026a", Ed25519PrivateKey.generate()), SigningKey("2026b", Ed25519PrivateKey.generate())
    public = {"2026a": key.private.public_key()}
    signed = sign(envelope(command()), key)
    assert wrong_signature(signed, public) is None
    assert "not signed" in str(wrong_signature(envelope(command()), public))
    assert "unknown key" in str(wrong_signature(sign(envelope(command()), other), public))
    forged = replace(sign(envelope(command()), other), key_id="2026a")
    assert "not that of" in str(wrong_signature(forged, public))
    for change in (
        replace(signed, sequence=2),
        replace(signed, issued_by="wu"),
        replace(signed, command=replace(signed.command, rows=(replace(signed.command.rows[0], setpoint=1.251),))),
        replace(signed, signature=signed.signature[:-4] + "AAA="),  # type: ignore[index]
        replace(signed, signature="no base64 at all"),
    ):
        assert wrong_signature(change, public) is not None
    both = {**public, "2026b": other.private.public_key()}
    assert wrong_signature(signed, both) is None
    assert wrong_signature(sign(envelope(command()), other), both) is None


def test_point_16_a_folder_without_a_key_trusts_nobody(tmp_path: Path) -> None:
    """Mistyped, not mounted, or all keys withdrawn: no word to send everything unsigned."""
    for folder in (tmp_path, tmp_path / "mistyped"):
        with pytest.raises(UsageError, match="no public key is there"):
            read_public_keys(folder)


def test_point_16_every_altered_byte_of_a_payload_is_found(three: Works) -> None:
    plan = three.approved()
    key = SigningKey("2026a", Ed25519PrivateKey.generate())
    issue(three.store, "works", Issuer("lin", three.settings, three.devices, key), NOON)
    sending = Sending(three.settings, three.devices, {"2026a": key.private.public_key()})
    with three.store.writing() as connection:
        queued = claim(connection, three.devices, NOON, HOUR, 1)[0]
    assert attempt(queued, three.peers.__getitem__, sending, three.clock).state == "confirmed"
    heard = len(three.peers[queued.controller].heard)
    for place in range(0, len(queued.payload), 7):
        altered = bytearray(queued.payload)
        altered[place] ^= 1
        outcome = attempt(replace(queued, payload=bytes(altered)), three.peers.__getitem__, sending, three.clock)
        assert outcome.state in {"refused", "expired"}, bytes(altered[max(place - 20, 0) : place + 20])
    assert len(three.peers[queued.controller].heard) == heard
    assert plan == queued.plan


def test_point_19_the_log_tells_the_whole_story_and_is_whole(three: Works) -> None:
    three.approved()
    three.issue()
    three.deliver()
    with three.store.reading() as connection:
        told = [(line["by"], line["what"]) for line in entries(connection)]
        assert verify(connection) == ()
    assert told == [
        ("nightly", "ran"),
        ("chen", "approved"),
        *[("lin", "queued")] * 3,
        ("lin", "current"),
        *[("engine", "confirmed")] * 3,
        ("engine", "sent"),
    ]


def test_point_20_without_a_plan_for_today_the_rest_of_the_last_one_goes_on(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.deliver()
    three.clock.now += 13 * HOUR
    fell = issue_remainder(three.store, "works", three.issuer, three.clock(), "no plan for today")
    assert (fell.rung, len(fell.commands)) == ("remainder", 3)
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert (applied.sequence, applied.command.label) == (FIRST + 1, "remainder")
    assert [(row.start, row.end, row.setpoint) for row in applied.command.rows] == [(NOON + 13 * HOUR, NOON + 24 * HOUR, 0.5)]
    assert applied.command.plan == plan
    assert alarms(three) == [("works", "remainder")]


def test_point_20_a_gate_that_was_damaged_since_keeps_the_rest_from_no_other(three: Works) -> None:
    three.approved((0.5, 1.25))
    three.issue()
    three.deliver()
    three.clock.now += HOUR
    issuer = replace(three.issuer, devices={name: each for name, each in lower(three).items() if name != "gate_b"})
    fell = issue_remainder(three.store, "works", issuer, three.clock(), "no plan for today")
    assert (fell.rung, len(fell.commands)) == ("remainder", 1)
    assert alarms(three) == [("gate_a", "refused"), ("gate_b", "refused"), ("works", "remainder")]
    with three.store.reading() as connection:
        texts = {each.subject: each.text for each in ringing(connection)}
    assert "outside of the limits; found 1.25 m3/s" in texts["gate_a"]
    assert "no such device" in texts["gate_b"]


def test_point_20_then_the_declared_fallback_and_never_an_empty_schedule(three: Works) -> None:
    three.fallback = Fallback("flow", 0.3)
    three.approved()
    three.issue()
    three.deliver()
    three.clock.now += 30 * HOUR
    fell = issue_remainder(three.store, "works", three.issuer, three.clock(), "infeasible")
    assert (fell.rung, len(fell.commands)) == ("fallback", 3)
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert applied.command.label == "fallback"
    assert [row.setpoint for row in applied.command.rows] == [0.3]
    assert [each.rule for each in applied.approvals] == ["declared fallback"]


def test_point_20_a_device_that_holds_its_last_setpoint_is_told_nothing(three: Works) -> None:
    fell = issue_remainder(three.store, "works", three.issuer, NOON, "no plan ever")
    assert (fell.rung, fell.commands) == ("fallback", ())
    assert alarms(three) == [("works", "fallback")]


def test_point_20_a_crest_that_closes_goes_up(three: Works) -> None:
    crest = Device(
        "gate_a", "main_canal", Limits(9.0, 10.0), "level", Weir("main_canal", 3.0, 10.0, 9.0, 10.0), fallback=Fallback("close")
    )
    issuer = replace(three.issuer, devices={"gate_a": crest})
    fell = issue_remainder(three.store, "works", issuer, NOON, "no plan ever")
    assert (fell.rung, len(fell.commands)) == ("fallback", 1)
    with three.store.reading() as connection:
        (queued,) = newest_of_each(connection)
    assert [row.setpoint for row in queued.envelope.command.rows] == [10.0]


def test_a_device_that_cannot_even_be_spoken_to_does_not_stop_the_others(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = three.approved()
    three.issue()

    def no_password() -> None:
        raise UsageError("the environment variable GATE_A is not set")

    monkeypatch.setattr(three.peers["gate_a"], "state", no_password)
    three.deliver(24 * HOUR)
    rows = three.queued(plan)
    assert {name: row.state for name, row in rows.items()} == {"gate_a": "dead", "gate_b": "confirmed", "gate_c": "confirmed"}
    assert "GATE_A is not set" in str(rows["gate_a"].detail)


def test_a_plan_too_old_or_over_is_not_issued(three: Works) -> None:
    three.approved()
    three.clock.now += 37 * HOUR
    with pytest.raises(TryLaterError, match="too old"):
        three.issue()
    three.clock.now = NOON + 24 * HOUR
    with pytest.raises(TryLaterError, match="days are over"):
        three.issue()


def test_a_recall_withdraws_and_stops(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.deliver()
    three.clock.now += HOUR
    recall(three.store, "works", three.issuer, three.clock(), controllers=frozenset({"gate_b"}), action="stop")
    three.deliver()
    applied = three.peers["gate_b"].applied
    assert applied is not None
    assert (applied.command.action, applied.command.rows, applied.sequence) == ("stop", (), FIRST + 1)
    with three.store.reading() as connection:
        assert find(connection, plan).state == "sent"
    recall(three.store, "works", three.issuer, three.clock())
    three.deliver()
    assert {peer.applied.command.action for peer in three.peers.values() if peer.applied} == {"withdraw"}
    with three.store.reading() as connection:
        assert find(connection, plan).state == "withdrawn"
    three.clock.now += HOUR
    recall(three.store, "works", three.issuer, three.clock(), action="stop")
    three.deliver()
    assert {peer.applied.command.action for peer in three.peers.values() if peer.applied} == {"stop"}


def test_what_has_run_out_is_stopped_too_and_for_a_day(three: Works) -> None:
    three.approved()
    three.issue()
    three.deliver()
    three.clock.now += 30 * HOUR
    recall(three.store, "works", three.issuer, three.clock(), action="stop")
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert (applied.command.action, applied.command.valid_until) == ("stop", NOON + 54 * HOUR)


def test_nothing_is_recalled_where_nothing_was_told(three: Works) -> None:
    with pytest.raises(UsageError, match="was ever told anything"):
        recall(three.store, "works", three.issuer, NOON)


def test_what_was_refused_is_sent_once_more_under_its_own_name(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["rejected"]
    three.deliver()
    before = three.queued(plan)["gate_a"]
    assert before.state == "refused"
    assert three.issue().commands == (before.cmd_id,)
    three.deliver()
    after = three.queued(plan)["gate_a"]
    assert (after.state, after.cmd_id, after.sequence) == ("confirmed", before.cmd_id, before.sequence)
    assert three.issue().commands == ()
    assert alarms(three) == []


def test_what_was_refused_before_a_stop_is_not_sent_once_more(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.peers["gate_a"].faults = ["rejected"]
    three.deliver()
    three.clock.now += HOUR
    recall(three.store, "works", three.issuer, three.clock(), controllers=frozenset({"gate_a"}), action="stop")
    three.deliver()
    assert three.issue().commands == ()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert (applied.command.action, applied.command.plan) == ("stop", plan)


def test_a_withdrawn_plan_is_run_again_as_another_one(three: Works) -> None:
    plan = three.approved()
    three.issue()
    three.deliver()
    three.clock.now += HOUR
    recall(three.store, "works", three.issuer, three.clock())
    three.deliver()
    again = three.approved()
    assert again != plan
    three.issue()
    three.deliver()
    assert {row.state for row in three.queued(again).values()} == {"confirmed"}


def test_a_new_store_goes_on_above_a_lost_one(three: Works, tmp_path: Path) -> None:
    three.approved()
    three.issue()
    three.deliver()
    (tmp_path / "new").mkdir()
    other = works(tmp_path / "new", peers=three.peers)
    other.clock.now = NOON + HOUR
    for peer in three.peers.values():
        peer.clock = other.clock
    plan = other.approved((0.75, 0.5))
    other.issue()
    other.deliver()
    assert {row.state for row in other.queued(plan).values()} == {"confirmed"}
    other.store.close()


def test_an_approval_that_was_written_by_hand_does_not_count(three: Works) -> None:
    plan = three.recorded()
    with three.store.writing() as connection:
        connection.execute(text("UPDATE plans SET state = 'approved'"))
        values = {"plan": plan, "by": "boss", "at": NOON}
        connection.execute(insert(approvals).values(values))
    with pytest.raises(InputError, match="not what the audit log tells"):
        three.issue(plan)


def test_a_sender_does_not_wait_for_what_another_one_has_taken(three: Works) -> None:
    plan = three.approved()
    three.issue()
    with three.store.writing() as connection:
        claim(connection, three.devices, NOON, HOUR, 10)
    three.approved((0.75, 0.5))
    three.issue()
    assert three.deliver(dt.timedelta(0)).outcomes == {}
    assert three.clock() == NOON
    assert {row.state for row in three.queued(plan).values()} == {"sending"}


def test_a_fault_of_one_adapter_is_no_fault_of_the_others(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = three.approved()
    three.issue()

    def broken(_: object) -> None:
        raise KeyError("replanned")

    monkeypatch.setattr(three.peers["gate_a"], "stage", broken)
    three.deliver(24 * HOUR)
    rows = three.queued(plan)
    assert {name: row.state for name, row in rows.items()} == {"gate_a": "dead", "gate_b": "confirmed", "gate_c": "confirmed"}
    assert "KeyError: 'replanned'" in str(rows["gate_a"].detail)


@pytest.mark.parametrize("code", ["\ud800", "a\x00b", "\x1b[2J"])
def test_what_no_database_keeps_in_the_words_of_a_device_is_left_out(
    three: Works, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def no(envelope: Envelope) -> Acknowledgement:
        return Acknowledgement(envelope.command.cmd_id, envelope.sequence, "rejected", f"E17{code}", three.clock())

    monkeypatch.setattr(three.peers["gate_a"], "commit", no)
    plan = three.approved()
    three.issue()
    three.deliver()
    told = three.queued(plan)
    assert {name: row.state for name, row in told.items()} == {"gate_a": "refused", "gate_b": "confirmed", "gate_c": "confirmed"}
    detail = told["gate_a"].detail
    assert detail is not None
    assert "E17" in detail
    assert detail.isprintable()


def test_a_plan_at_midday_replaces_what_is_to_come_and_makes_up_for_what_is_done(three: Works) -> None:
    midnight = NOON.replace(hour=0)
    three.clock.now = midnight - HOUR
    three.approved((1.0,), midnight)
    three.issue()
    three.deliver()
    three.clock.now = midnight + 15 * HOUR
    new = three.approved((1.3,), midnight)
    three.issue()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    # 1.3 x 24 h of the new plan - 1.0 x 15 h that have passed = 16.2 m3/s h, over 9 hours.
    assert [(row.start, row.setpoint) for row in applied.command.rows] == [(midnight + 15 * HOUR, 1.8)]
    assert applied.command.label == "replanned"
    assert applied.command.plan == new
    assert len(three.issue().commands) == 0


def test_a_burst_closes_what_is_left_of_the_day(three: Works) -> None:
    midnight = NOON.replace(hour=0)
    three.clock.now = midnight - HOUR
    three.approved((1.0,), midnight)
    three.issue()
    three.deliver()
    three.clock.now = midnight + 15 * HOUR
    three.approved((0.0,), midnight)
    three.issue()
    three.deliver()
    applied = three.peers["gate_a"].applied
    assert applied is not None
    assert [(row.start, row.setpoint) for row in applied.command.rows] == [(midnight + 15 * HOUR, 0.0)]


def test_an_unknown_device_is_not_issued_to(three: Works) -> None:
    three.approved()
    issuer = replace(three.issuer, devices={"gate_a": device("gate_a")})
    with pytest.raises(InputError, match="no such device"):
        issue(three.store, "works", issuer, NOON)
    with three.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM commands")).scalar_one() == 0


def test_a_valve_starts_what_has_begun_a_little_later_for_as_long() -> None:
    midnight = NOON.replace(hour=0)
    valve = Device("valve", "main_canal", Limits(0.0, 64_800.0), "duration", valve_flow=0.002)
    told = replace(command(start=midnight, setpoints=(36_000.0,)), mode="duration", unit="s")
    later = still_to_begin(told, valve, NOON)
    assert [(row.start, row.end, row.setpoint) for row in later.rows] == [
        (NOON + dt.timedelta(minutes=6), midnight + 24 * HOUR, 36_000.0)
    ]
    evening = still_to_begin(told, valve, midnight + 20 * HOUR)
    assert [row.setpoint for row in evening.rows] == [4 * 3600 - 360]
    assert still_to_begin(told, valve, midnight - HOUR) is told
    assert still_to_begin(told, device("gate_a"), NOON) is told
