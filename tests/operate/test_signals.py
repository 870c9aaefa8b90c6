"""What a night tells: its log, its numbers, its ping, and calls; with real servers on loopback."""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import structlog

from controllers.post_server import post_server
from operate.small_bureau import TIME_ZONE, today, write_bureau
from report.test_exposition import read
from sources.http_server import Reply, serving
from waterbalance.cli.night_form import Form
from waterbalance.cli.night_log import NightLog
from waterbalance.errors import InputError
from waterbalance.operate import day as night_of_today
from waterbalance.operate.configuring.events import Event
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.signals import signalled
from waterbalance.report.language import Wording
from waterbalance.report.status import status_of, waits_of
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import verify
from waterbalance.store.database import open_store

CLOCK = Clock(lambda: dt.datetime.now(dt.UTC), time.sleep)

WALL = "contacts: [{name: wall, kind: file, path: wall.jsonl}]\n"


def night(config: Path) -> tuple[int, list[Event]]:
    """Exit code and events of one night."""
    heard: list[Event] = []
    return signalled(read_night_settings(config), on_event=heard.append).exit_code, heard


def approved(config: Path) -> None:
    """A night, and somebody agrees to its plan."""
    assert night(config)[0] == 12
    settings = read_night_settings(config)
    store = open_store(settings.store_url)
    with store.reading() as connection:
        plan = connection.exec_driver_sql("SELECT plan FROM plans").scalar_one()
    decide(store, plan, "approved", "chen", dt.datetime.now(dt.UTC))
    store.close()


def gauges(folder: Path) -> dict[str, dict[str, float]]:
    """Gauges by the label besides the job's name."""
    found = read((folder / "metrics.prom").read_text(encoding="utf-8"))
    return {
        name.removeprefix("waterbalance_night_"): {
            ",".join(value for key, value in sorted(labels) if key != "job_name"): number for labels, number in samples.items()
        }
        for name, samples in found.items()
    }


def calls(folder: Path, name: str = "wall.jsonl") -> list[dict[str, Any]]:
    path = folder / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_a_night_tells_its_stages_its_rung_and_its_end(tmp_path: Path) -> None:
    _, heard = night(write_bureau(tmp_path / "b", today()))
    stages = [(each.what, each.told.get("stage")) for each in heard if each.what.startswith("stage")]
    names = ["observe", "open", "forecast", "plan", "record", "issue", "report"]
    assert stages == [(what, name) for name in names for what in ("stage_began", "stage_ended")]
    took = [float(str(each.told["seconds"])) for each in heard if each.what == "stage_ended"]
    assert 0.0 <= min(took) < sum(took)
    assert [each.told["rung"] for each in heard if each.what == "rung"] == [0]
    assert heard[0].what == "night_began"
    assert heard[-1].what == "night_ended"
    assert heard[-1].told["exit_code"] == 12


