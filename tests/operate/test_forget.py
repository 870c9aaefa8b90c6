"""What leaves `results/` and `alerts/`: what killed runs left behind, and alerts that ended long ago."""

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import NOON
from waterbalance.operate.remembering.forget import forget_alerts, forget_strays
from waterbalance.report.cap.document import document
from waterbalance.scenario.cap import Area, Information, Message
from waterbalance.store.database import Store, open_store
from waterbalance.store.keep_settings import KeepSettings
from waterbalance.store.plans import NewPlan, record

KEEP = KeepSettings(results="100 days", alerts="100 days")
DAY = dt.timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


def folder(results: Path, age: int, told: dict[str, object] | None = None, name: str | None = None) -> Path:
    """A run's folder whose last file is so many days old."""
    made = results / (name or str(uuid.uuid4()))
    made.mkdir(parents=True)
    file = made / ("no_plan.mps" if told is None else "night.json")
    file.write_text("" if told is None else json.dumps(told), encoding="utf-8")
    at = (NOON - age * DAY).timestamp()
    for each in (file, made):
        os.utime(each, (at, at))
    return made


def test_folders_of_runs_that_nobody_knows_go_when_they_are_old(store: Store, tmp_path: Path) -> None:
    results = tmp_path / "results"
    known = str(uuid.uuid4())
    with store.writing() as connection:
        record(connection, NewPlan("works", "2026-01-01", NOON, NOON + DAY, {"commands": []}), {}, "nightly", NOON, known)
    gone = [folder(results, 101), folder(results, 300, {"scenario": "works"})]
    stay = [
        folder(results, 99),
        folder(results, 300, {"scenario": "elsewhere"}),
        folder(results, 300, name=known),
        folder(results, 300, name="kept by hand"),
    ]
    # A folder is as old as the last file in it.
    young = folder(results, 300)
    (young / "night.log").write_text("", encoding="utf-8")
    os.utime(young / "night.log", ((NOON - DAY).timestamp(),) * 2)
    (results / "latest.html").write_text("", encoding="utf-8")
    forget_strays(store, "works", KEEP, NOON, results)
    assert sorted(each.name for each in results.iterdir()) == sorted(
        each.name for each in (*stay, young, results / "latest.html")
    )
    assert not any(each.exists() for each in gone)
    forget_strays(store, "works", KEEP, NOON, tmp_path / "nowhere")


def alert(to: Path, name: str, ended: int, sender: str = "water@bureau.example", *, ends: bool = True) -> None:
    sent = NOON - ended * DAY - DAY
    information = Information(
        event="shortage",
        categories=("Infra",),
        urgency="Expected",
        severity="Moderate",
        certainty="Likely",
        expires=sent + DAY if ends else None,
        areas=(Area("Reed District"),),
    )
    message = Message(name, sender, sent, "Actual", "Alert", "Public", (information,))
    (to / f"{name}.xml").write_bytes(document(message))
    (to / f"{name}.published").write_text("", encoding="utf-8")


def test_alerts_go_when_they_ended_long_ago(tmp_path: Path) -> None:
    alert(tmp_path, "old", 101)
    alert(tmp_path, "old_without_an_end", 101, ends=False)
    alert(tmp_path, "young", 99)
    alert(tmp_path, "of_others", 300, "weather@agency.example")
    (tmp_path / "torn.xml").write_text("<alert", encoding="utf-8")
    forget_alerts(tmp_path, "water@bureau.example", KEEP, NOON)
    kept = {each.name for each in tmp_path.iterdir()}
    assert kept == {"young.xml", "young.published", "of_others.xml", "of_others.published", "torn.xml"}
    forget_alerts(tmp_path / "nowhere", "water@bureau.example", KEEP, NOON)
