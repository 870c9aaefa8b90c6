"""What happened beside the plan: numbers of the record, and means over exactly the days that both have."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenario.folders import findings_about
from two_lakes import write_two_lakes
from waterbalance.report.figures.recorded import recorded_figure
from waterbalance.report.figures.storage import storage_figure
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.page import page
from waterbalance.report.planned import Planned
from waterbalance.report.recorded import Recorded, recorded
from waterbalance.report.rows import record_rows
from waterbalance.report.summary import summarise
from waterbalance.scenario.read import read_scenario

STORAGES = "date,upper_lake.storage [Mm3]\n2021-02-01,26\n2021-02-05,23\n2021-02-07,22\n2021-02-15,21.5\n2021-03-01,20\n"
FLOWS = "from,town.delivery [m3/s]\n2021-01-21,0.5\n2021-02-06,0.8\n2021-02-11,0.6\n"


def with_record(folder: Path, storages: str = STORAGES, flows: str = FLOWS) -> Path:
    write_two_lakes(folder)
    (folder / "was.csv").write_text(storages, encoding="utf-8")
    (folder / "flowed.csv").write_text(flows, encoding="utf-8")
    with (folder / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write("record: [{file: was.csv, source: gauge}, {file: flowed.csv}]\n")
    return folder


@pytest.fixture(scope="module")
def compared(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    scenario = read_scenario(with_record(tmp_path_factory.mktemp("record")))
    return replace(planned, scenario=replace(planned.scenario, record=scenario.record))


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
    assert recorded_figure(planned, Wording()) is None


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
    figure = recorded_figure(compared, say)
    assert figure is not None
    assert [trace["y"][0] for trace in figure["data"]][1] == 0.5


def test_a_column_that_no_plan_has_is_a_finding(tmp_path: Path) -> None:
    folder = with_record(tmp_path, flows="from,town.deliveries [m3/s]\n2021-02-06,0.8\n")
    finding = findings_about(folder)[0]
    assert finding.where.file.endswith("flowed.csv")
    assert "deliveries" in str(finding)
    assert "delivery" in finding.allowed
