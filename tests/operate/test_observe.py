"""What a night knows of the past."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.reed_lake import ONE_DAY, Bureau, found_bureau, truth
from sources.http_server import serving
from waterbalance.forecast.readings import Origin
from waterbalance.operate.night_settings import read_night_settings
from waterbalance.operate.observe import Observed, observe
from waterbalance.scenario.read import read_scenario
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
