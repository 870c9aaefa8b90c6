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


@import_.command("calvin")
def import_calvin(
    matrix: Annotated[Path, typer.Argument(metavar="MATRIX.csv", help="CALVIN's link matrix, also packed as .csv.gz.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    demands: Annotated[
        Path | None, typer.Option("--demands", metavar="LIST.csv", help="Which links are demands: a column 'link' of FROM-TO.")
    ] = None,
) -> None:
    """Read and solve CALVIN's links of all steps at once; write flows, storages, shortages and water values as tables."""
    from waterbalance.interop.calvin.remarks import remarks
    from waterbalance.interop.calvin.solved import solve_matrix
    from waterbalance.interop.calvin.tables import debug, require_new, write_tables

    require_new(folder)
    solved = solve_matrix(matrix, demands)
    write_tables(solved, folder)
    links, plan = solved.links, solved.plan
    typer.echo(f"{folder}: {len(links)} pieces of links, {len(plan.horizon)} steps, {len(plan.stocks)} storages")
    typer.echo(f"least cost: {solved.outcome.objective:.12g}")
    short = sum(float(values.sum()) for (_, quantity), values in plan.values.items() if quantity == "shortage")
    named = "the listed demands" if demands else "all bounded links that pay (name the demands by --demands)"
    typer.echo(f"shortage of {named}: {short:.6g}")
    for remark in remarks(links):
        typer.echo(remark)
    lacking = debug(solved)
    if len(lacking):
        typer.echo(f"debug links close {len(lacking)} balances that have no water or no way out (debug.csv)")
