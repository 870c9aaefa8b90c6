"""Flows of which only some may run: each stands still, or keeps to its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.writer import FLOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.interop.pywr.nodes_by_name import ModelNode
    from waterbalance.interop.pywr2.nodes import Writer

BEYOND_ALL = 1000.0
"""How many times the largest limit of the model a flow may be that has none of its own."""

WITHOUT_LIMITS = 1e6
"""The largest flow where no node has a limit. [m3/day]"""


def exclude(writer: Writer, node: ModelNode, links: Sequence[str], told: Mapping[str, Any], place: str) -> None:
    """Let only so many of several links run; least flows hold for those that do.

    Raises `UncarriedError` where a least flow moves.
    """
    at_least, at_most = _count(writer, told, "min_active", 0, place), _count(writer, told, "max_active", 1, place)
    if not at_least <= at_most <= len(links) or not at_most:
        allowed = f"0 <= min_active <= max_active <= {len(links)}"
        raise refusal(writer.file, place, "so many cannot run", f"{at_least} to {at_most}", allowed)
    components = writer.carried.components
    if any(f"{link}.minimum_flow" in writer.carried.set_by for link in links):
        raise UncarriedError("a least flow that moves, of what may stand still", "Use a least flow that stays.")
    least = {link: components[link].pop("minimum_flow") for link in links if "minimum_flow" in components[link]}
    most = {link: components[link].get("maximum_flow") or _beyond_all(writer, link) for link in links}
    rule: dict[str, Any] = {"type": "exclusive_flows", "maximum_flows": most}
    rule |= {"minimum_flows": least} if least else {}
    rule |= {"at_least": at_least} if at_least else {}
    writer.carried.rules[writer.carried.new_name(f"{node.name} exclusive")] = {**rule, "at_most": at_most}


def _count(writer: Writer, told: Mapping[str, Any], word: str, otherwise: int, place: str) -> int:
    count = told.get(word)
    if count is None:
        return otherwise
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise refusal(writer.file, f"{place}.{word}", "this is no number of flows", shown(count), "0 or more")
    return count


def _beyond_all(writer: Writer, link: str) -> str:
    """A largest flow for one that has none, or a moving one: so large that it limits nothing."""
    limits = list(_limits(writer))
    most = f"{BEYOND_ALL * max(limits) if limits else WITHOUT_LIMITS!r} {FLOW}"
    writer.carried.remarks.append(f"{link} has no largest flow that stays; where it may run at all, {most} stands for none")
    return most


def _limits(writer: Writer) -> Iterator[float]:
    """Flows that nodes must or may not go beyond, as on the first day; those above zero."""
    fields = ("maximum_flow", "minimum_flow")
    for component in writer.carried.components.values():
        yield from (float(str(component[field]).split()[0]) for field in fields if field in component)
    for key, argument in writer.carried.set_by.items():
        if key.rsplit(".", 1)[-1] in fields:
            yield abs(writer.reader.at_first(argument) or 0.0)
