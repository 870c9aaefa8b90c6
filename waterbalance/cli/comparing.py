"""Plans beside each other, and day after day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waterbalance.cli.options import Lang, Language, ScenarioPath, Start, day_of
from waterbalance.cli.showing import UNSOUND, StageLines, console, tell
from waterbalance.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.report.language import Wording
    from waterbalance.scenario.scenario import Scenario


def simulate(
    scenario: ScenarioPath,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day; the scenario's own when left out.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day; the scenario's 'last_day'.")] = None,
    myopic: Annotated[bool, typer.Option("--myopic", help="Plan each day alone, without a look ahead.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Default: out/<scenario>-from-<date>.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")] = False,
    members: Annotated[
        Path | None, typer.Option("--members", metavar="CSV", help="With --myopic: factors of series, one member a row.")
    ] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Operate a scenario day after day over a record, knowing on each day only what was known then."""
    from waterbalance.operate.rolling.simulate_into import simulate_into
    from waterbalance.operate.rolling.simulation_table import simulation_table
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    read = read_scenario(scenario)
    start = read.horizon.start if first is None else day_of(first, "--from")
    end = read.horizon.last_day if last is None else day_of(last, "--to")
    if end is None:
        raise UsageError("a simulation needs its last day: give --to, or 'horizon: {last_day: ...}' in the scenario")
    folder = out or Path("out") / f"{read.name}-from-{start}{'-myopic' if myopic else ''}"
    if members is not None:
        if not myopic or resume:
            raise UsageError("--members goes with --myopic, and without --resume: nothing is kept of members that are half done")
        _simulate_members(folder, read, start, end, members, Wording(lang.value))
        return
    simulation = simulate_into(folder, read, start, end, myopic=myopic, resume=resume)
    say = Wording(lang.value)
    screen = console()
    screen.print(simulation_table(simulation, say))
    screen.print(say("written", folder=folder), markup=False, highlight=False)
    if simulation.findings:
        raise SystemExit(UNSOUND)


def _simulate_members(folder: Path, scenario: Scenario, start: dt.date, end: dt.date, members: Path, say: Wording) -> None:
    from waterbalance.operate.rolling.members_into import simulate_members_into
    from waterbalance.scenario.members import read_members
    from waterbalance.scenario.not_carried import not_carried

    told = simulate_members_into(folder, scenario, start, end, read_members(members))["members"]
    screen = console()
    screen.print(say("simulation.members", count=len(told)), markup=False, highlight=False)
    for line in not_carried(scenario):
        screen.print(say.printable(line), markup=False, highlight=False)
    unsound = sum(len(each["audit"]) for each in told)
    screen.print(say("simulation.unsound", count=unsound) if unsound else say("simulation.sound"), markup=False, highlight=False)
    screen.print(say("written", folder=folder), markup=False, highlight=False)
    if unsound:
        raise SystemExit(UNSOUND)


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
    from waterbalance.operate.comparing.compare_into import compare_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)
    progress = StageLines(say)
    progress.begin("read")
    first = None if date is None else day_of(date)
    tables, text, sound = compare_into(paths, policy or (), first, out, say, on_stage=progress.begin)
    progress.end()
    tell(tables, text, out, as_json=as_json, say=say)
    if not sound:
        raise SystemExit(UNSOUND)


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
    from waterbalance.operate.comparing.frontier_into import frontier_into
    from waterbalance.report.language import Wording

    say = Wording(lang.value)

    def show(count: int) -> None:
        typer.echo(say("frontier.progress", count=count, points=points), err=True)

    first = None if date is None else day_of(date)
    tables, text, sound = frontier_into(scenario, goals, points, first, policy, out, say, on_point=show)
    tell(tables, text, out, as_json=as_json, say=say)
    if not sound:
        raise SystemExit(UNSOUND)
