"""The devices of a scenario as orders see them: from the sections `controllers` and `ratings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.scenario.controller_settings import (
    FilesSettings,
    ModbusSettings,
    MqttSettings,
    OpenSprinklerSettings,
    PlainGateSettings,
)
from waterbalance.schedule.device import Device

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.controller_settings import AnyController
    from waterbalance.scenario.rating_settings import RatingSettings
    from waterbalance.scenario.scenario import Scenario

STEP = 0.001
"""Of setpoints where nothing else is said: a litre per second, a millimetre."""

SECOND = 1.0
"""Of valves that are open for whole seconds."""

TABLE_ROWS = 24
"""Rows of the table that a PLC stores ahead."""

PROGRAMS = 19
"""Rows of one command at a sprinkler: its 40 programs hold two commands and their markers."""

MANY_ROWS = 1000
"""Rows of what is kept in files or in the store."""


def devices_of(scenario: Scenario) -> dict[str, Device]:
    """Each controller with its structure, by name."""
    return {name: _device(name, told, scenario.ratings) for name, told in scenario.controllers.items()}


def _device(name: str, told: AnyController, ratings: Mapping[str, RatingSettings]) -> Device:
    return Device(
        controller=name,
        structure=told.structure,
        limits=told.command_limits(),
        mode=told.mode,
        rating=None if told.rating is None else ratings[told.rating].rating(told.structure),
        valve_flow=None if told.valve_flow is None else told.valve_flow.value,
        setpoint_step=_step(told),
        least_setpoint=0.0 if told.limits.least_setpoint is None else told.limits.least_setpoint.value,
        registers=told.room(),
        most_rows=_rows(told),
        keeper=isinstance(told, FilesSettings) and told.acceptance == "receipt",
        any_hour=told.any_hour,
        fallback=told.command_fallback(),
    )


def _step(told: AnyController) -> float:
    if isinstance(told, ModbusSettings):
        return told.scale
    if isinstance(told, PlainGateSettings):
        return told.setpoint.step
    if isinstance(told, MqttSettings) and told.setpoint_step is not None:
        return told.setpoint_step.value
    return SECOND if told.mode == "duration" else STEP


def _rows(told: AnyController) -> int:
    if isinstance(told, MqttSettings):
        return told.most_rows
    if isinstance(told, ModbusSettings):
        return TABLE_ROWS
    return PROGRAMS if isinstance(told, OpenSprinklerSettings) else MANY_ROWS
