"""The commands. They read, call one function of the engine, and show; nothing is decided here."""

from __future__ import annotations

import datetime as dt
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waterbalance.errors import NoPlanError, UsageError, WaterBalanceError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from waterbalance.report.language import Wording

UNSOUND = 11
"""Exit code where the audit found something: there is a plan, but none that may be used."""


class Lang(StrEnum):
    """Languages of tables and reports."""

    ENGLISH = "en"
    TRADITIONAL_CHINESE = "zh-TW"


app = typer.Typer(
    name="waterbalance",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)

ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Folder with a scenario.yaml, or that file.")]
Language = Annotated[Lang, typer.Option("--lang", help="Language of tables and report.")]
Start = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="First day; the scenario's own by default.")]


def main() -> None:
    """Run a command; what a user can mend is told without a traceback, with the exit code of its kind."""
    try:
        app()
    except WaterBalanceError as error:
        _complain(error)
        raise SystemExit(error.exit_code) from None


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


@app.command()
def run(
    scenario: ScenarioPath,
    date: Start = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Default: out/<scenario>-<date>.")] = None,
    lang: Language = Lang.ENGLISH,
    policy: Annotated[str | None, typer.Option("--policy", metavar="PRESET", help="Another order of preference.")] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", metavar="DIR", help="Yesterday's run, or its plan.csv: stay near it.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="Most for each goal's search for switches.")
    ] = None,
    node_limit: Annotated[
        int | None, typer.Option("--node-limit", metavar="N", min=0, help="The same in nodes: equal plans on all machines.")
    ] = None,
) -> None:
    """Plan a scenario, audit the plan, write orders and report."""
    from waterbalance.operate.plan_scenario import plan_scenario
    from waterbalance.report.atomic import require_writable
    from waterbalance.report.files import write_files
    from waterbalance.report.language import Wording
    from waterbalance.report.result_folder import read_plan
    from waterbalance.report.summary import summarise
    from waterbalance.report.terminal import terminal_summary
    from waterbalance.scenario.preferred import preferred
    from waterbalance.scenario.read import read_scenario

    say = Wording(lang.value)
    progress = _Progress(say)
    progress.begin("read")
    first = None if date is None else _day(date)
    read = read_scenario(scenario)
    chosen = None if policy is None else preferred(read, policy)
    before = None if previous is None else read_plan(previous)
    folder = out or Path("out") / f"{read.name}-{first or read.horizon.start}"
    require_writable(folder)
    planned = plan_scenario(
        read,
        first,
        policy=chosen,
        previous=before,
        time_limit=time_limit,
        node_limit=node_limit,
        on_stage=progress.begin,
    )
    progress.begin("write")
    write_files(planned, folder, lang.value)
    progress.end()
    console = _console()
    console.print(terminal_summary(summarise(planned), read.network, say))
    console.print(say("written", folder=folder), markup=False, highlight=False)
    if planned.findings:
        console.print(say("not_written"), style="bold red")
        raise SystemExit(UNSOUND)


