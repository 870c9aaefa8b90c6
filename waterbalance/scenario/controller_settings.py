"""The section `controllers` of a scenario: which device moves which structure, by which protocol, within which limits.

Passwords stand in no file: the section names environment variables.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from waterbalance.scenario.broker_settings import BrokerSettings, TlsSettings, holds_no_secret
from waterbalance.scenario.controller_limits import FallbackSettings, LimitSettings, Model
from waterbalance.scenario.controller_quantities import (
    STATUS_SIZE,
    TABLE_SIZE,
    UNIT_OF,
    Address,
    Seconds,
    SetpointText,
    host_of,
    port_of,
    range_of,
    step_of,
)
from waterbalance.schedule.command import Fallback, Limits, Mode


class DeviceSettings(Model):
    """What every controller has."""

    structure: str
    """Component that the device moves."""

    mode: Mode = "flow"
    """What its setpoints are: a discharge [m3/s], a level [m], an opening [m], a share of the rated speed [-], or the time that a
    valve is open [s]."""

    limits: LimitSettings
    """What it may be asked for."""

    rating: str | None = None
    """Name of the rating that turns a discharge into its setpoint."""

    valve_flow: SetpointText | None = None
    """What the open valve lets through, for the mode `duration`."""

    any_hour: bool = Field(default=False, strict=True)
    """Whether it may be moved at any hour, so that a flow between two of its steps is told as both, one after the other."""

    fallback: FallbackSettings = FallbackSettings(mode="hold_last")
    """What it does by itself."""

    _before = model_validator(mode="before")(holds_no_secret)

    @model_validator(mode="after")
    def _speaks_of_one_unit(self) -> Self:
        unit = UNIT_OF[self.mode]
        limits, fallback = self.limits, self.fallback
        told = {"least": limits.least, "most": limits.most, "greatest_step": limits.greatest_step, "fallback": fallback.setpoint}
        told["least_setpoint"] = limits.least_setpoint
        for name, amount in told.items():
            if amount is not None and amount.unit != unit:
                raise ValueError(
                    f"limits of the mode '{self.mode}' are in {unit}, and {name} is in {amount.unit}; change one of them"
                )
        if (self.valve_flow is not None) != (self.mode == "duration"):
            raise ValueError("the mode 'duration' needs a valve_flow, and no other has one; write it or leave it out")
        if self.valve_flow is not None and (self.valve_flow.unit != "m3/s" or self.valve_flow.value <= 0):
            raise ValueError("valve_flow is no discharge above zero; write one such as '2 L/s'")
        if (self.rating is not None) != (self.mode in {"level", "position", "speed"}):
            raise ValueError(
                "the modes 'level', 'position' and 'speed' need a rating, and no other has one; write it or leave it out"
            )
        if limits.least.value > limits.most.value:
            raise ValueError("limits allow nothing, for least is more than most; exchange them")
        if limits.least_setpoint is not None and limits.least_setpoint.value > limits.most.value:
            raise ValueError("limits allow nothing, for least_setpoint is more than most; exchange them")
        if limits.least_setpoint is not None and self.mode == "level":
            raise ValueError("the mode 'level' has no least_setpoint, for no level is closed; leave it out")
        if limits.least.value < 0 and self.mode != "level":
            raise ValueError("limits begin below zero; give a least of zero or more")
        return self

    @model_validator(mode="after")
    def _moves_freely_at_any_hour(self) -> Self:
        if self.any_hour and (self.mode == "duration" or self.limits.greatest_step is not None):
            raise ValueError("any_hour is for devices without a greatest_step, and not for the mode 'duration'; leave it out")
        return self

    @property
    def unit(self) -> str:
        """Of its setpoints."""
        return UNIT_OF[self.mode]

    def command_limits(self) -> Limits:
        """The limits as commands tell them."""
        told = self.limits
        step = None if told.greatest_step is None else told.greatest_step.value
        return Limits(told.least.value, told.most.value, step, told.least_dwell, told.daily_volume)

    def command_fallback(self) -> Fallback:
        """The fallback as commands tell it."""
        told = self.fallback
        return Fallback(told.mode, None if told.setpoint is None else told.setpoint.value, told.after)

    def room(self) -> tuple[float, float]:
        """Least and greatest setpoint for which the device has room, in the unit of the mode."""
        return -math.inf, math.inf

    def place(self, name: str) -> tuple[str, ...]:
        """What no other controller may have: the very device that it reaches."""
        raise NotImplementedError


class FilesSettings(DeviceSettings):
    """Files and printed sheets for the person at the gate."""

    protocol: Literal["files"]
    """JSON, CSV and sheets."""

    canal: str = Field(pattern=r"^[\w-]{1,64}$")
    """Folder of the canal, and title of its sheet."""

    folder: str = Field(default="orders", pattern=r"^[\w-]+(/[\w-]+)*$")
    """Folder of all canals, inside the scenario's."""

    acceptance: Literal["receipt", "delivered"] = "receipt"
    """Whether a person's receipt is asked for, or an order counts once it lies in the folder."""

    excel: bool = Field(default=False, strict=True)
    """Whether a workbook is written too."""

    def place(self, name: str) -> tuple[str, ...]:
        """See `DeviceSettings`."""
        return self.protocol, self.folder, self.canal, name


