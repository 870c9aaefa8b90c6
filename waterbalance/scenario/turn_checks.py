"""What the turns of a scenario say about its network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from waterbalance.errors import Finding
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.components.pump_station import PumpStation
from waterbalance.scenario.turn_settings import HOURS_PER_DAY
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.network.network import Network
    from waterbalance.scenario.document import Document
    from waterbalance.scenario.turn_settings import CanalSettings, TurnoutSettings, TurnSettings

SAME_SLOT = 1e-9
"""Rounding of how often a slot goes into the day. [-]"""

SAME_TURN = 1e-6
"""Rounding of how often a slot goes into a turn. [-]"""


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
    """Everything that is wrong among the canals, with their slots, and with what they serve."""
    yield from _canals_that_hang_nowhere(turns, document)
    yield from _gates_of_one_name(turns, document)
    yield from _slots_that_do_not_fit(turns, document)
    yield from _what_is_served(turns, network, document)


def _canals_that_hang_nowhere(turns: TurnSettings, document: Document) -> Iterator[Finding]:
    """Parents that are not there, or told only later."""
    told: dict[str, CanalSettings] = {}
    for name, canal in turns.canals.items():
        path = ("turns", "canals", name)
        if canal.parent is not None and canal.parent not in told:
            what = f"{name} branches off from {canal.parent!r}, which is not told before it"
            remedy = "A canal stands after the one that it branches off from."
            yield Finding(what, document.place((*path, "parent")), repr(canal.parent), listed(sorted(told)), remedy)
        elif canal.parent is not None and (canal.parent_reach or 1) > len(told[canal.parent].reaches):
            what = f"{name} names reach {canal.parent_reach} of {canal.parent}, which has no such reach"
            allowed = f"1 to {len(told[canal.parent].reaches)}"
            yield Finding(what, document.place((*path, "parent_reach")), str(canal.parent_reach), allowed)
        told[name] = canal


def _gates_of_one_name(turns: TurnSettings, document: Document) -> Iterator[Finding]:
    gates = [gate for name, canal in turns.canals.items() for gate in (canal.structure or name, *canal.turnouts)]
    for twice in sorted({name for name in gates if gates.count(name) > 1}):
        yield Finding(f"{twice} names two gates", document.place(("turns", "canals")), remedy="Each needs a name of its own.")


def _slots_that_do_not_fit(turns: TurnSettings, document: Document) -> Iterator[Finding]:
    """Into the day, into turns; and reaches that are never full."""
    hours = turns.slot * HOURS_PER_DAY
    if abs(1 / turns.slot - round(1 / turns.slot)) > SAME_SLOT:
        remedy = "Take 1 h, 2 h, 3 h or the like."
        yield Finding("the slot does not divide the day", document.place(("turns", "slot")), f"{hours:g} h", remedy=remedy)
    for name, canal in turns.canals.items():
        path = ("turns", "canals", name)
        for number, reach in enumerate(canal.reaches, 1):
            most = min(canal.capacity, *(each.capacity for each in canal.reaches[:number]))
            # As fast as can be: without what is lost on the way.
            can = max(0.0, most - reach.seepage) * turns.days
            if reach.fill_volume > can:
                what = f"reach {number} of {name} cannot be filled in {turns.days} days"
                place = document.place((*path, "reaches", number - 1, "fill_volume"))
                yield Finding(what, place, f"{reach.fill_volume:g} m3", f"at most {can:g} m3")
        turn = 0.0 if canal.rotation is None else canal.rotation.turn / turns.slot
        if abs(turn - round(turn)) > SAME_TURN:
            place = document.place((*path, "rotation", "turn"))
            found, allowed = f"{turn:g} slots of {hours:g} h", "a whole number of slots"
            yield Finding(f"the turns of {name} are no whole slots", place, found, allowed, "Take slots that divide the turn.")


def _what_is_served(turns: TurnSettings, network: Network, document: Document) -> Iterator[Finding]:
    """Zones and structures that are not there, shares that do not make up the whole, pumps without a sun."""
    zones = sorted(component.name for component in network if isinstance(component, IrrigationZone))
    shares: dict[str, float] = {}
    unclear = False
    for name, canal in turns.canals.items():
        for number, reach in enumerate(canal.reaches):
            for gate, turnout in reach.turnouts.items():
                path = ("turns", "canals", name, "reaches", number, "turnouts", gate)
                structure = structure_of(network, turnout)
                unclear = unclear or structure is None
                if turnout.zone not in zones:
                    place, remedy = document.place((*path, "zone")), nearest(turnout.zone, zones, "Choose one of those.")
                    yield Finding("a turnout serves no irrigation zone", place, repr(turnout.zone), listed(zones), remedy)
                    continue
                if structure is None:
                    links = links_to(network, turnout.zone)
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
        # What is missing may be that of a turnout whose water is not known.
        if not math.isclose(share, 1.0, abs_tol=1e-6) and not (unclear and share < 1.0):
            place, remedy = document.place(("turns", "canals")), "Mend the shares of its turnouts."
            yield Finding(f"the shares of {structure} do not make up the whole", place, f"{share:.4g}", "1", remedy)
