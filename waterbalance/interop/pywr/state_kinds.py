"""Types of parameters that look at storages and flows as the step before left them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.parameter_kinds import interpolated, threshold
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.parameter.flows import MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.interop.pywr.parameters import Kind, ParameterReader


BEYOND_ALL = 1e300
"""A flow that lies above every threshold."""


def _storage_word(data: Mapping[str, Any]) -> str:
    return "storage_node" if "storage_node" in data else "node"


def _stored(reader: ParameterReader, data: Mapping[str, Any], place: str, *, share: bool = False) -> Argument:
    """What a storage holds, or how full it is."""
    word = _storage_word(data)
    storages = reader.components(data.get(word), f"{place}.{word}")
    made: dict[str, Any] = {"kind": "stored", "storages": storages}
    return {**made, "capacity": reader.capacity(data.get(word), f"{place}.{word}")} if share else made


def _storage(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return _stored(reader, data, place, share=bool(data.get("use_proportional_volume")))


def _curve(kind: str, more: int | None) -> Kind:
    """A control curve; `more` values than curves, or none at all."""

    def carry(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
        curves = _curves(reader, data, place)
        made = {**_of_storages(kind, reader, data, place), "curves": curves}
        if more is None:
            return made
        if "values" in data or "url" in data or "table" in data:
            values: list[Argument] = list(reader.tables.numbers(data, place))
        elif "parameters" in data:
            values = reader.arguments(data["parameters"], f"{place}.parameters")
        else:
            values = [float(each) for each in range(len(curves) + more)]
        if len(values) != len(curves) + more:
            found, allowed = f"{len(values)} values for {len(curves)} curves", f"{len(curves) + more} values"
            raise refusal(reader.file, place, "another number of values than the curves need", found, allowed)
        return {**made, "values": values}

    return carry


def _of_storages(kind: str, reader: ParameterReader, data: Mapping[str, Any], place: str) -> dict[str, Any]:
    share = _stored(reader, data, place, share=True)
    return {**share, "kind": kind} if isinstance(share, dict) else {}


def _curves(reader: ParameterReader, data: Mapping[str, Any], place: str) -> list[Argument]:
    if "control_curves" in data:
        return reader.arguments(data["control_curves"], f"{place}.control_curves")
    return [reader.asked(data, "control_curve", place)]


def _curve_pieces(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    curves = _curves(reader, data, place)
    rows = reader.tables.matrix(data, place)
    if rows.shape != (len(curves) + 1, 2):
        found, allowed = f"{rows.shape[0]} rows of {rows.shape[1]}", f"{len(curves) + 1} rows of 2"
        raise refusal(reader.file, f"{place}.values", "another number of values than the curves need", found, allowed)
    made = {**_of_storages("control_curve_pieces", reader, data, place), "curves": curves, "values": rows.tolist()}
    ends = {"maximum": "top", "minimum": "bottom"}
    return {**made, **{ours: number(data[word], f"{place}.{word}", reader.file) for word, ours in ends.items() if word in data}}


def _flow(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    initial = number(data.get("initial_value", 0.0), f"{place}.initial_value", reader.file)
    return {"kind": "flow_before", "component": _of_flow(reader, data, place), "initial": initial}


def _of_flow(reader: ParameterReader, data: Mapping[str, Any], place: str) -> str:
    node = reader.nodes.get(data.get("node"), f"{place}.node")
    component = reader.carried.names[node.name]
    if component not in reader.carried.flows:
        raise UncarriedError(f"the flow of {node.name!r}, a {node.kind}", "Look at the flow of a node beside it.")
    return component


def _steps(reader: ParameterReader, data: Mapping[str, Any], place: str) -> int:
    """A number of steps, told in steps or in days."""
    if data.get("timesteps"):
        steps = number(data["timesteps"], f"{place}.timesteps", reader.file)
        if not 1 <= steps <= MOST_STEPS:
            raise refusal(reader.file, f"{place}.timesteps", "so many steps are not read", shown(steps), f"1 to {MOST_STEPS}")
        return int(steps)
    days = number(data.get("days"), f"{place}.days", reader.file)
    length = reader.carried.steps.days
    if length is None:
        raise UncarriedError("a number of days in steps of months", "Use a number of steps: 'timesteps'.")
    if days < length or days % length:
        raise refusal(reader.file, f"{place}.days", "these are no whole steps", shown(days), f"a multiple of {length} days")
    return int(days // length)


def _flow_delay(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    initial = number(data.get("initial_flow", 0.0), f"{place}.initial_flow", reader.file)
    return {
        "kind": "flow_before",
        "component": _of_flow(reader, data, place),
        "steps": _steps(reader, data, place),
        "initial": initial,
    }


def _mean_flow(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    initial = number(data.get("initial_flow", 0.0), f"{place}.initial_flow", reader.file)
    return {
        "kind": "mean_flow",
        "component": _of_flow(reader, data, place),
        "steps": _steps(reader, data, place),
        "initial": initial,
    }


def _deficit(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    node = reader.nodes.get(data.get("node"), f"{place}.node")
    if node.data.get("max_flow") is None and node.kind != "catchment":
        raise UncarriedError(f"the deficit of {node.name!r}, which has no max_flow", "Give it a max_flow.")
    return {"kind": "deficit_before", "component": _of_flow(reader, data, place)}


def _storage_threshold(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return threshold(reader, data, _stored(reader, data, place), place)


def _node_threshold(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    """Before the first step there is no flow, and the comparison is not so whatever it asks."""
    above = str(data.get("predicate", "")).lower() in {"gt", "ge", ">", ">="}
    never = -BEYOND_ALL if above else BEYOND_ALL
    return threshold(reader, data, {"kind": "flow_before", "component": _of_flow(reader, data, place), "initial": never}, place)


def _interpolated_volume(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return interpolated(reader, data, _stored(reader, data, place), "volumes", "values", place)


def _interpolated_flow(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    of = {"kind": "flow_before", "component": _of_flow(reader, data, place)}
    return interpolated(reader, data, of, "flows", "values", place)


def _polynomial(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    if "parameter" in data:
        of = reader.asked(data, "parameter", place)
    elif "storage_node" in data:
        of = _stored(reader, data, place, share=bool(data.get("use_proportional_volume")))
    else:
        of = {"kind": "flow_before", "component": _of_flow(reader, data, place)}
    ends = {word: number(data[word], f"{place}.{word}", reader.file) for word in ("offset", "scale") if word in data}
    return {
        "kind": "polynomial",
        "of": of,
        "coefficients": numbers(data.get("coefficients"), f"{place}.coefficients", reader.file),
        **ends,
    }


def _annual_licence(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    amount = number(data.get("amount"), f"{place}.amount", reader.file)
    return {"kind": "annual_licence", "component": _of_flow(reader, data, place), "amount": amount}


def _step_licence(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return reader.asked(data, "amount", place)


def _weighted_profile(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    """Profiles weighed by what their storages can hold."""
    storages = data.get("storages")
    if not isinstance(storages, list) or not storages:
        raise refusal(reader.file, f"{place}.storages", "a list of storages is wanted", shown(storages), "[names]")
    profiles = reader.arguments(data.get("profiles"), f"{place}.profiles")
    capacities = [reader.capacity(each, f"{place}.storages") for each in storages]
    if len(profiles) != len(capacities):
        raise refusal(reader.file, place, "another number of profiles than of storages", str(len(profiles)), str(len(capacities)))
    parts = [{"kind": "aggregated", "function": "product", "of": [*pair]} for pair in zip(capacities, profiles, strict=True)]
    total, most = ({"kind": "aggregated", "function": "sum", "of": each} for each in (parts, capacities))
    return {"kind": "quotient", "numerator": total, "denominator": most}


def _hydropower(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    made: dict[str, Any] = {"kind": "hydropower_target", "power": reader.asked(data, "target", place)}
    words = {"water_elevation_parameter": "elevation", "max_flow": "largest", "min_flow": "smallest"}
    made |= {ours: reader.asked(data, word, place) for word, ours in words.items() if data.get(word) is not None}
    plain = {
        "turbine_elevation": "turbine_elevation",
        "efficiency": "efficiency",
        "density": "density",
        "min_head": "minimum_head",
        "flow_unit_conversion": "flow_conversion",
        "energy_unit_conversion": "energy_conversion",
    }
    return {**made, **{ours: number(data[word], f"{place}.{word}", reader.file) for word, ours in plain.items() if word in data}}


STATE_KINDS: Mapping[str, Kind] = {
    "storage": _storage,
    "controlcurve": _curve("control_curve", 1),
    "controlcurveindex": _curve("control_curve_index", None),
    "controlcurveinterpolated": _curve("control_curve_line", 2),
    "controlcurvepiecewiseinterpolated": _curve_pieces,
    "flow": _flow,
    "flowdelay": _flow_delay,
    "rollingmeanflownode": _mean_flow,
    "deficit": _deficit,
    "storagethreshold": _storage_threshold,
    "nodethreshold": _node_threshold,
    "interpolatedvolume": _interpolated_volume,
    "interpolatedflow": _interpolated_flow,
    "polynomial1d": _polynomial,
    "annuallicense": _annual_licence,
    "timesteplicense": _step_licence,
    "dailylicense": _step_licence,
    "weightedaverageprofile": _weighted_profile,
    "hydropowertarget": _hydropower,
}
"""Type of a parameter in small letters -> how it is carried over."""
