"""After a recall the rest of the day gets a new plan: the one way, from the command line."""

import datetime as dt
import json
import re
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from canal_works import write_works
from cli.conftest import Command
from waterbalance.store.database import open_store


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    told = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("WATERBALANCE_STORE", told)
    return told


def issued(command: Command, works: Path, url: str) -> str:
    """Run, approve, issue; returns what `issue` says."""
    ran = command("run", works, "--out", "out", "--by", "night", "--store", url)
    assert ran.code == 0, ran.err
    plan = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    assert command("approve", plan[:12], "--by", "chen").code == 0
    told = command("issue", works, "--by", "lin", "--wait", "0")
    assert told.code == 0, told.out + told.err
    return told.out


def order(works: Path, gate: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((works / "orders" / "east" / f"{gate}.json").read_text(encoding="utf-8"))
    return found


def test_the_rest_of_the_day_gets_a_new_plan(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    assert [row["setpoint"] for row in order(works, "gate_a")["rows"]] == [0.5]

    told = command("recall", works, "--controller", "gate_a", "--stop", "--by", "lin", "--wait", "0")
    assert told.code == 0
    assert "The rest of the day needs a new plan" in told.out
    assert "waterbalance run" in told.out
    assert (order(works, "gate_a")["action"], order(works, "gate_b")["action"]) == ("stop", "apply")
    chinese = command("recall", works, "--controller", "gate_a", "--stop", "--by", "lin", "--wait", "0", "--lang", "zh-TW")
    assert "當日剩餘時間" in chinese.out

    # Without a key that is trusted nothing is put into the outbox.
    for name in ("issue", "recall"):
        assert command(name, works, "--keys", tmp_path / "mistyped", "--by", "lin", "--wait", "0").code == 2
    # What is out is written into the scenario; its plan takes the place of the one in force.
    write_works(works, capacity_a="0 m3/s", demand_b="0.3 m3/s")
    issued(command, works, url)
    closed, other = order(works, "gate_a"), order(works, "gate_b")
    assert (closed["action"], closed["label"], {row["setpoint"] for row in closed["rows"]}) == ("apply", "replanned", {0.0})
    # Seconds have passed since the first plan: what they lack is less than a litre a second over the rest of the day.
    assert other["label"] == "replanned"
    assert other["rows"][0]["setpoint"] == pytest.approx(0.3, abs=0.002)
    assert command("audit-log", "verify").code == 0

    # Repaired: a plan with the gate brings it back.
    write_works(works, demand_b="0.31 m3/s")
    issued(command, works, url)
    assert order(works, "gate_a")["rows"][0]["setpoint"] == pytest.approx(0.5, abs=0.01)


def test_a_recall_by_mistake_is_taken_back_the_same_way(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    assert command("recall", works, "--controller", "gate_a", "--stop", "--by", "lin", "--wait", "0").code == 0
    issued(command, works, url)
    assert order(works, "gate_a")["rows"][0]["setpoint"] == pytest.approx(0.5, abs=0.01)
    plans = json.loads(command("status", "--json").out)["plans"]
    assert [plan["state"] for plan in plans] == ["sent", "superseded"]


def damage(url: str, plan: str) -> None:
    """As somebody would who writes into the database."""
    store = open_store(url)
    with store.writing() as connection:
        told = "UPDATE plans SET content = replace(CAST(content AS TEXT), '0.5', '0.9') WHERE plan = :plan"
        connection.execute(text(told), {"plan": plan})
    store.close()


def test_a_changed_plan_is_named_and_keeps_nothing_from_others(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    first = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    write_works(works, demand_b="0.3 m3/s")
    issued(command, works, url)
    damage(url, first)

    verified = command("audit-log", "verify")
    assert verified.code == 65
    assert f"plan {first[:12]}: the plan was changed in the store" in verified.err
    told = command("status", "--json")
    assert (told.code, first[:12] in told.err) == (65, True)
    assert [(each["state"], each["whole"]) for each in json.loads(told.out)["plans"]] == [("sent", True), ("superseded", False)]
    shown = command("status")
    assert (shown.code, first[:12] in shown.err, "gate_b" in shown.out) == (65, True, True)

    again = command("issue", works, "--by", "lin", "--wait", "0")
    assert (again.code, first[:12] in again.err, "confirmed" in again.out) == (65, True, True)


def test_a_stop_does_not_need_the_plan_that_it_ends(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    plan = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    damage(url, plan)
    told = command("recall", works, "--stop", "--by", "lin", "--wait", "0")
    assert (told.code, told.out.count("confirmed"), plan[:12] in told.err) == (0, 3, True)
    assert {order(works, gate)["action"] for gate in ("gate_a", "gate_b")} == {"stop"}


def test_a_recall_ends_by_those_that_were_named(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    text = (works / "scenario.yaml").read_text(encoding="utf-8")
    head, tail = text.rsplit("acceptance: delivered", 1)
    (works / "scenario.yaml").write_text(f"{head}acceptance: receipt{tail}", encoding="utf-8")
    assert command("run", works, "--out", "out", "--by", "night", "--store", url).code == 0
    plan = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    assert command("approve", plan[:12], "--by", "chen").code == 0
    # The keeper of gate_b has not signed yet.
    assert command("issue", works, "--by", "lin", "--wait", "0").code == 69
    assert command("recall", works, "--controller", "gate_a", "--stop", "--by", "lin", "--wait", "0").code == 0
    assert command("recall", works, "--controller", "gate_b", "--stop", "--by", "lin", "--wait", "0").code == 69
    assert command("recall", works, "--stop", "--by", "lin", "--wait", "0").code == 69


def sign(works: Path) -> None:
    """The keepers accept what lies there, now."""
    for file in (works / "orders").rglob("gate_?.csv"):
        head, line = file.read_text(encoding="utf-8-sig").splitlines()
        signed = f"{line.removesuffix(',,,,,')},,accepted,Ming,{dt.datetime.now(ZoneInfo('Asia/Taipei')):%Y/%m/%d %H:%M},"
        file.with_name(f"{file.stem}.receipt.csv").write_text(f"{head}\n{signed}\n", encoding="utf-8")


def test_what_waits_is_looked_at_also_where_there_is_nothing_to_issue(command: Command, tmp_path: Path, url: str) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    scenario = works / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("delivered", "receipt"), encoding="utf-8")
    assert command("recall", works, "--stop", "--by", "lin", "--wait", "0").code == 69
    sign(works)
    told = command("issue", works, "--by", "lin", "--wait", "0")
    assert (told.code, "nothing to issue" in told.err) == (2, True)
    newest = json.loads(command("status", "--json").out)["commands"]
    assert {(each["action"], each["state"]) for each in newest if each["action"] == "stop"} == {("stop", "confirmed")}


@pytest.mark.parametrize("words", [(), ("--stop",)])
def test_a_recall_given_once_more_looks_for_receipts_and_asks_for_no_others(
    command: Command, tmp_path: Path, url: str, words: tuple[str, ...]
) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    scenario = works / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("delivered", "receipt"), encoding="utf-8")
    assert command("recall", works, *words, "--by", "lin", "--wait", "0").code == 69
    numbers = {gate: order(works, gate)["sequence"] for gate in ("gate_a", "gate_b")}
    sign(works)
    again = command("recall", works, *words, "--by", "lin", "--wait", "0")
    assert (again.code, "told so before: 2" in again.out) == (0, True)
    assert {gate: order(works, gate)["sequence"] for gate in numbers} == numbers
    # To close is another thing than to go by the fallback.
    other = () if words else ("--stop",)
    assert command("recall", works, *other, "--by", "lin", "--wait", "0").code == 69
    assert all(order(works, gate)["sequence"] == number + 1 for gate, number in numbers.items())


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_a_fallback_is_printed_by_the_clock_at_the_gate(command: Command, tmp_path: Path, url: str, language: str) -> None:
    works = write_works(tmp_path / "works", fallback="close")
    assert command("run", works, "--out", "out", "--by", "night", "--store", url).code == 0
    began = dt.datetime.now(ZoneInfo("Asia/Taipei"))
    assert command("issue", works, "--by", "lin", "--or-remainder", "--wait", "0", "--lang", language).code == 10
    page = (works / "orders" / "east" / f"sheet.{language}.html").read_text(encoding="utf-8")
    assert "Asia/Taipei (UTC+08:00)" in page
    moments = {dt.datetime.fromisoformat(each) for each in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", page)}
    # Issued and approved now, valid from now on for a day: nothing is hours away.
    local = began.replace(tzinfo=None)
    assert moments
    assert all(min(abs(each - local), abs(each - local - dt.timedelta(days=1))) < dt.timedelta(minutes=5) for each in moments)


def test_a_restored_store_takes_its_gates_over_when_somebody_says_so(
    command: Command, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    another = f"sqlite:///{tmp_path / 'another.sqlite'}"
    monkeypatch.setenv("WATERBALANCE_STORE", another)
    # First sequences are seconds: the other store has to be ahead by more than one.
    time.sleep(2.2)
    write_works(works, demand_b="0.3 m3/s")
    issued(command, works, another)
    monkeypatch.setenv("WATERBALANCE_STORE", url)
    write_works(works, demand_b="0.35 m3/s")
    ran = command("run", works, "--out", "out", "--by", "night", "--store", url)
    assert ran.code == 0
    plan = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    assert command("approve", plan[:12], "--by", "chen").code == 0
    locked = command("issue", works, "--by", "lin", "--wait", "0")
    assert locked.code == 69
    refused = json.loads(command("status", "--json").out)["commands"]
    assert all("--take-over" in each["detail"] for each in refused)
    taken = command("issue", works, "--by", "lin", "--wait", "0", "--take-over")
    assert taken.code == 0, taken.out + taken.err
    assert order(works, "gate_b")["plan"] == plan
    told = json.loads(command("status", "--json").out)
    taken_over = [each for each in told["alarms"] if each["kind"] == "taken_over"]
    assert len(taken_over) == 2
    waits = " ".join(command("status", "--short").out.split())
    assert "taken over: gate_b followed command" in waits
    assert not any(each["subject"] in waits for each in taken_over)
    assert command("audit-log", "verify").code == 0


@pytest.mark.parametrize("seconds", ["inf", "nan", "-1", "1e12"])
@pytest.mark.parametrize("words", [("issue", "--wait"), ("recall", "--wait"), ("dispatcher", "--every")])
def test_a_wait_that_nobody_can_wait_is_refused(
    command: Command, tmp_path: Path, url: str, words: tuple[str, str], seconds: str
) -> None:
    works = write_works(tmp_path / "works")
    issued(command, works, url)
    told = command(words[0], works, words[1], seconds)
    assert (told.code, f"Invalid value for '{words[1]}'" in told.err) == (2, True)


def test_public_keys_that_are_not_there_leave_no_gate_to_anybody(command: Command, tmp_path: Path, url: str) -> None:
    """With a folder that was misspelt, or is empty, signatures would not be asked for."""
    works = write_works(tmp_path / "works")
    assert command("run", works, "--out", "out", "--by", "night", "--store", url).code == 0
    plan = json.loads(command("status", "--json").out)["plans"][0]["plan"]
    assert command("approve", plan[:12], "--by", "chen").code == 0
    (tmp_path / "empty").mkdir()
    for keys, found in (("keyss", "no such folder"), ("empty", "no such file")):
        told = command("issue", works, "--by", "lin", "--wait", "0", "--keys", tmp_path / keys)
        assert told.code == 2
        assert f"no public key is there; found {found}; allowed: NAME.pub.pem" in told.err
    assert not (works / "orders").exists()
    assert json.loads(command("status", "--json").out)["commands"] == []


def test_no_alarm_has_so_great_a_number(command: Command, url: str) -> None:
    open_store(url).close()
    told = command("status", "--acknowledge", "9" * 30)
    assert (told.code, "--acknowledge" in told.err) == (2, True)
