"""Nodes that are made of several: storages with rain and evaporation, links in steps, splits and gauges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr.writer import FLOW, PRICE, VOLUME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.interop.pywr.nodes import NodeWriter
    from waterbalance.interop.pywr.nodes_by_name import ModelNode

MOST_PARTS = 1000

_OF_STORAGES = (
    "max_volume",
    "min_volume",
    "initial_volume",
    "initial_volume_pc",
    "cost",
    "inputs",
    "outputs",
    "num_inputs",
    "num_outputs",
)
_OF_RESERVOIRS = (
    "control_curve",
    "above_curve_cost",
    "area",
    "evaporation",
    "evaporation_cost",
    "rainfall",
    "unit_conversion",
    "level",
)


def _storage(writer: NodeWriter, node: ModelNode) -> None:
    name = writer.component(node, "storage_node", writer.targets(node))
    initial = initial_volume(writer, node)
    _volumes(writer, node, name, initial)
    writer.carried.stocks[f"{name}.storage"] = initial
    _storage_cost(writer, node, name)
    if node.data.get("area") is not None:
        _weather(writer, node, name)
    writer.others(node, (*_OF_STORAGES, *_OF_RESERVOIRS))


def _volumes(writer: NodeWriter, node: ModelNode, name: str, initial: float) -> None:
    """Limits that move never ask for more than the storage can do at once: what it holds may stay."""
    stored = {"kind": "stored", "storages": [name]}
    told: list[float] = []
    for word, field, function in (("max_volume", "capacity", "largest"), ("min_volume", "minimum_storage", "smallest")):
        place = f"{node.place}.{word}"
        data = node.data.get(word, 0.0)
        if data is None:
            continue
        try:
            limit = writer.reader.argument(data, place)
        except UncarriedError as error:
            writer.carried.lacks(place, error.what, f"{name} has no {field} here. {error.instead}")
            continue
        fixed = writer.reader.constant(limit)
        if fixed is not None and fixed < 0.0:
            raise refusal(writer.nodes.file, place, "a volume is negative", f"{fixed:g}", "0 or more")
        told += [] if fixed is None else [fixed]
        beyond = fixed is not None and (initial > fixed if word == "max_volume" else initial < fixed)
        if fixed is not None and not beyond:
            writer.put(name, field, fixed, VOLUME)
        else:
            writer.put(name, field, {"kind": "aggregated", "function": function, "of": [limit, stored]}, VOLUME)
    if len(told) == 2 and told[0] < told[1]:
        found = f"max_volume {told[0]:g} and min_volume {told[1]:g}"
        raise refusal(writer.nodes.file, node.place, "the limits of its volume contradict each other", found, "max above min")


def initial_volume(writer: NodeWriter, node: ModelNode) -> float:
    """What is stored before the first step: a volume, or a share of what can be."""
    place = node.place
    volume, share = node.data.get("initial_volume"), node.data.get("initial_volume_pc")
    try:
        if volume is not None:
            fixed = writer.reader.constant(writer.reader.argument(volume, f"{place}.initial_volume"))
            if fixed is not None:
                return fixed
        if share is not None:
            share = writer.reader.constant(writer.reader.argument(share, f"{place}.initial_volume_pc"))
            most = writer.reader.argument(node.data.get("max_volume", 0.0), f"{place}.max_volume")
            at_first = writer.reader.at_first(most)
            if share is not None and at_first is not None:
                return share * at_first
    except UncarriedError as error:
        writer.carried.lacks(f"{place}.initial_volume", error.what, f"It begins empty here. {error.instead}")
        return 0.0
    if volume is not None or share is not None:
        writer.carried.lacks(f"{place}.initial_volume", "it changes by date or state", "It begins empty here. Give a number.")
    return 0.0


def _storage_cost(writer: NodeWriter, node: ModelNode, name: str) -> None:
    """The cost of water in store; that of a reservoir may be another one above its control curve."""
    curve, above = node.data.get("control_curve"), node.data.get("above_curve_cost")
    if curve is None or above is None:
        writer.give(name, "price", node.data.get("cost"), PRICE, f"{node.place}.cost")
        return
    try:
        values = [writer.reader.argument(data, f"{node.place}.cost") for data in (above, node.data.get("cost") or 0.0)]
        curves: list[Argument] = [writer.reader.argument(curve, f"{node.place}.control_curve")]
        capacity = writer.reader.capacity(node.name, node.place)
    except UncarriedError as error:
        writer.carried.lacks(f"{node.place}.control_curve", error.what, f"{name} has no price here. {error.instead}")
        return
    made = {"kind": "control_curve", "storages": [name], "capacity": capacity, "curves": curves, "values": values}
    writer.put(name, "price", made, PRICE)


def _weather(writer: NodeWriter, node: ModelNode, name: str) -> None:
    """Rain on the surface is forced in, evaporation is wanted at its cost; both are depth x area x conversion."""
    factor = node.data.get("unit_conversion", 0.001)
    for word, kind, part in (("rainfall", "source_node", "rainfall"), ("evaporation", "demand_node", "evaporation")):
        depth = node.data.get(word)
        if depth is None:
            continue
        place = f"{node.place}.{word}"
        try:
            of = [writer.reader.argument(data, place) for data in (node.data["area"], depth, factor)]
        except UncarriedError as error:
            writer.carried.lacks(place, error.what, f"{name} has no {word} here. {error.instead}")
            continue
        made = writer.part(node, kind, f"{node.name} {part}", [name] if word == "rainfall" else [])
        flow = {"kind": "aggregated", "function": "product", "of": of}
        writer.put(made, "maximum_flow", flow, FLOW)
        if word == "rainfall":
            writer.put(made, "minimum_flow", flow, FLOW)
        else:
            writer.carried.components[name].setdefault("to", []).append(made)
            writer.give(made, "price", node.data.get("evaporation_cost", -999.0), PRICE, f"{node.place}.evaporation_cost")
        writer.carried.report(f"{node.name} {part}", "flow", [f"{made}.flow"], per_day=True)


def _piecewise(writer: NodeWriter, node: ModelNode) -> None:
    """The whole flow, and one part for each step, each with its own limit and cost."""
    costs, limits = (_list(writer, node, words) for words in (("costs", "cost"), ("max_flows", "max_flow")))
    steps = int(number(node.data.get("nsteps", max(len(costs), len(limits))), f"{node.place}.nsteps", writer.nodes.file))
    _parts(writer, node, costs, limits, steps, 0, None)
    if node.data.get("min_flow") is not None:
        writer.carried.lacks(
            f"{node.place}.min_flow", "a least flow of a link in steps is ignored by Pywr itself", "Nothing holds it here."
        )
    writer.others(node, ("nsteps", "costs", "cost", "max_flows", "max_flow", "min_flow"))


def _gauge(writer: NodeWriter, node: ModelNode) -> None:
    """A wanted flow at its cost, and the rest."""
    data = node.data
    _parts(writer, node, [data.get("mrf_cost"), data.get("cost")], [data.get("mrf", 0.0), None], 2, 0, None)
    writer.others(node, ("mrf", "mrf_cost", "cost"))


def _multi_split(writer: NodeWriter, node: ModelNode) -> None:
    costs, limits = (_list(writer, node, words) for words in (("costs", "cost"), ("max_flows", "max_flow")))
    extra = int(number(node.data.get("extra_slots", 1), f"{node.place}.extra_slots", writer.nodes.file))
    told = max(len(costs), len(limits)) - extra
    steps = int(number(node.data.get("nsteps", told), f"{node.place}.nsteps", writer.nodes.file))
    _parts(writer, node, costs, limits, steps, extra, node.data.get("factors"))
    writer.others(node, ("nsteps", "costs", "cost", "max_flows", "max_flow", "extra_slots", "factors", "slot_names"))


def _split(writer: NodeWriter, node: ModelNode) -> None:
    """Shares of the whole flow, or, with a gauge, of what is more than the wanted flow."""
    data = node.data
    factors = data.get("factors", [])
    extra = max(1, len(factors) - 1) if isinstance(factors, list) else 1
    gauge = node.kind == "riversplitwithgauge"
    steps = 2 if gauge else 1
    costs = [data.get("mrf_cost"), data.get("cost")] if gauge else [data.get("cost")]
    limits = [data.get("mrf", 0.0), None] if gauge else [data.get("max_flow")]
    _parts(writer, node, costs + [None] * extra, limits + [None] * extra, steps, extra, factors)
    writer.others(node, ("mrf", "mrf_cost", "cost", "costs", "max_flow", "factors", "slot_names"))


def _parts(
    writer: NodeWriter, node: ModelNode, costs: list[Any], limits: list[Any], steps: int, extra: int, factors: object
) -> None:
    """One link for each step and each further slot; the water of a further slot may also take the way of the others."""
    if not 1 <= steps <= MOST_PARTS or not 0 <= extra <= MOST_PARTS:
        raise refusal(writer.nodes.file, node.place, "so many steps are not read", f"{steps} and {extra}", f"1 to {MOST_PARTS}")
    for word, each in (("costs", costs), ("max_flows", limits)):
        if each and len(each) != steps + extra:
            what, allowed = "another number of values than steps and slots", str(steps + extra)
            raise refusal(writer.nodes.file, f"{node.place}.{word}", what, str(len(each)), allowed)
    ways = _ways(writer, node, extra)
    whole = writer.component(node, "link_node", [])
    parts = []
    for number_ in range(steps + extra):
        slot = max(0, number_ - steps + 1)
        to = list(dict.fromkeys((*ways[slot], *ways[0])))
        title = f"{node.name} Sublink {number_}"
        part = writer.part(node, "link_node", title, to)
        writer.carried.flows.add(part)
        writer.give(part, "price", costs[number_] if costs else None, PRICE, f"{node.place}.costs[{number_}]")
        writer.give(part, "maximum_flow", limits[number_] if limits else None, FLOW, f"{node.place}.max_flows[{number_}]")
        writer.carried.report(title, "flow", [f"{part}.flow"], per_day=True)
        parts.append(part)
    writer.carried.components[whole]["to"] = parts
    if factors is not None and extra:
        _proportions(writer, node, parts[steps - 1 :], factors)


def _ways(writer: NodeWriter, node: ModelNode, extra: int) -> list[list[str]]:
    """Components behind each slot, the main one first."""
    targets = writer.nodes.targets(node.name)
    if not extra:
        return [writer.targets(node)]
    names = node.data.get("slot_names", list(range(extra + 1)))
    if not isinstance(names, list) or len(names) != extra + 1:
        raise refusal(writer.nodes.file, f"{node.place}.slot_names", "another number of names", shown(names), str(extra + 1))
    words = [str(name) for name in names]
    unknown = [slot for slot in targets if slot is not None and slot not in words]
    if unknown:
        raise refusal(
            writer.nodes.file, node.place, "an edge leaves by a slot that is not there", shown(unknown[0]), ", ".join(words)
        )
    ways = [[writer.carried.names[each] for each in targets.get(word, ())] for word in words]
    ways[0] += [writer.carried.names[each] for each in targets.get(None, ())]
    return ways


def _proportions(writer: NodeWriter, node: ModelNode, parts: list[str], factors: object) -> None:
    if not isinstance(factors, list) or len(factors) != len(parts):
        raise refusal(writer.nodes.file, f"{node.place}.factors", "another number of factors", shown(factors), str(len(parts)))
    places = [f"{node.place}.factors[{position}]" for position in range(len(parts))]
    told = [each for each in zip(parts, factors, places, strict=True) if each[1] is not None]
    if len(told) > 1:
        name = writer.carried.new_name(f"{node.name} split")
        writer.carried.rules[name] = {"type": "flow_group", "weights": dict.fromkeys(parts, 1)}
        proportions(writer, name, told, f"{node.place}.factors")


def proportions(writer: NodeWriter, rule: str, told: list[tuple[str, Any, str]], place: str) -> None:
    """Numbers in whose proportion flows stand: component, number and place of each.

    Where one may change, 1 stands in the file for it.
    """
    if len(told) < 2:  # one flow alone is in no proportion
        return
    try:
        arguments = {component: writer.reader.argument(data, where) for component, data, where in told}
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"The flows stand in no proportion here. {error.instead}")
        return
    fixed = {component: writer.reader.constant(argument) for component, argument in arguments.items()}
    writer.carried.rules[rule]["proportions"] = {component: 1.0 if each is None else each for component, each in fixed.items()}
    moving = {component: argument for component, argument in arguments.items() if fixed[component] is None}
    writer.carried.set_by |= {f"{rule}.proportion {component}": argument for component, argument in moving.items()}


def _list(writer: NodeWriter, node: ModelNode, words: tuple[str, str]) -> list[Any]:
    """A list under one of two words; a single value is a list of one."""
    told: Any = next((node.data[word] for word in words if node.data.get(word) is not None), [])
    if isinstance(told, dict | str):
        raise refusal(writer.nodes.file, f"{node.place}.{words[0]}", "a list is wanted", shown(told), "[1, 2, null]")
    return told if isinstance(told, list) else [told]


COMPOUND_KINDS: Mapping[str, Callable[[NodeWriter, ModelNode], None]] = {
    "storage": _storage,
    "reservoir": _storage,
    "piecewiselink": _piecewise,
    "rivergauge": _gauge,
    "multisplitlink": _multi_split,
    "riversplit": _split,
    "riversplitwithgauge": _split,
}
"""Type of a node in small letters -> how it is written."""
