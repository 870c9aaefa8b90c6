"""The trade-off between two goals as a line with its points; a point tells what its plan means for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.plan.compare import class_shortages
from waterbalance.report.figures.style import WATER, layout, plain, rounded, value_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.optimise.frontier import Frontier
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording

HEIGHT = 420


@dataclass(frozen=True)
class GoalAxis:
    """In what a goal is drawn."""

    goal: str
    """Its name for people."""

    size: float
    """What one unit of the axis is of the goal's own units."""

    unit: str
    """Short, for numbers; empty where the goal is a weighted sum."""

    title: str
    """Goal, measures and unit."""


def _hover(axis: GoalAxis, letter: str) -> str:
    return f"{plain(axis.goal)}: %{{{letter}:,.4~r}} {plain(axis.unit)}".rstrip()


def trade_off_figure(curve: Frontier, axes: Sequence[GoalAxis], say: Wording) -> Figure:
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
        "x": rounded(point.first / axes[0].size for point in curve.points),
        "y": rounded(point.second / axes[1].size for point in curve.points),
        "text": [str(number) for number in range(1, len(curve.points) + 1)],
        "textposition": "top right",
        "hovertext": told,
        "hovertemplate": f"%{{hovertext}}<br>{_hover(axes[0], 'x')}<br>{_hover(axes[1], 'y')}<extra></extra>",
        "line": {"color": WATER, "width": 2.5, "dash": "solid" if curve.complete else "dot"},
        "marker": {"size": 9, "color": WATER},
    }
    x, y = ({**value_axis(plain(axis.title)), "rangemode": "normal"} for axis in axes)
    drawn = layout(HEIGHT, say.language, xaxis=x, yaxis=y, showlegend=False, hovermode="closest")
    return {"name": "trade-off", "data": [trace], "layout": drawn}
