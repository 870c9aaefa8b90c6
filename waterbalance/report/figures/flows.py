"""Where the water goes: all flows between places over the plan, as a Sankey diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.report.figures.style import CLASS_COLOURS, MUTED, WATER, layout, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned

NATURE = " nature"
"""Node of what the rivers bring; no component can have this name."""

THINNEST = 0.002
"""Flows below this share of the largest are left out. [-]"""

NODE_HEIGHT = 20
SMALLEST = 420


@dataclass(frozen=True)
class _Flow:
    source: str
    target: str
    volume: float
    structure: str


def flows_figure(planned: Planned, say: Wording) -> Figure:
    """Nodes are places, ribbons are what canals, pipes and rivers take in. [Mm3]."""
    flows = [flow for flow in _flows(planned) if flow.volume > 0]
    most = max((flow.volume for flow in flows), default=0.0)
    flows = [flow for flow in flows if flow.volume >= THINNEST * most]
    nodes = list(dict.fromkeys(name for flow in flows for name in (flow.source, flow.target)))
    network = planned.scenario.network
    titles = {name: say("natural_inflow") if name == NATURE else say.name(network, name) for name in nodes}
    data = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.2f",
        "valuesuffix": f" {say('axis.volume')}",
        "node": {
            "label": [plain(titles[name]) for name in nodes],
            "color": [_colour(planned, name) for name in nodes],
            "pad": 12,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [nodes.index(flow.source) for flow in flows],
            "target": [nodes.index(flow.target) for flow in flows],
            "value": [float(f"{flow.volume / 1e6:.6g}") for flow in flows],
            "label": [plain(say.name(network, flow.structure)) if flow.structure in network else "" for flow in flows],
            "color": "rgba(0,114,178,0.22)",
        },
    }
    drawn = layout(max(SMALLEST, NODE_HEIGHT * len(nodes)), say.language)
    return {"name": "flows", "data": [data], "layout": {key: drawn[key] for key in ("height", "margin", "font", "paper_bgcolor")}}


def _flows(planned: Planned) -> Iterator[_Flow]:
    """What rivers bring, what links take in, what spills and what flows back. A two-way pipe counts net."""
    values = planned.plan.values
    total = {key: float(each.sum()) for key, each in values.items() if key not in planned.plan.stocks}
    for component in planned.scenario.network:
        name = component.name
        if component.is_place:
            yield _Flow(NATURE, name, total.get((name, "inflow"), 0.0), NATURE)
            for quantity, field in (("spill", "spill_to"), ("return_flow", "return_to")):
                target = getattr(component, field, None)
                if target is not None:
                    yield _Flow(name, target, total.get((name, quantity), 0.0), quantity)
        elif not component.is_rule and hasattr(component, "source") and hasattr(component, "target"):
            net = total.get((name, "inflow"), 0.0) - total.get((name, "reverse_inflow"), 0.0)
            ends = (component.source, component.target) if net >= 0 else (component.target, component.source)
            yield _Flow(*ends, abs(net), name)


def _colour(planned: Planned, name: str) -> str:
    if name == NATURE:
        return WATER
    user_class = planned.scenario.network[name].user_class_name
    return CLASS_COLOURS.get(user_class or "", MUTED)
