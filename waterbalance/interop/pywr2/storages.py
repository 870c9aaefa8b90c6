"""Nodes that keep water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError, negative
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.interop.pywr.writer import FLOW, PRICE, VOLUME
from waterbalance.interop.pywr2.document import type_of
from waterbalance.interop.pywr2.shapes import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.nodes import Writer

_LIMITS = (("max_volume", "capacity", VOLUME), ("min_volume", "minimum_storage", VOLUME), ("cost", "price", PRICE))
_OF_STORAGES = ("max_volume", "min_volume", "initial_volume", "cost")
_OF_RESERVOIRS = (
    "compensation",
    "connect_compensation_to_spill",
    "spill",
    "evaporation",
    "rainfall",
    "leakage",
    "surface_area",
)


def initial_volume(writer: Writer, node: ModelNode) -> float:
    """What is stored before the first step: a volume, or a share of what can be."""
    told, place = node.data.get("initial_volume"), f"{node.place}.initial_volume"
    kind = type_of(told)
    if isinstance(told, dict) and kind == "Absolute":
        return number(told.get("volume"), f"{place}.volume", writer.file)
    if not isinstance(told, dict) or kind != "Proportional":
        allowed = "{type: Absolute, volume: 1} or {type: Proportional, proportion: 1}"
        raise refusal(writer.file, place, "this is no volume at first", shown(told), allowed)
    share = number(told.get("proportion"), f"{place}.proportion", writer.file)
    return share * largest_at_first(writer, node, place)


def largest_at_first(writer: Writer, node: ModelNode, place: str) -> float:
    """What can be stored on the first day; where nobody knows, that is listed."""
    most = node.data.get("max_volume")
    if most is None:
        raise refusal(writer.file, place, "a share of a volume without limit", "no 'max_volume'", "an Absolute volume")
    try:
        found = writer.reader.at_first(writer.reader.argument(most, f"{node.place}.max_volume"))
    except UncarriedError:  # listed where the limit itself is written
        return 0.0
    if found is None:
        writer.carried.lacks(place, "a share of a volume that changes by state", "It begins empty here. Tell an Absolute volume.")
        return 0.0
    return found


def _storage(writer: Writer, node: ModelNode) -> None:
    _whole(writer, node)
    writer.known(node, *_OF_STORAGES)


def _whole(writer: Writer, node: ModelNode, parts: tuple[str, ...] = ()) -> str:
    name = writer.make(node, "storage_node", WHOLE, parts)
    writer.carried.stocks[f"{name}.storage"] = initial_volume(writer, node)
    writer.limit(node, name, _LIMITS)
    return name


def _piecewise(writer: Writer, node: ModelNode) -> None:
    """Storages on each other, between which water moves freely; each has its own cost.

    Its limit is the share of the whole between two curves: the one below it and its own, or the top.
    """
    shape = writer.attributes.shapes[node.name]
    steps = writer.items(node, "steps")
    writer.known(node, "steps", *_OF_STORAGES)
    names = [writer.attributes.component(node, part) for part in shape.storages]
    try:
        whole = writer.reader.asked(node.data, "max_volume", node.place)
        curves = [writer.reader.asked(step, "control_curve", f"{node.place}.steps[{index}]") for index, step in enumerate(steps)]
    except UncarriedError as error:
        writer.carried.lacks(f"{node.place}.steps", error.what, f"It is one storage without limits here. {error.instead}")
        curves, whole = [0.0] * len(steps), 0.0
    limits = _between_curves(writer, curves, whole)
    if node.data.get("min_volume") is not None:
        what, instead = "a least volume of a storage in pieces", "Nothing holds it here. Use a Storage."
        writer.carried.lacks(f"{node.place}.min_volume", what, instead)
    left = initial_volume(writer, node)
    for index, (part, name) in enumerate(zip(shape.storages, names, strict=True)):
        beside = [*names[max(0, index - 1) : index], *names[index + 1 : index + 2]]
        writer.make(node, "storage_node", part)
        fields = writer.carried.components[name]
        fields["to"] = list(dict.fromkeys([*beside, *fields.get("to", ())]))
        most = writer.reader.at_first(limits[index])
        stored = left if index == len(names) - 1 or most is None else min(left, max(0.0, most))
        left -= stored
        writer.carried.stocks[f"{name}.storage"] = stored
        writer.put(name, "capacity", limits[index], VOLUME)
        cost = steps[index].get("cost") if index < len(steps) else node.data.get("cost")
        writer.give(name, "price", cost, PRICE, f"{node.place}.steps[{index}].cost")


def _between_curves(writer: Writer, curves: list[Argument], whole: Argument) -> list[Argument]:
    """What fits between each two curves, from the bottom to the top."""
    limits: list[Argument] = []
    below: Argument = 0.0
    for curve in [*curves, 1.0]:
        fixed = [writer.reader.constant(each) for each in (below, curve, whole)]
        low, high, most = fixed
        if low is not None and high is not None and most is not None:
            limits.append(max(0.0, (high - low) * most))
        else:
            height = curve if low == 0.0 else {"kind": "aggregated", "function": "sum", "of": [curve, negative(below)]}
            limits.append({"kind": "aggregated", "function": "product", "of": [height, whole]})
        below = curve
    return limits


def _reservoir(writer: Writer, node: ModelNode) -> None:
    """A storage with rain, evaporation, leakage, compensation and spill as nodes around it."""
    told = node.data
    ways = [word for word in ("evaporation", "leakage", "spill", "compensation") if told.get(word) is not None]
    name = _whole(writer, node, tuple(ways))
    writer.known(node, *_OF_STORAGES, *_OF_RESERVOIRS)
    if told.get("rainfall") is not None:
        rain = writer.make(node, "source_node", "rainfall")
        writer.carried.components[rain]["to"] = [name]
        _weather(writer, node, rain, "rainfall", ("minimum_flow", "maximum_flow"))
    if told.get("evaporation") is not None:
        air = writer.make(node, "demand_node", "evaporation")
        _weather(writer, node, air, "evaporation", ("maximum_flow",))
        writer.give(air, "price", writer.mapping(node, "evaporation").get("cost"), PRICE, f"{node.place}.evaporation.cost")
    if told.get("leakage") is not None:
        ground = writer.make(node, "demand_node", "leakage")
        leakage = writer.mapping(node, "leakage")
        writer.give(ground, "maximum_flow", leakage.get("loss"), FLOW, f"{node.place}.leakage.loss")
        writer.give(ground, "price", leakage.get("cost"), PRICE, f"{node.place}.leakage.cost")
    _outlets(writer, node)


def _outlets(writer: Writer, node: ModelNode) -> None:
    """What spills ends there or goes on; compensation is a least flow, which may go the way of the spill."""
    spill, compensation = node.data.get("spill"), node.data.get("compensation")
    if spill not in (None, "OutputNode", "LinkNode"):
        raise refusal(writer.file, f"{node.place}.spill", "this is no spill", shown(spill), "OutputNode or LinkNode")
    if spill is not None:
        over = writer.make(node, "demand_node" if spill == "OutputNode" else "link_node", "spill")
        if spill == "LinkNode" and "to" not in writer.carried.components[over]:
            allowed = "an edge with from_slot: {type: Spill}"
            raise refusal(writer.file, f"{node.place}.spill", "the spill leads nowhere", "no edge", allowed)
    if compensation is not None:
        joined = spill is not None and node.data.get("connect_compensation_to_spill") is not False
        kept = writer.make(node, "link_node", "compensation", ("spill",) if joined else ())
        if "to" not in writer.carried.components[kept]:
            allowed = "an edge with from_slot: {type: Compensation}, or a spill"
            raise refusal(writer.file, f"{node.place}.compensation", "the compensation leads nowhere", "no edge", allowed)
        writer.give(kept, "minimum_flow", compensation, FLOW, f"{node.place}.compensation")


def _weather(writer: Writer, node: ModelNode, name: str, word: str, fields: tuple[str, ...]) -> None:
    """A depth on the surface, as it was before the step or at its largest."""
    told, place = writer.mapping(node, word), f"{node.place}.{word}"
    try:
        depth = writer.reader.asked(told, "data", place)
        area = _area(writer, node, largest=bool(told.get("use_max_area")))
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"There is no {word} here. {error.instead}")
        writer.put(name, "maximum_flow", 0.0, FLOW)
        return
    for field in fields:
        writer.put(name, field, {"kind": "aggregated", "function": "product", "of": [area, depth]}, FLOW)


def _area(writer: Writer, node: ModelNode, *, largest: bool) -> Argument:
    """The surface by the volume, or by how full the reservoir is."""
    place = f"{node.place}.surface_area"
    told = node.data.get("surface_area")
    shape = told.get("data") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(shape, dict) or len(shape) != 1:
        allowed = "{data: {Interpolated: {storage, area}}, is_storage_proportional: false}, or data: {Polynomial: [1]}"
        raise refusal(writer.file, place, "the reservoir has no surface", shown(told), allowed)
    whole: dict[str, Any] = {"kind": "stored", "storages": [writer.attributes.component(node)]}
    most: Argument | None = None
    if largest or told.get("is_storage_proportional"):
        most = writer.reader.asked(node.data, "max_volume", node.place)
    if told.get("is_storage_proportional"):
        whole, most = {**whole, "capacity": most}, 1.0
    of: Argument = whole if not largest or most is None else most
    if "Polynomial" in shape:
        coefficients = numbers(shape["Polynomial"], f"{place}.data.Polynomial", writer.file)
        return {"kind": "polynomial", "of": of, "coefficients": coefficients}
    points = shape.get("Interpolated")
    if not isinstance(points, dict):
        raise refusal(writer.file, f"{place}.data", "this is no surface", shown(shape), "Interpolated or Polynomial")
    x, y = (writer.reader.numbers(points.get(word), f"{place}.data.Interpolated.{word}") for word in ("storage", "area"))
    if len(x) != len(y) or len(x) < 2:
        raise refusal(
            writer.file, f"{place}.data", "a curve needs points", f"{len(x)} and {len(y)}", "as many of both, at least 2"
        )
    rows = sorted(zip(x, y, strict=True))
    return {"kind": "interpolated", "of": of, "x": [row[0] for row in rows], "y": [row[1] for row in rows], "beyond": "hold"}


STORAGE_KINDS: Mapping[str, Callable[[Writer, ModelNode], None]] = {
    "storage": _storage,
    "piecewisestorage": _piecewise,
    "reservoir": _reservoir,
}
"""Type of a node in small letters -> how it is written."""
