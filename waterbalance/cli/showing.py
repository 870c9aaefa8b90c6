"""How commands show what they did: stages, tables, JSON, complaints."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from waterbalance.errors import WaterBalanceError
    from waterbalance.report.language import Wording

UNSOUND = 11
"""Exit code where the audit found something: there is a plan, but none that may be used."""


class StageLines:
    """Tells on standard error which stage is running and how long each took."""

    def __init__(self, say: Wording) -> None:
        self._say = say
        self._stage: str | None = None
        self._since = 0.0

    def begin(self, stage: str) -> None:
        """End the stage before and begin this one."""
        self.end()
        self._stage, self._since = stage, time.perf_counter()
        if sys.stderr.isatty():
            typer.echo(f"{self._say(f'stage.{stage}')} …", err=True, nl=False)

    def end(self) -> None:
        """Tell how long the stage took."""
        if self._stage is not None:
            took = self._say("stage.seconds", seconds=f"{time.perf_counter() - self._since:.2f}")
            again = "\r" if sys.stderr.isatty() else ""
            typer.echo(again + self._say.pair(f"stage.{self._stage}", took), err=True)
            self._stage = None


def tell(tables: RenderableType, text: str, out: Path | None, *, as_json: bool, say: Wording) -> None:
    """JSON alone, or tables and where the files are."""
    if as_json:
        typer.echo(text, nl=False)
        return
    console().print(tables)
    if out is not None:
        typer.echo(say("written", folder=out))


def console(*, stderr: bool = False) -> Console:
    """Where tables go; wide enough for them where nobody looks through a terminal."""
    from rich.console import Console

    width = None if (sys.stderr if stderr else sys.stdout).isatty() else 140
    return Console(width=width, highlight=False, stderr=stderr)


def complain(error: WaterBalanceError) -> None:
    """Every finding on standard error, one a line; in a terminal in the place of a stage that was not finished."""
    if sys.stderr.isatty():
        typer.echo("\r\x1b[K", err=True, nl=False)
    typer.echo(error.title, err=True)
    for finding in error.findings:
        typer.echo(f"  {finding}", err=True)
