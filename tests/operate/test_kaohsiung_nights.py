"""Nights of `scenarios/kaohsiung` in 2021, each with what was known then: a selection; tests/benchmarks has all of them."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kaohsiung_replay import OF_THE_EVENING, ONE_DAY, OPERATION, SCENARIO, Replay, replay, spoilt_from
from kaohsiung_tables import as_recorded, inflows, read_records
from waterbalance.forecast.readings import Origin
from waterbalance.horizon import ten_day_start
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.night import Night

FIRST, SECOND = dt.date(2021, 2, 1), dt.date(2021, 2, 2)
BEFORE, MUDDY = dt.date(2021, 7, 31), dt.date(2021, 8, 2)
"""The last dry day, and the second morning of the flood; nobody was there on the first one."""

IDENTIFIERS = {
    "zengwen": "30502", "wushantou": "30501", "nanhua": "30503",
    "agongdian": "30802", "chengcing_lake": "30801", "fengshan_reservoir": "30803",
}  # fmt: skip


@pytest.fixture(scope="module")
def drought(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> tuple[Replay, dict[str, Night]]:
    """Two nights, the morning between them, and the second night again where nothing of its day or later can be known."""
    folder = tmp_path_factory.mktemp("drought") / "nights"
    folder.mkdir()
    there = replay(folder, shared, FIRST)
    nights = {"first": there.night(FIRST)}
    there.approve(nights["first"], "chen", dt.time(8))
    nights["approved"] = there.night(FIRST, dt.time(8, 30))
    elsewhere = folder.with_name("elsewhere")
    shutil.copytree(folder, elsewhere)
    nights["second"] = there.night(SECOND)
    nights["blindfolded"] = blindfolded(elsewhere, SECOND).night(SECOND)
    return there, nights


@pytest.fixture(scope="module")
def flood(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> tuple[Replay, dict[str, Night]]:
    """The eve of the flood, and its second morning."""
    there = replay(tmp_path_factory.mktemp("flood"), shared, BEFORE, muddy=True)
    nights = {"before": there.night(BEFORE)}
    there.approve(nights["before"], "chen", dt.time(8))
    nights["approved"] = there.night(BEFORE, dt.time(8, 30))
    nights["muddy"] = there.night(MUDDY)
    return there, nights


def blindfolded(folder: Path, day: dt.date) -> Replay:
    """A replay whose records, and the scenario's own tables of records, tell nonsense of the day and all later ones."""
    # A mean of ten days is known when they are over: that of the day's own period is of the future, too.
    since = {"records": day, "tables": ten_day_start(day)}
    tables = folder / "scenario" / "tables"
    for file in (*(folder / "records").glob("*.csv"), *tables.glob("inflow_*.csv"), *tables.glob("weather_*.csv")):
        record = pd.read_csv(file, dtype={"reservoir_id": str})
        spoilt = spoilt_from(since[file.parent.name])(record)
        assert not spoilt.equals(record)
        spoilt.to_csv(file, index=False)
    return Replay(read_night_settings(folder / "scenario"))


def test_the_configuration_can_be_read_and_names_only_what_exists() -> None:
    night = read_night_settings(SCENARIO).file
    series = {".".join(key) for source in night.sources.values() for key in source.keys} | set(night.derived)
    assert set(night.critical) <= series
    assert (set(night.quality) | set(night.gaps)) - {"default"} <= series
    assert set(night.http.hosts) == {"opendata.wra.gov.tw", "fhyv.wra.gov.tw", "opendata.cwa.gov.tw"}
    assert night.gaps["gaoping_weir.recorded_inflow"][0].method == "ratio"


