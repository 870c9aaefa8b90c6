"""What is expected, and how good that was."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.options import Lang, Language, ScenarioPath, Start, day_of
from waterbalance.cli.showing import console, tell


def forecast(
    scenario: ScenarioPath,
    date: Start = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write all steps as CSV to this file.")] = None,
    page: Annotated[Path | None, typer.Option("--page", metavar="FILE", help="Write a page with pictures to this file.")] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Show what is expected: every series with the low, median and high of its members, and what a plan takes."""
    from waterbalance.report.atomic import write_text
    from waterbalance.report.forecast_page import forecast_page
    from waterbalance.report.forecast_table import forecast_csv, forecast_rows, forecast_terminal
    from waterbalance.report.language import Wording
    from waterbalance.scenario.forecasts import forecast as forecast_scenario
    from waterbalance.scenario.read import read_scenario
    from waterbalance.scenario.scenario import horizon_of

    read = read_scenario(scenario)
    expected = forecast_scenario(read, horizon=horizon_of(read, None if date is None else day_of(date)))
    rows = forecast_rows(read, expected)
    say = Wording(lang.value)
    console().print(forecast_terminal(rows, read, expected, say))
    if out is not None:
        write_text(out, forecast_csv(rows, expected))
        typer.echo(say("written", folder=out))
    if page is not None:
        write_text(page, forecast_page(rows, read, expected, say))
        typer.echo(say("written", folder=page))


def backtest(
    scenario: ScenarioPath,
    days_ahead: Annotated[int, typer.Option("--days-ahead", metavar="N", min=1, help="Days told from each origin.")] = 10,
    every: Annotated[int, typer.Option("--every", metavar="N", min=1, help="Days from one origin to the next.")] = 10,
    origins: Annotated[int, typer.Option("--origins", metavar="N", min=1, help="Origins, the last ones of the record.")] = 30,
    component: Annotated[str | None, typer.Option("--component", metavar="NAME", help="Only forecasts of this one.")] = None,
    perfect_weather: Annotated[
        bool, typer.Option("--perfect-weather", help="Tell the weather as recorded: perfect foresight, an upper bound.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write backtest.html, .csv and .json there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in the place of tables.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Try the forecasters on their past: skill by lead against seasonal naive and climatology."""
    from rich.progress import Progress

    from waterbalance.operate.comparing.backtest_into import backtest_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)
    with Progress(console=console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        tasks = {}

        def show(name: str, done: int, of: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=of)
            bar.update(tasks[name], completed=done)

        tables, text = backtest_into(scenario, days_ahead, every, origins, component, out, say, perfect_weather, progress=show)
    tell(tables, text, out, as_json=as_json, say=say)
