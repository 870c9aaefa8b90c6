"""Skill by lead beside the judges, and whether intervals hold what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import GRID, WATER, layout, plain, rounded, value_axis

if TYPE_CHECKING:
    from waterbalance.forecast.backtest import Backtest, Tried
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording

HEIGHT = 260
JUDGES = {"seasonal_naive": ("#e69f00", "dash"), "climatology": ("#009e73", "dot")}
BINS = 10


def skill_figure(tried: Tried, result: Backtest, say: Wording) -> Figure:
    """CRPS of the forecaster and of its judges by lead, as a share of the climatology's over all leads."""
    whole = float(result.judges["climatology"]["crps"].loc[0]) or 1.0
    lines = [("forecaster", tried.forecaster, result.scores, WATER, "solid")]
    lines += [(name, say(f"judge.{name}"), scores, *JUDGES[name]) for name, scores in result.judges.items()]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(title),
            "x": [int(lead) for lead in scores.index if lead > 0],
            "y": rounded(scores.drop(0)["crps"] / whole, 4),
            "line": {"color": colour, "dash": dash, "width": 2.5},
        }
        for _, title, scores, colour, dash in lines
    ]
    axis = {"title": {"text": plain(say("backtest.lead"))}, "dtick": 1 if len(result.scores) <= 15 else 5, "automargin": True}
    drawn = layout(HEIGHT, say.language, xaxis=axis, yaxis=value_axis(plain(say("backtest.crps.axis"))))
    return {"name": f"skill-{tried.component}-{tried.quantity}", "data": traces, "layout": drawn}


def coverage_figure(tried: Tried, result: Backtest, say: Wording) -> Figure:
    """Where what came stood among the members: even columns where their spread is right."""
    pit = result.told["pit"].dropna().to_numpy(dtype=np.float64)
    counts, edges = np.histogram(pit, bins=BINS, range=(0.0, 1.0))
    trace = {
        "type": "bar",
        "x": rounded((edges[1:] + edges[:-1]) / 2.0),
        "y": rounded(counts / max(1, counts.sum()) * BINS, 4),
        "marker": {"color": WATER},
        "showlegend": False,
    }
    even = {"type": "line", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"color": "#5b6b78", "dash": "dash"}}
    axis = {"title": {"text": plain(say("backtest.pit.axis"))}, "range": [0, 1], "gridcolor": GRID, "automargin": True}
    heights = value_axis(plain(say("backtest.pit.share")))
    drawn = layout(HEIGHT, say.language, xaxis=axis, yaxis=heights, shapes=[even], bargap=0.05)
    return {"name": f"spread-{tried.component}-{tried.quantity}", "data": [trace], "layout": drawn}
