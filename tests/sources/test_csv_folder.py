"""Folders of tables as offices have them."""

import datetime as dt
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from sources.asking import NOW, TAIPEI, around, source, told, values
from waterbalance import units
from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.readings import Trust
from waterbalance.sources.source import Fetched

MAY = (dt.date(2021, 5, 1), dt.date(2021, 5, 31))


def read(place: Path, series: dict[str, Any] | None = None, now: dt.datetime = NOW, **settings: Any) -> Fetched:  # noqa: ANN401
    more = {} if series is None else {"series": series}
    return source(type="csv_folder", **more, **settings).read(*MAY, around(place, now=now))


def write(folder: Path, name: str, *lines: str, end: str = "\n") -> None:
    (folder / name).write_text("\n".join(lines) + end, encoding="utf-8")


def test_headings_alone_tell_a_wide_table(tmp_path: Path) -> None:
    write(
        tmp_path, "a.csv", "date,dam.inflow [m3/s],dam.storage [萬m3],remark", "2021-05-01,1.5,45,ok", "2021-05-02,,46,gauge out"
    )
    fetched = read(tmp_path)
    assert values(fetched) == {
        ("dam.inflow", "2021-05-01"): 129_600.0,
        ("dam.storage", "2021-05-01"): 450_000.0,
        ("dam.storage", "2021-05-02"): 460_000.0,
    }
    assert fetched.findings == ()


def test_files_of_different_columns_are_read_together(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s]", "2021-05-01,1")
    write(tmp_path, "b.csv", "date,dam.storage [m3]", "2021-05-01,7")
    write(tmp_path, "c.csv", "date,dam.inflow [cms]", "2021-05-02,2")
    fetched = read(tmp_path)
    assert fetched.findings == ()
    assert values(fetched) == {
        ("dam.inflow", "2021-05-01"): 86_400.0,
        ("dam.inflow", "2021-05-02"): 172_800.0,
        ("dam.storage", "2021-05-01"): 7.0,
    }


def test_a_day_that_stands_twice_is_told_and_doubtful_where_it_differs(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s]", "2021-05-01,1", "2021-05-01,1", "2021-05-02,1", "2021-05-03,5")
    write(tmp_path, "b.csv", "date,dam.inflow [m3/s]", "2021-05-02,2")
    fetched = read(tmp_path)
    assert "a day stands twice; found 2021-05-01; 2021-05-02" in told(fetched)
    assert [(each.value, each.trust) for each in fetched.readings] == [
        (86_400.0, Trust.RELIABLE),
        (172_800.0, Trust.DOUBTFUL),
        (432_000.0, Trust.RELIABLE),
    ]


def test_half_a_file_is_told_and_the_whole_rows_are_read(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s],dam.storage [m3]", "2021-05-01,1,5", "2021-05-02,1", end="")
    fetched = read(tmp_path)
    assert "a.csv:3: the row has another length than the header; found 2 cells" in told(fetched)
    assert "the last line has no end" in told(fetched)
    assert len(fetched.readings) == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"date,dam.inflow [m3/s]\n2021-05-02,\xff\n", "not text in UTF-8"),
        (b"PK\x03\x04\0\0", "binary"),
        (b"day,dam.inflow [m3/s]\n2021-05-02,2\n", "b.csv has no column 'date'"),
        (b"date;dam.inflow [m3/s]\n2021-05-02;2\n", "not separated by commas"),
        (b"date,dam.inflow [m3/day]\n2021-05-02,2\n", "tells dam.inflow in another unit"),
        (b"date,dam.inflow [m3/s]\nsoon,2\n", "b.csv has rows without a date; found 'soon' in line 2"),
        (b'date,dam.inflow [m3/s]\n2021-05-02,"1,5"\n', "text stands in the place of a number; found '1,5'"),
    ],
)
def test_a_file_that_cannot_be_read_costs_only_itself(tmp_path: Path, content: bytes, what: str) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s]", "2021-05-01,1")
    (tmp_path / "b.csv").write_bytes(content)
    fetched = read(tmp_path)
    assert what in told(fetched)
    assert values(fetched) == {("dam.inflow", "2021-05-01"): 86_400.0}


