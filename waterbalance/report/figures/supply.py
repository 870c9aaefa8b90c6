"""Supply and shortage by class, as mean flows in each ten-day period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import CLASS_COLOURS, layout, plain, rounded, value_axis
from waterbalance.report.supply import by_period, period_starts, users
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned

HEIGHT = 380
MILLISECONDS_PER_DAY = 86_400_000


def supply_figure(planned: Planned, say: Wording) -> Figure:
    """Stacked bars: what each class is given, hatched on top what it lacks, and dotted what fallowed blocks spare."""
    rows = users(planned)
    periods = np.array(planned.horizon.periods(), dtype=np.int64)
    days = by_period(planned.horizon.days, periods)
    starts = _first_days(planned)
    traces: list[dict[str, Any]] = []
    for name in dict.fromkeys(user.user_class for user in rows):
        demand = np.sum([user.demand for user in rows if user.user_class == name], axis=0)
        shortage = np.sum([user.shortage for user in rows if user.user_class == name], axis=0)
        title = say.known("class", name)
        traces.append(_bars(starts, demand - shortage, days, title, name))
        if shortage.sum() > 1e-6 * demand.sum():
            traces.append(_bars(starts, shortage, days, say("pair", name=title, value=say("shortage")), name, pattern="/"))
        spared = np.sum([user.spared for user in rows if user.user_class == name], axis=0)
        if spared.sum() > 0:
            traces.append(_bars(starts, spared, days, say("pair", name=title, value=say("spared")), name, pattern="."))
    drawn = layout(
        HEIGHT, say.language, float(planned.horizon.offsets[-1]), barmode="stack", bargap=0, yaxis=value_axis(say("axis.flow"))
    )
    return {"name": "supply", "data": traces, "layout": drawn}


def _first_days(planned: Planned) -> list[str]:
    """First day of each period that the horizon holds: the first period may have begun before it."""
    starts = list(period_starts(planned))
    starts[0] = str(planned.horizon.start)
    return starts


def _bars(starts: list[str], volumes: Floats, days: Floats, title: str, name: str, *, pattern: str = "") -> dict[str, Any]:
    colour = CLASS_COLOURS[name]
    marker: dict[str, Any] = {"color": colour, "line": {"color": "#ffffff", "width": 0.5}}
    if pattern:
        marker = {
            "color": "#ffffff",
            "line": {"color": colour, "width": 0.8},
            "pattern": {"shape": pattern, "fgcolor": colour, "bgcolor": "#ffffff", "solidity": 0.35, "size": 7},
        }
    return {
        "type": "bar",
        "name": plain(title),
        "x": starts,
        "y": rounded(np.maximum(volumes, 0.0) / days / SECONDS_PER_DAY),
        "width": [float(each) * MILLISECONDS_PER_DAY for each in days],
        "offset": 0,
        "marker": marker,
        "hovertemplate": "%{y:.2f} m³/s",
    }