class MqttSettings(BrokerSettings, DeviceSettings):
    """A device behind an MQTT 5 broker."""

    protocol: Literal["mqtt"]
    """JSON over MQTT 5."""

    setpoint_step: SetpointText | None = None
    """Smallest difference between two setpoints; a thousandth of the unit when left out."""

    most_rows: int = Field(default=96, ge=1, le=1000, strict=True)
    """Rows that the device can hold."""

    timeout: Seconds = 10.0
    """How long the device may take for its answer. [s]"""

    def place(self, name: str) -> tuple[str, ...]:
        """See `DeviceSettings`."""
        return self.protocol, self.broker, name


class _OnModbus(DeviceSettings):
    """What devices share that speak Modbus TCP."""

    address: Address
    """Host and port; 502 when left out, 802 with tls."""

    tls: TlsSettings | None = None
    """Certificates, where the device speaks Modbus/TCP Security."""

    unit_id: int = Field(default=1, ge=0, le=255, strict=True)
    """Number of the device behind the address."""

    timeout: Seconds = 3.0
    """How long an answer may take. [s]"""

    @property
    def device(self) -> tuple[str, str, str]:
        """Host, port and number of the device, however they are written."""
        return host_of(self.address).lower(), str(self.port), str(self.unit_id)

    @property
    def port(self) -> int:
        """Of the address."""
        return port_of(self.address, 502 if self.tls is None else 802)


