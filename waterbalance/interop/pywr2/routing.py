"""Nodes in which water takes its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr.writer import FLOW
from waterbalance.interop.pywr2.document import type_of
from waterbalance.interop.pywr2.nearest import MUSKINGUM
from waterbalance.interop.pywr2.nodes import losing_part
from waterbalance.interop.pywr2.shapes import MOST_PARTS, WHOLE
from waterbalance.network.components.river_reach import LARGEST_WEIGHTING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.nodes import Writer


def _delay(writer: Writer, node: ModelNode) -> None:
    writer.make(node, "link_node", WHOLE, ("delayed",))
    _delayed(writer, node, node.data, (), node.place)
    writer.known(node, "delay", "initial_value")


def _river(writer: Writer, node: ModelNode) -> None:
    """Routing comes first, the loss after it."""
    writer.known(node, "loss_factor", "routing_method")
    net = ("net",) if node.data.get("loss_factor") is not None else ()
    if node.data.get("routing_method") is None:
        writer.make(node, "link_node", WHOLE, net)
    else:
        _routed(writer, node, net)
    if net:
        losing_part(writer, node, "net")


def _routed(writer: Writer, node: ModelNode, parts: Sequence[str]) -> None:
    told, place = writer.mapping(node, "routing_method"), f"{node.place}.routing_method"
    if told.get("type") == "Delay":
        writer.make(node, "link_node", WHOLE, ("delayed",))
        _delayed(writer, node, told, parts, place)
    elif told.get("type") == "Muskingum":
        writer.make(node, "link_node", WHOLE, ("above reach",))
        writer.make(node, "link_node", "delayed", parts)
        _stored(writer, node, told, place)
    else:
        raise refusal(writer.file, f"{place}.type", "this is no routing", shown(told.get("type")), "Delay or Muskingum")


def _stored(writer: Writer, node: ModelNode, told: Mapping[str, Any], place: str) -> None:
    """A reach that stores water, between a junction and the link behind it. Pywr counts its travel time in steps."""
    above, reach, below = (writer.attributes.component(node, part) for part in ("above reach", "reach", "delayed"))
    writer.make(node, "junction", "above reach")
    length = writer.carried.steps.days
    time = weight = None
    try:
        time, weight = (writer.reader.constant(writer.reader.asked(told, word, place)) for word in ("travel_time", "weight"))
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, error.instead)
    if length is None or time is None or weight is None or time <= 0.0 or not 0.0 <= weight <= LARGEST_WEIGHTING:
        what = "Muskingum routing that changes, of a weight beyond a half, or in steps of months"
        writer.carried.lacks(place, what, f"Water passes at once. {MUSKINGUM}")
        writer.carried.components[above] = {"type": "link_node", "to": [below]}
        return
    wedge, prism = time * weight, time * (1.0 - weight)
    half = min(0.5, prism, 1.0 - wedge)
    if half < 0.5:
        what = "Muskingum routing whose factors are negative in steps of this length"
        writer.carried.lacks(place, what, "The reach makes no wave negative here. Use other steps, or another travel time.")
    inflow, outflow = _at_first(writer, node, told.get("initial_condition"), f"{place}.initial_condition")
    stored = ((wedge + half) * inflow + (prism - half) * outflow) * length
    fields = {"type": "river_reach", "source": above, "target": below, "travel_time": f"{time * length!r} days"}
    writer.carried.components[reach] = {**fields, "weighting": weight}
    writer.carried.stocks[f"{reach}.under_way"] = stored


def _at_first(writer: Writer, node: ModelNode, told: object, place: str) -> tuple[float, float]:
    """Inflow and outflow before the first step: as told, or both what comes in it, where that is known."""
    kind = type_of(told)
    if isinstance(told, dict) and kind == "Specified":
        inflow, outflow = (number(told.get(word), f"{place}.{word}", writer.file) for word in ("inflow", "outflow"))
        return inflow, outflow
    if kind != "SteadyState":
        allowed = "SteadyState, or Specified with inflow and outflow"
        raise refusal(writer.file, place, "this is no condition at first", shown(told), allowed)
    inflow = 0.0
    for edge in (each for each in writer.document.edges if each.end == node.name):
        source = writer.document.nodes[edge.start]
        alone = sum(each.start == edge.start for each in writer.document.edges) == 1
        flow = None
        if source.kind == "catchment" and alone:
            told_flow = writer.reader.within(source, source.data.get("flow", 0.0), f"{source.place}.flow")
            flow = writer.reader.at_first(told_flow)
        if flow is None:
            what = "a steady state of what no catchment alone decides"
            writer.carried.lacks(place, what, "The reach begins empty here. Tell a Specified condition.")
            return 0.0, 0.0
        inflow += flow
    return inflow, inflow


def _delayed(writer: Writer, node: ModelNode, told: Mapping[str, Any], parts: Sequence[str], place: str) -> None:
    """So many steps later."""
    length = writer.carried.steps.days
    delay = writer.reader.number(told.get("delay"), f"{place}.delay")
    if delay != int(delay) or not 0 <= delay <= MOST_PARTS:
        allowed = f"0 to {MOST_PARTS}"
        raise refusal(writer.file, f"{place}.delay", "a whole number of steps is wanted", shown(told.get("delay")), allowed)
    if length is None:
        writer.carried.lacks(place, "a delay in steps of months", "Water passes at once. Use steps of days.")
        writer.make(node, "link_node", "delayed", parts)
        return
    name = writer.make(node, "delay_node", "delayed", parts)
    writer.carried.components[name]["travel_time"] = f"{delay * length!r} days"
    initial = writer.reader.number(told.get("initial_value"), f"{place}.initial_value")
    if initial:
        writer.carried.components[name]["initial_flow"] = f"{initial!r} {FLOW}"


ROUTING_KINDS: Mapping[str, Callable[[Writer, ModelNode], None]] = {"delay": _delay, "river": _river}
"""Type of a node in small letters -> how it is written."""
