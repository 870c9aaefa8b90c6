"""An amount in whatever unit a series has: `510 Mm3` for a storage, `900 m3/s` for a flow, `230 m` for a level."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator

from waterbalance import units
from waterbalance.errors import Finding, InputError, Place, UnitError

_KINDS: Final = (
    units.VOLUME,
    units.FLOW,
    units.LENGTH,
    units.DEPTH_RATE,
    units.TEMPERATURE,
    units.TURBIDITY,
    units.AREA,
    units.POWER,
    units.ENERGY_RATE,
    units.IRRADIATION,
    units.FRACTION,
)
"""Internal units that readings have."""


class Number(NamedTuple):
    """A number and its internal unit."""

    value: float
    unit: str

    def of(self, key: tuple[str, str], unit: str) -> float:
        """The number, for a series in an internal unit.

        Raises `InputError` where the series is of another kind.
        """
        if self.unit == unit:
            return self.value
        name = ".".join(key)
        finding = Finding(
            "a setting of quality control is of another kind than the series",
            Place(component=key[0]),
            f"{self.value:g} {self.unit} for {name}",
            f"{units.describe(unit)}, such as {units.examples(unit)}",
            f"Mend it, or give {name} settings of its own beside 'default'.",
        )
        raise InputError("quality control cannot judge a series", (finding,))


def _read(value: object) -> object:
    if isinstance(value, Number) or not isinstance(value, str):
        if isinstance(value, int | float):
            raise ValueError(f"{value!r} has no unit; write for example {units.examples(units.VOLUME)}")  # noqa: TRY004 (pydantic collects ValueError)
        return value
    for unit in _KINDS:
        try:
            return Number(units.parse(value, unit), unit)
        except UnitError:
            continue
    raise ValueError(f"{value!r} is no number with a known unit; write for example {units.examples(units.FLOW)}")


Amount = Annotated[Number, BeforeValidator(_read, json_schema_input_type=str)]
