"""Flow and power of turbines.

power = density x gravity x head x efficiency x conversions x flow, with head = water elevation - turbine elevation

Where no elevation of the water is told, Pywr takes the turbine's own for the head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr2.parameter_kinds import negative

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.carried import Argument
    from waterbalance.interop.pywr2.reader import Kind, MetricReader

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


def flow_for(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """The flow that makes the target, within limits; of a turbine, or of a parameter."""
    made: dict[str, Any] = {"kind": "hydropower_target", "power": reader.asked(data, "target", place)}
    words = {"water_elevation": "elevation", "max_flow": "largest", "min_flow": "smallest"}
    made |= {ours: reader.asked(data, word, place) for word, ours in words.items() if data.get(word) is not None}
    given = _numbers(reader, data, place)
    if "elevation" not in made:
        made["elevation"], given["turbine_elevation"] = given.get("turbine_elevation", 0.0), 0.0
    return {**made, **given}


def power_of(reader: MetricReader, data: Mapping[str, Any], flow: Argument, place: str) -> Argument:
    """The power of a flow; none below the least head."""
    told = {**_OTHERWISE, "energy_conversion": 1e-6, **_numbers(reader, data, place)}
    head: Argument = told["turbine_elevation"]
    if data.get("water_elevation") is not None:
        of = [reader.asked(data, "water_elevation", place), negative(told["turbine_elevation"])]
        head = {"kind": "aggregated", "function": "sum", "of": of}
    factors = ("density", "efficiency", "flow_conversion", "energy_conversion")
    product = GRAVITY
    for word in factors:
        product *= told[word]
    power = {"kind": "aggregated", "function": "product", "of": [product, head, flow]}
    least = max(0.0, told["minimum_head"])
    return {"kind": "threshold", "of": head, "is": "<", "threshold": least, "values": [power, 0.0]}


def _numbers(reader: MetricReader, data: Mapping[str, Any], place: str) -> dict[str, float]:
    return {
        ours: number(data[word], f"{place}.{word}", reader.file) for word, ours in _PLAIN.items() if data.get(word) is not None
    }


def is_power_alone(data: Mapping[str, Any]) -> bool:
    """Whether a parameter only tells the power of a flow, which is known after a step."""
    return data["type"].lower() == "hydropowertarget" and data.get("target") is None


def _hydropower(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    if is_power_alone(data):
        return power_of(reader, data, reader.asked(data, "actual_flow", place), place)
    return flow_for(reader, data, place)


HYDROPOWER_KINDS: Mapping[str, Kind] = {"hydropowertarget": _hydropower}
"""Type of a parameter in small letters -> how it is carried over."""
