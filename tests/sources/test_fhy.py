"""The flood service: a day a question, hours that are local whatever is told, storages by region."""

from pathlib import Path
from typing import Any

import pytest

from sources.asking import around, day, source, told, values
from sources.http_server import Query, Reply, Server
from sources.http_server import told as told_as_json
from sources.samples import sample
from waterbalance.errors import SourceError
from waterbalance.sources.source import Fetched


def read(server: Server, folder: Path, first: str, last: str, **series: Any) -> Fetched:  # noqa: ANN401
    settings = {"station": "50201", "field": "InflowTotal", "unit": "1e4m3/day", **series}
    asked = source(type="fhy_daily", url=f"{server.url}/daily", series={"pond.inflow": settings})
    return asked.read(day(first), day(last), around(folder))


def test_the_recorded_report(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/daily", sample(shared, "fhy_WraApi_v1_Reservoir_Daily.RECORDED.json"))
    fetched = read(server, tmp_path, "2026-04-05", "2026-04-05", field="OutflowTotal")
    assert values(fetched) == {("pond.inflow", "2026-04-05"): pytest.approx(1470.0)}
    assert server.asked == [("/daily", {"date": "2026-04-05"})]


def test_a_report_of_the_morning_may_tell_the_day_before(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/daily", sample(shared, "fhy_WraApi_v1_Reservoir_Daily.RECORDED.json"))
    fetched = read(server, tmp_path, "2026-04-04", "2026-04-04", field="OutflowTotal", day="previous")
    assert values(fetched) == {("pond.inflow", "2026-04-04"): pytest.approx(1470.0)}
    assert [query["date"] for _, query in server.asked] == ["2026-04-05"]


def report(query: Query) -> Reply:
    if query["date"] == "2026-04-02":
        return Reply(b"", 404)
    row = {"StationNo": "50201", "Time": f"{query['date']}T07:00:00", "InflowTotal": 1.0}
    return told_as_json([row])


def test_a_day_whose_report_is_not_had_costs_that_day_only(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", report)
    fetched = read(server, tmp_path, "2026-04-01", "2026-04-03")
    assert {date for _, date in values(fetched)} == {"2026-04-01", "2026-04-03"}
    assert "status 404" in told(fetched)
    with pytest.raises(SourceError, match="404"):
        read(server, tmp_path, "2026-04-02", "2026-04-02")


def test_a_server_that_tells_another_day_than_asked_is_told(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", told_as_json([{"StationNo": "50201", "Time": "2026-04-01T07:00:00", "InflowTotal": 1.0}]))
    fetched = read(server, tmp_path, "2026-04-01", "2026-04-03")
    assert values(fetched) == {("pond.inflow", "2026-04-01"): 10_000.0}
    assert "the report is of another day; found 2026-04-01; allowed: 2026-04-02" in told(fetched)


def test_the_recorded_storages_are_local_whatever_their_offset_says(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/visual", sample(shared, "fhyv_Reservoir_Visual_20250226_south.RECORDED.json"))
    station = {"station": "30502", "field": "EffectiveStorage", "unit": "1e4m3"}
    asked = source(type="fhy_storage", url=f"{server.url}/visual", series={"dam.storage": {**station, "reach": "10 h"}})
    fetched = asked.read(day("2025-02-26"), day("2025-02-26"), around(tmp_path))
    assert values(fetched) == {("dam.storage", "2025-02-26"): 404_850_000.0}
    assert fetched.readings[0].why == ("read 9.0 h after midnight",)
