"""Tables whose headings are all new: what is not known, what is missing, and what was probably meant."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sources.asking import around, source, values
from waterbalance import units
from waterbalance.errors import Finding
from waterbalance.sources.source import Fetched

MAY = (dt.date(2021, 5, 1), dt.date(2021, 5, 31))
DUE = {("dam", "inflow"): units.FLOW, ("dam", "storage"): units.VOLUME}
TITLE = "columns are missing, and others are not known"


def read(folder: Path, header: str, series: dict[str, Any] | None = None, *, before: tuple[str, ...] = ()) -> Fetched:
    width = header.count(",")
    (folder / "a.csv").write_text(f"{header}\n2021-05-01{',7' * width}\n", encoding="utf-8")
    more = {} if series is None else {"series": series}
    keys = tuple((name.partition(".")[0], name.partition(".")[2]) for name in before)
    return source(type="csv_folder", **more).read(*MAY, around(folder, due=DUE, before=keys))


def only(fetched: Fetched) -> Finding:
    (finding,) = fetched.findings
    return finding


def test_columns_of_the_settings_that_are_all_renamed_are_one_finding(tmp_path: Path) -> None:
    series = {"dam.inflow": {"column": "q_in", "unit": "m3/s"}, "dam.storage": {"column": "volume", "unit": "m3"}}
    fetched = read(tmp_path, "date,Zufluss [m3/s],volumes,remark", series)
    finding = only(fetched)
    assert (finding.what, finding.where.component) == (TITLE, "source agency")
    assert finding.found == "not known: 'Zufluss'; 'volumes'; 'remark'"
    assert finding.allowed == "missing: 'q_in'; 'volume'"
    assert finding.remedy == (
        "Did you mean 'Zufluss' by 'q_in', 'volumes' by 'volume'? Mend the headings or the settings; the series are left out."
    )
    assert values(fetched) == {}


def test_one_column_that_is_missing_is_told_as_ever(tmp_path: Path) -> None:
    series = {"dam.inflow": {"column": "q_in", "unit": "m3/s"}, "dam.storage": {"column": "volume", "unit": "m3"}}
    fetched = read(tmp_path, "date,q_in,volumes", series)
    assert only(fetched).what == "the field does not exist"
    assert ("dam.inflow", "2021-05-01") in values(fetched)


def test_headings_that_told_series_before_and_do_not_tell_them_any_more(tmp_path: Path) -> None:
    fetched = read(tmp_path, "date,Zufluss [m3/s],Inhalt [1e4 m3],remark", before=("dam.inflow", "dam.storage"))
    finding = only(fetched)
    assert finding.what == TITLE
    assert finding.found == "not known: 'Zufluss'; 'Inhalt'; 'remark'"
    assert finding.allowed == "missing: 'dam.inflow'; 'dam.storage'"
    assert "'Zufluss' by 'dam.inflow', 'Inhalt' by 'dam.storage'?" in str(finding.remedy)


def test_one_of_two_is_renamed_and_reads_as_the_series_of_a_lake_that_nobody_knows(tmp_path: Path) -> None:
    fetched = read(tmp_path, "date,dam.inflow [m3/s],pond.volume [m3]", before=("dam.inflow", "dam.storage"))
    assert only(fetched).allowed == "missing: 'dam.storage'"
    assert only(fetched).found == "not known: 'pond.volume'"
    assert "'pond.volume' by 'dam.storage'?" in str(only(fetched).remedy)
    assert ("dam.inflow", "2021-05-01") in values(fetched)


@pytest.mark.parametrize("before", [(), ("dam.inflow",)])
def test_a_first_night_without_any_series_of_the_scenario_says_so(tmp_path: Path, before: tuple[str, ...]) -> None:
    fetched = read(tmp_path, "date,Inhalt [m3],remark", before=before)
    assert only(fetched).what == TITLE
    assert only(fetched).found == "not known: 'Inhalt'; 'remark'"
    wanted = "'dam.inflow'; 'dam.storage'" if not before else "'dam.inflow'"
    assert only(fetched).allowed == f"missing: {wanted}"


def test_two_that_could_be_meant_are_not_guessed(tmp_path: Path) -> None:
    fetched = read(tmp_path, "date,Nord [m3],Sued [m3]", before=("dam.storage",))
    assert "Did you mean" not in str(only(fetched).remedy)


def test_other_columns_beside_those_that_are_wanted_are_no_news(tmp_path: Path) -> None:
    header = "date,dam.inflow [m3/s],dam.storage [m3],gauge.level [m],remark"
    assert read(tmp_path, header, before=("dam.inflow", "dam.storage")).findings == ()
