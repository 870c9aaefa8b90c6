"""A flow between two setpoints that a device can tell apart, told as both of them: one after the other.

    x = (aim - flow(lower) T) / (flow(upper) - flow(lower))      the upper one for x of a row's T seconds, the lower for the rest
    aim = what is due, within half of `SHARE` of the row's own volume

so that the row brings its volume, which neither of them does alone. Both hold for the device's least dwell at least, a quarter of
an hour where it names none, and to whole minutes. A trickle stays closed, and nothing goes beyond the limits.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from waterbalance.errors import InputError
from waterbalance.schedule.command import Row, elapsed
from waterbalance.schedule.passing import flow_at, setting_for, stepped
from waterbalance.schedule.ramp import HOLD
from waterbalance.schedule.rounding import SHARE

if TYPE_CHECKING:
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.schedule import Setting

MINUTE = 60.0
"""[s]"""


def between_steps(setting: Setting, due: float, device: Device, before: float | None) -> tuple[Row, Row] | None:
    """Two rows for one; None where the device cannot do it. `due` [m3], `before` is the setpoint of the row before."""
    seconds, hold = elapsed(setting.start, setting.end), device.limits.least_dwell or HOLD
    aim = min(max(due, (1.0 - SHARE / 2) * setting.volume), (1.0 + SHARE / 2) * setting.volume)
    if seconds < 2.0 * hold or setting.start.utcoffset() != setting.end.utcoffset():
        return None
    try:
        wanted = setting_for(aim / seconds, device)
        lower, upper = (stepped(steps * device.setpoint_step, device) for steps in _neighbours(wanted, device))
        low, high = flow_at(lower, device), flow_at(upper, device)
    except InputError:
        return None
    if low == high or wanted < device.least_setpoint or not (device.may_be_at(lower) and device.may_be_at(upper)):
        return None
    share = min(max((aim - low * seconds) / (high - low), hold), seconds - hold)
    up = dt.timedelta(seconds=MINUTE * round(share / MINUTE))
    if before is not None and abs(before - lower) < abs(before - upper):
        return Row(setting.start, setting.end - up, lower), Row(setting.end - up, setting.end, upper)
    return Row(setting.start, setting.start + up, upper), Row(setting.start + up, setting.end, lower)


def _neighbours(wanted: float, device: Device) -> tuple[int, int]:
    """The whole steps below and above."""
    below = math.floor(wanted / device.setpoint_step)
    return below, below + 1
