"""OGC SensorThings: what is asked, pages, units, times, and servers that keep to nothing."""

from pathlib import Path
from typing import Any

import pytest

from sources.asking import around, day, source, told, values
from sources.examples import stream
from sources.http_server import Reply, Server
from sources.http_server import told as told_as_json
from sources.samples import sample
from waterbalance.errors import InputError
from waterbalance.sources.source import Fetched

NOON = "2026-04-05T04:00:00.000Z"
LEVEL = {"station": "IA-1", "name": "水位", "unit": "m", "step": "24 h"}


def read(server: Server, folder: Path, series: dict[str, Any], date: str = "2026-04-05", **settings: Any) -> Fetched:
    return source(type="sensorthings", url=f"{server.url}/sta/", series=series, **settings).read(
        day(date), day(date), around(folder)
    )


def test_what_is_asked_is_of_the_standard(server: Server, tmp_path: Path) -> None:
    server.answer("/sta/Datastreams", told_as_json({"value": [stream(7, "IA-1", "水位", "m", [(NOON, 1.0)])]}))
    read(server, tmp_path, {"canal.level": {**LEVEL, "name": "it's"}, "gate.level": {"datastream": 7, "unit": "m"}}, page_size=50)
    first, second = (query for _, query in server.asked)
    assert first["$filter"] == "Thing/properties/stationCode eq 'IA-1' and name eq 'it''s'"
    assert second["$filter"] == "id eq 7"
    times = "phenomenonTime ge 2026-04-02T16:00:00Z and phenomenonTime lt 2026-04-06T16:00:00Z"
    assert first["$expand"] == f"Thing,Observations($filter={times};$orderby=phenomenonTime asc;$top=50)"


def test_the_recorded_sensors_are_read_by_their_codes(server: Server, tmp_path: Path, shared: Path) -> None:
    """The next pages of the recorded payload are at a host that is not of the list: what stands on the first is read, and it is told."""
    server.answer("/sta/Datastreams", sample(shared, "sta_WaterResource_v2_Datastreams_flood.RECORDED.json"))
    series = {"street.depth": {"station": "3132000FL97119-2", "name": "淹水深度", "unit": "cm", "step": "24 h"}}
    fetched = read(server, tmp_path, series, "2021-12-22")
    assert values(fetched) == {("street.depth", "2021-12-22"): 0.0}
    assert "the host is not of the list for https" in told(fetched)
    assert "street.depth: only a part has been read" in told(fetched)
    with pytest.raises(InputError, match="the host is not of the list"):
        read(server, tmp_path, {"street.depth": {**series["street.depth"], "station": "none"}}, "2021-12-22")


def test_the_synthetic_irrigation_and_gate(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/sta/Datastreams", sample(shared, "sta_irrigation_and_gate.SYNTHETIC.json"))
    gate = {"datastream": 900002, "unit": "m", "per_day": "midnight", "reach": "9 h"}
    level = {"station": "SYNTHETIC-IA-0001", "name": "水位", "unit": "m", "per_day": "midnight", "reach": "9 h"}
    fetched = read(server, tmp_path, {"gate.opening": gate, "canal.level": level}, "2026-02-24")
    assert values(fetched) == {("gate.opening", "2026-02-24"): 0.45, ("canal.level", "2026-02-24"): 1.234}


def test_another_unit_than_in_the_settings_costs_the_series(server: Server, tmp_path: Path) -> None:
    streams = [stream(7, "IA-1", "水位", "cm", [(NOON, 150.0)]), stream(8, "IA-1", "流量", "CMS", [(NOON, 1.0)])]
    server.answer("/sta/Datastreams", told_as_json({"value": streams}))
    series = {"canal.level": LEVEL, "canal.flow": {"datastream": 8, "unit": "m3/s", "step": "24 h"}}
    fetched = read(server, tmp_path, series)
    assert values(fetched) == {("canal.flow", "2026-04-05"): 86_400.0}
    assert "the server tells another unit; found 'cm'; allowed: 'm'. Write 'unit: cm'" in told(fetched)


def test_a_unit_that_nobody_can_read_is_no_hindrance(server: Server, tmp_path: Path) -> None:
    server.answer("/sta/Datastreams", told_as_json({"value": [stream(7, "IA-1", "水位", "公尺高", [(NOON, 1.5)])]}))
    assert values(read(server, tmp_path, {"canal.level": LEVEL})) == {("canal.level", "2026-04-05"): 1.5}


def test_times_that_are_local_though_they_say_otherwise(server: Server, tmp_path: Path) -> None:
    late = "2026-04-05T20:00:00.000Z"
    server.answer("/sta/Datastreams", told_as_json({"value": [stream(7, "IA-1", "水位", "m", [(late, 1.5)])]}))
    assert values(read(server, tmp_path, {"canal.level": LEVEL})) == {}
    assert values(read(server, tmp_path, {"canal.level": LEVEL}, times="local")) == {("canal.level", "2026-04-05"): 1.5}


def test_a_thin_day_is_told(server: Server, tmp_path: Path) -> None:
    observations = [(f"2026-04-05T{hour:02d}:00:00Z", 1.0) for hour in range(4)]
    server.answer("/sta/Datastreams", told_as_json({"value": [stream(7, "IA-1", "水位", "m", observations)]}))
    fetched = read(server, tmp_path, {"canal.level": {**LEVEL, "step": "1 h"}})
    assert fetched.readings == ()
    assert "too few values for the day's mean; found 2026-04-05: 4 of 24 steps have a value" in told(fetched)


def test_observations_before_a_page_that_fails_are_kept_and_it_is_told(server: Server, tmp_path: Path) -> None:
    level = stream(7, "IA-1", "水位", "m", [(NOON, 1.0)], **{"Observations@iot.nextLink": f"{server.url}/sta/lost"})
    server.answer("/sta/Datastreams", told_as_json({"value": [level]}))
    server.answer("/sta/lost", Reply(b"", 404))
    fetched = read(server, tmp_path, {"canal.level": LEVEL})
    assert values(fetched) == {("canal.level", "2026-04-05"): 1.0}
    assert "/sta/lost, source agency: the server refuses; found status 404" in told(fetched)
    assert "canal.level: only a part has been read" in told(fetched)


def test_a_series_that_is_refused_costs_only_itself(server: Server, tmp_path: Path) -> None:
    server.answer("/sta/Datastreams", Reply(b"", 400), told_as_json({"value": [stream(8, "IA-2", "水位", "m", [(NOON, 2.0)])]}))
    fetched = read(server, tmp_path, {"canal.level": LEVEL, "other.level": {**LEVEL, "station": "IA-2"}})
    assert values(fetched) == {("other.level", "2026-04-05"): 2.0}
    assert "found status 400" in told(fetched)


def test_pages_without_end_are_told(server: Server, tmp_path: Path) -> None:
    link = {"@iot.nextLink": f"{server.url}/sta/Datastreams"}
    server.answer("/sta/Datastreams", told_as_json({"value": [stream(8, "IA-2", "水位", "m", [(NOON, 2.0)])], **link}))
    fetched = read(server, tmp_path, {"canal.level": LEVEL}, most_pages=5)
    assert len(server.asked) == 5
    assert "there are more pages than are read; found 5 pages" in told(fetched)
    assert "the datastream does not exist" in told(fetched)


def test_a_datastream_is_named_in_one_way() -> None:
    for named in ({}, {"station": "IA-1"}, {"datastream": 7, "station": "IA-1", "name": "水位"}):
        with pytest.raises(ValueError, match="give one of the two"):
            source(type="sensorthings", url="https://a.example/v1.1", series={"a.b": {"unit": "m", **named}})
