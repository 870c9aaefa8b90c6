"""Recorded flows beside the planned ones, one picture a flow."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import INK, WATER, layout, plain, rounded, value_axis
from waterbalance.report.recorded import recorded
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.recorded import Recorded

HEIGHT = 240


def recorded_figures(planned: Planned, say: Wording) -> dict[str, Figure]:
    """Two lines for every recorded flow, as planned and as it was, by the name of its place and quantity."""
    network, days = planned.scenario.network, float(planned.horizon.offsets[-1])
    flows = (each for each in recorded(planned) if not each.is_stock)
    return {
        say("pair", name=say.name(network, each.component), value=say.quantity(each.quantity)): _figure(each, days, say)
        for each in flows
    }


def _figure(each: Recorded, days: float, say: Wording) -> Figure:
    return {
        "name": f"recorded-{each.component}-{each.quantity}",
        "data": [
            _line(each, each.planned, say("recorded.planned"), {"color": WATER, "width": 3}),
            _line(each, each.recorded, say("recorded.was"), {"color": INK, "width": 1.6, "dash": "dot"}),
        ],
        "layout": layout(HEIGHT, say.language, days, yaxis=value_axis(say("axis.flow")), hovermode="x unified"),
    }


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
