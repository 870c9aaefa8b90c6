"""What a device may be asked for narrows what its gate is asked for."""

from dataclasses import replace

import pytest

from schedule.canals import lateral
from waterbalance.schedule.canal_tree import Gate
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.schedule.device_limits import within_devices
from waterbalance.schedule.rating import PumpCurve, SluiceGate

GATE = Gate(1.0, least=0.1)
DEVICE = Device("k", "a", Limits(0.0, 2.5))
OPENING = replace(DEVICE, mode="position", rating=SluiceGate("a", 2.0, 1.5), limits=Limits(0.0, 0.15))
PUMP = replace(DEVICE, mode="speed", rating=PumpCurve("a", 40.0, 50.0, 20.0, 30.0, slowest=0.75), limits=Limits(0.0, 1.0))


@pytest.mark.parametrize(
    ("device", "least", "capacity", "without"),
    [
        (DEVICE, 0.1, 1.0, None),
        (replace(DEVICE, limits=Limits(0.2, 2.5)), 0.2, 1.0, None),
        (replace(DEVICE, least_setpoint=0.3), 0.3, 1.0, None),
        (replace(DEVICE, limits=Limits(0.2, 2.5), least_setpoint=0.3), 0.3, 1.0, None),
        (replace(DEVICE, limits=Limits(0.0, 0.4)), 0.1, 0.4, 1.0),
        (replace(DEVICE, limits=Limits(0.0, 0.05)), 0.05, 0.05, 1.0),
        # A gate of 2 m at 1.5 m of water, 0.15 m open, by hand; half as far 0.1296 sqrt(14.715) (1.425 / 2.625)^0.072.
        (OPENING, 0.1, 0.92378, 1.0),
        (replace(OPENING, least_setpoint=0.075), 0.47575, 0.92378, 1.0),
        # At its slowest the pump brings sqrt((40 x 0.75^2 - 20) / 80), at rated speed 0.5.
        (PUMP, 0.176777, 0.5, 1.0),
        (replace(DEVICE, mode="duration", limits=Limits(600.0, 7200.0), valve_flow=0.3), 0.1, 0.3, 1.0),
    ],
)
def test_a_gate_is_asked_for_what_its_device_can(device: Device, least: float, capacity: float, without: float | None) -> None:
    (canal,) = within_devices(lateral(2.0, [GATE]).canals, [device])
    gate = canal.reaches[0].turnouts[0].gate
    assert (gate.least, gate.capacity) == pytest.approx((least, capacity), abs=1e-5)
    assert gate.without_device == without


@pytest.mark.parametrize(
    ("limits", "step", "told"),
    [
        # Rounding may make a step and a half of a step: 0.42 in whole steps is 0.4, less one.
        (Limits(0.0, 2.5, greatest_step=0.42), 0.1, 0.3),
        (Limits(0.0, 2.5, greatest_step=0.1), 0.1, 0.1),
        (Limits(0.0, 2.5), 0.1, None),
    ],
)
def test_changes_leave_room_for_rounding(limits: Limits, step: float, told: float | None) -> None:
    (canal,) = within_devices(lateral(2.0, [GATE]).canals, [replace(DEVICE, limits=limits, setpoint_step=step)])
    assert canal.reaches[0].turnouts[0].gate.greatest_step == (told if told is None else pytest.approx(told))