class ModbusSettings(_OnModbus):
    """A PLC that stores a table ahead."""

    protocol: Literal["modbus"]
    """Modbus TCP, with the table of the README."""

    base: int = Field(ge=0, le=65_535 - TABLE_SIZE, strict=True)
    """Address of the table, from 0 on: register 40001 of a manual is 0."""

    status: int = Field(ge=0, le=65_535 - STATUS_SIZE, strict=True)
    """Address of the status."""

    word_order: Literal["big", "little"] = "big"
    """Whether the high or the low 16 bits of a number come first."""

    scale: float = Field(default=0.001, gt=0, allow_inf_nan=False)
    """One count of a setpoint, in the unit of the mode."""

    @model_validator(mode="after")
    def _takes_only_what_tables_tell(self) -> Self:
        if self.mode == "duration":
            raise ValueError("mode is no mode of the table; use flow, level or position")
        if self.base - STATUS_SIZE < self.status < self.base + TABLE_SIZE:
            raise ValueError("status lies inside the table; give another address")
        return self

    def room(self) -> tuple[float, float]:
        """See `DeviceSettings`."""
        return range_of("i32", self.scale)

    def place(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 (its address is enough)
        """See `DeviceSettings`."""
        return "modbus", *self.device, str(self.base)

    def registers(self) -> dict[str, range]:
        """Registers that nobody else may use, by the field that gives the first one."""
        return {"base": range(self.base, self.base + TABLE_SIZE), "status": range(self.status, self.status + STATUS_SIZE)}


class RegisterSettings(Model):
    """A number in a device's registers."""

    address: int = Field(ge=0, le=65_535, strict=True)
    """From 0 on: register 40001 of a manual is 0."""

    kind: Literal["u16", "i16", "u32", "i32", "f32"] = "u16"
    """Width and kind."""

    scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """One count, in the unit of the mode."""

    word_order: Literal["big", "little"] = "big"
    """Whether the high or the low 16 bits come first."""

    table: Literal["holding", "input"] = "holding"
    """Holding registers can be written, input registers only read."""

    @property
    def step(self) -> float:
        """Smallest difference of its values, in the unit of the mode."""
        return step_of(self.kind, self.scale)


class PlainGateSettings(_OnModbus):
    """A gate that takes a setpoint now; `waterbalance dispatcher` tells it when."""

    protocol: Literal["plain_gate"]
    """Modbus TCP, with a map of single registers."""

    setpoint: RegisterSettings
    """Where the setpoint is written."""

    feedback: RegisterSettings | None = None
    """Where the measured flow, level or opening is read."""

    switch: RegisterSettings | None = None
    """Where Local and Remote are read."""

    remote_when: int = Field(default=0, ge=0, le=65_535, strict=True)
    """What the switch holds in Remote."""

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if self.setpoint.table != "holding":
            raise ValueError("setpoint lies in an input register, which nobody can write; give a holding register")
        return self

    def room(self) -> tuple[float, float]:
        """See `DeviceSettings`."""
        return range_of(self.setpoint.kind, self.setpoint.scale)

    def place(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 (its address is enough)
        """See `DeviceSettings`."""
        return "modbus", *self.device, str(self.setpoint.address)

    def registers(self) -> dict[str, range]:
        """Registers that nobody else may use, by the field that gives the first one."""
        size = 2 if self.setpoint.kind.endswith("32") else 1
        return {"setpoint": range(self.setpoint.address, self.setpoint.address + size)}


class OpenSprinklerSettings(DeviceSettings):
    """A valve of an OpenSprinkler."""

    protocol: Literal["opensprinkler"]
    """HTTP, firmware 2.2.x."""

    address: Address
    """Host and port; 80 when left out, 443 with tls."""

    station: int = Field(ge=0, le=199, strict=True)
    """Number of the valve, from 0 on: S01 of the device's page is 0."""

    mode: Literal["duration"] = "duration"
    """How long the valve is open."""

    fallback: FallbackSettings = FallbackSettings(mode="close")
    """It closes when its programs have ended, and has no other."""

    password_from: str
    """Environment variable that holds the device's password."""

    tls: TlsSettings | None = None
    """Certificates, where the device stands behind an encrypting gateway."""

    timeout: Seconds = 5.0
    """How long an answer may take. [s]"""

    @model_validator(mode="after")
    def _closes(self) -> Self:
        if self.fallback.mode != "close":
            raise ValueError("fallback can only be 'close' here; leave it out")
        return self

    def place(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 (its address is enough)
        """See `DeviceSettings`."""
        port = port_of(self.address, 80 if self.tls is None else 443)
        return self.protocol, host_of(self.address).lower(), str(port), str(self.station)


AnyController = FilesSettings | MqttSettings | ModbusSettings | PlainGateSettings | OpenSprinklerSettings

ControllerSettings = Annotated[AnyController, Field(discriminator="protocol")]

ControllerName = Annotated[str, Field(pattern=r"^\w[\w-]{0,63}$")]
