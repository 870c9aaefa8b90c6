"""Recorded flows beside the planned ones: one colour a place, solid as planned, dotted as it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import CLASS_COLOURS, layout, plain, rounded, value_axis
from waterbalance.report.recorded import recorded
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.recorded import Recorded

HEIGHT = 360
COLOURS = tuple(CLASS_COLOURS.values())


def recorded_figure(planned: Planned, say: Wording) -> Figure | None:
    """Two lines for every recorded flow; None where there is none."""
    flows = [each for each in recorded(planned) if not each.is_stock]
    if not flows:
        return None
    traces = []
    for number, each in enumerate(flows):
        name = f"{say.name(planned.scenario.network, each.component)}, {say.quantity(each.quantity)}"
        colour = COLOURS[number % len(COLOURS)]
        traces.append(_line(each, each.planned, f"{name}: {say('recorded.planned')}", {"color": colour, "width": 2}))
        traces.append(_line(each, each.recorded, f"{name}: {say('recorded.was')}", {"color": colour, "dash": "dot", "width": 2}))
    drawn = layout(HEIGHT, say.language, float(planned.horizon.offsets[-1]), yaxis=value_axis(say("axis.flow")))
    return {"name": "recorded", "data": traces, "layout": drawn}


def _line(each: Recorded, values: tuple[float, ...], name: str, line: dict[str, Any]) -> dict[str, Any]:
    """A value that holds over each interval, up to the end of the last one."""
    last = dt.date.fromisoformat(each.days[-1]) + dt.timedelta(days=round(each.lengths[-1]))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(name),
        "x": [*each.days, str(last)],
        "y": rounded(np.array([*values, values[-1]]) / SECONDS_PER_DAY),
        "line": {**line, "shape": "hv"},
    }