@pytest.mark.parametrize(
    ("series", "heading", "what"),
    [
        ({"dam.inflow": {}}, "dam.inflow", "the unit is not told"),
        ({"dam.inflow": {"unit": "m3/s"}}, "dam.inflow [m3/day]", "heading and settings differ in the unit"),
        ({"dam.inflow": {}}, "dam.inflow [cubits]", "the unit in the heading is wrong"),
        ({"dam.inflow": {"column": "inflwo", "unit": "m3/s"}}, "inflow", "Did you mean 'inflow'?"),
    ],
)
def test_units_and_columns_are_never_guessed(tmp_path: Path, series: dict[str, Any], heading: str, what: str) -> None:
    write(tmp_path, "a.csv", f"date,{heading}", "2021-05-01,1")
    fetched = read(tmp_path, series)
    assert fetched.readings == ()
    assert what in told(fetched)


@pytest.mark.parametrize(("stations", "station"), [({"stations": "name"}, {}), ({}, {"station": "A"})])
def test_a_long_table_is_told_by_its_column_and_by_stations(stations: dict[str, str], station: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="give both or none"):
        source(type="csv_folder", series={"dam.inflow": {"unit": "m3/s", **station}}, **stations)


@pytest.mark.parametrize(
    ("unit", "due", "kinds", "meant"),
    [
        ("Mm3", units.FLOW, ("a volume", "a flow"), "Mm3/day"),
        ("1e4 m3/day", units.VOLUME, ("a flow", "a volume"), "1e4 m3"),
        ("mm", units.DEPTH_RATE, ("a length, depth or level", "a depth per time"), "mm/day"),
        ("m", units.FLOW, ("a length, depth or level", "a flow"), "m3/day"),
    ],
)
def test_a_heading_of_another_kind_than_the_series_is_refused(
    tmp_path: Path, unit: str, due: str, kinds: tuple[str, str], meant: str
) -> None:
    write(tmp_path, "a.csv", f"date,dam.gauge [{unit}],dam.rain [mm/day]", "2021-05-01,1.5,45")
    fetched = source(type="csv_folder").read(*MAY, around(tmp_path, due={("dam", "gauge"): due}))
    assert values(fetched) == {("dam.rain", "2021-05-01"): pytest.approx(0.045)}
    (finding,) = fetched.findings
    assert finding.what == f"the unit is that of {kinds[0]}, and the series is {kinds[1]}"
    assert finding.where.file == str(tmp_path / "a.csv")
    assert finding.found == f"'dam.gauge [{unit}]'"
    assert str(finding.allowed).startswith(kinds[1])
    assert f"'dam.gauge [{meant}]'" in str(finding.remedy)


def test_columns_that_stand_twice_are_told_and_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s],dam.level [m],dam.inflow [m3/s]", "2021-05-01,1,7,2")
    write(tmp_path, "b.csv", "date [local],dam.level [m]", "2021-05-02,8")
    fetched = read(tmp_path)
    assert values(fetched) == {("dam.level", "2021-05-01"): 7.0, ("dam.level", "2021-05-02"): 8.0}
    assert "a.csv has columns that stand twice; found dam.inflow" in told(fetched)


def test_a_date_that_stands_twice_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,date,,,dam.level [m]", "2021-05-01,2021-05-02,,,7")
    fetched = read(tmp_path)
    assert "a.csv has columns that stand twice; found date" in told(fetched)


def test_heading_and_settings_may_write_one_unit_in_two_ways(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,q [萬噸/日]", "2021-05-01,2")
    assert values(read(tmp_path, {"dam.inflow": {"column": "q", "unit": "1e4 m3/day"}})) == {
        ("dam.inflow", "2021-05-01"): 20_000.0
    }


@pytest.mark.parametrize(("settings", "found"), [({"folder": "none"}, "no such folder"), ({"files": "*.txt"}, "a.csv")])
def test_no_files_are_told(tmp_path: Path, settings: dict[str, str], found: str) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s]", "2021-05-01,1")
    with pytest.raises(InputError, match=found):
        read(tmp_path, **settings)


