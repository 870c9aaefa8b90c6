"""Levels of rivers: recorded, refused by the agency, and too few for a day."""

from pathlib import Path

import pytest

from sources.asking import around, day, source, told, values
from sources.http_server import Server
from sources.samples import sample


def test_one_recorded_level_is_no_day_but_may_be_its_last(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/level", sample(shared, "wra_v2_73c4c3de_realtime_water_level.RECORDED.json"))
    settings = {"type": "wra_river_level", "url": f"{server.url}/level"}
    station = {"station": "1660H009", "unit": "m"}
    fetched = source(**settings, series={"reach.level": station}).read(day("2026-01-22"), day("2026-01-22"), around(tmp_path))
    assert fetched.readings == ()
    assert "2026-01-22: 1 of 144 steps have a value" in told(fetched)
    last = source(**settings, series={"reach.level": {**station, "per_day": "last"}})
    assert values(last.read(day("2026-01-22"), day("2026-01-22"), around(tmp_path))) == {("reach.level", "2026-01-22"): 5.3558}


def test_refused_levels_are_told(server: Server, tmp_path: Path) -> None:
    from sources.examples import RIVER_LEVEL

    RIVER_LEVEL.serve(server)
    asked = source(type="wra_river_level", **RIVER_LEVEL.settings(server.url, tmp_path))
    fetched = asked.read(day("2026-04-05"), day("2026-04-05"), around(tmp_path))
    assert "the agency's own check has refused values; found 1660H009 at 2026-04-05 00:20:00+08:00" in told(fetched)


def test_a_step_is_a_time_with_its_unit() -> None:
    for step in ("10 m", 3, "2 days"):
        with pytest.raises(ValueError, match="step"):
            source(type="wra_river_level", url="https://a.example/", series={"a.b": {"station": "1", "unit": "m", "step": step}})
