"""Storage against the rule curves, one picture a storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.report.figures.style import CURVES, INK, WATER, layout, plain, rounded, value_axis
from waterbalance.report.recorded import recorded
from waterbalance.report.storages import capacity_of, curve, storage_with_opening

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.recorded import Recorded

HEIGHT = 280


def storage_figure(planned: Planned, component: str, say: Wording) -> Figure:
    """Storage at every edge of the horizon; curves and capacity hold over each step."""
    edges = [str(edge) for edge in planned.horizon.edges]
    traces: list[dict[str, Any]] = [_line(edges, capacity_of(planned, component), "capacity", say)]
    for name in ("upper_curve", "lower_curve", "severe_curve"):
        values = curve(planned, component, name)
        if values is not None:
            traces.append(_line(edges, values, name, say))
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": plain(say("storage.line")),
            "x": edges,
            "y": rounded(storage_with_opening(planned, component) / say.volume_unit[0]),
            "line": {"color": WATER, "width": 3},
            "fill": "tozeroy",
            "fillcolor": "rgba(0,114,178,0.12)",
        }
    )
    traces.extend(_recorded(each, say) for each in recorded(planned) if each.is_stock and each.component == component)
    drawn = layout(
        HEIGHT, say.language, float(planned.horizon.offsets[-1]), yaxis=value_axis(say.volume_unit[1]), hovermode="x unified"
    )
    return {"name": f"storage-{component}", "data": traces, "layout": drawn}


def _recorded(each: Recorded, say: Wording) -> dict[str, Any]:
    """What the storage really was."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(say("recorded.was")),
        "x": list(each.days),
        "y": rounded(np.array(each.recorded) / say.volume_unit[0]),
        "line": {"color": INK, "width": 1.2, "dash": "dot"},
        "marker": {"color": INK, "size": 6, "symbol": "diamond"},
    }


def _line(edges: list[str], values: Floats, name: str, say: Wording) -> dict[str, Any]:
    """A value that holds over each step, up to the end of the last one."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(say(f"curve.{name}")),
        "x": edges,
        "y": rounded(np.array([*values, values[-1]]) / say.volume_unit[0]),
        "line": {**CURVES[name], "width": 1.6, "shape": "hv"},
    }