@app.command()
def explain(
    scenario: ScenarioPath,
    component: Annotated[str | None, typer.Option("--component", metavar="USER", help="Only this user.")] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="A day; else the user's worst one.")] = None,
    numbers: Annotated[bool, typer.Option("--numbers", help="Also how far the numbers of the plan lie apart.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Tell why users go short: what binds from the user up to the sources, and what 1 m³ more would bring."""
    from waterbalance.operate.explain import explain as explain_scenario
    from waterbalance.operate.explain import explanation_json, explanation_text, no_plan_json, numbers_text
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    read = read_scenario(scenario)
    try:
        explanation = explain_scenario(read, component, None if date is None else _day(date))
    except NoPlanError as error:
        if json:
            typer.echo(no_plan_json(read, error), nl=False)
        raise
    say = Wording(lang.value)
    typer.echo(explanation_json(explanation) if json else explanation_text(explanation, say), nl=False)
    if numbers and not json:
        typer.echo("\n" + numbers_text(explanation, say), nl=False)


@app.command()
def simulate(
    scenario: ScenarioPath,
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day.")],
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day.")],
    myopic: Annotated[bool, typer.Option("--myopic", help="Plan each day alone, without a look ahead.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Default: out/<scenario>-from-<date>.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Operate a scenario day after day over a record, knowing on each day only what was known then."""
    from waterbalance.operate.simulate_into import simulate_into
    from waterbalance.operate.simulation_table import simulation_table
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    start, end = _day(first, "--from"), _day(last, "--to")
    read = read_scenario(scenario)
    folder = out or Path("out") / f"{read.name}-from-{start}{'-myopic' if myopic else ''}"
    simulation = simulate_into(folder, read, start, end, myopic=myopic, resume=resume)
    say = Wording(lang.value)
    console = _console()
    console.print(simulation_table(simulation, say))
    console.print(say("written", folder=folder), markup=False, highlight=False)
    if simulation.findings:
        raise SystemExit(UNSOUND)


@app.command()
def compare(
    paths: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="One scenario, or folders of scenarios or runs.")],
    policy: Annotated[
        list[str] | None, typer.Option("--policy", metavar="PRESET", help="Repeat it; 'own' is the scenario's own policy.")
    ] = None,
    date: Start = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write compare.html, .csv and .json there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in the place of tables.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Lay plans beside each other: one scenario by several policies, several scenarios, or earlier runs."""
    from waterbalance.operate.compare_into import compare_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)
    progress = _Progress(say)
    progress.begin("read")
    first = None if date is None else _day(date)
    tables, text, sound = compare_into(paths, policy or (), first, out, say, on_stage=progress.begin)
    progress.end()
    _tell(tables, text, out, as_json=as_json, say=say)
    if not sound:
        raise SystemExit(UNSOUND)


@app.command()
def frontier(
    scenario: ScenarioPath,
    goals: Annotated[tuple[str, str], typer.Option("--goals", metavar="A B", help="Two goals, by name or rank.")],
    points: Annotated[int, typer.Option("--points", metavar="N", help="Points of the curve at most.")] = 11,
    date: Start = None,
    policy: Annotated[str | None, typer.Option("--policy", metavar="PRESET", help="Another order of preference.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write frontier.html, .csv and .json there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in the place of tables.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Trace how much of one goal must be given for how much of another."""
    from waterbalance.operate.frontier_into import frontier_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)

    def show(count: int) -> None:
        typer.echo(say("frontier.progress", count=count, points=points), err=True)

    first = None if date is None else _day(date)
    tables, text, sound = frontier_into(scenario, goals, points, first, policy, out, say, on_point=show)
    _tell(tables, text, out, as_json=as_json, say=say)
    if not sound:
        raise SystemExit(UNSOUND)


@app.command()
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


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario.yaml, for completion and checks in editors."""
    from waterbalance.report.json_text import json_text
    from waterbalance.scenario.json_schema import json_schema

    typer.echo(json_text(json_schema()), nl=False)


@app.command()
def describe(
    subject: Annotated[str | None, typer.Argument(metavar="TYPE|SCENARIO", help="All types when left out.")] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Tell what a type of component or rule does and which fields it has; or what a scenario holds."""
    from waterbalance.report.language import Wording
    from waterbalance.report.scenario_text import scenario_text
    from waterbalance.report.type_text import type_text
    from waterbalance.scenario.read import read_scenario

    if subject is not None and Path(subject).exists():
        typer.echo(scenario_text(read_scenario(subject), Wording(lang.value)))
    else:
        typer.echo(type_text(subject, Wording(lang.value)), nl=False)


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Write a small commented scenario to begin with."""
    from waterbalance.scenario.new import new_scenario

    for written in new_scenario(folder):
        typer.echo(written)


@app.command()
def forecast(
    scenario: ScenarioPath,
    date: Start = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write all steps as CSV to this file.")] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Show what is expected: every series with the low, median and high of its members, and what a plan takes."""
    from waterbalance.report.atomic import write_text
    from waterbalance.report.forecast_table import forecast_csv, forecast_rows, forecast_terminal
    from waterbalance.report.language import Wording
    from waterbalance.scenario.forecasts import forecast as forecast_scenario
    from waterbalance.scenario.read import read_scenario
    from waterbalance.scenario.scenario import horizon_of

    read = read_scenario(scenario)
    expected = forecast_scenario(read, horizon=horizon_of(read, None if date is None else _day(date)))
    rows = forecast_rows(read, expected)
    say = Wording(lang.value)
    _console().print(forecast_terminal(rows, read, expected, say))
    if out is not None:
        write_text(out, forecast_csv(rows, expected))
        typer.echo(say("written", folder=out))


@app.command()
def backtest(
    scenario: ScenarioPath,
    days_ahead: Annotated[int, typer.Option("--days-ahead", metavar="N", min=1, help="Days told from each origin.")] = 10,
    every: Annotated[int, typer.Option("--every", metavar="N", min=1, help="Days from one origin to the next.")] = 10,
    origins: Annotated[int, typer.Option("--origins", metavar="N", min=1, help="Origins, the last ones of the record.")] = 30,
    component: Annotated[str | None, typer.Option("--component", metavar="NAME", help="Only forecasts of this one.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write backtest.html, .csv and .json there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in the place of tables.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Try the forecasters on their past: skill by lead against seasonal naive and climatology."""
    from rich.progress import Progress

    from waterbalance.operate.backtest_into import backtest_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)
    with Progress(console=_console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        tasks = {}

        def show(name: str, done: int, of: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=of)
            bar.update(tasks[name], completed=done)

        tables, text = backtest_into(scenario, days_ahead, every, origins, component, out, say, progress=show)
    _tell(tables, text, out, as_json=as_json, say=say)


class _Progress:
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


def _day(text: str, option: str = "--date") -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} wants a day such as 2021-02-01; found {text!r}") from None


def _tell(tables: RenderableType, text: str, out: Path | None, *, as_json: bool, say: Wording) -> None:
    """JSON alone, or tables and where the files are."""
    if as_json:
        typer.echo(text, nl=False)
        return
    _console().print(tables)
    if out is not None:
        typer.echo(say("written", folder=out))


def _console(*, stderr: bool = False) -> Console:
    """Where tables go; wide enough for them where nobody looks through a terminal."""
    from rich.console import Console

    width = None if (sys.stderr if stderr else sys.stdout).isatty() else 140
    return Console(width=width, highlight=False, stderr=stderr)


def _complain(error: WaterBalanceError) -> None:
    """Every finding on standard error, one a line; in a terminal in the place of a stage that was not finished."""
    if sys.stderr.isatty():
        typer.echo("\r\x1b[K", err=True, nl=False)
    typer.echo(error.title, err=True)
    for finding in error.findings:
        typer.echo(f"  {finding}", err=True)
