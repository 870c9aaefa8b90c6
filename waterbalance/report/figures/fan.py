"""What is expected of one quantity: from the low to the high members, the median, and what a plan takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance import units
from waterbalance.report.figures.style import INK, WATER, layout, plain, rounded, value_axis

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.forecast_table import ForecastRow
    from waterbalance.report.language import Wording

HEIGHT = 260


def fan_figure(row: ForecastRow, horizon: Horizon, say: Wording) -> Figure:
    """Steps as columns of their true length; flows as means [m3/s], rates by the day, the rest as it is."""
    edges = [str(edge) for edge in horizon.edges]
    factor, unit = _told_in(row.unit, say)
    divide = horizon.days if units.integrates_over_step(row.unit) else np.ones(len(horizon))

    def line(values: Floats, name: str, **style: Any) -> dict[str, Any]:  # noqa: ANN401 (plotly's own keys)
        held = values / divide * factor
        told = rounded(np.array([*held, held[-1]]))
        return {"type": "scatter", "mode": "lines", "name": plain(say(name)), "x": edges, "y": told, **style}

    thin = {"color": WATER, "width": 0.8, "shape": "hv"}
    traces = [
        line(row.low, "forecast.low", line=thin),
        line(row.high, "forecast.high", line=thin, fill="tonexty", fillcolor="rgba(0,114,178,0.18)"),
        line(row.median, "forecast.median", line={"color": WATER, "width": 2.5, "shape": "hv"}),
        line(row.planned, "forecast.planned", line={"color": INK, "width": 1.5, "dash": "dash", "shape": "hv"}),
    ]
    days = float(horizon.offsets[-1])
    drawn = layout(HEIGHT, say.language, days, yaxis=value_axis(plain(unit)), hovermode="x unified")
    return {"name": f"fan-{row.component}-{row.quantity}", "data": traces, "layout": drawn}


def _told_in(unit: str, say: Wording) -> tuple[float, str]:
    """How people read an internal unit: factor and name."""
    if unit == units.FLOW:
        return 1.0 / units.SECONDS_PER_DAY, "m³/s"
    if unit == units.DEPTH_RATE:
        return 1000.0, say("unit.depth_rate")
    if unit == units.VOLUME:
        divisor, name = say.volume_unit
        return 1.0 / divisor, name
    return 1.0, unit
