"""Daily operations of southern lakes and weirs, 2010 to 2021, as readings; `quality_flag` names what its compiler cleaned."""

import csv
import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from shared_data import SHARED
from waterbalance.forecast.readings import Reading

KNOWN = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

MORNING = {"wushantou", "jingmian", "baihe", "nanhua"}
"""Whose storage is that of the morning of its date; the others' is that of the evening, and so of the next midnight."""

COLUMNS = {
    "storage": ("effective_storage_1e4m3", "m3", 1e4),
    "capacity": ("effective_capacity_1e4m3", "m3", 1e4),
    "inflow": ("inflow_1e4m3_per_day", "m3/day", 1e4),
    "outflow": ("outflow_total_1e4m3_per_day", "m3/day", 1e4),
}


class Row(NamedTuple):
    """One line of the record."""

    lake: str
    date: dt.date
    values: dict[str, str]
    flag: str


@cache
def rows() -> tuple[Row, ...]:
    """All lines."""
    with (SHARED / "kaohsiung/reservoir/wra_daily_south_2010_2021.csv").open(encoding="utf-8") as file:
        return tuple(
            Row(line["name_en"].split()[0].lower(), dt.date.fromisoformat(line["date"]), line, line["quality_flag"])
            for line in csv.DictReader(file)
        )


def recorded(lake: str, *, morning: bool | None = None, zeros: bool = False) -> Iterator[Reading]:
    """Readings of one place; with `zeros` as the agency told them: a storage of zero on days without a level."""
    early = lake in MORNING if morning is None else morning
    for row in (row for row in rows() if row.lake == lake):
        for quantity, (column, unit, factor) in COLUMNS.items():
            cleaned = zeros and quantity == "storage" and "storage_zero_no_level" in row.flag
            text = "0" if cleaned else row.values[column]
            if text:
                later = quantity in {"storage", "capacity"} and not early
                yield Reading(lake, quantity, row.date + later * DAY, float(text) * factor, unit, "agency", KNOWN)


def zero_days(lake: str) -> set[dt.date]:
    """Dates of readings of zero that the compiler took out."""
    later = lake not in MORNING
    return {row.date + later * DAY for row in rows() if row.lake == lake and "storage_zero_no_level" in row.flag}
