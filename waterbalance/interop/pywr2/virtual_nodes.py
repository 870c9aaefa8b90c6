"""Virtual storages as accounts of flows, and aggregated nodes as groups of flows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import numbers
from waterbalance.interop.pywr.writer import FLOW, VOLUME
from waterbalance.interop.pywr2.attributes import Flows
from waterbalance.interop.pywr2.document import AGGREGATED, AGGREGATED_STORAGE, VIRTUAL_STORAGE, type_of
from waterbalance.interop.pywr2.exclusive import exclude
from waterbalance.interop.pywr2.nearest import NEAREST_NODES
from waterbalance.interop.pywr2.nodes import proportion, share
from waterbalance.interop.pywr2.storages import initial_volume, largest_at_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.nodes import Writer

_OF_ACCOUNTS = ("max_volume", "min_volume", "initial_volume", "nodes", "factors", "reset", "reset_volume", "window")
_OF_GROUPS = ("nodes", "min_flow", "max_flow", "relationship")


def write_virtual(writer: Writer) -> None:
    """Every virtual node."""
    for node in writer.document.virtual.values():
        writer.reader.node = node
        if node.kind == VIRTUAL_STORAGE:
            _account(writer, node)
        elif node.kind == AGGREGATED:
            _group(writer, node)
        elif node.kind == AGGREGATED_STORAGE:
            list(writer.attributes.storages(node, node.place))
            writer.known(node, "storage_nodes")
        else:
            what = f"virtual nodes of type {node.data['type']!r} have no counterpart"
            near = NEAREST_NODES.get(node.kind, "The nearest are flow_account and flow_group.")
            writer.carried.lacks(node.place, what, f"Nothing stands in its place. {near}")
        writer.reader.node = None


def _flows(writer: Writer, node: ModelNode) -> list[Flows]:
    """The flows that a node speaks about."""
    told = node.data.get("nodes")
    if not isinstance(told, list) or not told:
        raise refusal(writer.file, f"{node.place}.nodes", "the node names no nodes", shown(told), "[{name: text}]")
    found = []
    for index, each in enumerate(told):
        place = f"{node.place}.nodes[{index}]"
        member = writer.document.named(each, place)
        flows = writer.attributes.of(member, each.get("component"), place)
        if not isinstance(flows, Flows) or member.name not in writer.document.nodes:
            raise refusal(writer.file, place, "this node has no flow", shown(each), "a node with a flow")
        found.append(flows)
    return found


def _weights(flows: Sequence[Flows], factors: Sequence[float]) -> dict[str, float]:
    """What a unit of each component's flow counts."""
    weights: dict[str, float] = {}
    for each, factor in zip(flows, factors, strict=True):
        for keys, sign in ((each.of, 1.0), (each.minus, -1.0)):
            for component, _ in keys:
                weights[component] = weights.get(component, 0.0) + sign * factor
    return weights


def _account(writer: Writer, node: ModelNode) -> None:
    name = writer.attributes.component(node)
    flows = _flows(writer, node)
    told = node.data.get("factors")
    factors = [1.0] * len(flows) if told is None else numbers(told, f"{node.place}.factors", writer.file)
    if len(factors) != len(flows):
        what = "another number of factors"
        raise refusal(writer.file, f"{node.place}.factors", what, str(len(factors)), str(len(flows)))
    full = node.data.get("reset_volume") == "Max" and node.data.get("max_volume") is not None
    initial = largest_at_first(writer, node, f"{node.place}.reset_volume") if full else initial_volume(writer, node)
    rule: dict[str, Any] = {"type": "flow_account"}
    if name != node.name:
        rule["title"] = {"en": node.name}
    first = writer.carried.steps.edges[0]
    writer.carried.rules[name] = {**rule, "factors": _weights(flows, factors), "opened": str(first)}
    _refill(writer, node, name, initial)
    writer.carried.stocks[f"{name}.account"] = initial
    _resets(writer, node, name)
    _window(writer, node, name, initial)
    writer.limit(node, name, (("min_volume", "minimum", VOLUME),))
    writer.known(node, *_OF_ACCOUNTS)


def _refill(writer: Writer, node: ModelNode, name: str, initial: float) -> None:
    """To what the account is filled, with which it begins as well."""
    told = node.data.get("reset_volume")
    if told not in (None, "Initial", "Max"):
        raise refusal(writer.file, f"{node.place}.reset_volume", "this is no volume", shown(told), "Initial or Max")
    writer.put(name, "refill", initial, VOLUME)
    if told != "Max":
        return
    if node.data.get("max_volume") is None:
        raise refusal(writer.file, f"{node.place}.reset_volume", "there is no largest volume", "nothing", "a 'max_volume'")
    writer.give(name, "refill", node.data["max_volume"], VOLUME, f"{node.place}.max_volume")


def _resets(writer: Writer, node: ModelNode, name: str) -> None:
    """When the account is filled again."""
    reset, place = node.data.get("reset"), f"{node.place}.reset"
    kind = "Never" if reset is None else type_of(reset)
    rule = writer.carried.rules[name]
    if kind == "Never":
        return
    if not isinstance(reset, dict) or kind not in {"Annual", "Monthly", "Seasonal"}:
        allowed = "a type Never, Annual, Monthly or Seasonal"
        raise refusal(writer.file, place, "this is no way to fill an account again", shown(reset), allowed)
    if kind == "Monthly":
        months = reset.get("months")
        if not isinstance(months, int) or isinstance(months, bool) or not 1 <= months <= 1200:
            raise refusal(writer.file, f"{place}.months", "these are no months", shown(months), "1 to 1200")
        rule["refilled_every"] = months
    elif kind == "Annual":
        rule["refilled_on"] = f"{_day(writer, reset, '', place):%m-%d}"
    else:
        opens, last = (_day(writer, reset, word, place) for word in ("start_", "end_"))
        closes = dt.date.fromordinal(last.toordinal() + 1)
        rule |= {"refilled_on": f"{opens:%m-%d}", "closed_on": f"{closes:%m-%d}", "rests_full": True}


