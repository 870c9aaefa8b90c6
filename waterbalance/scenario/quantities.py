"""Which quantities of a component a table may give, in which unit, and within which limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotated_types import Ge, Le

from waterbalance import units
from waterbalance.scenario.document import Document, Entries, Items, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.network.component import Component


@dataclass(frozen=True)
class Quantity:
    """What the values of a series must be."""

    unit: str | None
    """Internal unit; None where the header of the table decides, by its dimension."""

    lowest: float = -math.inf
    highest: float = math.inf


def varying_quantities(kind: type[Component], benefits: Iterable[str] = ()) -> Mapping[str, Quantity]:
    """The quantities of a class that may be tables, and the benefits that policies ask for."""
    found = {name: Quantity(None) for name in benefits}
    for name in kind.varying:
        field = kind.model_fields.get(name)
        limits = [] if field is None else list(_constraints((*field.metadata, field.annotation)))
        lowest = max((float(str(each.ge)) for each in limits if isinstance(each, Ge)), default=-math.inf)
        highest = min((float(str(each.le)) for each in limits if isinstance(each, Le)), default=math.inf)
        found[name] = Quantity(kind.unit_of(name), lowest, highest)
    return found


def named_quantities(kind: type[Component], node: Entries) -> Mapping[str, Quantity]:
    """Quantities of one entry that may be tables for each name in a mapping, such as the water of each subject."""
    return {
        kind.varying_by_name[field] + name: Quantity(units.FRACTION, lowest=0.0)
        for field, _, mapping in node
        if field in kind.varying_by_name and isinstance(mapping, Entries)
        for name, _, _ in mapping
    }


def benefits_in(document: Document) -> tuple[str, ...]:
    """Names of the tables that the goals of the scenario's own policy ask for, read before the policy itself is."""
    return tuple(sorted(_benefits(document.node(("policy",)))))


def _benefits(node: object) -> Iterator[str]:
    if isinstance(node, Items):
        for item in node.items:
            yield from _benefits(item)
    elif isinstance(node, Entries):
        for name, _, value in node:
            if name == "benefit" and isinstance(value, Scalar) and value.value is not None:
                yield value.text
            yield from _benefits(value)


def _constraints(parts: Iterable[object]) -> Iterator[object]:
    """Every limit inside of annotations, however deep."""
    for part in parts:
        if isinstance(part, Ge | Le):
            yield part
        yield from _constraints(getattr(part, "metadata", ()))
        yield from _constraints(getattr(part, "__metadata__", ()))
        yield from _constraints(each for each in getattr(part, "__args__", ()) if not isinstance(each, str))
