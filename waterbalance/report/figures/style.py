"""Colours and layout that all pictures share.

The colours are those of Okabe and Ito (2008), Color Universal Design, which people with any colour vision can tell apart;
curves differ in their dashes too, and shortages are hatched.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waterbalance.report.language import Wording

Figure = dict[str, Any]
"""`data`, `layout` and a `name` for the page's element, as plotly.js takes them."""

LONG = 40.0
"""From here on plotly.js chooses the ticks itself. [day]"""

INK = "#1d2b36"
MUTED = "#5b6b78"
GRID = "#e3e8ec"
WATER = "#0072b2"

FONT = "Inter, 'Noto Sans', 'Noto Sans TC', 'Noto Sans CJK TC', 'PingFang TC', 'Microsoft JhengHei', system-ui, sans-serif"

CLASS_COLOURS = {
    "lifeline": "#cc79a7",
    "domestic": "#0072b2",
    "industry": "#e69f00",
    "agriculture": "#009e73",
    "hydropower": "#56b4e9",
    "environment": "#44803f",
    "navigation": "#8c6bb1",
    "other": "#7a7a7a",
}

CURVES = {
    "upper_curve": {"color": "#56b4e9", "dash": "dot"},
    "lower_curve": {"color": "#e69f00", "dash": "dash"},
    "severe_curve": {"color": "#d55e00", "dash": "longdashdot"},
    "capacity": {"color": "#9aa5ad", "dash": "solid"},
}


def layout(height: int, language: str, days: float = LONG, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (plotly's own keys)
    """Layout of every picture."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"font": {"family": FONT}},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "left", "x": 0.0},
        "xaxis": date_axis(language, days),
        "yaxis": value_axis(),
        **more,
    }


def date_axis(language: str, days: float) -> dict[str, Any]:
    """An axis of dates, in the reader's order; a short one has ticks at whole days only."""
    ticks = {"dtick": 86_400_000 * math.ceil(days / 8)} if days < LONG else {}
    return {
        **ticks,
        "type": "date",
        "tickformat": "%-m/%-d" if language == "zh-TW" else "%-d %b",
        "hoverformat": "%Y/%-m/%-d" if language == "zh-TW" else "%-d %b %Y",
        "gridcolor": GRID,
        "linecolor": GRID,
        "automargin": True,
    }


def category_axis(starts: list[str], say: Wording) -> dict[str, Any]:
    """An axis of steps, one column each whatever their length; labelled with their first days, at most forty of them."""
    shown = starts[:: math.ceil(len(starts) / 40)]
    return {
        "type": "category",
        "automargin": True,
        "tickangle": -45,
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": [say.day(start) for start in shown],
    }


def value_axis(title: str = "") -> dict[str, Any]:
    """An axis of amounts, from zero."""
    return {
        "title": {"text": title, "standoff": 6},
        "rangemode": "tozero",
        "exponentformat": "none",
        "separatethousands": True,
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "automargin": True,
    }


def plain(text: str) -> str:
    """Text that plotly.js shows as it stands: it would read tags in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rounded(values: object, digits: int = 6) -> list[float]:
    """Values for a picture: a few significant digits."""
    return [float(f"{float(value) + 0.0:.{digits}g}") for value in values]  # type: ignore[attr-defined]