def test_the_first_night_waits_for_a_person_and_the_second_goes_by_the_rule(
    drought: tuple[Replay, dict[str, Night]],
) -> None:
    there, nights = drought
    first, approved, second = nights["first"], nights["approved"], nights["second"]
    assert (first.exit_code, first.issuance.outcome, first.rung) == (12, "waiting", 0)
    assert [finding.what for finding in first.issuance.waits_for] == ["no plan is in force to compare with"]
    assert (approved.exit_code, approved.issuance.outcome, approved.issuance.plan) == (0, "sent", first.issuance.plan)
    assert (second.exit_code, second.issuance.outcome, second.rung) == (0, "sent", 0)
    assert second.trouble == ()
    # Every gate's newest order lies in its keeper's folder, and he has signed it.
    orders = [path for path in there.settings.scenario_folder.glob("orders/*/*.csv") if "receipt" not in path.name]
    receipts = list(there.settings.scenario_folder.glob("orders/*/*.receipt.csv"))
    assert len(orders) == len(receipts) == approved.issuance.commands == second.issuance.commands == 24
    assert all("2021-02-02" in order.read_text(encoding="utf-8-sig") for order in orders)


def test_each_night_begins_with_what_was_read_and_carries_what_nobody_reads(
    drought: tuple[Replay, dict[str, Night]], shared: Path
) -> None:
    _, nights = drought
    first, second = nights["first"], nights["second"]
    assert first.opening is not None
    assert second.opening is not None
    assert first.laddered is not None
    assert (first.opening.start, second.opening.start) == ("cold", "warm")
    record = pd.read_csv(shared / "kaohsiung" / "reservoir" / OPERATION, dtype={"reservoir_id": str})
    for name, identifier in IDENTIFIERS.items():
        own = record[record["reservoir_id"] == identifier].set_index("date")["effective_storage_1e4m3"]
        date = str(SECOND - ONE_DAY if f"{name}.storage" in OF_THE_EVENING else SECOND)
        if date in own.index:
            assert second.opening.state.stocks[name, "storage"] == pytest.approx(own[date] * 1e4)
    plan = first.laddered.planned.plan
    for canal in ("qishan_canals", "shizitou_canal", "caogong_canal", "chianan_main_canal"):
        assert second.opening.state.stocks[canal, "running"] == pytest.approx(plan.values[canal, "running"][0], abs=1e-6)
    for name in ("southern_science_park", "nanzih_export_zone"):
        assert second.opening.state.stocks[name, "storage"] == pytest.approx(plan.values[name, "storage"][0])
    assert set(first.opening.state.past) <= set(second.opening.state.past)


def test_the_next_morning_scores_what_was_expected_by_the_record(drought: tuple[Replay, dict[str, Night]], shared: Path) -> None:
    _, nights = drought
    first, second = nights["first"], nights["second"]
    assert first.laddered is not None
    record = pd.read_csv(shared / "kaohsiung" / "reservoir" / OPERATION, dtype={"reservoir_id": str})
    own = record[record["reservoir_id"] == "30501"].set_index("date")["effective_storage_1e4m3"]
    (score,) = (each for each in second.scores if (each.of, each.component, each.quantity) == ("plan", "wushantou", "storage"))
    assert score.observed == pytest.approx(own[str(SECOND)] * 1e4)
    assert score.expected == pytest.approx(first.laddered.planned.plan.values["wushantou", "storage"][0])
    (inflow,) = (each for each in second.scores if (each.of, each.component) == ("forecast", "zengwen"))
    assert (inflow.date, inflow.lead) == (FIRST, 1)
    told = record[(record["reservoir_id"] == "30502") & (record["date"] == str(FIRST))]
    assert inflow.observed == pytest.approx(told["inflow_1e4m3_per_day"].item() * 1e4)


def test_derived_inflows_are_those_of_the_scenarios_own_tables(drought: tuple[Replay, dict[str, Night]], shared: Path) -> None:
    """tests/kaohsiung_tables.py computes them in another way, for the ten-day tables."""
    _, nights = drought
    observed = nights["second"].observed
    assert observed is not None
    expected = inflows(read_records(shared), as_recorded)
    compared = 0
    for each in observed.readings:
        name = f"{each.component}.{each.quantity}"
        if name in expected.columns and each.origin is Origin.ORIGINAL:
            assert each.value / 86_400 == pytest.approx(expected.loc[pd.Timestamp(each.date), name], abs=1e-9)
            compared += 1
    assert compared > 300


