"""A night with turns comes out once more with the orders that were followed before it, and not without them."""

import dataclasses
import datetime as dt
import shutil
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import waterbalance as wb
from repository import ROOT
from waterbalance.operate.configuring.night_settings import NightSettings, read_night_settings
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.operate.remembering.remember import FOLLOWED
from waterbalance.operate.remembering.replay import replay
from waterbalance.operate.remembering.replay_night import as_it_was_made, night_again
from waterbalance.store.database import open_store

FIRST = dt.date(2026, 3, 2)


def test_with_the_orders_that_were_followed(tmp_path: Path) -> None:
    settings = district(tmp_path)
    with closing(open_store(settings.store_url)) as store:
        plan = run(settings, FIRST).issuance.plan
        assert plan is not None
        decide(store, plan, "approved", "chen", moment(FIRST))
        assert run(settings, FIRST).issuance.outcome == "sent"
        made = run(settings, FIRST + dt.timedelta(days=1))
        assert replay(store, made.run, as_it_was_made(store)).proven
        without = replay(
            store,
            made.run,
            lambda kept: night_again(
                store, dataclasses.replace(kept, files={name: each for name, each in kept.files.items() if name != FOLLOWED})
            ),
        )
        assert without.outputs == {"plan.csv": True, "schedule.json": False}


def district(folder: Path) -> NightSettings:
    """Heron district with a keeper at every gate."""
    shutil.copytree(ROOT / "scenarios" / "turns", folder / "turns")
    schedule = wb.plan_scenario(wb.read_scenario(folder / "turns")).schedule
    assert schedule is not None
    keeper = "protocol: files, acceptance: delivered, canal: all, limits: {least: 0 m3/s, most: 9 m3/s}"
    lines = "".join(f"  at_{order.structure}: {{structure: {order.structure}, {keeper}}}\n" for order in schedule.orders)
    with (folder / "turns" / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\ncontrollers:\n{lines}")
    config = folder / "nightly.yaml"
    config.write_text("waterbalance_nightly: 1\nname: heron\nscenario: turns\nissuing: {wait: 0 s}\n", encoding="utf-8")
    return read_night_settings(config)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0, 30), ZoneInfo("Asia/Taipei"))


def run(settings: NightSettings, day: dt.date) -> Night:
    return nightly(settings, clock=Clock(lambda: moment(day), lambda _: None))
