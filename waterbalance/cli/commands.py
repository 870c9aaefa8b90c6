"""All commands."""

from __future__ import annotations

from typing import Annotated

import typer

from waterbalance.cli.comparing import compare, frontier, simulate
from waterbalance.cli.deadman import deadman
from waterbalance.cli.dispatching import dispatcher
from waterbalance.cli.forecasting import backtest, forecast
from waterbalance.cli.importing import import_
from waterbalance.cli.issuing import approve, audit_log, issue, recall
from waterbalance.cli.nightly import nightly
from waterbalance.cli.operations import operations
from waterbalance.cli.planning import explain, run
from waterbalance.cli.remembering import replay, store
from waterbalance.cli.scenarios import check, describe, new, schema
from waterbalance.cli.showing import complain
from waterbalance.cli.status import status
from waterbalance.errors import WaterBalanceError

app = typer.Typer(
    name="waterbalance",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from waterbalance.report.manifest import engine_version

        typer.echo(f"waterbalance {engine_version()}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[bool, typer.Option("--version", help="Tell the version.", callback=_tell_version, is_eager=True)] = False,
) -> None:
    """Plan water: balances written once, forecast, planned, audited and sent to the gates."""


PLANNING = (new, check, describe, schema, forecast, backtest, run, explain, compare, frontier, simulate)
ISSUING = (nightly, deadman, approve, issue, recall, status, dispatcher, operations, replay)
for command in (*PLANNING, *ISSUING):
    app.command()(command)
app.add_typer(import_, name="import")
app.add_typer(audit_log, name="audit-log")
app.add_typer(store, name="store")


def run_a_command() -> None:
    """Run a command; what a user can mend is told without a traceback, with the exit code of its kind."""
    try:
        app()
    except WaterBalanceError as error:
        complain(error)
        raise SystemExit(error.exit_code) from None
