"""The job that runs every night."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.night_form import Form
from waterbalance.cli.options import day_of
from waterbalance.operate.stoppable import held_back


def nightly(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="nightly.yaml, or the folder that holds it.")],
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="First day of the plan; the configuration's own by default."),
    ] = None,
    log: Annotated[
        Form | None, typer.Option("--log", help="How the log looks; for people on a terminal, else JSON lines.")
    ] = None,
) -> None:
    """Observe, forecast, plan, check, approve, issue and remember: one night, safe to be started again."""
    with held_back():
        _one_night(config, date, log)


def _one_night(config: Path, date: str | None, log: Form | None) -> None:
    from waterbalance.cli.night_log import NightLog
    from waterbalance.operate.configuring.night_settings import read_night_settings
    from waterbalance.operate.signals import signalled
    from waterbalance.report.language import Wording

    settings = read_night_settings(config)
    say = Wording(settings.file.language)
    form = log or (Form.CONSOLE if sys.stderr.isatty() else Form.JSON)
    with closing(NightLog(form, settings.results_folder, say)) as hear:
        done = signalled(settings, None if date is None else day_of(date), on_event=hear)
    outcome = say(
        f"night.outcome.{done.issuance.outcome}", commands=done.issuance.commands, devices=len(done.issuance.unconfirmed)
    )
    key = "night.told.no_plan" if done.laddered is None else "night.told"
    typer.echo(say(key, name=say.printable(done.name), day=done.day, outcome=outcome, rung=done.rung))
    for line in done.trouble:
        typer.echo(f"  {say.finding(line)}", err=True)
    if done.exit_code:
        raise SystemExit(done.exit_code)
