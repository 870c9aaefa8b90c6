"""What agencies write for numbers and times."""

from zoneinfo import ZoneInfo

import pytest

from waterbalance.errors import UnitError
from waterbalance.sources.plain_values import day_or_moment, number
from waterbalance.sources.series_settings import Measure, measure

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3,524.00", 3524.0), ("1,234,567", 1234567.0), ("0.0", 0.0), (".5", 0.5), ("5.", 5.0), ("-1.5", -1.5), ("+2", 2.0),
        (" 7 ", 7.0), (12, 12.0), (0.147, 0.147), ("1e3", 1000.0), ("T", 0.0),
        ("", None), (None, None), ("-", None), ("--", None), ("X", None), ("...", None), ("NaN", None), ("*", None), (float("nan"), None),
    ],
)  # fmt: skip
def test_numbers(cell: object, value: float | None) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "12,5",
        "1,23,4",
        "1 000",
        "12 m",
        "<a>",
        "９９",
        "1e999",
        "inf",
        "1.2.3",
        ".",
        "e5",
        "0x10",
        "1_000",
        True,
        [],
        {},
        float("inf"),
    ],
)
def test_what_is_no_number_is_never_guessed(cell: object) -> None:
    with pytest.raises(ValueError, match="number"):
        number(cell)


@pytest.mark.parametrize(
    ("cell", "local", "expected"),
    [
        ("2021-12-08", False, "2021-12-08"),
        ("2021/2/8", False, "2021-02-08"),
        ("20211208", False, "2021-12-08"),
        ("2021-12-08T07:00:00", False, "2021-12-08T07:00:00+08:00"),
        ("2021/12/8 7:00", False, "2021-12-08T07:00:00+08:00"),
        ("2022-08-28T06:00:00.000Z", False, "2022-08-28T14:00:00+08:00"),
        ("2025-02-26T07:00:00+00:00", False, "2025-02-26T15:00:00+08:00"),
        ("2025-02-26T07:00:00+00:00", True, "2025-02-26T07:00:00+08:00"),
        ("2021-12-31 24:00", False, "2022-01-01T00:00:00+08:00"),
    ],
)
def test_days_and_moments(cell: str, local: bool, expected: str) -> None:
    assert day_or_moment(cell, TAIPEI, local=local).isoformat() == expected


@pytest.mark.parametrize(
    "cell",
    ["", None, "yesterday", "2021-02-30", "08/12/2021", "110/12/08", "2021-12-08T25:00", 20, "2021-12-08T07:99", "20211308"],
)
def test_what_is_no_day_is_never_guessed(cell: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (several sentences)
        day_or_moment(cell, TAIPEI, local=False)


@pytest.mark.parametrize(
    ("text", "factor", "internal"),
    [
        ("1e4m3", 1e4, "m3"), ("1e4 m3/day", 1e4, "m3/day"), ("萬噸/日", 1e4, "m3/day"), ("m3/s", 86_400.0, "m3/day"), ("mm/day", 0.001, "m/day"),
        ("m", 1.0, "m"), ("%", 0.01, "1"), ("1", 1.0, "1"), ("degC", 1.0, "degC"), ("NTU", 1.0, "NTU"), ("MJ/m2/day", 1 / 3.6, "kWh/m2/day"),
    ],
)  # fmt: skip
def test_units(text: str, factor: float, internal: str) -> None:
    found = measure(text)
    assert (found.factor, found.internal) == (pytest.approx(factor, rel=1e-12), internal)
    assert isinstance(found, Measure)


@pytest.mark.parametrize("text", ["", "furlongs per fortnight per", "0 m3", "-1 m3", "degF", "m3/s/s/s", "**"])
def test_what_is_no_unit_is_told(text: str) -> None:
    with pytest.raises(UnitError):
        measure(text)
