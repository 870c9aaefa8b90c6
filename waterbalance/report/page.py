"""The report: one page that opens anywhere without a network.

Texts go through Jinja2's autoescape, figures are JSON whose `<` is written as an escape, and a content security policy
forbids the page to fetch anything: no name in a scenario can become a script.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from waterbalance.report import rows
from waterbalance.report.figures.flows import flows_figure
from waterbalance.report.figures.recorded import recorded_figures
from waterbalance.report.figures.shortage import shortage_figure
from waterbalance.report.figures.storage import storage_figure
from waterbalance.report.figures.supply import supply_figure
from waterbalance.report.figures.water_value import water_value_figure
from waterbalance.report.futures import FUTURE_COLUMNS, future_rows, futures_told
from waterbalance.report.manifest import engine_version
from waterbalance.report.recorded_words import differences
from waterbalance.report.turn_rounds import ROUND_COLUMNS, round_rows
from waterbalance.report.turns import TURN_COLUMNS, search_notes, turn_rows
from waterbalance.report.why import sentences

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.row import Row
    from waterbalance.report.summary import Summary

HERE = Path(__file__).parent


def page(planned: Planned, summary: Summary, say: Wording) -> str:
    """The whole page as text."""
    network = planned.scenario.network
    storage = {each.component: storage_figure(planned, each.component, say) for each in summary.storages if each.capacity > 0}
    flows_that_were = recorded_figures(planned, say)
    figures: list[Figure | None] = [
        *storage.values(),
        supply_figure(planned, say),
        shortage_figure(planned, say),
        flows_figure(planned, say),
        water_value_figure(planned, summary, say),
        *flows_that_were.values(),
    ]
    drawn = {figure["name"]: figure for figure in figures if figure is not None}
    text = (
        environment()
        .get_template("page.html.j2")
        .render(
            say=say,
            summary=summary,
            planned=planned,
            network=network,
            rows=rows,
            sentences=sentences,
            drawn=drawn,
            recorded_figures=[(title, figure["name"]) for title, figure in flows_that_were.items()],
            differences=differences(summary.recorded, network, say),
            record_notes=[text for note in planned.scenario.record_notes if (text := note.get(say.language, note.get("en")))],
            storage_figures=[(component, figure["name"]) for component, figure in storage.items()],
            futures_told=futures_told,
            future_columns=FUTURE_COLUMNS,
            future_rows=future_rows,
            turn_columns=TURN_COLUMNS,
            turn_rows=turn_rows,
            round_columns=ROUND_COLUMNS,
            round_rows=round_rows,
            search_notes=search_notes,
            orders=first_day_orders(planned, say),
            version=engine_version(),
            style=Markup(own_text("page.css")),  # noqa: S704 (a file of this package)
            script=Markup(own_text("page.js")),  # noqa: S704
            library=Markup(plotly_script()),  # noqa: S704 (plotly's own script)
            figures=Markup(script_json(list(drawn.values()))),  # noqa: S704 (escaped by script_json)
        )
    )
    return text.rstrip() + "\n"


def script_json(value: object) -> str:
    r"""JSON that can stand inside of a script element: nothing in it can end the element.

    >>> script_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def first_day_orders(planned: Planned, say: Wording) -> list[Row]:
    """Zone, structure, setpoint and volume of every order of the first day."""
    if planned.schedule is None:
        return []
    network = planned.scenario.network
    return [
        (
            say.name(network, order.zone),
            say.name(network, order.structure),
            f"{say.number(order.settings[0].setpoint, 3)} m³/s",
            say.volume(order.settings[0].volume),
        )
        for order in planned.schedule.orders
    ]


@cache
def environment() -> Environment:
    """Templates of this room; what they show is escaped."""
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def own_text(name: str) -> str:
    """A style or script of this room."""
    return (HERE / name).read_text(encoding="utf-8")


@cache
def plotly_script() -> str:
    """The library that draws the pictures."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 (five megabytes: only when a page is made)

    return str(get_plotlyjs())
