"""The orders of a store as FIWARE `AgriParcelOperation`, each as it stands now; what was replaced, too, so that none is left.

    a command counts from when its device agreed to it until the device agreed to the next one
    planned     it waits to be sent
    scheduled   the device has agreed; the row begins later
    ongoing, finished   the part of the row in which its command counted
    cancelled   another command counted before the row began, or the device never agreed

No two parts of one device overlap, so that their litres may be added.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.ngsi_ld import Status, operation
from waterbalance.network.topology import reachable
from waterbalance.schedule.passing import open_within, passing, valve_flow
from waterbalance.store.outbox import OPEN, valid_since

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.command import Row
    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store
    from waterbalance.store.outbox import Queued

TOLD = dt.timedelta(days=2)
"""How long a command is told of after its end."""

_TIME_TO_COME = dt.datetime.max.replace(tzinfo=dt.UTC)


def operations_of(
    store: Store, devices: Mapping[str, Device], zones: Mapping[str, str], now: dt.datetime
) -> list[dict[str, Any]]:
    """The body of `POST /ngsi-ld/v1/entityOperations/upsert` for some devices and the parcels that they water.

    Told again it replaces what it told before. Raises `StoreError`, and `AlteredError` where a command was changed.
    """
    with store.reading() as connection:
        told = valid_since(connection, devices, now - TOLD)
    by_controller: defaultdict[str, list[Queued]] = defaultdict(list)
    for queued in told:
        by_controller[queued.controller].append(queued)
    return [
        operation(queued.envelope, row, zones[name], status=status, part=part, volume=volume_of_part(row, part, devices[name]))
        for name, commands in by_controller.items()
        for queued, row, part, status in _standing(commands, now)
        if row.setpoint > 0
    ]


def zones_of(scenario: Scenario) -> dict[str, str]:
    """For each controller the only irrigation zone that its structure leads to; its structure where there are more, or none."""
    network = scenario.network
    links = network.links()
    zones = {}
    for name, settings in scenario.controllers.items():
        reached = sorted(reachable([settings.structure], links))
        watered = [each for each in reached if each in network and network[each].type_name() == "irrigation_zone"]
        zones[name] = watered[0] if len(watered) == 1 else settings.structure
    return zones


def volume_of_part(row: Row, part: Row, device: Device) -> float:
    """Water that passes in a part of a row; a valve is open from its beginning on. [m3]."""
    if device.mode != "duration":
        return passing(part, device)
    return open_within(row, part.start, part.end) * valve_flow(device)


def _standing(commands: list[Queued], now: dt.datetime) -> Iterator[tuple[Queued, Row, Row, Status]]:
    """Each row with the part of it that counts and how it stands; `commands` are one device's, the lowest sequence first."""
    agreed = [each for each in commands if each.state == "confirmed"]
    ends = {each.cmd_id: after.changed_at for each, after in pairwise(agreed)}
    for queued in commands:
        ended = ends.get(queued.cmd_id, _TIME_TO_COME)
        for row in queued.envelope.command.rows:
            if queued.state in OPEN:
                yield queued, row, row, "planned"
            elif queued.state != "confirmed" or row.start >= ended:
                yield queued, row, row, "cancelled"
            else:
                part = replace(row, start=max(row.start, queued.changed_at), end=min(row.end, ended))
                if part.start < part.end:
                    yield queued, row, part, _by_time(part, now)


def _by_time(part: Row, now: dt.datetime) -> Status:
    if part.end <= now:
        return "finished"
    return "ongoing" if part.start <= now else "scheduled"
