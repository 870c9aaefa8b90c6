"""The data of `scenarios/kaohsiung`: its tables follow from the records, and every figure says where it comes from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from kaohsiung_tables import INFLOWS, RECORDED_FROM, RECORDED_TO, TABLES, Records, read_records, storages
from waterbalance.network.component import component_types

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "scenarios" / "kaohsiung"
LARGEST_TABLE = 40_000
"""Small derived tables only: the daily record of one reservoir alone is five times this size. [byte]"""

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIGURE = re.compile(r"\s*[+-]?\.?\d")
NO_FIGURES = {"type", "title", "sources", "source", "target", "subject", "weir", "subjects", "users", "reservoirs", "two_way"}


@pytest.fixture(scope="module")
def scenario() -> dict[str, Any]:
    """The scenario file as plain values."""
    text = (SCENARIO / "scenario.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


@pytest.fixture(scope="module")
def records(shared: Path) -> Records:
    """The daily records in the shared data."""
    return read_records(shared)


def entries(scenario: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Components and rules by name."""
    for section in ("components", "rules"):
        yield from scenario[section].items()


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as it comes back from a CSV file."""
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)))


@pytest.mark.parametrize("file", sorted(TABLES))
def test_table_is_what_the_records_give(file: str, records: Records) -> None:
    pd.testing.assert_frame_equal(pd.read_csv(SCENARIO / "tables" / file), as_written(TABLES[file](records)))


def test_recorded_storages_are_those_of_the_record(records: Records) -> None:
    expected = as_written(storages(records))
    written = pd.read_csv(SCENARIO / "tables" / "storages.csv")
    recorded = written[written["date"].isin(expected["date"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(recorded[list(expected.columns)], expected)


@pytest.mark.parametrize("name", INFLOWS)
def test_the_drought_spring_is_recorded_without_gaps(name: str) -> None:
    known = set(pd.read_csv(SCENARIO / "tables" / f"inflow_{name}.csv")["date"])
    spring = {f"{month}-{day}" for month in pd.period_range(RECORDED_FROM, RECORDED_TO, freq="M") for day in ("01", "11", "21")}
    assert spring <= known


def test_every_title_is_in_both_languages(scenario: Mapping[str, Any]) -> None:
    poor = [
        name
        for name, entry in entries(scenario)
        if not entry.get("title", {}).get("en") or not CHINESE.search(entry.get("title", {}).get("zh-TW", ""))
    ]
    assert not poor


def test_every_figure_has_a_source(scenario: Mapping[str, Any]) -> None:
    lacking = [
        f"{name}.{field}"
        for name, entry in entries(scenario)
        for field, value in entry.items()
        if field not in NO_FIGURES and holds_figure(value) and not str(entry.get("sources", {}).get(field, "")).strip()
    ]
    assert not lacking


def holds_figure(value: object) -> bool:
    """Whether a number, a quantity or a date stands in a value."""
    if isinstance(value, Mapping):
        return any(holds_figure(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_figure(part) for part in value)
    return not isinstance(value, bool) and FIGURE.match(str(value)) is not None


def test_every_source_names_a_place_or_says_assumed(scenario: Mapping[str, Any]) -> None:
    told = [(f"{name}.{field}", text) for name, entry in entries(scenario) for field, text in entry.get("sources", {}).items()]
    told += [(table["file"], table["source"]) for table in scenario["tables"]]
    told += [(key, entry["source"]) for key, entry in scenario["forecasts"].items()]
    told.append(("state", scenario["state"]["source"]))
    words = ("http://", "https://", "derived from", "assumed", "see tables/", "Bloomberg")
    assert not [where for where, text in told if not any(word in text for word in words)]


def test_every_source_is_of_a_field_that_stands_there(scenario: Mapping[str, Any]) -> None:
    in_tables = {
        column.split(" ")[0]
        for settings in scenario["tables"]
        for column in pd.read_csv(SCENARIO / settings["file"], nrows=0).columns
    }
    idle = [
        f"{name}.{field}"
        for name, entry in entries(scenario)
        for field in entry.get("sources", {})
        if field not in entry and f"{name}.{field}" not in in_tables
    ]
    assert not idle


def test_every_type_is_known_and_every_dated_field_may_change(scenario: Mapping[str, Any]) -> None:
    types = component_types()
    for name, entry in entries(scenario):
        kind = types[entry["type"]]
        dated = [
            field
            for field, value in entry.items()
            if isinstance(value, Mapping) and all(re.match(r"\d{4}-", str(key)) for key in value)
        ]
        assert set(dated) <= set(kind.varying), name


def test_tables_are_small_and_none_is_a_daily_record() -> None:
    for table in sorted((SCENARIO / "tables").glob("*.csv")):
        assert table.stat().st_size < LARGEST_TABLE, table.name
        first = pd.read_csv(table).iloc[:, 0]
        if first.name in {"date", "from"}:
            days = pd.to_datetime(first).dt.day
            assert days.isin([1, 11, 21]).all(), table.name


def test_households_are_not_counted_twice(scenario: Mapping[str, Any]) -> None:
    """What the users of a city need at the works adds up to the system input that its sources report [m3/day]."""
    reported = {"kaohsiung": 1_500_000, "tainan": 960_000}
    for city, total in reported.items():
        households = scenario["forecasts"][f"{city}_households.demand"]
        people = households["population"] * float(households["use_per_head"].split(maxsplit=1)[0]) / 1000
        needed = people / (1 - households["leakage"])
        users = {"kaohsiung": ("services", "industry"), "tainan": ("services", "industry")}[city]
        for user in users:
            mains = scenario["components"][f"{city}_{user}_mains"]
            needed += at_the_works(scenario["components"][f"{city}_{user}"]["demand"], mains)
        if city == "kaohsiung":
            needed += at_the_works(
                scenario["components"]["nanzih_export_zone"]["demand"], scenario["components"]["nanzih_export_zone_mains"]
            )
            needed += 275_000
        else:
            needed += 130_000 / (1 - scenario["components"]["science_park_mains"]["leakage"])
        assert needed == pytest.approx(total, rel=0.02), city


def at_the_works(demand: str, mains: Mapping[str, Any]) -> float:
    """A demand with the leakage of the mains that bring it."""
    return float(demand.split(maxsplit=1)[0]) / (1 - float(mains.get("leakage", 0.0)))
