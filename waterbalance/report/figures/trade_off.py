"""The trade-off between two goals as a line with its points; a point tells what its plan means for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.plan.compare import class_shortages
from waterbalance.report.figures.style import WATER, layout, plain, rounded, value_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.optimise.frontier import Frontier
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording

HEIGHT = 420


def trade_off_figure(curve: Frontier, titles: Sequence[str], say: Wording) -> Figure:
    """Drawn through where the lines between the points are the curve, dotted where they only guide the eye."""
    told = []
    for number, point in enumerate(curve.points, start=1):
        lacks = [
            f"{say.known('class', each.user_class)}: {say.volume(each.shortage[0] or 0.0)}"
            for each in class_shortages([point.side])
        ]
        told.append("<br>".join([f"{plain(say('frontier.point'))} {number}", *map(plain, lacks)]))
    trace = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": rounded(point.first for point in curve.points),
        "y": rounded(point.second for point in curve.points),
        "text": [str(number) for number in range(1, len(curve.points) + 1)],
        "textposition": "top right",
        "hovertext": told,
        "hovertemplate": "%{hovertext}<br>%{x:,.0f} · %{y:,.0f}<extra></extra>",
        "line": {"color": WATER, "width": 2.5, "dash": "solid" if curve.complete else "dot"},
        "marker": {"size": 9, "color": WATER},
    }
    axes = [{**value_axis(plain(title)), "rangemode": "normal"} for title in titles]
    drawn = layout(HEIGHT, say.language, xaxis=axes[0], yaxis=axes[1], showlegend=False, hovermode="closest")
    return {"name": "trade-off", "data": [trace], "layout": drawn}
