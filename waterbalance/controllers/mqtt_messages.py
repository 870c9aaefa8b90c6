"""What devices say over MQTT: acknowledgements and states, as JSON.

.../ack    {"cmd_id", "sequence", "status", "code", "at"}                     with the cmd_id as CorrelationData
.../state  {"online", "remote", "clock", "applied", "rows": [{"start", "end", "setpoint"}]}; the last will is {"online": false}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, get_args

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, Status
from waterbalance.schedule.command import Row
from waterbalance.schedule.told import moment, number

LARGEST = 200_000
"""Most bytes of a message that are read."""


@dataclass(frozen=True)
class ToldState:
    """A state as a device told it."""

    device: DeviceState
    held: Held


def read_acknowledgement(payload: bytes) -> Acknowledgement:
    """Raises `ValueError` where it is none."""
    told = _object(payload)
    status: Any = told.get("status")
    if status not in get_args(Status):
        raise ValueError(f"status {status!r:.40}")
    code = told.get("code")
    return Acknowledgement(
        str(told.get("cmd_id")),
        _number(told.get("sequence")),
        status,
        None if code is None else str(code)[:200],
        moment(told.get("at")),
    )


def read_state(payload: bytes) -> ToldState:
    """Raises `ValueError` where it is none."""
    told = _object(payload)
    if told.get("online") is not True:
        return ToldState(DeviceState(online=False, remote=False, clock=None, applied=None), Held(None, ()))
    clock = None if told.get("clock") is None else moment(told["clock"])
    applied = None if told.get("applied") is None else _number(told["applied"])
    rows = told.get("rows") or []
    if not isinstance(rows, list):
        raise ValueError(f"no rows: {rows!r:.40}")  # noqa: TRY004 (whoever reads asks for ValueError alone)
    # A device that does not say that it is in Remote is not.
    device = DeviceState(online=True, remote=told.get("remote") is True, clock=clock, applied=applied)
    return ToldState(device, Held(applied, tuple(map(_row, rows))))


def _object(payload: bytes) -> dict[str, Any]:
    if len(payload) > LARGEST:
        raise ValueError(f"{len(payload)} bytes")
    told = json.loads(payload)
    if not isinstance(told, dict):
        raise ValueError(f"no object: {told!r:.40}")  # noqa: TRY004 (whoever reads asks for ValueError alone)
    return told


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r:.40} is no whole number")  # noqa: TRY004 (as above)
    return value


def _row(told: object) -> Row:
    fields = told if isinstance(told, dict) else {}
    return Row(moment(fields.get("start")), moment(fields.get("end")), number(fields.get("setpoint")))
