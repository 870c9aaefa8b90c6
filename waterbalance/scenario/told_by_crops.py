"""Fields of a zone that say `crops`: what the crops and efficiencies of its demand's forecast tell, told once."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from waterbalance.errors import InputError
from waterbalance.forecast.efficiency import efficiency_of
from waterbalance.network.network import Network
from waterbalance.scenario.document import Scalar
from waterbalance.scenario.shortage import crops_of, shortage_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from waterbalance.errors import Findings
    from waterbalance.network.component import Component
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.scenario import Scenario

CROPS: Final = "crops"
DAMAGE: Final = "marginal_damage"


def _damage(scenario: Scenario, zone: str) -> list[dict[str, float]]:
    """What a shortage costs over the scenario's own horizon, whatever day a plan begins on: choose it to hold the season."""
    return [{"beyond": part.beyond, "value": part.value} for part in shortage_response(scenario, zone).parts]


def _returned(scenario: Scenario, zone: str) -> float:
    """What comes back of the losses, returned x (1 - conveyance x distribution x application), of the water at the head."""
    efficiency = efficiency_of(crops_of(scenario, zone)[0].efficiency)
    return efficiency.returned * (1.0 - efficiency.total)


_TOLD: Final[Mapping[str, Callable[[Scenario, str], Any]]] = MappingProxyType({DAMAGE: _damage, "return_fraction": _returned})


def asked_of_crops(entry: Entry) -> tuple[str, ...]:
    """Fields of an entry in whose place the file says `crops`."""
    nodes = ((field, entry.document.node((*entry.path, field))) for field in _TOLD if field in entry.kind.model_fields)
    return tuple(field for field, node in nodes if isinstance(node, Scalar) and node.text == CROPS)


def told_by_crops(scenario: Scenario, entries: Iterable[Entry], findings: Findings) -> Scenario:
    """The scenario with all fields that its crops tell; what hinders goes to the findings, at the field."""
    told: dict[str, Component] = {}
    for entry in entries:
        values = {}
        for field in asked_of_crops(entry) if entry.name in scenario.network.components else ():
            try:
                values[field] = _TOLD[field](scenario, entry.name)
            except InputError as error:
                findings.extend(replace(each, where=entry.key_place(field)) for each in error.findings)
        if values:
            told[entry.name] = entry.kind.model_validate({**dict(scenario.network[entry.name]), **values})
    if not told:
        return scenario
    return replace(scenario, network=Network.of([told.get(each.name, each) for each in scenario.network]))
