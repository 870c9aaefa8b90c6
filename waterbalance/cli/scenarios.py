"""What scenarios and types are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.options import Lang, Language, ScenarioPath


def check(scenario: ScenarioPath, lang: Language = Lang.ENGLISH) -> None:
    """Read a scenario and tell every problem in it; exit code 65 if there is one. Hints about the policy are no problems."""
    from waterbalance.operate.before_planning import hints_before_planning
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    read = read_scenario(scenario)
    told = hints_before_planning(read)
    rules = len(read.network.rules)
    counts = {"components": len(read.network) - rules, "rules": rules, "files": len(read.files)}
    say = Wording(lang.value)
    typer.echo(say("sound", name=read.name, **counts))
    for hint in told:
        typer.echo(say.pair("hint", hint))


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
