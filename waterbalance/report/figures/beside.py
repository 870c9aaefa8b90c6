"""Plans beside each other: shortages by class, and the storages whose course differs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import layout, plain, rounded, value_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waterbalance.plan.compare import Comparison
    from waterbalance.plan.side import Side
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MOST_STORAGES = 4
HEIGHT = 280
NEGLIGIBLE = 1.0
"""A difference that nobody would see. [m3]"""


def shortage_bars(comparison: Comparison, plans: Sequence[str], say: Wording) -> tuple[Figure, ...]:
    """One group of bars a class, one bar a plan, as a share of the demand [%]."""
    classes = [plain(say.known("class", each.user_class)) for each in comparison.shortages]
    traces: list[dict[str, Any]] = []
    for number, plan in enumerate(plans):
        shares = [
            0.0 if shortage is None or not demand else 100.0 * shortage / demand
            for shortage, demand in ((each.shortage[number], each.demand[number]) for each in comparison.shortages)
        ]
        traces.append(
            {
                "type": "bar",
                "name": plain(plan),
                "x": classes,
                "y": rounded(shares),
                "marker": {"color": COLOURS[number % len(COLOURS)]},
                "hovertemplate": "%{y:.1f} %",
            }
        )
    axis = value_axis(f"{say('share')} [%]")
    drawn = layout(HEIGHT, say.language, barmode="group", yaxis=axis, xaxis={"type": "category", "automargin": True})
    return ({"name": "shortage-by-class", "data": traces, "layout": drawn},)


def storage_lines(sides: Sequence[Side], label: Callable[[str], str], say: Wording) -> tuple[Figure, ...]:
    """Storage at the end of every step, for the storages whose course differs most."""
    names = dict.fromkeys(name for side in sides for name, quantity in side.plan.values if quantity == "storage")
    spread = {name: _spread(sides, name) for name in names}
    shown = sorted((name for name in names if spread[name] > NEGLIGIBLE), key=lambda name: (-spread[name], name))
    return tuple(_storage(sides, name, label(name), say) for name in shown[:MOST_STORAGES])


def _spread(sides: Sequence[Side], name: str) -> float:
    courses = np.array([side.plan.values[name, "storage"] for side in sides if (name, "storage") in side.plan.values])
    return float(np.ptp(courses, axis=0).max())


def _storage(sides: Sequence[Side], name: str, title: str, say: Wording) -> Figure:
    divisor, unit = say.volume_unit
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": plain(say.known("policy", side.name)),
            "x": [str(day) for day in side.plan.horizon.ends],
            "y": rounded(side.plan.values[name, "storage"] / divisor),
            "line": {"color": COLOURS[number % len(COLOURS)], "dash": DASHES[number % len(DASHES)], "width": 2.5},
        }
        for number, side in enumerate(sides)
        if (name, "storage") in side.plan.values
    ]
    days = float(sides[0].plan.horizon.offsets[-1])
    axis = value_axis(f"{plain(title)} [{unit}]")
    return {
        "name": f"storage-{name}",
        "data": traces,
        "layout": layout(HEIGHT, say.language, days, yaxis=axis, hovermode="x unified"),
    }
