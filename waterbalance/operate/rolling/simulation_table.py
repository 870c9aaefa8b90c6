"""A simulation as tables in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from waterbalance.operate.rolling.simulation import Simulation
    from waterbalance.report.language import Wording

CLASS_COLUMNS = ("class", "demand", "shortage", "share", "reliability", "resilience", "vulnerability", "shortage_index")


def simulation_table(simulation: Simulation, say: Wording) -> RenderableType:
    """Who went short and how the storages fared."""
    classes = [
        (
            say.known("class", name),
            say.volume(each.demand),
            say.volume(each.shortage),
            say.percent(each.shortage / each.demand if each.demand > 0 else 0.0),
            say.percent(each.reliability),
            "–" if each.resilience is None else say.percent(each.resilience),
            say.percent(each.vulnerability),
            say.number(each.shortage_index, 2),
        )
        for name, each in simulation.by_class().items()
    ]
    storages = [
        (say.name(simulation.network, each.component), *map(say.volume, (each.before, each.after, each.lowest)))
        for each in simulation.storages()
    ]
    audit = say("simulation.unsound", count=len(simulation.findings)) if simulation.findings else say("simulation.sound")
    first, last = say.date(str(simulation.days[0])), say.date(str(simulation.days[-1]))
    return Group(
        Text(f"{say.printable(simulation.scenario)} · {say('dates', start=first, last_day=last)}", style="bold"),
        Text(audit, style="bold red" if simulation.findings else "bold green"),
        _table(CLASS_COLUMNS, classes, say),
        _table(("storage", "at_start", "at_end", "least"), storages, say),
        *(Text(say.printable(note)) for note in simulation.notes),
        *(Text(say.printable(str(finding)), style="red") for finding in simulation.findings[:10]),
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], say: Wording) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(say(column), justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
