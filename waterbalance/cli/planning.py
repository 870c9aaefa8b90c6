"""Plan a scenario, and tell why."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waterbalance.cli.issuing import FELL_BACK, By, StoreUrl, open_named, record_and_tell
from waterbalance.cli.options import At, Lang, Language, ScenarioPath, Start, TimeLimit, day_of, time_of
from waterbalance.cli.showing import UNSOUND, StageLines, console
from waterbalance.errors import NoPlanError, UsageError

if TYPE_CHECKING:
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.scenario.scenario import Scenario


def run(
    scenario: ScenarioPath,
    date: Start = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Default: out/<scenario>-<date>.")] = None,
    lang: Language = Lang.ENGLISH,
    policy: Annotated[str | None, typer.Option("--policy", metavar="PRESET", help="Another order of preference.")] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", metavar="DIR", help="Yesterday's run, or its plan.csv: go on from it.")
    ] = None,
    at: At = None,
    time_limit: TimeLimit = None,
    node_limit: Annotated[
        int | None, typer.Option("--node-limit", metavar="N", min=0, help="The same in nodes: equal plans on all machines.")
    ] = None,
    fallback: Annotated[bool, typer.Option("--fallback", help="Where there is no full plan, the best that is left.")] = False,
    store: StoreUrl = None,
    by: By = None,
) -> None:
    """Plan a scenario, audit the plan, write orders and report."""
    from waterbalance.operate.planning.fall_back import plan_or_fall_back
    from waterbalance.operate.planning.plan_scenario import plan_scenario
    from waterbalance.report.atomic import require_writable
    from waterbalance.report.files import write_files
    from waterbalance.report.language import Wording
    from waterbalance.report.result_folder import read_plan
    from waterbalance.report.summary import summarise
    from waterbalance.report.terminal import terminal_summary
    from waterbalance.scenario.preferred import preferred
    from waterbalance.scenario.read import read_scenario

    say = Wording(lang.value)
    progress = StageLines(say)
    progress.begin("read")
    first = None if date is None else day_of(date)
    read = read_scenario(scenario)
    chosen = None if policy is None else preferred(read, policy)
    yesterday = None if previous is None else read_plan(previous)
    followed = _followed(read, first or read.horizon.start, previous, store, at)
    folder = out or Path("out") / f"{read.name}-{first or read.horizon.start}"
    require_writable(folder)
    plan = partial(plan_or_fall_back, keep_in=folder) if fallback else plan_scenario
    search = partial(plan, time_limit=time_limit, node_limit=node_limit, on_stage=progress.begin)
    planned = search(read, first, policy=chosen, previous=yesterday, followed=followed)
    progress.begin("write")
    write_files(planned, folder, lang.value)
    progress.end()
    screen = console()
    screen.print(terminal_summary(summarise(planned), read.network, say))
    screen.print(say("written", folder=folder), markup=False, highlight=False)
    if planned.findings:
        screen.print(say("not_written"), style="bold red")
        raise SystemExit(UNSOUND)
    if store is not None:
        record_and_tell(store, planned, by, say, followed)
    if planned.fallback.rung:
        raise SystemExit(FELL_BACK)


def _followed(read: Scenario, day: dt.date, previous: Path | None, store: str | None, at: str | None) -> Followed | None:
    """The orders that gates follow before those of a run, by its `--previous` or by the store; None where nobody knows any."""
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.report.result_folder import read_schedule

    until = None if at is None else time_of(at)
    orders = None if previous is None or read.turns is None else read_schedule(previous)
    if orders is None and store is not None and read.turns is not None:
        from waterbalance.operate.remembering.orders_before import orders_before  # (loads the database's library)

        orders = orders_before(open_named(store, make=True), read, day if until is None else day + dt.timedelta(days=1))
    if orders is None and until is not None:
        raise UsageError("--at wants the orders that are followed until then: give --previous, or a --store that knows them")
    return None if orders is None else Followed(orders, until)


def explain(
    scenario: ScenarioPath,
    component: Annotated[str | None, typer.Option("--component", metavar="USER", help="Only this user.")] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="A day; else the user's worst one.")] = None,
    numbers: Annotated[bool, typer.Option("--numbers", help="Also how far the numbers of the plan lie apart.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Tell why users go short: what binds from the user up to the sources, and what 1 m³ more would bring."""
    from waterbalance.operate.planning.explain import explain as explain_scenario
    from waterbalance.operate.planning.explain import explanation_json, explanation_text, no_plan_json, numbers_text
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    read = read_scenario(scenario)
    try:
        explanation = explain_scenario(read, component, None if date is None else day_of(date))
    except NoPlanError as error:
        if json:
            typer.echo(no_plan_json(read, error), nl=False)
        raise
    say = Wording(lang.value)
    typer.echo(explanation_json(explanation) if json else explanation_text(explanation, say), nl=False)
    if numbers and not json:
        typer.echo("\n" + numbers_text(explanation, say), nl=False)
