"""An answer of each agency, written by hand after its documented field names, with the readings that it must become.

The numbers are worked out on paper: 1 m3/s is 86 400 m3/day, 1e4 m3 is 10 000 m3, 1 mm is 0.001 m.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.asking import KEY
from sources.http_server import Query, Reply, Server, pages, told


@dataclass(frozen=True)
class Example:
    """One adapter at work."""

    type: str
    settings: Callable[[str, Path], dict[str, Any]]
    """By address of the server, and folder of the configuration."""

    serve: Callable[[Server], None]
    """What the server answers."""

    path: str | None
    """Where the server is asked; None where no server is."""

    first: str
    last: str
    expected: dict[tuple[str, str], float]
    lost: dict[str, Any]
    """Settings of one more series that does not exist."""


def _station(identifier: str, field: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"station": identifier, "field": field, "unit": unit, **more}


def _operation(identifier: str, day: str, inflow: str, outflow: str) -> dict[str, str]:
    blank = dict.fromkeys(("crossflow", "dwl", "nwlmax", "outflow", "outflowdischarge", "regulatorydischarge"), "")
    row = {"basinrainfall": "1.50", "capacity": "50956.00", "datetime": f"{day}T00:00:00", "inflow": inflow}
    return blank | row | {"outflowtotal": outflow, "reservoiridentifier": identifier, "reservoirname": "水庫"}


OPERATION = [
    _operation("30502", "2026-04-03", "1,005.00", "0.00"),
    _operation("30501", "2026-04-03", "7.00", "48.00"),
    _operation("30502", "2026-04-04", "", "3.00"),
    _operation("30502", "2026-04-05", "999.9", "4.00"),
]

DAILY_OPERATION = Example(
    "wra_daily_operation",
    lambda url, _: {
        "url": f"{url}/api/v2/51023e88",
        "page_size": 3,
        "series": {
            "dam.inflow": _station("30502", "inflow", "1e4m3/day"),
            "dam.release": _station("30502", "outflowtotal", "1e4 m3/day", day="next"),
            "lake.rain": _station("30501", "basinrainfall", "mm/day"),
        },
    },
    lambda server: server.answer("/api/v2/51023e88", pages(OPERATION)) and None,
    "/api/v2/51023e88",
    "2026-04-03",
    "2026-04-05",
    {
        ("dam.inflow", "2026-04-03"): 10_050_000.0,
        ("dam.release", "2026-04-04"): 0.0,
        ("dam.release", "2026-04-05"): 30_000.0,
        ("lake.rain", "2026-04-03"): 0.0015,
    },
    _station("30509", "inflow", "1e4m3/day"),
)


def _condition(identifier: str, at: str, storage: str, inflow: str) -> dict[str, str]:
    row = {"observationtime": at, "effectivewaterstoragecapacity": storage, "inflowdischarge": inflow, "waterlevel": "11.44"}
    return {"reservoiridentifier": identifier, "totaloutflow": "", "accumulaterainfallincatchment1": "", **row}


CONDITION = Example(
    "wra_condition",
    lambda url, _: {
        "url": f"{url}/api/v2/2be9044c",
        "series": {
            "dam.storage": _station("30502", "effectivewaterstoragecapacity", "1e4m3"),
            "dam.inflow": _station("30502", "inflowdischarge", "m3/s", step="12 h"),
        },
    },
    lambda server: server.answer("/api/v2/2be9044c", pages(CONDITIONS)) and None,
    "/api/v2/2be9044c",
    "2026-04-05",
    "2026-04-06",
    # 23:00 is an hour from midnight, 01:30 an hour and a half; the mean of 2 and 4 m3/s is 259 200 m3/day.
    {("dam.storage", "2026-04-06"): 405_000_000.0, ("dam.inflow", "2026-04-05"): 259_200.0},
    _station("30502", "storage", "1e4m3"),
)
CONDITIONS = [
    _condition("30502", "2026-04-05T07:00:00", "40,000.0", "2.0"),
    _condition("30502", "2026-04-05T23:00:00", "40,500.0", "4.0"),
    _condition("30502", "2026-04-06T01:30:00", "40,600.0", ""),
    _condition("30501", "2026-04-06T00:00:00", "7,000.0", "9.0"),
]


def _level(station: str, at: str, level: str, result: str = "1") -> dict[str, str]:
    row = {"observatoryidentifier": f"{station}_API", "volt": "", "checkdesc": "", "checkresult": result}
    return {"stationid": station, "datetime": at, "waterlevel": level, **row}


RIVER_LEVEL = Example(
    "wra_river_level",
    lambda url, _: {
        "url": f"{url}/api/v2/73c4c3de",
        "series": {"reach.level": {"station": "1660H009", "unit": "m", "step": "12 h", "coverage": 1.0}},
    },
    lambda server: server.answer("/api/v2/73c4c3de", pages(LEVELS)) and None,
    "/api/v2/73c4c3de",
    "2026-04-04",
    "2026-04-05",
    # Two steps of twelve hours: 5.0 of (4.8, 5.2), and 6.0; the refused 99 m is no value.
    {("reach.level", "2026-04-05"): 5.5},
    {"station": "1660H010", "unit": "m"},
)
LEVELS = [
    _level("1660H009", "2026-04-05T00:00:00", "4.8"),
    _level("1660H009", "2026-04-05T00:10:00", "5.2"),
    _level("1660H009", "2026-04-05T00:20:00", "99.0", "0"),
    _level("1660H009", "2026-04-05T21:20:00", "6.0"),
    _level("1660H007", "2026-04-05T21:20:00", "1.0"),
]


def _report(query: Query) -> Reply:
    """Numbers as numbers; the offset is told wrongly on one day."""
    inflow = {"2026-04-04": 12.5, "2026-04-05": 0.0}.get(query["date"])
    if inflow is None:
        return told([])
    row = {"EffectiveCapacity": 148.08, "DeadWaterHeight": 10.9, "FullWaterHeight": 18.35, "AccumulatedRainfall": 13.5}
    offset = "+00:00" if query["date"] == "2026-04-05" else ""
    times = {"StationNo": "50201", "Time": f"{query['date']}T07:00:00{offset}"}
    return told([{**times, **row, "InflowTotal": inflow, "OutflowTotal": 0.147}])


FHY_DAILY = Example(
    "fhy_daily",
    lambda url, _: {
        "url": f"{url}/WraApi/v1/Reservoir/Daily",
        "series": {
            "pond.inflow": _station("50201", "InflowTotal", "1e4m3/day"),
            "pond.dead_level": _station("50201", "DeadWaterHeight", "m"),
        },
    },
    lambda server: server.answer("/WraApi/v1/Reservoir/Daily", _report) and None,
    "/WraApi/v1/Reservoir/Daily",
    "2026-04-04",
    "2026-04-06",
    {
        ("pond.inflow", "2026-04-04"): 125_000.0,
        ("pond.inflow", "2026-04-05"): 0.0,
        ("pond.dead_level", "2026-04-04"): 10.9,
        ("pond.dead_level", "2026-04-05"): 10.9,
    },
    _station("50201", "Inflow", "1e4m3/day"),
)

FIGURES = [
    {"AreaCode": "A01", "ReservoirRealTimeInfos": None},
    {
        "AreaCode": "A03",
        "ReservoirRealTimeInfos": [
            # Local, whatever the offset says: otherwise eight hours from midnight.
            {"StationNo": "30502", "Time": "2026-04-06T01:00:00+00:00", "EffectiveStorage": 40485, "EffectiveCapacity": 49181.4},
            {"StationNo": "30501", "Time": "2026-04-05T07:00:00+00:00", "EffectiveStorage": 7082, "EffectiveCapacity": 7737.9},
        ],
    },
]

FHY_STORAGE = Example(
    "fhy_storage",
    lambda url, _: {
        "url": f"{url}/FhyWeb/v1/Api/Reservoir/Visual",
        "series": {
            "dam.storage": _station("30502", "EffectiveStorage", "1e4m3"),
            "dam.capacity": _station("30502", "EffectiveCapacity", "1e4m3"),
            "lake.storage": _station("30501", "EffectiveStorage", "1e4m3", reach="8 h"),
        },
    },
    lambda server: server.answer("/FhyWeb/v1/Api/Reservoir/Visual", told(FIGURES)) and None,
    "/FhyWeb/v1/Api/Reservoir/Visual",
    "2026-04-05",
    "2026-04-06",
    {
        ("dam.storage", "2026-04-06"): 404_850_000.0,
        ("dam.capacity", "2026-04-06"): 491_814_000.0,
        ("lake.storage", "2026-04-05"): 70_820_000.0,
    },
    _station("30509", "EffectiveStorage", "1e4m3"),
)

WEATHER = {
    "success": "true",
    "records": {
        "Station": [
            {
                "StationName": "站",
                "StationId": "467441",
                "ObsTime": {"DateTime": "2026-04-05T23:30:00+08:00"},
                "WeatherElement": {"Now": {"Precipitation": 12.5}, "AirTemperature": "22.4", "RelativeHumidity": -99},
            },
            {
                "StationId": "467410",
                # 15:45 in Greenwich is a quarter to midnight in Taiwan.
                "ObsTime": {"DateTime": "2026-04-05T15:45:00Z"},
                "WeatherElement": {"Now": {"Precipitation": "T"}, "AirTemperature": "21.0"},
            },
        ]
    },
}

OBSERVATIONS = Example(
    "cwa_observations",
    lambda url, _: {
        "url": f"{url}/api/v1/rest/datastore/O-A0003-001",
        "key_from": KEY,
        "series": {
            "zone.rain": _station("467441", "Now.Precipitation", "mm/day", per_day="last"),
            "other.rain": _station("467410", "Now.Precipitation", "mm/day", per_day="last"),
            "zone.temperature": _station("467441", "AirTemperature", "degC", per_day="midnight"),
        },
    },
    lambda server: server.answer("/api/v1/rest/datastore/O-A0003-001", told(WEATHER)) and None,
    "/api/v1/rest/datastore/O-A0003-001",
    "2026-04-05",
    "2026-04-06",
    {("zone.rain", "2026-04-05"): 0.0125, ("other.rain", "2026-04-05"): 0.0, ("zone.temperature", "2026-04-06"): 22.4},
    _station("467441", "Humidity", "%"),
)


def _rain(station: str, *days: tuple[str, str]) -> dict[str, Any]:
    times = [{"Date": date, "weatherElements": {"Precipitation": amount}} for date, amount in days]
    return {"station": {"StationID": station}, "stationObsTimes": {"stationObsTime": times}}


RAIN = [
    _rain("467441", ("2026-04-03", "4.0"), ("2026-04-04", "T"), ("2026-04-05", "X")),
    _rain("467410", ("2026-04-05", "120.5")),
]

DAILY_RAIN = Example(
    "cwa_daily_rain",
    lambda url, _: {
        "url": f"{url}/fileapi/v1/opendataapi/C-B0025-001",
        "key_from": KEY,
        "series": {"zone.rain": {"station": "467441"}, "other.rain": {"station": "467410"}},
    },
    lambda server: (
        server.answer(
            "/fileapi/v1/opendataapi/C-B0025-001",
            told({"cwaopendata": {"resources": {"resource": {"data": {"surfaceObs": {"location": RAIN}}}}}}),
        )
        and None
    ),
    "/fileapi/v1/opendataapi/C-B0025-001",
    "2026-04-03",
    "2026-04-05",
    {("zone.rain", "2026-04-03"): 0.004, ("zone.rain", "2026-04-04"): 0.0, ("other.rain", "2026-04-05"): 0.1205},
    {"station": "467440"},
)


def stream(number: int, code: str, name: str, unit: str, observations: list[tuple[str, object]], **more: Any) -> dict[str, Any]:
    """A datastream of the SensorThings API with its observations."""
    return {
        "@iot.id": number,
        "name": name,
        "description": f" Datastream_id={number}, Datastream_FullName={code}, with, commas",
        "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": ""},
        "Thing": {"@iot.id": number, "name": code, "properties": {"stationCode": code, "stationName": "站"}},
        "Observations": [{"phenomenonTime": at, "resultTime": at, "result": result} for at, result in observations],
        **more,
    }


def _serve_things(server: Server) -> None:
    """Two pages of datastreams, and two pages of the observations of one of them."""
    level = stream(
        7, "IA-1", "水位", "m", [("2026-04-04T16:00:00.000Z", 1.0)], **{"Observations@iot.nextLink": f"{server.url}/sta/more"}
    )
    other = stream(8, "IA-2", "水位", "m", [("2026-04-04T16:00:00.000Z", 9.0)])
    flow = stream(9, "IA-1", "流量", "m3/s", [("2026-04-04T16:00:00Z/2026-04-05T16:00:00Z", "2.5")])
    server.answer("/sta/Datastreams", told({"value": [other, level], "@iot.nextLink": f"{server.url}/sta/next"}))
    server.answer("/sta/next", told({"value": [flow]}))
    server.answer("/sta/more", told({"value": [{"phenomenonTime": "2026-04-05T04:00:00.000Z", "result": 2.0}]}))


SENSOR_THINGS = Example(
    "sensorthings",
    lambda url, _: {
        "url": f"{url}/sta",
        "series": {
            "canal.level": {"station": "IA-1", "name": "水位", "unit": "m", "step": "12 h"},
            "canal.flow": {"datastream": 9, "unit": "m3/s", "step": "24 h"},
        },
    },
    _serve_things,
    "/sta/Datastreams",
    "2026-04-04",
    "2026-04-05",
    # 16:00 in Greenwich is midnight in Taiwan, 04:00 is noon.
    {("canal.level", "2026-04-05"): 1.5, ("canal.flow", "2026-04-05"): 216_000.0},
    {"station": "IA-9", "name": "水位", "unit": "m"},
)


def _write_tables(url: str, folder: Path) -> dict[str, Any]:
    (folder / "in").mkdir(exist_ok=True)
    text = '\ufeffdate,dam.inflow [m3/s],storage\n2026-04-03,2.5,"45,000"\n2026-04-04,,"44,000"\n'
    (folder / "in" / "a.csv").write_text(text, encoding="utf-8")
    (folder / "in" / "b.csv").write_text("date,dam.inflow [m3/s],storage\n2026/4/5,1,43000\n", encoding="utf-8")
    storage = {"column": "storage", "unit": "1e4m3", "day": "next"}
    return {"folder": "in", "series": {"dam.inflow": {}, "dam.storage": storage}}


CSV_FOLDER = Example(
    "csv_folder",
    _write_tables,
    lambda _: None,
    None,
    "2026-04-03",
    "2026-04-05",
    {
        ("dam.inflow", "2026-04-03"): 216_000.0,
        ("dam.inflow", "2026-04-05"): 86_400.0,
        ("dam.storage", "2026-04-04"): 450_000_000.0,
        ("dam.storage", "2026-04-05"): 440_000_000.0,
    },
    {"column": "level", "unit": "m"},
)

EXAMPLES = (
    DAILY_OPERATION,
    CONDITION,
    RIVER_LEVEL,
    FHY_DAILY,
    FHY_STORAGE,
    OBSERVATIONS,
    DAILY_RAIN,
    SENSOR_THINGS,
    CSV_FOLDER,
)
