"""What scenarios and types are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.options import Lang, Language, ScenarioPath


def check(scenario: ScenarioPath, lang: Language = Lang.ENGLISH) -> None:
    """Read a scenario, and a nightly.yaml beside it, and tell every problem (exit code 65); hints about the policy are none."""
    from waterbalance.operate.configuring.hosts import hosts_not_asked
    from waterbalance.operate.configuring.night_settings import beside, read_night
    from waterbalance.operate.planning.before_planning import hints_before_planning
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    config = beside(Path(scenario))
    settings, read = (None, read_scenario(scenario)) if config is None else read_night(config)
    told = (*hints_before_planning(read), *(() if settings is None else hosts_not_asked(settings.file)))
    rules = len(read.network.rules)
    counts = {"components": len(read.network) - rules, "rules": rules, "files": len(read.files)}
    say = Wording(lang.value)
    typer.echo(say("sound", name=read.name, **counts))
    if read.not_carried_over:
        typer.echo(say("sound.lacks", count=len(read.not_carried_over)))
    if settings is not None:
        typer.echo(say("sound.nightly", name=say.printable(settings.path.name), sources=len(settings.file.sources)))
    for hint in told:
        typer.echo(say.pair("hint", say.finding(hint)))


def schema() -> None:
    """Print the JSON Schema of scenario.yaml, for completion and checks in editors."""
    from waterbalance.report.json_text import json_text
    from waterbalance.scenario.json_schema import json_schema

    typer.echo(json_text(json_schema()), nl=False)


def describe(
    subject: Annotated[str | None, typer.Argument(metavar="TYPE|FORECASTER|SCENARIO", help="All types when left out.")] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Tell what a component, rule or forecaster does and which fields it has; or what a scenario holds."""
    from waterbalance.report.language import Wording
    from waterbalance.report.scenario_text import scenario_text
    from waterbalance.report.type_text import type_text
    from waterbalance.scenario.read import read_scenario

    if subject is not None and Path(subject).exists():
        typer.echo(scenario_text(read_scenario(subject), Wording(lang.value)))
    else:
        typer.echo(type_text(subject, Wording(lang.value)), nl=False)


def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Write a small commented scenario to begin with."""
    from waterbalance.scenario.new import new_scenario

    for written in new_scenario(folder):
        typer.echo(written)
