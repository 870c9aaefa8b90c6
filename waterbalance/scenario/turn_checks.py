"""What the turns of a scenario say about its network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from waterbalance.errors import Finding
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.components.pump_station import PumpStation
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.network.network import Network
    from waterbalance.scenario.document import Document
    from waterbalance.scenario.turn_settings import TurnoutSettings, TurnSettings


def links_to(network: Network, zone: str) -> tuple[str, ...]:
    """Canals, pipes and pumps that bring water to a zone, in the order of the network."""
    return tuple(
        link.owner
        for link in network.links()
        if link.downstream == zone and link.field == "target" and not network[link.owner].is_place
    )


def structure_of(network: Network, turnout: TurnoutSettings) -> str | None:
    """Whose water the turnout brings; None where that is not said clearly."""
    links = links_to(network, turnout.zone)
    if turnout.structure is not None:
        return turnout.structure if turnout.structure in links else None
    return links[0] if len(links) == 1 else None


def turn_findings(turns: TurnSettings, network: Network, document: Document) -> Iterator[Finding]:
    """Zones and structures that are not there, shares that do not make up the whole, pumps without a sun."""
    zones = sorted(component.name for component in network if isinstance(component, IrrigationZone))
    shares: dict[str, float] = {}
    for name, canal in turns.canals.items():
        for number, reach in enumerate(canal.reaches):
            for gate, turnout in reach.turnouts.items():
                path = ("turns", "canals", name, "reaches", number, "turnouts", gate)
                if turnout.zone not in zones:
                    place, remedy = document.place((*path, "zone")), nearest(turnout.zone, zones, "Choose one of those.")
                    yield Finding("a turnout serves no irrigation zone", place, repr(turnout.zone), listed(zones), remedy)
                    continue
                structure, links = structure_of(network, turnout), links_to(network, turnout.zone)
                if structure is None:
                    place, remedy = document.place((*path, "structure")), f"Give {gate} the structure whose water it brings."
                    yield Finding(
                        "it is not clear whose water a turnout brings", place, repr(turnout.structure), listed(links), remedy
                    )
                    continue
                shares[structure] = shares.get(structure, 0.0) + turnout.share
        solar = None if canal.pump is None else canal.pump.solar
        station = None if solar is None else network.components.get(solar.pump_station)
        if solar is not None and not (isinstance(station, PumpStation) and station.solar_energy is not None):
            place = document.place(("turns", "canals", name, "pump", "solar", "pump_station"))
            remedy = "Name one of the network's."
            yield Finding(
                "the sun of a pump is not known", place, repr(solar.pump_station), "a pump_station with solar_energy", remedy
            )
    for structure, share in shares.items():
        if not math.isclose(share, 1.0, abs_tol=1e-6):
            place, remedy = document.place(("turns", "canals")), "Mend the shares of its turnouts."
            yield Finding(f"the shares of {structure} do not make up the whole", place, f"{share:.4g}", "1", remedy)
