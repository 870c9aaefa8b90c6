"""What each type of node is made of inside: its parts, where water leaves them, and which of their flows its attributes are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.interop.pywr.nodes_by_name import ModelNode

WHOLE = ""
"""The part that water from other nodes comes to; it has the name of the node."""

MOST_PARTS = 1000

INFLOW, OUTFLOW, LOSS, VOLUME = "Inflow", "Outflow", "Loss", "Volume"


@dataclass(frozen=True)
class Shape:
    """Parts of a node besides the whole, and what stands where."""

    attributes: Mapping[str, tuple[str, ...]]
    """Attribute of a flow -> parts whose flows it adds up."""

    exits: Mapping[str | None, tuple[str, ...]]
    """Slot -> parts from which its water leaves; None for an edge that names no slot."""

    default: str
    """The attribute that is meant where none is named."""

    parts: tuple[str, ...] = ()
    minus: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute -> parts whose flows are taken off."""

    storages: tuple[str, ...] = ()
    """Parts that keep water."""


def _input(node: ModelNode) -> Shape:  # noqa: ARG001 (as all)
    return Shape({OUTFLOW: (WHOLE,)}, {None: (WHOLE,)}, OUTFLOW)


def _output(node: ModelNode) -> Shape:  # noqa: ARG001
    return Shape({INFLOW: (WHOLE,)}, {}, INFLOW)


def _passing(*parts: str) -> Shape:
    """All water comes to the whole, which is followed by parts beside each other, or by nothing."""
    return Shape({INFLOW: (WHOLE,), OUTFLOW: (WHOLE,)}, {None: parts or (WHOLE,)}, OUTFLOW, parts)


def _link(node: ModelNode) -> Shape:
    soft = [part for word, part in (("soft_min", "soft min"), ("soft_max", "soft max")) if node.data.get(word) is not None]
    return _passing("hard", *soft) if soft else _passing()


def _turbine(node: ModelNode) -> Shape:  # noqa: ARG001
    return _passing()


def _gauge(node: ModelNode) -> Shape:  # noqa: ARG001
    return _passing("mrf", "bypass")


def _piecewise_link(node: ModelNode) -> Shape:
    return _passing(*(f"step {number}" for number in range(_count(node, "steps"))))


def _losing(*, first: str | None = None, last: tuple[str, ...] = ()) -> Shape:
    """A part that loses some of what comes to it, perhaps after one that delays and before others."""
    before = first or WHOLE
    outflow = last or ("net",)
    parts = (*(() if first is None else (first,)), "net", *last)
    attributes = {INFLOW: (WHOLE,), OUTFLOW: ("net",) if first is None else (first,), LOSS: (before,)}
    return Shape(attributes, {None: outflow}, OUTFLOW, parts, {LOSS: ("net",)})


def _without_loss(shape: Shape) -> Shape:
    """One that loses nothing, and can be asked for it."""
    return replace(shape, attributes={**shape.attributes, LOSS: ()})


def _loss_link(node: ModelNode) -> Shape:
    return _losing() if _loses(node) else _without_loss(_passing())


def _delay(node: ModelNode) -> Shape:  # noqa: ARG001
    return Shape({INFLOW: (WHOLE,), OUTFLOW: ("delayed",)}, {None: ("delayed",)}, OUTFLOW, ("delayed",))


def _river(node: ModelNode) -> Shape:
    """Routing by storage goes through a reach between two places."""
    told = node.data.get("routing_method")
    if told is None:
        return _losing() if _loses(node) else _without_loss(_passing())
    shape = _losing(first="delayed") if _loses(node) else _without_loss(_delay(node))
    stores = isinstance(told, dict) and told.get("type") == "Muskingum"
    return replace(shape, parts=(*shape.parts, "above reach", "reach")) if stores else shape


def _works(node: ModelNode) -> Shape:
    last = ("soft min", "above soft min") if node.data.get("soft_min_flow") is not None else ()
    return _losing(last=last)


def _split(node: ModelNode) -> Shape:
    """Water of a split may go on with the river as well."""
    told = node.data.get("splits")
    splits = told if isinstance(told, list) else []
    names = [f"split {number}" for number in range(min(len(splits), MOST_PARTS))]
    exits: dict[str | None, tuple[str, ...]] = {None: ("mrf", "bypass", *names)}
    exits["River"] = exits[None]
    for number, each in enumerate(splits[:MOST_PARTS]):
        own = each.get("slot_name") if isinstance(each, dict) else None
        exits[f"Split {number}" if own is None else f"User {own}"] = (names[number],)
        if number == 0 and own is not None and str(own).lower() == "abstraction":
            exits["Abstraction"] = (names[number],)
    return Shape({INFLOW: (WHOLE,), OUTFLOW: (WHOLE,)}, exits, OUTFLOW, ("mrf", "bypass", *names))


def _abstraction(node: ModelNode) -> Shape:
    river = ("mrf", "bypass") if node.data.get("mrf") is not None else ("bypass",)
    attributes = {INFLOW: (WHOLE,), OUTFLOW: river, "Abstraction": ("abstraction",)}
    return Shape(
        attributes, {None: river, "River": river, "Abstraction": ("abstraction",)}, "Abstraction", (*river, "abstraction")
    )


def _storage(node: ModelNode) -> Shape:  # noqa: ARG001
    return Shape({}, {None: (WHOLE,), "Storage": (WHOLE,)}, VOLUME, storages=(WHOLE,))


def _piecewise_storage(node: ModelNode) -> Shape:
    """Water comes to the lowest storage and leaves it; those above lie on it."""
    above = tuple(f"storage {number + 1}" for number in range(_count(node, "steps")))
    return Shape({}, {None: (WHOLE,)}, VOLUME, above, storages=(WHOLE, *above))


def _reservoir(node: ModelNode) -> Shape:
    exits: dict[str | None, tuple[str, ...]] = {None: (WHOLE,), "Storage": (WHOLE,)}
    attributes: dict[str, tuple[str, ...]] = {}
    parts = []
    for word in ("rainfall", "evaporation", "leakage", "spill", "compensation"):
        if node.data.get(word) is not None:
            parts.append(word)
            if word in {"rainfall", "evaporation", "compensation"}:
                attributes[word.capitalize()] = (word,)
    if node.data.get("spill") == "LinkNode":
        exits["Spill"] = ("spill",)
    if "compensation" in parts:
        exits["Compensation"] = ("compensation",)
    return Shape(attributes, exits, VOLUME, tuple(parts), storages=(WHOLE,))


def _count(node: ModelNode, word: str) -> int:
    told = node.data.get(word)
    return min(len(told), MOST_PARTS) if isinstance(told, list) else 0


def _loses(node: ModelNode) -> bool:
    return node.data.get("loss_factor") is not None


SHAPES: Mapping[str, Callable[[ModelNode], Shape]] = {
    "input": _input,
    "catchment": _input,
    "output": _output,
    "link": _link,
    "turbine": _turbine,
    "rivergauge": _gauge,
    "piecewiselink": _piecewise_link,
    "losslink": _loss_link,
    "delay": _delay,
    "river": _river,
    "watertreatmentworks": _works,
    "riversplitwithgauge": _split,
    "abstraction": _abstraction,
    "storage": _storage,
    "piecewisestorage": _piecewise_storage,
    "reservoir": _reservoir,
}
"""Type of a node in small letters -> what it is made of."""


def shape_of(node: ModelNode) -> Shape:
    """What a node is made of; of one that is not known, a link."""
    return SHAPES.get(node.kind, _turbine)(node)