def test_days_that_gaoping_missed_are_told_by_its_neighbours_and_say_so(drought: tuple[Replay, dict[str, Night]]) -> None:
    _, nights = drought
    observed = nights["first"].observed
    assert observed is not None
    made_up = {
        each.date: each for each in observed.tonight if each.component == "gaoping_weir" and each.origin is Origin.COMPLETED
    }
    assert {dt.date(2021, 1, day) for day in (16, 21, 22, 23, 24, 27, 30)} <= set(made_up)
    assert all(each.why[0].startswith("gap: ratio") and "jiaxian_weir.inflow" in each.why[0] for each in made_up.values())
    derived = [each for each in observed.readings if each.key == ("shizitou_weir", "inflow") and each.date in made_up]
    assert len(derived) == len(made_up)
    assert {each.origin for each in derived} == {Origin.COMPLETED}
    assert not [gap for gap in observed.gaps if gap.key == ("gaoping_weir", "recorded_inflow")]


def test_a_night_knows_nothing_of_its_day_and_later(drought: tuple[Replay, dict[str, Night]]) -> None:
    there, nights = drought
    second, blind = nights["second"], nights["blindfolded"]
    assert second.observed is not None
    assert blind.observed is not None
    assert second.observed.issue == blind.observed.issue
    results = there.settings.results_folder.resolve()
    elsewhere = results.parents[1] / "elsewhere" / "results"
    for name in ("plan.parquet", "forecasts.parquet"):
        assert (results / second.run / name).read_bytes() == (elsewhere / blind.run / name).read_bytes()


def test_mud_limits_the_intake_as_soon_as_the_rain_is_known(flood: tuple[Replay, dict[str, Night]]) -> None:
    """Turbidity is derived from recorded rain by an assumed response; the rule and its 15 000 NTU are the scenario's."""
    _, nights = flood
    before, muddy = nights["before"], nights["muddy"]
    assert before.laddered is not None
    assert muddy.laddered is not None
    dry, wet = before.laddered.planned.plan, muddy.laddered.planned.plan
    assert dry.givens["gaoping_weir", "turbidity"][0] < 15_000
    assert dry.values["gaoping_intake", "inflow"][0] > 1_000_000
    turbid = wet.givens["gaoping_weir", "turbidity"][:14] > 15_000
    assert turbid[0]
    assert not turbid.all()
    taken = wet.values["gaoping_intake", "inflow"][:14]
    assert (taken[turbid] <= 440_001).all()
    assert wet.values["nanhua_gaoping_pipe", "inflow"][0] > 2 * dry.values["nanhua_gaoping_pipe", "inflow"][0]
    assert wet.values["kaohsiung_households", "shortage"][0] == pytest.approx(0.0, abs=1.0)
    assert muddy.expected is not None
    assert "rain" in muddy.expected.forecasts.series["gaoping_weir", "turbidity"].label


def test_the_flood_is_told_and_a_night_without_a_job_is_named(flood: tuple[Replay, dict[str, Night]]) -> None:
    _, nights = flood
    muddy = nights["muddy"]
    assert muddy.opening is not None
    assert (muddy.opening.start, muddy.missed) == ("backup warm", (dt.date(2021, 8, 1),))
    assert any("the storage jumps" in line and "zengwen" in line for line in muddy.trouble)
    assert muddy.rung == 0
    # Agongdian may hold 2.7 Mm3 in summer; Nanhua's flood goes over its crest: storages above capacity are no reason to stop.
    assert np.isfinite(muddy.opening.state.stocks["nanhua", "storage"])
