"""Nights that are told to end, or killed, in each of their stages; and the next start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from operate.small_bureau import today, write_bureau
from waterbalance.cli import main
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.nightly import nightly
from waterbalance.store import nights
from waterbalance.store.audit_log import verify
from waterbalance.store.database import open_store
from waterbalance.store.outbox import newest_of_each

STAGES = ("observe", "open", "forecast", "plan", "record", "issue")

PROGRAM = Path(__file__).with_name("stopped_night.py")


def ended(config: Path, stage: str, where: str, number: signal.Signals) -> tuple[int, str]:
    """Exit code and standard error of a night that was sent a signal where it stood."""
    command = [sys.executable, str(PROGRAM), str(config), stage, where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, told = process.communicate(timeout=120)
    return process.returncode, told


@pytest.fixture(scope="module")
def in_force(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bureau with a plan in force, so that the declared rule agrees to the next one and it is issued."""
    folder = tmp_path_factory.mktemp("bureau") / "b"
    settings = read_night_settings(write_bureau(folder, today()))
    plan = nightly(settings).issuance.plan
    store = open_store(settings.store_url)
    decide(store, str(plan), "approved", "chen", nightly(settings).began_at)
    store.close()
    assert nightly(settings).exit_code == 0
    return folder


def copy_of(folder: Path, to: Path) -> Path:
    """Another night of the same bureau: its configuration says one word more."""
    subprocess.run(["cp", "-r", str(folder), str(to)], check=True)
    config = to / "nightly.yaml"
    more = "contacts: [{name: wall, kind: file, path: wall.jsonl}]\nmetrics: metrics.prom\n"
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    return config


def require_whole(config: Path) -> None:
    """One night done, one plan, each device told once and confirmed, and a log that nobody has broken."""
    settings = read_night_settings(config)
    assert nightly(settings).exit_code == 0
    store = open_store(settings.store_url)
    with store.reading() as connection:
        last = nights.last(connection, "bureau", 9)
        done = [each for each in last if each.state == "done"]
        assert last[0] in done
        assert len(done) == 2
        # A night that ended before it knew its readings is no other night's beginning: it stays, as failed.
        assert [each.key.issue for each in last if each not in done] in ([], [""])
        assert {each.state for each in newest_of_each(connection)} == {"confirmed"}
        orders = connection.execute(text("SELECT controller, plan, count(*) FROM commands GROUP BY controller, plan")).all()
        assert all(count == 1 for _, _, count in orders)
        assert verify(connection) == ()
    store.close()
    folders = [path for path in settings.results_folder.iterdir() if (path / "plan.parquet").exists()]
    assert all((path / "manifest.json").exists() for path in folders if path.name in {each.run for each in last})
    assert not list(settings.folder.rglob(".*.prom.*"))


@pytest.mark.parametrize("stage", STAGES)
def test_told_to_end_it_ends_with_75_and_the_next_start_does_the_night(in_force: Path, tmp_path: Path, stage: str) -> None:
    config = copy_of(in_force, tmp_path / "b")
    code, told = ended(config, stage, "begin", signal.SIGTERM)
    assert code == 75, told
    assert "Traceback" not in told
    assert "signal SIGTERM came" in told
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    stopped = next(each for each in events if each["event"] == "stage_ended" and each["came"] == "failed")
    assert stopped["stage"] == stage
    call = json.loads((tmp_path / "b" / "wall.jsonl").read_text(encoding="utf-8"))
    assert call["facts"]["exit_code"] == 75
    assert 'waterbalance_night_exit_code{job_name="small"} 75' in (tmp_path / "b" / "metrics.prom").read_text(encoding="utf-8")
    require_whole(config)


@pytest.mark.parametrize("moment", ["start", "load"])
def test_told_to_end_while_the_program_is_loaded_it_ends_in_the_same_way(in_force: Path, tmp_path: Path, moment: str) -> None:
    config = copy_of(in_force, tmp_path / "b")
    code, told = ended(config, moment, "begin", signal.SIGTERM)
    assert code == 75, told
    assert "Traceback" not in told
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [each["event"] for each in events] == ["night_ended", "called"]
    assert "signal SIGTERM came" in events[0]["why"]
    call = json.loads((tmp_path / "b" / "wall.jsonl").read_text(encoding="utf-8"))
    assert call["facts"]["exit_code"] == 75
    assert 'waterbalance_night_exit_code{job_name="small"} 75' in (tmp_path / "b" / "metrics.prom").read_text(encoding="utf-8")
    require_whole(config)


def test_nothing_is_loaded_before_signals_are_taken() -> None:
    """What stands between the interpreter's start and `hold`: a few small modules of its own, and `typing` with what it loads."""
    told = "import sys; before = set(sys.modules); import waterbalance.cli; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    own = {"waterbalance", "waterbalance.cli", "waterbalance.operate", "waterbalance.operate.held"}
    assert {each for each in loaded if each.startswith("waterbalance")} == own
    assert loaded.isdisjoint({"typer", "dataclasses", "inspect", "threading", "numpy", "pydantic"})


def test_a_stop_that_comes_when_the_night_is_done_changes_nothing(in_force: Path, tmp_path: Path) -> None:
    """Also while the interpreter ends."""
    config = copy_of(in_force, tmp_path / "b")
    script = (
        "import atexit, os, signal, sys; from waterbalance import cli; "
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM)); "
        "sys.argv[0] = 'waterbalance'; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script, "nightly", str(config)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_command_gives_back_the_handlers_that_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["waterbalance", "nightly", "/nowhere"])
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(SystemExit):
        main()
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize("stage", STAGES)
def test_killed_when_a_stage_is_done_loses_and_doubles_nothing(in_force: Path, tmp_path: Path, stage: str) -> None:
    config = copy_of(in_force, tmp_path / "b")
    code, _ = ended(config, stage, "end", signal.SIGKILL)
    assert code == -signal.SIGKILL
    require_whole(config)
