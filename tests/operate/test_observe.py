"""What a night knows of the past."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operate.reed_lake import ONE_DAY, Bureau, found_bureau, truth
from sources.http_server import serving
from waterbalance.forecast.readings import Origin, Reading
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.observing.observe import Observed, observe
from waterbalance.scenario.read import read_scenario
from waterbalance.store import readings as memory
from waterbalance.store.database import Store, open_store

FIRST = dt.date(2021, 5, 4)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with serving() as server:
        made = found_bureau(tmp_path / "bureau", server, FIRST)
        made.day = FIRST
        made.tell()
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


def observed(bureau: Bureau, store: Store) -> Observed:
    settings = read_night_settings(bureau.config)
    return observe(settings, store, read_scenario(settings.scenario_folder), bureau.day, bureau.now())


def test_series_that_only_headings_tell_are_heard(bureau: Bureau, store: Store) -> None:
    told = observed(bureau, store)
    values = {each.key: each.value for each in told.readings if each.date == bureau.day}
    assert values == {("lake", "storage"): pytest.approx(truth(FIRST)["lake.storage"])}
    yesterday = {each.key: each.value / 86_400.0 for each in told.readings if each.date == FIRST - ONE_DAY}
    before = truth(FIRST - ONE_DAY)
    assert yesterday["lake", "inflow"] == pytest.approx(before["lake.inflow"])
    assert yesterday["weir", "inflow"] == pytest.approx(before["weir.inflow"], rel=1e-4)
    assert (told.missing, told.gaps, told.findings, told.silent) == ((), (), (), ())


def test_series_that_only_headings_told_are_completed_when_the_files_are_gone(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    bureau.day += ONE_DAY
    bureau.tell()
    bureau.gauges.unlink()
    told = observed(bureau, store)
    assert told.silent == ("lake_office",)
    completed = {each.key: each.date for each in told.readings if each.origin is Origin.COMPLETED}
    assert completed == {("lake", "storage"): bureau.day, ("lake", "inflow"): FIRST}


def test_a_volume_under_the_heading_of_a_flow_is_refused(bureau: Bureau, store: Store) -> None:
    text = bureau.gauges.read_text(encoding="utf-8")
    bureau.gauges.write_text(text.replace("lake.inflow [m3/s]", "lake.inflow [Mm3]"), encoding="utf-8")
    told = observed(bureau, store)
    assert {each.key for each in told.readings} == {("lake", "storage"), ("weir", "inflow")}
    (finding,) = told.findings
    assert finding.where.file == str(bureau.gauges)
    assert "'lake.inflow [Mm3/day]'" in str(finding.remedy)


GONE = FIRST - 3 * ONE_DAY
INFLOW = ("lake", "inflow")


def rewritten(bureau: Bureau, line: Callable[[str], str | None], *, end: str = "\n") -> None:
    """The lake's file with the line of `GONE` as `line` makes it; None leaves it out."""
    lines = [each if not each.startswith(str(GONE)) else line(each) for each in bureau.gauges.read_text("utf-8").splitlines()]
    bureau.gauges.write_text("\n".join(each for each in lines if each is not None) + end, encoding="utf-8")


def without_inflow(line: str) -> str:
    date, _, storage = line.split(",")
    return f"{date},,{storage}"


def versions(store: Store, key: tuple[str, str] = INFLOW) -> list[Reading]:
    with store.reading() as connection:
        return list(memory.history(connection, key, GONE))


def withdrawn(told: Observed) -> set[tuple[str, str]]:
    return {each.key for each in told.tonight if each.withdrawn}


def test_a_cell_that_was_emptied_is_withdrawn_and_its_day_completed_while_old_nights_see_it(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    before = bureau.now()
    bureau.passed += 3600.0
    rewritten(bureau, without_inflow)
    told = observed(bureau, store)
    assert withdrawn(told) == {INFLOW}
    (used,) = (each for each in told.readings if each.key == INFLOW and each.date == GONE and each.usable)
    near = [truth(GONE + ONE_DAY * days)["lake.inflow"] for days in (-1, 1)]
    assert used.origin is Origin.COMPLETED
    assert used.value / 86_400.0 == pytest.approx(sum(near) / 2)
    original, taken_back, completed = versions(store)
    assert original.value / 86_400.0 == pytest.approx(truth(GONE)["lake.inflow"])
    assert (taken_back.value, taken_back.usable, taken_back.why) == (
        original.value,
        False,
        ("withdrawn: its source does not tell it any more",),
    )
    with store.reading() as connection:
        assert memory.known(connection, {INFLOW}, GONE, GONE, before) == (original,)
        assert memory.known(connection, {INFLOW}, GONE, GONE, bureau.now()) == (completed,)


def test_what_is_withdrawn_is_told_once_and_comes_back_when_it_is_told_again(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    bureau.passed += 3600.0
    rewritten(bureau, without_inflow)
    issue = observed(bureau, store).issue
    kept = versions(store)
    for _ in range(2):
        bureau.passed += 3600.0
        again = observed(bureau, store)
        assert (withdrawn(again), again.issue, versions(store)) == (set(), issue, kept)
    bureau.passed += 3600.0
    bureau.tell()
    (used,) = (each for each in observed(bureau, store).readings if each.key == INFLOW and each.date == GONE)
    assert used.value / 86_400.0 == pytest.approx(truth(GONE)["lake.inflow"])


def test_a_row_that_was_taken_out_withdraws_all_of_it_also_at_the_end(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    rewritten(bureau, lambda _: None)
    assert withdrawn(observed(bureau, store)) == {INFLOW, ("lake", "storage")}
    lines = bureau.gauges.read_text("utf-8").splitlines()
    bureau.gauges.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    told = observed(bureau, store)
    assert {(each.key, each.date) for each in told.tonight if each.withdrawn} == {(("lake", "storage"), bureau.day)}


def test_files_that_fail_or_begin_later_withdraw_nothing(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    whole = bureau.gauges.read_text("utf-8").splitlines()
    # The last line lacks its end: nobody knows what the rest of the file was.
    rewritten(bureau, lambda _: None, end="")
    assert withdrawn(observed(bureau, store)) == set()
    # A file that holds the last days only.
    bureau.gauges.write_text("\n".join([whole[0], *whole[-3:]]) + "\n", encoding="utf-8")
    assert withdrawn(observed(bureau, store)) == set()
    # A heading that is refused.
    bureau.gauges.write_text("\n".join(whole).replace("[m3/s]", "[m3]") + "\n", encoding="utf-8")
    assert withdrawn(observed(bureau, store)) == set()
    bureau.gauges.unlink()
    assert withdrawn(observed(bureau, store)) == set()


def test_agencies_withdraw_nothing(bureau: Bureau, store: Store) -> None:
    observed(bureau, store)
    days = [FIRST - ONE_DAY * back for back in range(20, 0, -1)]
    bureau.tell_weir({day: truth(day)["weir.inflow"] for day in days if day != GONE})
    told = observed(bureau, store)
    assert withdrawn(told) == set()
    assert [each.usable for each in told.readings if each.key == ("weir", "inflow") and each.date == GONE] == [True]


def test_readings_of_another_kind_that_an_older_engine_kept_are_left_aside(bureau: Bureau, store: Store) -> None:
    wrong = Reading(*INFLOW, FIRST - 30 * ONE_DAY, 5e6, "m3", "lake_office", bureau.now() - ONE_DAY)
    with store.writing() as connection:
        memory.keep(connection, [wrong])
    assert wrong.date not in {each.date for each in observed(bureau, store).readings}
