"""Gates within what their devices may be asked for.

    capacity = min(capacity of the gate, greatest discharge of the device's setpoints)
    least    = max(least of the gate, least discharge that the device may be asked for)
    change   = the device's greatest step, less a step of its setpoint, so that no stairs are needed     (mode flow only)
    daily    = what the device may let through on a day, less what a step of its setpoint makes of it

What the device keeps from the gate is remembered, so that it can be named as what prevents a field from having its water.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.schedule.passing import WHOLE, greatest_flow, least_flow
from waterbalance.schedule.rounding import SHARE
from waterbalance.schedule.running import ROUNDED
from waterbalance.units import SECONDS_PER_DAY

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
    gate = replace(gate, greatest_step=_greatest_step(device), daily_volume=_daily_volume(device))
    least = 0.0 if device.mode == "duration" else least_flow(device)
    return replace(gate, least=min(max(gate.least, least), gate.capacity))


def _greatest_step(device: Device) -> float | None:
    """From one order to the next; both are rounded to half a step of the setpoint. [m3/s]."""
    greatest = device.limits.greatest_step
    if greatest is None or device.mode != "flow":
        return None
    whole = math.floor(greatest / device.setpoint_step + WHOLE) * device.setpoint_step
    return max(whole - device.setpoint_step, device.setpoint_step)


def _daily_volume(device: Device) -> float | None:
    """That rounding does not go beyond it: a step all day, where that is known as a flow, but at most a tenth. [m3]."""
    most = device.limits.daily_volume
    if most is None:
        return None
    step = (device.setpoint_step + ROUNDED) * SECONDS_PER_DAY if device.mode == "flow" else SHARE * most
    return max(most - step, 0.9 * most)