def test_hours_become_days_in_a_long_table(tmp_path: Path) -> None:
    """Hour 24 belongs to the day that ends; a date alone is its midnight, as spreadsheets write it."""
    rows = [f"A,2021-05-01 {hour:02d}:00,{hour}" for hour in range(1, 24)] + ["A,2021-05-02,24", "B,2021-05-01 12:00,99"]
    write(tmp_path, "a.csv", "name,time,rain", *rows)
    series = {"zone.rain": {"station": "A", "column": "rain", "unit": "mm/day", "per_day": "sum", "stamp": "end"}}
    fetched = read(tmp_path, series, date="time", stations="name")
    assert values(fetched) == {("zone.rain", "2021-05-01"): pytest.approx(0.300)}


def test_moments_that_stand_twice_with_different_values_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.level [m]", "2021-05-01 00:00,1", "2021-05-01 00:00,2", "2021-05-01 12:00,4")
    fetched = read(tmp_path, {"dam.level": {"step": "12 h"}})
    assert "a moment stands twice, with different values; found 2021-05-01 00:00:00+08:00" in told(fetched)
    assert values(fetched) == {("dam.level", "2021-05-01"): 3.0}


def test_records_of_the_past_are_known_when_they_arrived(tmp_path: Path) -> None:
    """A flow of 2 May is whole at the midnight that ends it, a storage of 2 May at the one that begins it."""
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s],dam.storage [m3]", "2021-05-01,1,1", "2021-05-02,1,1", "2021-05-03,1,1")
    night = dt.datetime(2021, 5, 3, 4, 0, tzinfo=TAIPEI)
    fetched = read(tmp_path, now=night, arrives="4 h")
    known = {(each.quantity, each.date.day): each.known_at.isoformat() for each in fetched.readings}
    assert known == {
        ("inflow", 1): "2021-05-02T04:00:00+08:00",
        ("inflow", 2): "2021-05-03T04:00:00+08:00",
        ("storage", 1): "2021-05-01T04:00:00+08:00",
        ("storage", 2): "2021-05-02T04:00:00+08:00",
        ("storage", 3): "2021-05-03T04:00:00+08:00",
    }
    assert {each.date.day for each in read(tmp_path, now=night, arrives="4.1 h").readings if each.quantity == "inflow"} == {1}


def test_a_number_that_means_nothing_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "date,dam.inflow [m3/s]", "2021-05-01,999.9", "2021-05-02,1")
    fetched = read(tmp_path, {"dam.inflow": {"missing": [999.9]}})
    assert values(fetched) == {("dam.inflow", "2021-05-02"): 86_400.0}
    assert "the number 999.9 means that there is none; found 2021-05-01" in told(fetched)


def test_excel_is_read_like_csv(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["date", "dam.inflow [m3/s]", "dam.storage [1e4 m3]"], [dt.date(2021, 5, 1), 1.5, "45,000"], [None, None, None]):
        book.active.append(row)
    book.active.append([dt.datetime.combine(dt.date(2021, 5, 2), dt.time()), None, 44_000])
    book.save(tmp_path / "a.xlsx")
    write(tmp_path, "b.xlsx", "this is no workbook")
    (tmp_path / "~$a.xlsx").touch()
    fetched = read(tmp_path, files="*.xlsx")
    assert values(fetched) == {
        ("dam.inflow", "2021-05-01"): 129_600.0,
        ("dam.storage", "2021-05-01"): 450_000_000.0,
        ("dam.storage", "2021-05-02"): 440_000_000.0,
    }
    assert told(fetched).count("the file is no Excel workbook") == 1


def test_a_missing_library_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.xlsx", "anything")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'waterbalance\[excel\]'"):
        read(tmp_path, files="*.xlsx")


