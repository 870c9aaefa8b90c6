"""Weather of the days to come, as a user names it in files and types the commands."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from weather_city import AHEAD, told, write_city, write_issues, write_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., Any]


def test_forecast_says_where_the_weather_comes_from(command: Command, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city", "ahead.csv")
    write_issues(folder / "ahead.csv", {("2026-02-28", k): told(20.0 + 4.0 * k, 0.0, AHEAD[:3]) for k in range(3)})
    said = command("forecast", folder, "--out", tmp_path / "out.csv", "--page", tmp_path / "page.html")
    assert said.code == 0
    assert "nobody tells the weather of 7 of 10 days, the first 2026-03-04: 2 past years stand for it" in " ".join(
        said.out.split()
    )
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["component"]: row["label"] for row in csv.DictReader(file)}
    for component in ("town", "park", "lake", "fields"):
        assert "weather issued 2026-02-28 (3 members) to 2026-03-03, then of 2 past years" in labels[component]
    assert "nobody tells the weather of 7 of 10 days" in (tmp_path / "page.html").read_text(encoding="utf-8")
    in_chinese = command("forecast", folder, "--lang", "zh-TW").out
    assert "10 日中 7 日（自 2026-03-04 起）無天氣預報：以過去 2 年代之" in in_chinese
    assert "nobody tells" not in in_chinese


def test_run_and_simulate_with_files_alone(command: Command, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city", "ahead.csv")
    write_table(folder / "ahead.csv", told(25.0, 5.0))
    assert command("check", folder).code == 0
    assert command("run", folder, "--out", tmp_path / "run").code == 0
    assert "weather without a day of issue" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    said = command("simulate", folder, "--from", "2026-03-01", "--to", "2026-03-01", "--out", tmp_path / "days")
    assert said.code == 0
    assert "perfect foresight" in " ".join(said.out.split())


def test_backtest_labels_perfect_weather(command: Command, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city")
    asked = ("backtest", folder, "--component", "lake", "--origins", 2, "--days-ahead", 3)
    [honest] = json.loads(command(*asked, "--json").out)["quantities"]
    [perfect] = json.loads(command(*asked, "--json", "--perfect-weather").out)["quantities"]
    assert honest["notes"][0].startswith("nobody told the weather")
    assert perfect["notes"] == ["perfect foresight: the weather of the days to come is told as it was recorded"]
    assert perfect["scores"] != honest["scores"]
    assert "完全預知" in command(*asked, "--perfect-weather", "--lang", "zh-TW").out
    assert "perfect foresight" in " ".join(command(*asked, "--perfect-weather").out.split())


def test_schema_and_describe_know_the_keys(command: Command) -> None:
    definitions = json.loads(command("schema").out)["$defs"]
    for name in ("household_demand", "semiconductor_fab", "river_inflow", "turbidity", "crop_demand"):
        assert "weather_ahead" in definitions[f"forecaster:{name}"]["properties"]
    assert "exogenous" in definitions["forecaster:household_demand"]["properties"]
    said = command("describe", "household_demand").out
    assert "exogenous" in said
    assert "weather_ahead" in said
    assert "household_demand" in command("describe").out
