"""What an operator is told of the store."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from commands import NOON
from operate.issuing import Works, works
from waterbalance.report.language import Wording
from waterbalance.report.status import status_json, status_of
from waterbalance.report.status_tables import status_tables
from waterbalance.store.liveness import Dispatcher, beat, expect
from waterbalance.store.plans import NewPlan, record

SEEN = NOON + dt.timedelta(minutes=5)
GATES = frozenset({"gate_a", "gate_b", "not_told"})


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path)
    made.approved()
    made.issue()
    made.deliver()
    yield made
    made.store.close()


def shown(three: Works, now: dt.datetime, language: Literal["en", "zh-TW"] = "en") -> str:
    screen = Console(width=200, record=True)
    screen.print(status_tables(status_of(three.store, now), Wording(language)))
    return screen.export_text()


def waiting(three: Works, now: dt.datetime) -> list[str]:
    (told,) = status_json(status_of(three.store, now))["dispatchers"]
    found: list[str] = told["waiting"]
    return found


def test_times_are_those_of_the_scenario_by_name(three: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert "2026-11-27 17:00" in shown(three, SEEN)
        assert "Times are those of this machine (NZDT): no plan tells the zone of the scenario." in shown(three, SEEN)
        new = NewPlan("works", "2026-11-26", NOON, NOON + dt.timedelta(days=1), {"commands": []})
        with three.store.writing() as connection:
            record(connection, new, {"time_zone": "Europe/Madrid"}, "nightly", SEEN)
        assert "2026-11-27 05:00" in shown(three, SEEN)
        assert "Times are those of Europe/Madrid." in shown(three, SEEN)
        assert "時間以 Europe/Madrid 為準。" in shown(three, SEEN, "zh-TW")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_each_scenario_has_its_own_clock(three: Works) -> None:
    with three.store.writing() as connection:
        for name, zone in (("works", "Asia/Taipei"), ("elsewhere", "Europe/Madrid")):
            new = NewPlan(name, "2026-11-26", NOON, NOON + dt.timedelta(days=1), {"commands": [], "of": name})
            record(connection, new, {"time_zone": zone}, "nightly", SEEN)
    told = shown(three, SEEN)
    assert "2026-11-27 05:00" in told
    assert "2026-11-27 12:00" in told
    assert "Times are those of elsewhere (Europe/Madrid), works (Asia/Taipei)." in told


def test_gates_wait_for_a_dispatcher_that_was_never_seen(three: Works) -> None:
    assert status_json(status_of(three.store, NOON))["dispatchers"] == []
    with three.store.writing() as connection:
        expect(connection, "works", GATES)
    assert waiting(three, SEEN) == ["gate_a", "gate_b"]
    assert "Dispatcher of works: none was ever seen." in shown(three, SEEN)
    assert "WARNING: nobody sets gate_a, gate_b: start `waterbalance dispatcher` for works." in shown(three, SEEN)
    assert "警告：gate_a, gate_b 無人操作" in shown(three, SEEN, "zh-TW")


def test_gates_wait_for_a_dispatcher_that_has_died(three: Works) -> None:
    with three.store.writing() as connection:
        beat(connection, Dispatcher("works", GATES, "pump [house]", 7, 10.0, NOON, SEEN))
    assert waiting(three, SEEN + dt.timedelta(seconds=30)) == []
    living = shown(three, SEEN + dt.timedelta(seconds=30))
    assert "Dispatcher of works: alive at" in living
    assert "process 7 on pump [house]" in living
    assert "WARNING" not in living
    later = SEEN + dt.timedelta(minutes=2)
    assert waiting(three, later) == ["gate_a", "gate_b"]
    assert f"last alive at {SEEN.astimezone():%Y-%m-%d %H:%M:%S}" in shown(three, later)
    # Orders that have ended wait for nobody.
    assert waiting(three, NOON + dt.timedelta(days=2)) == []
