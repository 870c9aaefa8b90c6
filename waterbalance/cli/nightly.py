"""The job that runs every night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.options import day_of


def nightly(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="nightly.yaml, or the folder that holds it.")],
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="First day of the plan; the configuration's own by default."),
    ] = None,
) -> None:
    """Observe, forecast, plan, check, approve, issue and remember: one night, safe to be started again."""
    from waterbalance.operate.night_settings import read_night_settings
    from waterbalance.operate.nightly import nightly as one_night
    from waterbalance.report.language import Wording

    settings = read_night_settings(config)
    say = Wording(settings.file.language)
    done = one_night(
        settings,
        None if date is None else day_of(date),
        on_stage=lambda stage: typer.echo(say(f"night.stage.{stage}"), err=True),
    )
    outcome = say(
        f"night.outcome.{done.issuance.outcome}", commands=done.issuance.commands, devices=len(done.issuance.unconfirmed)
    )
    typer.echo(say("night.told", name=say.printable(done.name), day=done.day, outcome=outcome, rung=done.rung))
    for line in done.trouble:
        typer.echo(f"  {say.printable(line)}", err=True)
    if done.exit_code:
        raise SystemExit(done.exit_code)