def _day(writer: Writer, told: Mapping[str, Any], word: str, place: str) -> dt.date:
    """A day of a year; 29 February, which most years lack, is told as 1 March."""
    month, day = (told.get(f"{word}{part}") for part in ("month", "day"))
    if (month, day) == (2, 29):
        writer.carried.remarks.append(f"{place}: 29 February, which most years lack, is told as 1 March")
        month, day = 3, 1
    try:
        return dt.date(2001, month, day)  # type: ignore[arg-type]  # (what is no number is told below)
    except (TypeError, ValueError):
        raise refusal(
            writer.file, place, "there is no such day", f"{word}month {month}, day {day}", "a month and a day"
        ) from None


def _window(writer: Writer, node: ModelNode, name: str, initial: float) -> None:
    """A use comes back as soon as it has left the window; what was used before the first day was used evenly."""
    told, place = node.data.get("window"), f"{node.place}.window"
    if told is None:
        return
    length = writer.carried.steps.days
    kind = type_of(told)
    count = told.get({"Days": "days", "Timesteps": "timesteps"}.get(str(kind), "")) if isinstance(told, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 100_000:
        allowed = "{type: Days, days: 30} or {type: Timesteps, timesteps: 30}"
        raise refusal(writer.file, place, "this is no window", shown(told), allowed)
    if length is None:
        writer.carried.lacks(place, "a rolling window in steps of months", "Nothing comes back here. Use steps of days.")
        return
    steps = count if kind == "Timesteps" else count // length
    if steps < 1:
        raise refusal(writer.file, place, "the window is shorter than a step", f"{count} days", f"{length} days or more")
    rule = writer.carried.rules[name]
    if "refilled_on" in rule or "refilled_every" in rule:
        what = "an account with a rolling window that is also filled again"
        writer.carried.lacks(place, what, "Nothing comes back here before it is filled. Use one of both.")
        return
    rule |= {"returns_after": f"{steps * length} days", "returns_at_once": True}
    if node.data.get("max_volume") is not None:
        most = largest_at_first(writer, node, place)
        if most > initial:
            rule["returning"] = f"{most - initial!r} {VOLUME}"


def _group(writer: Writer, node: ModelNode) -> None:
    name = writer.attributes.component(node)
    flows = _flows(writer, node)
    rule: dict[str, Any] = {"type": "flow_group"}
    if name != node.name:
        rule["title"] = {"en": node.name}
    writer.carried.rules[name] = {**rule, "weights": _weights(flows, [1.0] * len(flows))}
    writer.limit(node, name, (("min_flow", "minimum_flow", FLOW), ("max_flow", "maximum_flow", FLOW)))
    writer.known(node, *_OF_GROUPS)
    if node.data.get("relationship") is not None:
        _related(writer, node, name, flows)


def _related(writer: Writer, node: ModelNode, name: str, flows: Sequence[Flows]) -> None:
    """How the flows of a group go together."""
    told, place = writer.mapping(node, "relationship"), f"{node.place}.relationship"
    kind = type_of(told)
    if kind not in {"Proportion", "Ratio", "Coefficients", "Exclusive"}:
        allowed = "Proportion, Ratio, Coefficients or Exclusive"
        raise refusal(writer.file, f"{place}.type", "this is no relationship", shown(kind), allowed)
    if kind == "Exclusive":
        try:
            exclude(writer, node, _single(flows), told, place)
        except UncarriedError as error:
            writer.carried.lacks(place, error.what, f"All may run here. {error.instead}")
        return
    told_factors, wanted = told.get("factors"), len(flows) - (kind == "Proportion")
    if not isinstance(told_factors, list) or len(told_factors) != wanted:
        raise refusal(writer.file, f"{place}.factors", "another number of factors", shown(told_factors), str(wanted))
    try:
        factors = [writer.reader.argument(each, f"{place}.factors[{index}]") for index, each in enumerate(told_factors)]
        if kind == "Coefficients":
            _coefficients(writer, node, flows, factors, told.get("rhs"))
        elif kind == "Ratio":
            proportion(writer, name, dict(zip(_single(flows), factors, strict=True)))
        else:
            share(writer, name, _single(flows), factors, f"{place}.factors")
    except UncarriedError as error:
        writer.carried.lacks(place, error.what, f"The flows stand in no proportion here. {error.instead}")


def _single(flows: Sequence[Flows]) -> list[str]:
    """The components of flows, each of which is that of one component alone."""
    links = [each.of[0][0] for each in flows if len(each.of) == 1 and not each.minus]
    if len(links) != len(flows) or len(set(links)) != len(links):
        raise UncarriedError("a relationship of what are several flows", "The nearest is one of single flows.")
    return links


def _coefficients(writer: Writer, node: ModelNode, flows: Sequence[Flows], factors: Sequence[Argument], rhs: object) -> None:
    """Sum of factor x flow = a number."""
    fixed = [writer.reader.constant(each) for each in factors]
    if None in fixed:
        raise UncarriedError("coefficients that move", "The nearest are coefficients that stay.")
    rule = writer.carried.new_name(f"{node.name} coefficients")
    writer.carried.rules[rule] = {"type": "flow_group", "weights": _weights(flows, [each or 0.0 for each in fixed])}
    for field in ("minimum_flow", "maximum_flow"):
        writer.give(rule, field, 0.0 if rhs is None else rhs, FLOW, f"{node.place}.relationship.rhs")
