"""What many commands ask for."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from waterbalance.errors import UsageError


class Lang(StrEnum):
    """Languages of tables and reports."""

    ENGLISH = "en"
    TRADITIONAL_CHINESE = "zh-TW"


ScenarioPath: TypeAlias = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Folder with a scenario.yaml, or that file.")]
Language: TypeAlias = Annotated[Lang, typer.Option("--lang", help="Language of tables and report.")]
Start: TypeAlias = Annotated[
    str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="First day; the scenario's own by default.")
]
At: TypeAlias = Annotated[
    str | None, typer.Option("--at", metavar="HH:MM", help="Plan turns anew from this time of the first day on.")
]
TimeLimit: TypeAlias = Annotated[
    float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="Most for each search: switches, turns.")
]


def day_of(text: str, option: str = "--date") -> dt.date:
    """The day that an option names; raises `UsageError` where it names none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} wants a day such as 2021-02-01; found {text!r}") from None


def time_of(text: str, option: str = "--at") -> dt.time:
    """The time of day that an option names; raises `UsageError` where it names none."""
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a local time of any day)
    except ValueError:
        raise UsageError(f"{option} wants a time of day such as 15:00; found {text!r}") from None
