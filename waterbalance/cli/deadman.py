"""The alarm that rings when there is no schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def deadman(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="nightly.yaml, or the folder that holds it.")],
) -> None:
    """Call somebody where the deadline has passed without an approved schedule; to be started every few minutes."""
    from waterbalance.cli.issuing import now
    from waterbalance.operate.calling.deadman import deadman as look
    from waterbalance.operate.configuring.night_settings import read_night_settings
    from waterbalance.report.language import Wording

    settings = read_night_settings(config)
    say = Wording(settings.file.language)
    watch = look(settings, now())
    typer.echo(say(f"deadman.{watch.found}", day=watch.day))
    for line in watch.why.splitlines():
        typer.echo(f"  {say.printable(line)}", err=True)
    for each in watch.called:
        key = "deadman.called" if each.failed is None else "deadman.not_reached"
        typer.echo(say(key, contact=say.printable(each.contact), why=say.printable(each.failed or "")), err=True)
    if watch.exit_code:
        raise SystemExit(watch.exit_code)
