"""Gates within what their devices may be asked for.

    capacity = min(capacity of the gate, greatest discharge of the device's setpoints)
    least    = max(least of the gate, least discharge that the device may be asked for)

What the device keeps from the gate is remembered, so that it can be named as what prevents a field from having its water.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.schedule.passing import greatest_flow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from waterbalance.schedule.canal_tree import Canal, Gate, Reach
    from waterbalance.schedule.device import Device


def within_devices(canals: tuple[Canal, ...], devices: Collection[Device]) -> tuple[Canal, ...]:
    """The canals with heads and turnouts that are asked for no more than their devices may be."""
    moved = {device.structure: device for device in devices}

    def reach_of(reach: Reach) -> Reach:
        return replace(reach, turnouts=tuple(replace(each, gate=_gate(each.name, each.gate, moved)) for each in reach.turnouts))

    return tuple(
        replace(canal, head=_gate(canal.gate, canal.head, moved), reaches=tuple(map(reach_of, canal.reaches))) for canal in canals
    )


def _gate(name: str, gate: Gate, moved: Mapping[str, Device]) -> Gate:
    if name not in moved:
        return gate
    device = moved[name]
    most = greatest_flow(device)
    if most < gate.capacity:
        gate = replace(gate, capacity=most, least=min(gate.least, most), without_device=gate.capacity)
    # Of other modes the least setpoint is one of the device, and no discharge.
    least = device.limits.least if device.mode == "flow" else 0.0
    return replace(gate, least=min(max(gate.least, least), gate.capacity))
