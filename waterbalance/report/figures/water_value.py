"""Where and when one more cubic metre would help, and how high up in the ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.report.binding import worth_telling
from waterbalance.report.figures.style import category_axis, layout, plain

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.summary import Summary

ROW_HEIGHT = 24
LEAST_HEIGHT = 200
MOST_PLACES = 40
SCALE = [[0.0, "#440154"], [0.25, "#3b528b"], [0.5, "#21918c"], [0.75, "#5ec962"], [1.0, "#fde725"]]
"""Viridis (Smith and van der Walt, 2015): dark is a high rank."""


def water_value_figure(planned: Planned, summary: Summary, say: Wording) -> Figure | None:
    """Places by steps, coloured by the rank that is helped; None where nothing would help."""
    places = [each.component for each in summary.binding][:MOST_PLACES]
    if not places:
        return None
    frame = worth_telling(planned)
    frame = frame[frame["component"].isin(places)]
    starts = [str(start) for start in planned.horizon.starts]
    step = {start: t for t, start in enumerate(planned.horizon.starts)}
    ranks = np.full((len(places), len(planned.horizon)), np.nan)
    texts = [["" for _ in planned.horizon.starts] for _ in places]
    for start, component, rank, goal, value in frame.itertuples(index=False):
        row, t = places.index(component), step[start]
        ranks[row, t] = rank
        texts[row][t] = plain(f"{rank}. {say.known('goal', goal)}: {say.number(value, 3)}")
    count = max(len(summary.goals), 2)
    data = {
        "type": "heatmap",
        "x": starts,
        "y": [plain(say.name(planned.scenario.network, place)) for place in places],
        "z": [[None if np.isnan(each) else int(each) for each in row] for row in ranks],
        "text": texts,
        "zmin": 1,
        "zmax": count,
        "colorscale": SCALE,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": "%{y}<br>%{x}<br>%{text}<extra></extra>",
        "colorbar": {"title": {"text": say("axis.rank")}, "thickness": 12, "outlinewidth": 0, "dtick": 1, "tickformat": "d"},
    }
    drawn = layout(max(LEAST_HEIGHT, ROW_HEIGHT * len(places) + 90), say.language)
    drawn["xaxis"] = category_axis(starts, say)
    drawn["yaxis"] = {"type": "category", "autorange": "reversed", "automargin": True}
    return {"name": "water-value", "data": [data], "layout": drawn}
