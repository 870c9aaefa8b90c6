"""Turbines with a target, as nodes and as parameters: the flow that makes it, or the power of a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr2.turbine import is_power_alone, turbine_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.carried import Argument
    from waterbalance.interop.pywr2.reader import Kind, MetricReader


def flow_for(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """The flow that makes the target, within limits; of a turbine, or of a parameter."""
    made: dict[str, Any] = {"kind": "hydropower_target", "power": reader.asked(data, "target", place)}
    words = {"water_elevation": "elevation", "max_flow": "largest", "min_flow": "smallest"}
    made |= {ours: reader.asked(data, word, place) for word, ours in words.items() if data.get(word) is not None}
    given = turbine_numbers(data, place, reader.file)
    if "elevation" not in made:
        made["elevation"], given["turbine_elevation"] = given.get("turbine_elevation", 0.0), 0.0
    return {**made, **given}


def _hydropower(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    if is_power_alone(data):
        return reader.power(data, reader.node, reader.asked(data, "actual_flow", place), place)
    return flow_for(reader, data, place)


HYDROPOWER_KINDS: Mapping[str, Kind] = {"hydropowertarget": _hydropower}
"""Type of a parameter in small letters -> how it is carried over."""
