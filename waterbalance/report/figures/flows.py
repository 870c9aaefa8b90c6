"""Where the users' water comes from: flows between places over the plan, as a Sankey diagram.

Water that only passes on its way to the sea would hide all the rest, so each flow is drawn with the share of it that ends
at a user: at every place, water is taken to be well mixed.

    share(user) = 1,   share(outfall) = 0,   share(place) = sum of flow x share(target) / sum of flow, over what leaves it
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components.junction import Junction
from waterbalance.report.figures.style import CLASS_COLOURS, FONT, INK, MUTED, WATER, layout, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned

NATURE = " nature"
"""Node of what the rivers bring; no component can have this name."""

THINNEST = 0.002
"""Flows below this share of the largest are left out. [-]"""

WAYS_ON = (
    ("spill", "spill_to"),
    ("overtopping", "spill_to"),
    ("unrated_spill", "spill_to"),
    ("return_flow", "return_to"),
    ("effluent", "effluent_to"),
)
"""What places send on without a link, and the field that says where to."""

BARE = "to"
"""Field of nodes of a bare network, from which water goes straight to others."""

NODE_HEIGHT = 26
SMALLEST = 420

LINE_LENGTH = {"en": 17, "zh-TW": 8}
"""Characters in a line of a label: about as wide as a column of places."""


@dataclass(frozen=True)
class Flow:
    """One volume from place to place over the plan. [m3]."""

    source: str
    target: str
    volume: float
    structure: str


def flows_figure(planned: Planned, say: Wording) -> Figure:
    """Nodes are places, ribbons are what canals, pipes and rivers take in on its way to users [Mm3, in Chinese 萬噸]."""
    flows = to_users(planned, [flow for flow in flows_of(planned) if flow.volume > 0])
    most = max((flow.volume for flow in flows), default=0.0)
    flows = through_junctions(planned, [flow for flow in flows if flow.volume >= THINNEST * most])
    nodes = list(dict.fromkeys(name for flow in flows for name in (flow.source, flow.target)))
    network = planned.scenario.network
    between = {flow.source for flow in flows} & {flow.target for flow in flows}
    titles = {name: say("natural_inflow") if name == NATURE else say.name(network, name) for name in nodes}
    data = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.2f",
        "valuesuffix": f" {say.volume_unit[1]}",
        "node": {
            "label": [_in_lines(titles[name], say) if name in between else plain(titles[name]) for name in nodes],
            "color": [_colour(planned, name) for name in nodes],
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [nodes.index(flow.source) for flow in flows],
            "target": [nodes.index(flow.target) for flow in flows],
            "value": [float(f"{flow.volume / say.volume_unit[0]:.6g}") for flow in flows],
            "label": [plain(say.name(network, flow.structure)) if flow.structure in network else "" for flow in flows],
            "color": "rgba(0,114,178,0.22)",
        },
    }
    drawn = layout(max(SMALLEST, NODE_HEIGHT * len(nodes)), say.language, font={"family": FONT, "size": 11, "color": INK})
    return {"name": "flows", "data": [data], "layout": {key: drawn[key] for key in ("height", "margin", "font", "paper_bgcolor")}}


def _in_lines(title: str, say: Wording) -> str:
    """A title broken into lines, so that it ends before the next column of places."""
    return "<br>".join(map(plain, textwrap.wrap(title, LINE_LENGTH[say.language], break_on_hyphens=False)))


def through_junctions(planned: Planned, flows: list[Flow]) -> list[Flow]:
    """The same flows without junctions that only pass on what one structure brings to one other."""
    network = planned.scenario.network
    for component in network:
        into = [flow for flow in flows if flow.target == component.name]
        out = [flow for flow in flows if flow.source == component.name]
        if isinstance(component, Junction) and len(into) == len(out) == 1 and into[0].source != out[0].target:
            flows = [flow for flow in flows if flow not in (*into, *out)]
            flows.append(replace(out[0], source=into[0].source))
    return flows


def to_users(planned: Planned, flows: list[Flow]) -> list[Flow]:
    """The same flows without the part that ends at no user."""
    network = planned.scenario.network
    names = sorted({name for flow in flows for name in (flow.source, flow.target)})
    number = {name: row for row, name in enumerate(names)}
    users = [number[name] for name in names if name in network and network[name].user_class_name is not None]
    passed = np.zeros((len(names), len(names)))
    for flow in flows:
        passed[number[flow.source], number[flow.target]] += flow.volume
    passed[users] = 0.0
    total = passed.sum(axis=1, keepdims=True)
    passed = np.divide(passed, total, out=np.zeros_like(passed), where=total > 0)
    given = np.zeros(len(names))
    given[users] = 1.0
    # Least squares give zero to water that goes round for ever, where the equations alone would not decide.
    share = np.clip(np.linalg.lstsq(np.eye(len(names)) - passed, given, rcond=None)[0], 0.0, 1.0)
    return [replace(flow, volume=flow.volume * float(share[number[flow.target]])) for flow in flows]


def flows_of(planned: Planned) -> Iterator[Flow]:
    """What rivers bring, what links take in, what spills and what flows back or on. A two-way pipe counts net."""
    values = planned.plan.values
    total = {key: float(each.sum()) for key, each in values.items() if key not in planned.plan.stocks}
    for component in planned.scenario.network:
        name = component.name
        if component.is_place:
            yield Flow(NATURE, name, total.get((name, "inflow"), 0.0), NATURE)
            for quantity, field in WAYS_ON:
                target = getattr(component, field, None)
                if target is not None:
                    yield Flow(name, target, total.get((name, quantity), 0.0), quantity)
            for target in getattr(component, BARE, ()):
                yield Flow(name, target, total.get((name, f"{BARE} {target}"), 0.0), "flow")
        elif not component.is_rule and hasattr(component, "source") and hasattr(component, "target"):
            net = total.get((name, "inflow"), 0.0) - total.get((name, "reverse_inflow"), 0.0)
            ends = (component.source, component.target) if net >= 0 else (component.target, component.source)
            yield Flow(*ends, abs(net), name)


def _colour(planned: Planned, name: str) -> str:
    if name == NATURE:
        return WATER
    user_class = planned.scenario.network[name].user_class_name
    return CLASS_COLOURS.get(user_class or "", MUTED)
