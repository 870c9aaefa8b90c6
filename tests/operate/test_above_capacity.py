"""Nights whose lake is observed above its capacity: 1 000 000 m3."""

import datetime as dt
from pathlib import Path

import pytest

from told_bureau import Bureau, bureau, write_gauge
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.night.night import Night
from waterbalance.store.database import open_store

ABOVE = "the storage is observed far above its capacity"


def with_a_plan_in_force(folder: Path, language: str = "en") -> Bureau:
    """Full to the brim, and its plan agreed to by a person."""
    works = bureau(folder, language=language, quality={"lake.inflow": {"known": None}})
    tell(works, 0.999)
    night = works.night()
    store = open_store(f"sqlite:///{works.folder / 'nightly.sqlite'}")
    decide(store, str(night.issuance.plan), "approved", "chen", works.now)
    store.close()
    assert works.night().issuance.outcome == "sent"
    return works


def tell(works: Bureau, newest: float) -> None:
    """The gauge reads a full lake, and tonight this share of the capacity."""
    until = works.now.date()
    days = {f"d{until - dt.timedelta(days=back):%Y_%m_%d}": 0.999e6 for back in range(9)}
    write_gauge(works.folder, until, **{**days, f"d{until:%Y_%m_%d}": newest * 1e6})


def next_night(works: Bureau, newest: float) -> Night:
    works.next_day()
    tell(works, newest)
    return works.night()


@pytest.mark.parametrize(
    ("share", "outcome", "begins"), [(1.04, "sent", 1.04e6), (1.07, "waiting", 1.07e6), (1.12, "sent", None)]
)
def test_no_rule_approves_what_rests_on_a_storage_far_above_and_one_at_once_is_not_used(
    tmp_path: Path, share: float, outcome: str, begins: float | None
) -> None:
    works = with_a_plan_in_force(tmp_path / "works")
    night = next_night(works, share)
    assert night.issuance.outcome == outcome
    assert night.laddered is not None
    assert night.opening is not None
    plan = night.laddered.planned.plan
    told = works.told(night)
    began = night.opening.state.stocks["lake", "storage"]
    assert began == begins if begins is not None else began < 1e6
    # What is above is used or spilt on the first day: the plan counts on no lake that is more than full.
    assert plan.values["lake", "storage"][0] <= 1e6 + 1.0
    assert bool(plan.values["lake", "spill"][0] > 0.0) is (share == 1.07)
    assert any(ABOVE in each for each in told.complaints) is (share > 1.05)
    assert any(ABOVE in note for note in plan.notes) is (outcome == "waiting")
    (spoke,) = (each for each in told.corrections if each.rule == "capacity")
    assert spoke.worst == ("doubtful" if begins else "unreliable")


def test_the_page_says_so_in_chinese(tmp_path: Path) -> None:
    works = with_a_plan_in_force(tmp_path / "works", "zh-TW")
    night = next_night(works, 1.07)
    (complaint,) = (each for each in works.told(night).complaints if ABOVE in each)
    assert complaint.startswith("lake.storage, 2026-03-03")
    page = (works.results / night.run / "night.html").read_text(encoding="utf-8")
    assert ABOVE not in page
    assert "uses or spills what is above" not in page
    assert "觀測蓄水量遠逾庫容" in page
    assert "計畫於首日用去或溢流逾庫容之水量" in page
