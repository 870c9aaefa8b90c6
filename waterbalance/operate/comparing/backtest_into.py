"""Forecasters of a scenario tried on their past, from files to files: what `waterbalance backtest` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError
from waterbalance.operate.comparing.backtest import backtest_scenario
from waterbalance.report.atomic import require_writable, write_text
from waterbalance.report.backtest import backtest_csv, backtest_dict, backtest_heading, backtest_sections
from waterbalance.report.json_text import json_text
from waterbalance.report.section import on_page, on_terminal
from waterbalance.scenario.read import read_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import RenderableType

    from waterbalance.report.language import Wording


def backtest_into(  # noqa: PLR0913 (the options of the command)
    path: Path,
    days_ahead: int,
    every: int,
    origins: int,
    only: str | None,
    folder: Path | None,
    say: Wording,
    perfect_weather: bool = False,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[RenderableType, str]:
    """Try them, and write backtest.html, backtest.csv and backtest.json into a folder where one is named.

    Returns the tables (lead by lead where it is one quantity) and the JSON.

    Raises `InputError` where the scenario forecasts nothing, or nothing of `only`.
    """
    scenario = read_scenario(path)
    if folder is not None:
        require_writable(folder)
    tried = backtest_scenario(
        scenario,
        h=days_ahead,
        step_size=every,
        n_windows=origins,
        only=only,
        perfect_weather=perfect_weather,
        progress=progress,
    )
    if not tried:
        if not scenario.forecasts:
            remedy = "Name forecasters under `forecasts:`; its tables are taken as they are."
            raise InputError("nothing to try", (Finding("the scenario has no forecasts", remedy=remedy),))
        names = ", ".join(sorted({key[0] for key in scenario.forecasts}))
        raise InputError("nothing to try", (Finding("no such forecast", found=only, allowed=names),))
    top, told = backtest_heading(tried, scenario, say), backtest_sections(tried, scenario, say)
    text = json_text(backtest_dict(tried))
    if folder is not None:
        write_text(folder / "backtest.html", on_page(top, told, say))
        write_text(folder / "backtest.csv", backtest_csv(tried))
        write_text(folder / "backtest.json", text)
    tables = told if len(tried) == 1 else [section for section in told if not section.figures]
    return on_terminal(top, tables, say), text
