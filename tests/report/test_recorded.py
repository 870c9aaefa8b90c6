"""What happened beside the plan: numbers of the record, and means over exactly the days that both have."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenario.folders import findings_about
from two_lakes import write_two_lakes
from waterbalance.report.figures.recorded import recorded_figures
from waterbalance.report.figures.storage import storage_figure
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.page import page
from waterbalance.report.planned import Planned
from waterbalance.report.recorded import Recorded, recorded
from waterbalance.report.recorded_words import differences
from waterbalance.report.rows import record_rows
from waterbalance.report.summary import summarise
from waterbalance.scenario.read import read_scenario

STORAGES = "date,upper_lake.storage [Mm3]\n2021-02-01,26\n2021-02-05,23\n2021-02-07,22\n2021-02-15,21.5\n2021-03-01,20\n"
NOTE = "{en: The gauge stood in the sun., zh-TW: 水尺曝曬。}"
FLOWS = "from,town.delivery [m3/s]\n2021-01-21,0.5\n2021-02-06,0.8\n2021-02-11,0.6\n"


def with_record(folder: Path, storages: str = STORAGES, flows: str = FLOWS) -> Path:
    write_two_lakes(folder)
    (folder / "was.csv").write_text(storages, encoding="utf-8")
    (folder / "flowed.csv").write_text(flows, encoding="utf-8")
    with (folder / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write(f"record: [{{file: was.csv, source: gauge, note: {NOTE}}}, {{file: flowed.csv}}]\n")
    return folder


@pytest.fixture(scope="module")
def compared(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    scenario = read_scenario(with_record(tmp_path_factory.mktemp("record")))
    return replace(planned, scenario=replace(planned.scenario, record=scenario.record, record_notes=scenario.record_notes))


@pytest.fixture(scope="module")
def both(compared: Planned) -> tuple[Recorded, Recorded]:
    storage, flow = recorded(compared)
    return storage, flow


def test_a_storage_is_compared_on_the_days_that_both_know(compared: Planned, both: tuple[Recorded, Recorded]) -> None:
    storage = both[0]
    # The first day was given to the plan, and on the 15th it is in the middle of a step.
    assert storage.days == ("2021-02-07", "2021-03-01")
    assert storage.recorded == (22e6, 20e6)
    ends = compared.horizon.ends
    says = [compared.plan.values["upper_lake", "storage"][ends.index(dt.date.fromisoformat(day))] for day in storage.days]
    assert storage.planned == tuple(says)
    assert storage.mean_difference == pytest.approx(np.abs(np.array(says) - [22e6, 20e6]).mean())
    assert storage.source == "gauge"


def test_a_flow_is_compared_over_the_recorded_time(compared: Planned, both: tuple[Recorded, Recorded]) -> None:
    flow = both[1]
    assert flow.days == ("2021-02-05", "2021-02-06", "2021-02-11")
    assert flow.lengths == (1, 5, 10), "the last row holds to the end of its ten days"
    assert flow.recorded == pytest.approx((43_200, 69_120, 51_840))
    assert flow.mean_recorded == pytest.approx((43_200 + 5 * 69_120 + 10 * 51_840) / 16)
    delivery, starts = compared.plan.values["town", "delivery"], compared.horizon.starts
    assert flow.planned[1] == pytest.approx(sum(delivery[starts.index(dt.date(2021, 2, day))] for day in range(6, 11)) / 5)


def test_a_record_changes_no_plan(planned: Planned, compared: Planned) -> None:
    assert compared.plan is planned.plan
    assert "town.delivery" not in {f"{component}.{quantity}" for component, quantity in compared.forecasts.series}


def test_without_a_record_nothing_is_shown(planned: Planned) -> None:
    assert recorded(planned) == ()
    assert recorded_figures(planned, Wording()) == {}
    assert differences((), planned.scenario.network, Wording()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_it(compared: Planned, language: str) -> None:
    say = Wording(language)
    summary = summarise(compared)
    text = page(compared, summary, say)
    assert say("recorded") in text
    rows = record_rows(summary, compared.scenario.network, say)
    assert [row[3] for row in rows] == [say.volume(21e6), say.flow(summary.recorded[1].mean_recorded)]
    names = [trace["name"] for trace in storage_figure(compared, "upper_lake", say)["data"]]
    assert say("recorded.was") in names
    ((title, figure),) = recorded_figures(compared, say).items()
    assert title in text
    assert figure["data"][1]["name"] == say("recorded.was")
    assert figure["data"][1]["y"][0] == 0.5
    assert differences(summary.recorded, compared.scenario.network, say)[0] in text
    assert ("The gauge stood in the sun." if language == "en" else "水尺曝曬。") in text


def test_what_a_reservoir_lets_out_is_its_releases_and_what_runs_over(planned: Planned, tmp_path: Path) -> None:
    flows = "from,upper_lake.total_outflow [m3/s]\n2021-02-05,2\n2021-02-11,1\n"
    record = read_scenario(with_record(tmp_path, flows=flows)).record
    values = planned.plan.values
    spilling = replace(
        planned.plan, values={**values, ("upper_lake", "spill"): values["upper_lake", "spill"] + 1000 * planned.horizon.days}
    )
    compared = replace(planned, plan=spilling, scenario=replace(planned.scenario, record=record))
    (outflow,) = [each for each in recorded(compared) if not each.is_stock]
    days = planned.horizon.days[:6]
    left = sum(
        values["upper_lake", name][:6].sum() for name in ("release", "spill", "overtopping") if ("upper_lake", name) in values
    )
    assert outflow.planned[0] == pytest.approx(left / days.sum() + 1000)


def course(quantity: str, unit: str, values: list[tuple[str, float, float]], length: float) -> Recorded:
    days, planned, was = zip(*values, strict=True)
    return Recorded("upper_lake", quantity, unit, days, was, planned, (length,) * len(days), None)


def test_a_difference_is_told_with_the_water_that_makes_it(planned: Planned) -> None:
    """Until 11 March 20 x 100 000 m3 less were let out than was recorded, and the lake holds 1.5 Mm3 more: 0.5 less came in."""
    storage = course("storage", "m3", [("2021-03-01", 11e6, 11e6), ("2021-03-11", 11.5e6, 10e6)], 1.0)
    flows = [("2021-02-19", 2e5, 3e5), ("2021-03-01", 2e5, 3e5), ("2021-03-11", 2e5, 9e5)]
    outflow = course("total_outflow", "m3/day", flows, 10.0)
    network, say = planned.scenario.network, Wording("en")
    (text,) = differences((storage, outflow), network, say)
    assert "the plan stores 750,000 m³ more on average; it differs most on 11 Mar, with 11.5 Mm³ where 10.0 Mm³" in text
    assert "By then it has let out 2.00 Mm³ less; inflow less evaporation and seepage is 500,000 m³ less." in text
    assert "recorded 3.47 m³/s to 10.42 m³/s, planned 2.31 m³/s to 2.31 m³/s" in text
    # A record with a gap cannot be added up.
    gap = course("total_outflow", "m3/day", [flows[0], flows[2]], 10.0)
    assert "let out" not in differences((storage, gap), network, say)[0]
    assert "let out" not in differences((storage,), network, say)[0]


def test_a_column_that_no_plan_has_is_a_finding(tmp_path: Path) -> None:
    folder = with_record(tmp_path, flows="from,town.deliveries [m3/s]\n2021-02-06,0.8\n")
    finding = findings_about(folder)[0]
    assert finding.where.file.endswith("flowed.csv")
    assert "deliveries" in str(finding)
    assert "delivery" in finding.allowed
