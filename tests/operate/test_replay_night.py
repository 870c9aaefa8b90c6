"""A night's run comes out once more byte for byte, on every rung and with orders of people; or it is told why not."""

import dataclasses
import datetime as dt
import json
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

import pytest

from operate.night_faults import Tonight, configured, error_in_planner
from operate.reed_lake import ONE_DAY, Bureau, found_bureau
from sources.http_server import serving
from waterbalance.errors import InputError
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.operate.remembering.remember import NIGHT, OVERRIDES
from waterbalance.operate.remembering.replay import Kept, Replayed, kept_of, plan_again, replay
from waterbalance.operate.remembering.replay_night import as_it_was_made, night_again
from waterbalance.store.database import open_store

ORDERS = """overrides:
- {what: west_fields.demand, how: set, value: 15000 m3/day, from: 2021-05-04, until: 2021-05-12, author: chen, reason: harvest}
- {what: intake.inflow, how: at_most, value: 0.2 m3/s, from: 2021-05-04, until: 2021-05-07, author: lin, reason: repairs}
"""


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with serving() as server:
        made = found_bureau(tmp_path / "bureau", server, dt.date(2021, 5, 4))
        for _ in range(2):
            made.day += ONE_DAY
            made.tell()
            if made.day == made.first:
                run(made)
        yield made


def run(bureau: Bureau) -> Night:
    return nightly(read_night_settings(bureau.config), clock=Clock(bureau.now, bureau.sleep))


def again(bureau: Bureau, run: str, **changed: bytes) -> Replayed:
    with closing(open_store(read_night_settings(bureau.config).store_url)) as store:

        def other(kept: Kept) -> object:
            names = {"overrides": OVERRIDES, "night": NIGHT}
            files = {**kept.files, **{names[name]: content for name, content in changed.items()}}
            return night_again(store, dataclasses.replace(kept, files=files))

        return replay(store, run, other if changed else as_it_was_made(store))  # type: ignore[arg-type]


def failing(bureau: Bureau, times: int) -> AbstractContextManager[None]:
    """The planner fails so many times."""
    tonight = Tonight(bureau, random.Random(0))  # noqa: S311 (faults are no secret)
    tonight.chance.choice = lambda options: times if times in options else options[0]  # type: ignore[method-assign]
    return error_in_planner(tonight) if times else nullcontext()


@pytest.mark.parametrize(("times", "rung"), [(0, 0), (1, 2), (2, 3), (3, 4)])
@pytest.mark.parametrize("orders", ["", ORDERS])
def test_on_its_rung_with_its_orders(bureau: Bureau, times: int, rung: int, orders: str) -> None:
    with configured(bureau, more=orders), failing(bureau, times):
        made = run(bureau)
    assert made.laddered is not None
    assert (made.rung, len(made.overrides)) == (rung, 2 if orders else 0)
    told = again(bureau, made.run)
    assert told.outputs == {"plan.csv": True, "schedule.json": True}
    assert told.proven


def test_with_limits_that_gave_way(bureau: Bureau) -> None:
    """The main canal holds no more than a tenth of what ran yesterday, and may fall by no more than a fortieth a day."""
    path = bureau.folder / "scenario" / "scenario.yaml"
    text = path.read_text(encoding="utf-8").replace("target: fork, capacity: 1 m3/s", "target: fork, capacity: 0.05 m3/s")
    slowly = "rules:\n  slowly: {type: ramp_limit, subject: main_canal, fall: 1000 m3/day}\n"
    path.write_text(text.replace("rules:\n", slowly), encoding="utf-8")
    told = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(told.replace("relaxations: [", "relaxations: [{component: slowly}, "), encoding="utf-8")
    made = run(bureau)
    assert made.rung == 1
    assert again(bureau, made.run).proven


def test_rungs_that_the_clock_took_are_not_tried_again(bureau: Bureau) -> None:
    with configured(bureau, ladder="nodes: 2000, kept_back: 99 %, total: 0.01 s, rung: 20 s, "):
        made = run(bureau)
    if made.laddered is not None:
        assert made.rung >= 2
        assert again(bureau, made.run).proven


def test_other_orders_or_another_rung_are_no_proof(bureau: Bureau) -> None:
    with configured(bureau, more=ORDERS):
        made = run(bureau)
    assert not again(bureau, made.run, overrides=b"[]").proven
    with closing(open_store(read_night_settings(bureau.config).store_url)) as store:
        how = json.loads(kept_of(store, made.run).files[NIGHT])
        with pytest.raises(InputError, match="order_1"):
            replay(store, made.run, plan_again)
    late = {**how, "rung": 5, "reasons": ["0 full plan (failed): stopped by the clock: cannot be replayed"]}
    assert not again(bureau, made.run, night=json.dumps(late).encode()).proven
