"""Twenty bad nights; three hundred are in tests/benchmarks/night_soak.py. And the judge finds what is wrong."""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from operate.night_faults import FAULTS, Tonight, error_in_planner, killed, not_run, patched, restarted, told_to_end
from operate.night_judge import told_so_far, wrong_after
from operate.night_soak import night_soak
from operate.reed_lake import ONE_DAY, Bureau, found_bureau
from postgresql_server import NEEDS_POSTGRESQL, programs, restartable
from sources.http_server import serving
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.store import nights
from waterbalance.store.database import Store, open_store
from waterbalance.store.tables import commands, plans


@pytest.mark.parametrize(("seed", "many"), [(100, 10), (101, 10)])
def test_nothing_is_lost_doubled_or_half_written(seed: int, many: int, tmp_path: Path) -> None:
    told = list(night_soak(seed, tmp_path, many))
    assert [(each.day, each.fault, each.came, each.wrong) for each in told if each.wrong] == []
    assert len({each.day for each in told}) == many
    assert len({each.fault for each in told}) >= 4


@pytest.mark.parametrize("faults", [(killed,), (told_to_end,)])
def test_a_process_may_die_on_every_night(faults: tuple[object, ...], tmp_path: Path) -> None:
    told = list(night_soak(7, tmp_path, 5, faults))  # type: ignore[arg-type]
    assert [(each.day, each.came, each.wrong) for each in told if each.wrong] == []


@pytest.mark.skipif(programs() is None, reason=NEEDS_POSTGRESQL)
def test_a_database_may_restart_in_the_middle_of_a_night(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    folder = programs()
    assert folder is not None
    with restartable(folder) as (url, restart):
        told = list(night_soak(9, tmp_path, 8, (restarted(restart),), url))
    assert [(each.day, each.came, each.wrong) for each in told if each.wrong] == []
    assert any(each.fault == "database_restarted" for each in told)


def test_every_fault_is_another_one() -> None:
    assert len({fault.__name__ for fault in FAULTS}) == len(FAULTS) >= 20


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with serving() as server:
        made = found_bureau(tmp_path / "bureau", server, dt.date(2021, 5, 4))
        made.day += ONE_DAY
        made.tell()
        yield made


def run(bureau: Bureau) -> Night:
    return nightly(read_night_settings(bureau.config), clock=Clock(bureau.now, bureau.sleep))


def store_of(bureau: Bureau) -> Store:
    return open_store(read_night_settings(bureau.config).store_url)


def judged(bureau: Bureau, code: int | None = 12) -> str:
    with closing(store_of(bureau)) as store:
        before = told_so_far(store)
    return "\n".join(wrong_after(bureau, before, code))


def test_the_judge_is_content_with_a_good_night(bureau: Bureau) -> None:
    assert run(bureau).exit_code == 12
    assert judged(bureau) == ""


def test_the_judge_sees_half_a_folder(bureau: Bureau) -> None:
    folder = read_night_settings(bureau.config).results_folder / run(bureau).run
    whole = (folder / "plan.parquet").read_bytes()
    (folder / "plan.parquet").write_bytes(whole[: len(whole) // 2])
    assert "has a manifest and is not whole" in judged(bureau)
    shutil.rmtree(folder)
    assert "is not in the folder of results" in judged(bureau)


def test_the_judge_sees_what_stands_in_the_store_by_itself(bureau: Bureau) -> None:
    run(bureau)
    with closing(store_of(bureau)) as store, store.writing() as connection:
        connection.execute(update(plans).values(state="approved"))
        nights.begin(connection, nights.NightKey("reed_lake", bureau.day + ONE_DAY, "c"), bureau.now())
    assert "run for ever" in judged(bureau)
    assert "exit code 1 is not documented" in judged(bureau, 1)


def test_the_judge_sees_commands_that_change(bureau: Bureau) -> None:
    told = list(night_soak(3, bureau.folder, 4, (not_run,)))
    assert not any(each.wrong for each in told)
    soaked = Bureau(bureau.folder / "seed_3", bureau.server, told[0].day, told[-1].day)
    with closing(store_of(soaked)) as store:
        before = told_so_far(store)
        with store.writing() as connection:
            connection.execute(update(commands).values(payload=b"{}"))
    assert "say something else" in "\n".join(wrong_after(soaked, before, 0))


def test_an_error_of_the_engine_without_anything_to_issue_is_no_plan(bureau: Bureau) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError

    with patched("waterbalance.operate.day", "expect", fails):
        done = run(bureau)
    # The first night of all: there is no plan whose rest could be issued, and gates get their declared fallback.
    assert (done.exit_code, done.issuance.outcome) == (10, "fallback")
    with (
        patched("waterbalance.operate.day", "expect", fails),
        patched("waterbalance.operate.nightly", "issue_what_is_left", fails),
    ):
        done = run(bureau)
    assert (done.exit_code, done.issuance.outcome) == (11, "nothing")
    assert any("nothing could be issued either" in each for each in done.trouble)


def test_old_results_are_forgotten_when_the_night_is_done(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    old = run(bureau).run
    results = read_night_settings(bureau.config).results_folder
    bureau.day += 9 * ONE_DAY
    bureau.tell()

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("waterbalance.operate.nightly.forget", fails)
        done = run(bureau)
    assert done.exit_code == 12
    assert any("could not be forgotten" in each for each in done.trouble)
    assert (results / old).is_dir()
    bureau.day += ONE_DAY
    bureau.tell()
    run(bureau)
    assert not (results / old).exists()


def test_a_rung_whose_orders_cannot_be_carried_out_is_left(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    from waterbalance.errors import InputError
    from waterbalance.operate.issuing import record

    left = [1]
    simulated = record.resimulated

    def first_not(*arguments: object) -> object:
        left[0] -= 1
        if left[0] >= 0:
            raise InputError("the orders do not carry out the plan")
        return simulated(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(record, "resimulated", first_not)
    done = run(bureau)
    assert done.rung == 2
    assert done.laddered is not None
    assert "the orders do not carry out the plan" in done.laddered.why[0]


def test_pumps_that_a_plan_leaves_partly_on_bring_their_water(bureau: Bureau) -> None:
    import random

    tonight = Tonight(bureau, random.Random(0))  # noqa: S311 (faults are no secret)
    tonight.chance.choice = lambda options: options[0]  # type: ignore[method-assign]
    with error_in_planner(tonight):
        done = run(bureau)
    assert (done.rung, done.issuance.outcome) == (2, "waiting")
