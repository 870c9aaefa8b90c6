"""Daily operation of reservoirs: pages, spellings of two services, what means nothing, and a capacity that is no storage."""

from pathlib import Path

import pytest

from sources.asking import around, client, day, source, told, values
from sources.examples import OPERATION
from sources.http_server import Reply, Server, pages
from sources.http_server import told as told_as_json
from sources.samples import sample
from waterbalance.sources.source import Fetched


def read(server: Server, folder: Path, fields: dict[str, str], first: str, last: str, **settings: object) -> Fetched:
    series = {
        name: {"station": "30502", "field": field, "unit": "mm/day" if "rain" in field else "1e4m3/day"}
        for name, field in fields.items()
    }
    asked = source(type="wra_daily_operation", url=f"{server.url}/daily", series=series, **settings)
    return asked.read(day(first), day(last), around(folder))


def test_pages_are_read_to_their_end_however_large_the_server_likes_them(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", pages(OPERATION, largest=1))
    fetched = read(server, tmp_path, {"dam.release": "outflowtotal"}, "2026-04-03", "2026-04-05")
    assert len(fetched.readings) == 3
    assert [(query["page"], query["size"]) for _, query in server.asked] == [(str(number), "1000") for number in range(1, 6)]


def test_a_server_without_pages_is_asked_twice(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", told_as_json(OPERATION))
    fetched = read(server, tmp_path, {"dam.release": "outflowtotal"}, "2026-04-03", "2026-04-05")
    assert (len(fetched.readings), len(server.asked), fetched.findings) == (3, 2, ())


def test_pages_before_one_that_fails_are_kept_and_it_is_told(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", told_as_json(OPERATION[:1]), Reply(b"", 500))
    fetched = read(server, tmp_path, {"dam.release": "outflowtotal"}, "2026-04-03", "2026-04-05")
    assert values(fetched) == {("dam.release", "2026-04-03"): 0.0}
    assert "status 500" in told(fetched)
    assert "only a part has been read; found 1 pages" in told(fetched)


def test_more_pages_than_are_read_are_told(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", pages(OPERATION, largest=1))
    fetched = read(server, tmp_path, {"dam.release": "outflowtotal"}, "2026-04-03", "2026-04-05", most_pages=2)
    assert "there are more pages than are read; found 2 pages" in told(fetched)


def test_a_field_under_a_new_name_is_told_with_the_nearest(server: Server, tmp_path: Path) -> None:
    rows = [{("inflowvol" if name == "inflow" else name): value for name, value in row.items()} for row in OPERATION]
    server.answer("/daily", pages(rows))
    fetched = read(server, tmp_path, {"dam.inflow": "inflow", "dam.release": "outflowtotal"}, "2026-04-03", "2026-04-05")
    assert {reading.quantity for reading in fetched.readings} == {"release"}
    assert "dam.inflow: the field does not exist; found 'inflow'" in told(fetched)
    assert "Did you mean 'inflowvol'?" in told(fetched)


def test_999_9_is_no_inflow(server: Server, tmp_path: Path) -> None:
    server.answer("/daily", pages(OPERATION))
    fetched = read(server, tmp_path, {"dam.inflow": "inflow"}, "2026-04-03", "2026-04-05")
    assert {str(reading.date) for reading in fetched.readings} == {"2026-04-03"}
    assert "means that there is none; found 2026-04-05" in told(fetched)


@pytest.mark.parametrize("field", ["capacity", "EffectiveCapacity"])
@pytest.mark.parametrize("kind", ["wra_daily_operation", "fhy_daily", "fhy_storage"])
def test_a_capacity_is_refused_as_storage(field: str, kind: str) -> None:
    series = {"dam.storage": {"station": "1", "field": field, "unit": "1e4m3"}}
    with pytest.raises(ValueError, match="what the reservoir can hold, not what it holds"):
        source(type=kind, url="https://a.example/b", series=series)
    source(type=kind, url="https://a.example/b", series={"dam.capacity": series["dam.storage"]})


@pytest.mark.parametrize(
    "name",
    ["wra_v2_51023e88_daily_ops.RECONSTRUCTED.json", "wra_legacy_DailyOperationalStatisticsOfReservoirs.RECONSTRUCTED.json"],
)
def test_both_services_tell_the_same(server: Server, tmp_path: Path, shared: Path, name: str) -> None:
    server.answer("/daily", sample(shared, name))
    fields = {"dam.inflow": "inflow", "dam.release": "outflowtotal", "dam.rain": "basinrainfall"}
    fetched = read(server, tmp_path, fields, "2021-12-08", "2021-12-08")
    date = "2021-12-08"
    assert values(fetched) == {("dam.inflow", date): 50_000.0, ("dam.release", date): 0.0, ("dam.rain", date): 0.0}
    assert fetched.findings == ()


def test_a_key_in_the_address_is_refused_without_being_shown() -> None:
    series = {"dam.inflow": {"station": "1", "field": "inflow", "unit": "m3/s"}}
    for url in ("https://a.example/?Authorization=CWA-1", "https://user:CWA-1@a.example/", "https://a.example/?api_key=CWA-1"):
        with pytest.raises(ValueError, match="url holds a key") as error:
            source(type="wra_daily_operation", url=url, series=series)
        # What pydantic shows beside its sentence is replaced by `scenario/wording.py`, by the clause that tells what was found.
        assert "found a text that is not shown" in str(error.value)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "a.example", "https://", "https://a b", "https://a.example:99999/", "https://[::1/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address|IPv6|Port"):
        source(type="wra_daily_operation", url=url, series={"a.b": {"station": "1", "field": "inflow", "unit": "m3/s"}})


def test_asking_is_quick_on_a_hundred_pages(server: Server, tmp_path: Path) -> None:
    rows = [{**OPERATION[2], "reservoiridentifier": str(number % 400), "outflowtotal": "1,000.5"} for number in range(20_000)]
    server.answer("/daily", pages(rows))
    asked = source(
        type="wra_daily_operation",
        url=f"{server.url}/daily",
        page_size=200,
        series={"dam.release": {"station": "30", "field": "outflowtotal", "unit": "1e4m3/day"}},
    )
    fetched = asked.read(day("2026-04-01"), day("2026-04-05"), around(tmp_path, client(tmp_path, kept=None)))
    assert values(fetched) == {("dam.release", "2026-04-04"): 10_005_000.0}
    assert len(server.asked) == 101