def test_a_silent_source_is_a_finding_and_an_alarm_until_it_speaks(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", today(), more="critical: [lake.storage]\n")
    gauge = tmp_path / "b" / "gauges" / "lake.csv"
    kept = gauge.read_bytes()
    gauge.unlink()
    _, heard = night(config)
    findings = [str(each.told["text"]) for each in heard if each.what == "finding"]
    assert any("lake.storage: critical" in each for each in findings)
    store = open_store(read_night_settings(config).store_url)
    with store.reading() as connection:
        subjects = {each.subject: each.kind for each in ringing(connection)}
    assert subjects == {"bureau, source gauges": "silent", "bureau, lake.storage": "missing"}
    gauge.write_bytes(kept)
    night(config)
    with store.reading() as connection:
        assert ringing(connection) == ()
        assert verify(connection) == ()
    store.close()


def test_a_storage_that_jumps_rings_until_one_does_not(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", today())
    night(config)
    tomorrow = today() + dt.timedelta(days=1)
    gauge = tmp_path / "b" / "gauges" / "lake.csv"
    kept = gauge.read_text(encoding="utf-8")
    # 805 000 m3 today, 56 160 m3 less expected tomorrow; 5 % of a million may be lacking or too much.
    clock = Clock(lambda: dt.datetime.combine(tomorrow, dt.time(2, 30), TIME_ZONE), lambda _: None)
    # The second reading corrects the first; what the first night of that day has read is nobody's expectation.
    for storage, kinds in ((600_000.0, {"jump"}), (750_000.0, set())):
        gauge.write_text(f"{kept}{tomorrow},{storage}\n", encoding="utf-8")
        signalled(read_night_settings(config), clock=clock)
        store = open_store(read_night_settings(config).store_url)
        with store.reading() as connection:
            assert {each.kind for each in ringing(connection) if each.subject == "bureau, lake jumps"} == kinds
        store.close()


GATE_OF_A_TOWN = """  gate_t:
    structure: pipe
    protocol: files
    acceptance: delivered
    canal: pipe
    limits: {least: 0 m3/s, most: 2 m3/s}
"""
TOWN = """  pipe: {type: pipeline, source: lake, target: town, capacity: 20000 m3/day}
  town: {type: household_supply, demand: 10000 m3/day}
"""


def test_a_device_that_no_plan_orders_is_in_the_alarms_the_log_the_metrics_and_called_once(tmp_path: Path) -> None:
    """No order is derived for a pipe to a town: whoever wrote a controller for it waits in vain."""
    wall = "contacts: [{name: wall, kind: file, path: wall.jsonl}]\nmetrics: metrics.prom\nlanguage: zh-TW\n"
    config = write_bureau(tmp_path / "b", today(), more=wall)
    scenario = tmp_path / "b" / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8").replace("components:\n", f"components:\n{TOWN}")
    scenario.write_text(text + GATE_OF_A_TOWN, encoding="utf-8")
    store = open_store(read_night_settings(config).store_url)
    plan = str(signalled(read_night_settings(config)).issuance.plan)
    with store.reading() as connection:
        assert ringing(connection) == ()  # nobody was told anything yet
    decide(store, plan, "approved", "chen", dt.datetime.now(dt.UTC))
    before = len(calls(tmp_path / "b"))
    for _ in range(2):
        _, heard = night(config)
        devices = [each.told for each in heard if each.what == "device"]
        assert [(each["device"], each["state"]) for each in devices] == [("gate_t", "untold")]
        with store.reading() as connection:
            found = {each.subject: (each.kind, each.text) for each in ringing(connection) if each.kind == "untold"}
        assert found == {"bureau, gate_t": ("untold", "was never told anything: no plan orders pipe")}
    told = [each["subject"] for each in calls(tmp_path / "b")[before:]]
    assert [each for each in told if "gate_t" in each] == ["設備從未收到指令：pipe 之 gate_t（small）"]
    assert gauges(tmp_path / "b")["devices_untold"] == {"": 1.0}
    (wait,) = (
        each for each in waits_of(status_of(store, dt.datetime.now(dt.UTC))) if each.what == "alarm" and "gate_t" in each.text
    )
    assert wait.whom == "gates"
    scenario.write_text(text, encoding="utf-8")
    night(config)
    with store.reading() as connection:
        assert [each for each in ringing(connection) if each.kind == "untold"] == []
    store.close()


def test_a_morning_without_a_night_does_not_show_yesterdays_page(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", today())
    night(config)
    page = tmp_path / "b" / "results" / "latest.html"
    scenario = tmp_path / "b" / "scenario.yaml"
    kept = scenario.read_text(encoding="utf-8")
    scenario.write_text(f"{kept}<b>: 1\n", encoding="utf-8")
    with pytest.raises(InputError):
        night(config)
    text = page.read_text(encoding="utf-8")
    assert "The job ended with 65 before it could work" in text
    assert "&lt;b&gt;" in text
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["exit_code"] == 65
    scenario.write_text(kept, encoding="utf-8")
    night(config)
    assert "The job ended with 65" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("more", "day"), [("", "2026-03-03"), ("plan_for: tomorrow\n", "2026-03-04")])
def test_a_call_is_about_the_day_of_the_bureau_not_of_the_machine(
    tmp_path: Path, more: str, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_bureau(tmp_path / "b", dt.date(2026, 3, 3), more=WALL + more)
    scenario = tmp_path / "b" / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8") + "wrong: 1\n", encoding="utf-8")
    # 18:30 in London is half past two of the next morning in Taipei.
    clock = Clock(lambda: dt.datetime(2026, 3, 2, 18, 30, tzinfo=dt.UTC), lambda _: None)
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    with pytest.raises(InputError):
        signalled(read_night_settings(config), clock=clock)
    monkeypatch.undo()
    time.tzset()
    assert [each["facts"]["day"] for each in calls(tmp_path / "b")] == [day]


def test_the_log_lies_beside_the_run_and_a_night_that_was_done_adds_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_night_settings(write_bureau(tmp_path / "b", today()))
    for _ in range(2):
        log = NightLog(Form.JSON, settings.results_folder, Wording())
        run = signalled(settings, on_event=log).run
        log.close()
    shown = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kept = [json.loads(line) for line in (settings.results_folder / run / "night.log").read_text(encoding="utf-8").splitlines()]
    without_time = [
        [{key: value for key, value in each.items() if key != "timestamp"} for each in lines] for lines in (shown, kept)
    ]
    assert without_time[0] == without_time[1]
    assert [each["event"] for each in kept].count("night_ended") == 2
    assert {path.name for path in settings.results_folder.iterdir()} == {run, "latest.html", "latest.json"}
    assert dt.datetime.fromisoformat(kept[0]["timestamp"]).utcoffset() == dt.timedelta(0)


def test_a_log_for_people_speaks_their_language_and_obeys_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = NightLog(Form.CONSOLE, tmp_path, Wording("zh-TW"))
    log(Event("stage_began", {"stage": "plan"}))
    log(Event("finding", {"text": "\x1b[31mred"}, "warning"))
    log.close()
    shown = capsys.readouterr().err
    assert "規劃……" in shown
    assert "發現問題" in shown
    assert "\x1b" not in shown


def test_a_disk_that_takes_nothing_costs_the_log_and_the_numbers_but_not_the_night(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    log = NightLog(Form.JSON, tmp_path / "taken", Wording())
    log(Event("night_began", {"run": "a"}))
    log(Event("night_ended", {"run": "a"}))
    log.close()
    code, heard = night(write_bureau(tmp_path / "b", today(), more="metrics: state.csv/metrics.prom\n"))
    assert code == 12
    assert [each.told["signal"] for each in heard if each.what == "signal_failed"] == ["metrics"]


def test_the_library_is_silent(tmp_path: Path) -> None:
    config = write_bureau(tmp_path / "b", today())
    script = (
        "import logging, sys\nfrom pathlib import Path\nimport structlog, waterbalance\n"
        "from waterbalance.operate.configuring.night_settings import read_night_settings\n"
        "from waterbalance.operate.signals import signalled\n"
        f"signalled(read_night_settings(Path({str(config)!r})))\n"
        "assert not structlog.is_configured()\nassert logging.getLogger().handlers == []\n"
        "assert not any(name.startswith('waterbalance') for name in logging.root.manager.loggerDict)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not structlog.is_configured()
    assert logging.getLogger("waterbalance").handlers == []


def test_the_numbers_of_a_night_are_those_of_its_plan(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today(), more="metrics: metrics.prom\n", greatest_shortage="100 %", storage=20_000)
    begun = time.time()
    night(config)
    told = gauges(folder)
    assert told["exit_code"] == {"": 12}
    assert told["rung"] == {"": 0}
    assert told["outcome"]["waiting"] == 1
    assert sum(told["outcome"].values()) == 1
    assert set(told["stage_seconds"]) == {"observe", "open", "forecast", "plan", "record", "issue"}
    # The gauge has read 20 000 m3, and 1000 m3 more on each of the five days since.
    assert told["storage_cubic_metres"] == {"lake": 25_000}
    # Over seven days 453 600 m3 are asked for; there are 25 000 m3 and 8640 m3 a day.
    assert told["shortage_cubic_metres"]["agriculture"] == pytest.approx(453_600 - 25_000 - 7 * 8640, rel=1e-6)
    assert told["missing_readings"] == {"": 9}
    assert told["sources_silent"] == {"": 0}
    assert told["devices_unconfirmed"] == {"": 0}
    assert told["store_lost"] == {"": 0}
    assert told["disk_free_bytes"][""] > 0
    assert begun <= told["last_start_timestamp_seconds"][""] <= told["last_end_timestamp_seconds"][""] <= time.time()
    assert "last_success_timestamp_seconds" not in told


def test_the_last_success_stays_when_a_later_night_fails(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today(), more="metrics: metrics.prom\n")
    approved(config)
    assert night(config)[0] == 0
    good = gauges(folder)
    assert good["outcome"]["sent"] == 1
    # Nothing was planned again: what the file tells of the plan stays.
    assert set(good["stage_seconds"]) >= {"plan", "issue"}
    (folder / "scenario.yaml").write_text("nonsense", encoding="utf-8")
    with pytest.raises(InputError):
        night(config)
    bad = gauges(folder)
    assert bad["exit_code"] == {"": 65}
    assert bad["last_success_timestamp_seconds"] == good["last_success_timestamp_seconds"]
    assert "shortage_cubic_metres" not in bad


def test_a_service_that_watches_is_pinged_at_start_and_end(tmp_path: Path) -> None:
    with serving() as server:
        address = server.answer("/hidden-key", Reply(b"OK"))
        for path in ("/hidden-key/start", "/hidden-key/12", "/hidden-key/65"):
            server.answer(path, Reply(b"OK"))
        more = f"ping: {address}\nhttp: {{plain_hosts: [127.0.0.1]}}\n"
        config = write_bureau(tmp_path / "b", today(), more=more)
        approved(config)
        assert night(config)[0] == 0
        (tmp_path / "b" / "scenario.yaml").write_text("nonsense", encoding="utf-8")
        with pytest.raises(InputError):
            night(config)
    paths = [path.removeprefix("/hidden-key") for path, _ in server.asked]
    assert paths == ["/start", "/12", "/start", "", "/65"]


@pytest.mark.parametrize("plain_hosts", ["", "127.0.0.1"])
def test_a_ping_that_is_not_taken_costs_nothing_and_tells_no_key(tmp_path: Path, plain_hosts: str) -> None:
    with serving() as server:
        more = f"ping: {server.url}/hidden-key\nhttp: {{plain_hosts: [{plain_hosts}]}}\n"
        code, heard = night(write_bureau(tmp_path / "b", today(), more=more))
        assert len(server.asked) == (2 if plain_hosts else 0)
    assert code == 12
    failed = [each.told for each in heard if each.what == "signal_failed"]
    assert [each["signal"] for each in failed] == ["ping", "ping"]
    assert plain_hosts or all("http.plain_hosts" in each["why"] for each in failed)
    assert "hidden-key" not in str(failed)


def test_a_night_that_waits_calls_once_with_the_reason_first(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today(), more=f"{WALL}language: zh-TW\n")
    for _ in range(3):
        night(config)
    (call,) = calls(folder)
    assert call["subject"].startswith("計畫等待核定")
    assert "尚無現行計畫可資比較" in call["text"]
    assert call["facts"]["exit_code"] == 12


def test_a_good_night_calls_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today())
    approved(config)
    config.write_text(config.read_text(encoding="utf-8") + WALL, encoding="utf-8")
    # Another configuration is another night; its plan is near the one in force, and the declared rule agrees to it.
    assert night(config)[0] == 0
    assert calls(folder) == []


def test_where_the_first_is_not_reached_the_next_is_called_at_once_and_the_first_again_later(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    with post_server(500, 200) as server:
        hook = f"{{name: hook, kind: webhook, url: '{server.url}'}}"
        more = f"contacts: [{hook}, {{name: wall, kind: file, path: wall.jsonl, after: 30 min}}, "
        config = write_bureau(folder, today(), more=more + "{name: last, kind: file, path: last.jsonl, after: 60 min}]\n")
        _, heard = night(config)
        assert [(each.what, each.told.get("contact")) for each in heard if "contact" in str(each.told)] == [
            ("signal_failed", None),
            ("called", "wall"),
        ]
        night(config)
        night(config)
        assert len(server.posted) == 2
    assert len(calls(folder)) == 1
    assert calls(folder, "last.jsonl") == []


def test_a_night_without_a_store_calls_once_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today(), more=WALL)
    (folder / "nightly.sqlite").write_text("this is no database", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(Exception, match="no store"):
            night(config)
    (call,) = calls(folder)
    assert call["subject"].startswith("A SERVER, DEVICE OR THE STORE DOES NOT ANSWER")


def test_an_error_of_the_engine_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "b"

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(night_of_today, "open_day", broken)
    code, heard = night(write_bureau(folder, today(), more=WALL))
    assert code == 11
    assert [each.told["came"] for each in heard if each.what == "stage_ended"] == ["done", "failed", "done"]
    (call,) = calls(folder)
    assert call["subject"].startswith("NO PLAN, AND NOTHING WAS ISSUED")
    assert "a fault" in call["text"]


def test_no_password_of_the_store_stands_in_any_signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "b"
    config = write_bureau(folder, today(), more=f"{WALL}metrics: metrics.prom\n")
    monkeypatch.setenv("WATERBALANCE_STORE", "postgresql://lin:hidden-word@127.0.0.1:1/nobody")
    script = "import sys; sys.argv[0] = 'waterbalance'; from waterbalance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "nightly", str(config)], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 69, done.stderr
    told = done.stdout + done.stderr + "".join(path.read_text(encoding="utf-8") for path in folder.glob("*") if path.is_file())
    assert "hidden-word" not in told
    assert len(calls(folder)) == 1
