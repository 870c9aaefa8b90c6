"""Whether devices can be asked for what their limits tell, and whether two of them share registers or a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding
from waterbalance.plan.people import identity
from waterbalance.scenario.controller_quantities import GREATEST, LONGEST_RUN
from waterbalance.scenario.controller_settings import ModbusSettings, OpenSprinklerSettings, PlainGateSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.scenario.controller_settings import AnyController
    from waterbalance.scenario.whole import Whole


def setpoints_beyond_devices(whole: Whole) -> Iterator[Finding]:
    """Steps that allow no change, limits and fallbacks that cannot be, and valves that are to be open longer than they can."""
    for name, settings in whole.scenario.controllers.items():
        for inside, what, found, allowed, remedy in _beyond(settings):
            place = whole.document.place(("controllers", name, *inside), name)
            yield Finding(what, place, f"{found:g} {settings.unit}", allowed, remedy)


def _beyond(settings: AnyController) -> Iterator[tuple[tuple[str, str], str, float, str, str]]:
    """Where inside of the controller, what, found, allowed and what to do."""
    limits, unit = settings.command_limits(), settings.unit
    if limits.greatest_step is not None and limits.greatest_step <= 0.0:
        remedy = "Give the greatest change from one row to the next, or leave it out."
        yield (
            ("limits", "greatest_step"),
            "the greatest step allows no change",
            limits.greatest_step,
            f"more than 0 {unit}",
            remedy,
        )
    yield from _limits(settings)
    setpoint, allowed = settings.command_fallback().setpoint, limits.told(settings.mode, unit)
    if setpoint is not None and not limits.allow(setpoint, settings.mode):
        yield ("fallback", "setpoint"), "the fallback is outside of the limits", setpoint, allowed, "Mend it, or the limits."
    if isinstance(settings, OpenSprinklerSettings) and limits.most > LONGEST_RUN:
        remedy = "Give a shorter time: its programs end there."
        yield ("limits", "most"), "the valve cannot be open so long", limits.most, f"at most {LONGEST_RUN} s, 18 h", remedy


def _limits(settings: AnyController) -> Iterator[tuple[tuple[str, str], str, float, str, str]]:
    limits, unit = settings.command_limits(), settings.unit
    greatest, (first, last) = GREATEST[unit], settings.room()
    for key, limit in (("least", limits.least), ("most", limits.most)):
        if not abs(limit) <= greatest:
            remedy = "Look at its unit: no structure does that."
            yield ("limits", key), "no such setpoint", limit, f"at most {greatest:g} {unit}", remedy
        elif not first <= limit <= last:
            remedy = "Give a lower limit, or the kind and scale of the register that the device really has."
            yield ("limits", key), "the register cannot hold the limit", limit, f"{first:g} to {last:g} {unit}", remedy


def registers_of_two(whole: Whole) -> Iterator[Finding]:
    """Registers of one device into which two controllers write, or one writes what the other reads as its status."""
    seen: list[tuple[str, ModbusSettings | PlainGateSettings]] = []
    for name, settings in whole.scenario.controllers.items():
        if not isinstance(settings, ModbusSettings | PlainGateSettings):
            continue
        for other, earlier in seen:
            # Those that begin alike are one device, which has a finding of its own.
            if earlier.device == settings.device and earlier.place(other) != settings.place(name):
                yield from _shared(whole, name, settings, other, earlier)
        seen.append((name, settings))


def names_of_two(whole: Whole) -> Iterator[Finding]:
    """Names that a reader, and a disk that knows no capitals, takes for one: their orders would lie in one file."""
    seen: dict[str, str] = {}
    for name in whole.scenario.controllers:
        other = seen.setdefault(identity(name), name)
        if other != name:
            place = whole.document.place(("controllers", name), name)
            remedy = "Give one of them a name of other letters or digits."
            yield Finding("two controllers have names that are read as one", place, repr(name), f"not that of {other!r}", remedy)


def _shared(
    whole: Whole,
    name: str,
    settings: ModbusSettings | PlainGateSettings,
    other: str,
    earlier: ModbusSettings | PlainGateSettings,
) -> Iterator[Finding]:
    for key, own in settings.registers().items():
        taken = [each for each in earlier.registers().values() if own.start < each.stop and each.start < own.stop]
        if taken:
            place = whole.document.place(("controllers", name, key), name)
            allowed = f"none of {other!r}: {', '.join(_span(each) for each in taken)}"
            yield Finding("two controllers share registers", place, _span(own), allowed, "Give one of them another address.")


def _span(registers: range) -> str:
    return f"{registers.start} to {registers.stop - 1}" if len(registers) > 1 else f"{registers.start}"
