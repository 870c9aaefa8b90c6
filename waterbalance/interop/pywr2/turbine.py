"""What a turbine tells of itself, and the power of a flow through it.

power = density x gravity x head x efficiency x conversions x flow, with head = water elevation - turbine elevation

Where no elevation of the water is told, Pywr takes the turbine's own for the head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import negative
from waterbalance.interop.pywr.values import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.carried import Argument

GRAVITY = 9.81
"""[m/s2]"""

_PLAIN = {
    "turbine_elevation": "turbine_elevation",
    "efficiency": "efficiency",
    "water_density": "density",
    "min_head": "minimum_head",
    "flow_unit_conversion": "flow_conversion",
    "energy_unit_conversion": "energy_conversion",
}
_OTHERWISE = {"turbine_elevation": 0.0, "efficiency": 1.0, "density": 1000.0, "minimum_head": 0.0, "flow_conversion": 1.0}


def turbine_numbers(data: Mapping[str, Any], place: str, file: str) -> dict[str, float]:
    """The numbers that are told, by their names in a scenario."""
    return {ours: number(data[word], f"{place}.{word}", file) for word, ours in _PLAIN.items() if data.get(word) is not None}


def is_power_alone(data: Mapping[str, Any]) -> bool:
    """Whether a parameter only tells the power of a flow, which is known after a step."""
    return data["type"].lower() == "hydropowertarget" and data.get("target") is None


def power_of(data: Mapping[str, Any], flow: Argument, elevation: Argument | None, place: str, file: str) -> Argument:
    """The power of a flow, with the elevation of the water where it is told; none below the least head."""
    told = {**_OTHERWISE, "energy_conversion": 1e-6, **turbine_numbers(data, place, file)}
    head: Argument = told["turbine_elevation"]
    if elevation is not None:
        head = {"kind": "aggregated", "function": "sum", "of": [elevation, negative(told["turbine_elevation"])]}
    factors = ("density", "efficiency", "flow_conversion", "energy_conversion")
    product = GRAVITY
    for word in factors:
        product *= told[word]
    power = {"kind": "aggregated", "function": "product", "of": [product, head, flow]}
    least = max(0.0, told["minimum_head"])
    return {"kind": "threshold", "of": head, "is": "<", "threshold": least, "values": [power, 0.0]}
