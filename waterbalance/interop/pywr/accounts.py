"""Virtual storages as accounts of flows, and aggregated nodes as groups of flows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.compound_nodes import initial_volume, proportions
from waterbalance.interop.pywr.nodes_by_name import ACCOUNTS
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.interop.pywr.writer import FLOW, VOLUME

if TYPE_CHECKING:
    from waterbalance.interop.pywr.nodes import NodeWriter
    from waterbalance.interop.pywr.nodes_by_name import ModelNode

_OF_ACCOUNTS = (
    "max_volume",
    "min_volume",
    "initial_volume",
    "initial_volume_pc",
    "nodes",
    "factors",
    "reset_day",
    "reset_month",
    "reset_to_initial_volume",
    "end_day",
    "end_month",
    "months",
    "initial_months",
    "days",
    "timesteps",
)
_OF_GROUPS = ("nodes", "min_flow", "max_flow", "factors", "flow_weights")


def write_accounts(writer: NodeWriter) -> None:
    """Every virtual storage and every aggregated node."""
    for node in writer.nodes:
        if node.kind in ACCOUNTS:
            _account(writer, node)
        elif node.kind == "aggregatednode":
            _group(writer, node)
        elif node.kind == "aggregatedstorage":
            report_total(writer, node, node.name, "volume", node.place)
            writer.others(node, ("storage_nodes",))


def report_total(writer: NodeWriter, node: ModelNode, name: str, attribute: str, place: str) -> None:
    """Have the sum of several storages reported."""
    try:
        members = writer.nodes.storages(node.name, place)
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"It is not reported. {error.instead}")
        return
    of = [f"{writer.carried.names[each.name]}.{'account' if each.kind in ACCOUNTS else 'storage'}" for each in members]
    writer.carried.report(name, attribute, of, per_day=False)


def _subjects(writer: NodeWriter, node: ModelNode) -> list[str]:
    """Components of the nodes that a node speaks about."""
    told = node.data.get("nodes")
    if not isinstance(told, list) or not told:
        raise refusal(writer.nodes.file, f"{node.place}.nodes", "the node names no nodes", shown(told), "a list of names")
    found = []
    for position, each in enumerate(told):
        name = writer.reader.component(each, f"{node.place}.nodes[{position}]")
        if name not in writer.carried.flows:
            raise refusal(
                writer.nodes.file, f"{node.place}.nodes[{position}]", "this node has no flow", shown(each), "a node with a flow"
            )
        found.append(name)
    return found


def _account(writer: NodeWriter, node: ModelNode) -> None:
    name = writer.carried.names[node.name]
    subjects = _subjects(writer, node)
    told = node.data.get("factors")
    factors = [1.0] * len(subjects) if told is None else numbers(told, f"{node.place}.factors", writer.nodes.file)
    if len(factors) != len(subjects):
        raise refusal(
            writer.nodes.file, f"{node.place}.factors", "another number of factors", str(len(factors)), str(len(subjects))
        )
    summed: dict[str, float] = {}
    for subject, factor in zip(subjects, factors, strict=True):
        summed[subject] = summed.get(subject, 0.0) + factor
    most = node.data.get("max_volume")
    initial = initial_volume(writer, node)
    if node.data.get("initial_volume") is None and node.data.get("initial_volume_pc") is None:
        initial = _at_first(writer, most, f"{node.place}.max_volume")
    writer.carried.rules[name] = _rule(writer, node, summed, initial)
    if node.data.get("reset_to_initial_volume") or most is None:
        writer.put(name, "refill", initial, VOLUME)
    else:
        writer.carried.rules[name]["refill"] = f"{initial!r} {VOLUME}"
        writer.give(name, "refill", most, VOLUME, f"{node.place}.max_volume")
    if node.data.get("min_volume"):
        writer.give(name, "minimum", node.data["min_volume"], VOLUME, f"{node.place}.min_volume")
    writer.carried.stocks[f"{name}.account"] = initial
    writer.carried.report(node.name, "volume", [f"{name}.account"], per_day=False)
    writer.others(node, _OF_ACCOUNTS)


def _at_first(writer: NodeWriter, data: object, place: str) -> float:
    try:
        found = None if data is None else writer.reader.at_first(writer.reader.argument(data, place))
    except UncarriedError:
        found = None
    return 0.0 if found is None else found


def _rule(writer: NodeWriter, node: ModelNode, factors: dict[str, float], initial: float) -> dict[str, Any]:
    """Type, factors, and when it is filled again."""
    made: dict[str, Any] = {"type": "flow_account"}
    if writer.carried.names[node.name] != node.name:
        made["title"] = {"en": node.name}
    first = writer.carried.steps.edges[0]
    made |= {"factors": factors, "opened": str(first)}
    if node.kind in {"annualvirtualstorage", "seasonalvirtualstorage"}:
        made["refilled_on"] = _day_of_year(writer, node, "reset", 1, 1)
    if node.kind == "seasonalvirtualstorage":
        made["closed_on"] = _day_of_year(writer, node, "end", 31, 12)
    if node.kind == "monthlyvirtualstorage":
        made["refilled_every"] = int(number(node.data.get("months", 1), f"{node.place}.months", writer.nodes.file))
        if node.data.get("initial_months"):
            writer.carried.lacks(
                f"{node.place}.initial_months", "months before the first step", "They count from the first step on."
            )
    if node.kind == "rollingvirtualstorage":
        made |= _rolling(writer, node, initial)
    return made


def _rolling(writer: NodeWriter, node: ModelNode, initial: float) -> dict[str, Any]:
    """A use comes back at the end of the last step of the window, so that the next one can use it."""
    length, place = writer.carried.steps.days, node.place
    if length is None:
        writer.carried.lacks(place, "a rolling licence in steps of months", "Nothing comes back here. Use steps of days.")
        return {}
    if node.data.get("timesteps"):
        steps = int(number(node.data["timesteps"], f"{place}.timesteps", writer.nodes.file))
    else:
        steps = int(number(node.data.get("days"), f"{place}.days", writer.nodes.file) // length)
    if steps < 1:
        raise refusal(
            writer.nodes.file, place, "the window is shorter than a step", shown(node.data.get("days")), f"{length} days or more"
        )
    made: dict[str, Any] = {"returns_after": f"{(steps - 1) * length} days"}
    most = _at_first(writer, node.data.get("max_volume"), f"{place}.max_volume")
    if most > initial and steps > 1:
        made["returning"] = f"{most - initial!r} {VOLUME}"
    return made


def _day_of_year(writer: NodeWriter, node: ModelNode, word: str, day: int, month: int) -> str:
    told = [
        number(node.data.get(f"{word}_{part}", otherwise), f"{node.place}.{word}_{part}", writer.nodes.file)
        for part, otherwise in (("month", month), ("day", day))
    ]
    try:
        return f"{dt.date(2001, *map(int, told)):%m-%d}"
    except (ValueError, OverflowError):
        if [int(each) for each in told] == [2, 29]:
            writer.carried.remarks.append(f"{node.place}: 29 February, which most years lack, is told as 1 March")
            return "03-01"
        raise refusal(writer.nodes.file, node.place, f"there is no such day ({word})", shown(told), "a month and a day") from None


def _group(writer: NodeWriter, node: ModelNode) -> None:
    name = writer.carried.names[node.name]
    subjects = _subjects(writer, node)
    told = node.data.get("flow_weights")
    weights = [1.0] * len(subjects) if told is None else numbers(told, f"{node.place}.flow_weights", writer.nodes.file)
    if len(weights) != len(subjects) or len(set(subjects)) != len(subjects):
        found = f"{len(weights)} weights for {len(set(subjects))} nodes"
        raise refusal(writer.nodes.file, f"{node.place}.flow_weights", "another number of weights", found, "one for each node")
    made: dict[str, Any] = {"type": "flow_group"}
    if name != node.name:
        made["title"] = {"en": node.name}
    writer.carried.rules[name] = made | {"weights": dict(zip(subjects, weights, strict=True))}
    for word, field in (("min_flow", "minimum_flow"), ("max_flow", "maximum_flow")):
        writer.give(name, field, node.data.get(word), FLOW, f"{node.place}.{word}")
    factors = node.data.get("factors")
    if factors is not None:
        if not isinstance(factors, list) or len(factors) != len(subjects):
            raise refusal(
                writer.nodes.file, f"{node.place}.factors", "another number of factors", shown(factors), str(len(subjects))
            )
        places = [f"{node.place}.factors[{position}]" for position in range(len(subjects))]
        proportions(writer, name, list(zip(subjects, factors, places, strict=True)), f"{node.place}.factors")
    writer.carried.report(node.name, "flow", [f"{name}.flow"], per_day=True)
    writer.others(node, _OF_GROUPS)