def test_a_workbook_with_broken_bytes_is_told_or_read(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["date", "dam.inflow [m3/s]"])
    book.active.append([dt.date(2021, 5, 1), 1.5])
    book.save(tmp_path / "a.xlsx")
    whole = (tmp_path / "a.xlsx").read_bytes()
    write(tmp_path, "b.csv", "date,dam.inflow [m3/s]", "2021-05-02,1")
    draw = random.Random(7)  # noqa: S311 (the same bytes every time)
    for _ in range(60):
        content = bytearray(whole[: draw.choice((len(whole), draw.randrange(len(whole))))])
        for _ in range(draw.randrange(1, 20)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        (tmp_path / "a.xlsx").write_bytes(content)
        fetched = read(tmp_path, files="*.*")
        assert ("dam.inflow", "2021-05-02") in values(fetched) or fetched.findings


@pytest.mark.parametrize("files", ["", "/etc/*", "../*.csv", "a**", "."])
def test_files_are_of_the_folder(files: str) -> None:
    with pytest.raises(ValueError, match="a pattern of names inside the folder"):
        source(type="csv_folder", files=files)


def test_the_recorded_reservoirs_are_read_from_their_long_table(shared: Path) -> None:
    """Against the rows of the file: 30502 on 2021-05-31 and 30901 in May, of which the recorder missed days."""
    file = "wra_daily_south_2010_2021.csv"
    text = (shared / "kaohsiung" / "reservoir" / file).read_text(encoding="utf-8-sig").splitlines()
    rows = {tuple(line.split(",")[:2]): line.split(",") for line in text}
    series = {
        "dam.storage": {"station": "30502", "column": "effective_storage_1e4m3", "unit": "1e4m3", "day": "next"},
        "dam.inflow": {"station": "30502", "column": "inflow_1e4m3_per_day", "unit": "1e4m3/day"},
        "weir.inflow": {"station": "30901", "column": "inflow_1e4m3_per_day", "unit": "1e4m3/day"},
    }
    settings = {"folder": str(shared / "kaohsiung" / "reservoir"), "files": file, "stations": "reservoir_id"}
    found = values(read(shared, series, **settings))
    assert found["dam.storage", "2021-05-31"] == pytest.approx(float(rows["2021-05-30", "30502"][9]) * 1e4)
    assert found["dam.inflow", "2021-05-31"] == pytest.approx(float(rows["2021-05-31", "30502"][6]) * 1e4)
    weir = {date for (date, station), cells in rows.items() if station == "30901" and date.startswith("2021-05") and cells[6]}
    assert {date for name, date in found if name == "weir.inflow"} == weir


def test_recorded_hours_of_weather_come_to_the_recorded_days(shared: Path) -> None:
    """The daily table of the same station was made from the same hours by other hands."""
    folder = shared / "kaohsiung" / "weather"
    lines = (folder / "cwa_467440_kaohsiung_daily_202006_202203_with_et0.csv").read_text(encoding="utf-8-sig").splitlines()
    names = lines[0].split(",")
    days = {line[:10]: dict(zip(names, line.split(","), strict=True)) for line in lines[1:] if line.startswith("2021-05")}
    of_hours = {"unit": "degC", "stamp": "end"}
    series = {
        "city.mean": {"column": "temp_air_c", **of_hours},
        "city.highest": {"column": "temp_air_c", "per_day": "highest", **of_hours},
        "city.rain": {"column": "precip_mm", "per_day": "sum", "unit": "mm/day", "stamp": "end"},
    }
    file = "cwa_467440_kaohsiung_hourly_202006_202203.csv"
    found = values(read(shared, series, folder=str(folder), files=file, date="time_end_local"))
    whole = [date for date, row in days.items() if row["n_hours"] == "24"]
    assert len(whole) > 25
    for date in whole:
        assert found["city.mean", date] == pytest.approx(float(days[date]["tmean_c"]), abs=0.0051)
        assert found["city.highest", date] == pytest.approx(float(days[date]["tmax_c"]))
        assert found["city.rain", date] == pytest.approx(float(days[date]["precip_mm"]) / 1000, abs=1e-9)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("dam.storage", "the heading has no unit"),
        ("storage", "the heading has no unit"),
        ("Dam.Storage [m3]", "the heading names no series of the scenario"),
        ("dam.storge [m3]", "the heading names no series of the scenario"),
        ("storage [m3]", "the heading names no series of the scenario"),
    ],
)
def test_a_heading_from_which_no_series_is_read_is_told(tmp_path: Path, heading: str, title: str) -> None:
    write(
        tmp_path,
        "a.csv",
        f"date,dam.inflow [m3/s],{heading},gauge.level [m],dam2.storage [m3],remark",
        "2021-05-01,1.5,45,3,7,ok",
    )
    due = {("dam", "inflow"): units.FLOW, ("dam", "storage"): units.VOLUME}
    fetched = source(type="csv_folder").read(*MAY, around(tmp_path, due=due))
    (finding,) = fetched.findings
    assert finding.what == title
    assert finding.found == repr(heading.partition(" ")[0])
    assert "dam.storage" in f"{finding.allowed} {finding.remedy}"
    assert ("dam.inflow", "2021-05-01") in values(fetched)
