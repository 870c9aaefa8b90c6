"""Other tools' models into scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import_ = typer.Typer(help="Read another tool's model into a scenario folder.", no_args_is_help=True)


@import_.command("pywr")
def import_pywr(
    model: Annotated[Path, typer.Argument(metavar="MODEL.json", help="A model of Pywr 1.x or 2.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    combination: Annotated[
        int, typer.Option("--combination", metavar="N", min=0, help="Which combination of its scenarios, from 0.")
    ] = 0,
) -> None:
    """Read a model of Pywr 1.x or 2; tell by name what could not be carried over."""
    from waterbalance.interop.pywr.import_model import import_model

    carried = import_model(model, folder, combination)
    counts = {"components": len(carried.components), "rules": len(carried.rules), "parameters": len(carried.parameters)}
    typer.echo(f"{folder}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    for remark in carried.remarks:
        typer.echo(remark)
    if carried.not_carried:
        typer.echo(f"not carried over ({len(carried.not_carried)}):")
    for each in carried.not_carried:
        typer.echo(f"  {each}")
