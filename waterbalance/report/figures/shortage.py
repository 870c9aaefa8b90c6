"""Who goes short, and when: users by ten-day periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.report.figures.style import category_axis, layout, plain, rounded
from waterbalance.report.supply import NEGLIGIBLE, period_starts, users

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned

ROW_HEIGHT = 30
LEAST_HEIGHT = 190
SCALE = [[0.0, "#f4f6f8"], [0.25, "#fdd9a0"], [0.5, "#f39c4a"], [0.75, "#c8501e"], [1.0, "#6e1d0a"]]
"""Ever darker, so that it also reads in grey. Full scale is nothing delivered."""


def shortage_figure(planned: Planned, say: Wording) -> Figure | None:
    """Shortage / demand of every user with a shortage; None when nobody goes short."""
    rows = [user for user in users(planned) if user.shortage.sum() > NEGLIGIBLE * max(user.demand.sum(), 1.0)]
    if not rows:
        return None
    ratios = [np.divide(row.shortage, row.demand, out=np.zeros_like(row.shortage), where=row.demand > 0) for row in rows]
    names = [plain(say.name(planned.scenario.network, row.component)) for row in rows]
    starts = list(period_starts(planned))
    data = {
        "type": "heatmap",
        "x": starts,
        "y": names,
        "z": [rounded(ratio, 4) for ratio in ratios],
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": SCALE,
        "xgap": 1,
        "ygap": 1,
        "text": [[say.percent(each, 0) if each >= 0.005 else "" for each in ratio] for ratio in ratios],
        "texttemplate": "%{text}",
        "hovertemplate": "%{y}<br>%{x}: %{z:.1%}<extra></extra>",
        "colorbar": {"tickformat": ".0%", "thickness": 12, "outlinewidth": 0},
    }
    drawn = layout(max(LEAST_HEIGHT, ROW_HEIGHT * len(rows) + 90), say.language)
    drawn["xaxis"] = category_axis(starts, say)
    drawn["yaxis"] = {"type": "category", "autorange": "reversed", "automargin": True}
    return {"name": "shortage", "data": [data], "layout": drawn}
