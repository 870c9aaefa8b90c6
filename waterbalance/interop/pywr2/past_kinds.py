"""Parameters that look back several steps: delays and rolling windows, of flows and of what follows the calendar alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number
from waterbalance.interop.pywr2.dated import over_steps
from waterbalance.interop.pywr2.document import type_of
from waterbalance.interop.pywr2.parameter_kinds import aggregated, name_of
from waterbalance.interop.pywr2.reader import NONE_YET
from waterbalance.parameter.flows import MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from waterbalance.interop.pywr2.reader import Kind, MetricReader

_NEUTRAL = {"Sum": 0.0, "Max": -NONE_YET, "Min": NONE_YET, "Product": 1.0, "CountNonZero": 0.0, "AnyNonZero": 0.0}
"""What changes nothing in an aggregation."""

_OF_NUMBERS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": math.fsum,
    "Max": max,
    "Min": min,
    "Product": math.prod,
    "Mean": lambda values: math.fsum(values) / len(values),
}

_ONLY = "The nearest is the same of a flow, or of a profile or series."


def _delay(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """What a metric was some steps ago; a flow before a step is already that of the step before."""
    metric = reader.asked(data, "metric", place)
    steps = _count(reader, data, "delay", place)
    initial = number(data.get("initial_value"), f"{place}.initial_value", reader.file)
    if _is_flow(metric):
        return {**metric, "steps": steps, "initial": initial}  # type: ignore[dict-item]  # (a flow is a mapping)
    values = over_steps(metric, reader.carried)
    if values is None:
        raise UncarriedError("a delay of what depends on storages, or of several flows", _ONLY)
    moved = [*[initial] * min(steps, len(values)), *values[: max(0, len(values) - steps)]]
    return _series(reader, moved, place)


def _rolling(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """An aggregation of the last values; another one until there are enough of them."""
    metric = reader.asked(data, "metric", place)
    window = _count(reader, data, "window_size", place)
    least = window if data.get("min_values") is None else _count(reader, data, "min_values", place)
    initial = number(data.get("initial_value"), f"{place}.initial_value", reader.file)
    function = data.get("agg_func")
    word = type_of(function)
    if _is_flow(metric):
        enough = {**metric, "steps": min(least, window), "initial": NONE_YET}  # type: ignore[dict-item]  # (as above)
        found = _of_flows(reader, metric, function, window, place)  # type: ignore[arg-type]  # (as above)
        return {"kind": "threshold", "of": enough, "is": "<", "threshold": NONE_YET, "values": [initial, found]}
    values = over_steps(metric, reader.carried)
    if values is None:
        raise UncarriedError("a rolling window over what depends on storages, or over several flows", _ONLY)
    if word not in _OF_NUMBERS:
        raise UncarriedError(f"a rolling window by {shown(word)}", f"Use one of {', '.join(_OF_NUMBERS)}.")
    rolled = [
        _OF_NUMBERS[word](values[max(0, step - window) : step]) if step >= max(1, least) else initial
        for step in range(len(values))
    ]
    return _series(reader, rolled, place)


def _of_flows(reader: MetricReader, metric: Mapping[str, Any], function: object, window: int, place: str) -> Argument:
    word = type_of(function)
    if word == "Mean":
        return {**metric, "kind": "mean_flow", "steps": window}
    if word not in _NEUTRAL:
        raise UncarriedError(f"a rolling window by {shown(word)}", f"Use one of Mean, {', '.join(_NEUTRAL)}.")
    flows: list[Argument] = [{**metric, "steps": step + 1, "initial": _NEUTRAL[word]} for step in range(window)]
    return aggregated(reader, function, flows, place)


def _is_flow(metric: Argument) -> bool:
    """Whether a metric is one flow of the step before."""
    return isinstance(metric, dict) and metric["kind"] == "flow_before" and "steps" not in metric


def _count(reader: MetricReader, data: Mapping[str, Any], word: str, place: str) -> int:
    told = data.get(word)
    if not isinstance(told, int) or isinstance(told, bool) or not 1 <= told <= MOST_STEPS:
        raise refusal(reader.file, f"{place}.{word}", "so many steps are not read", shown(told), f"1 to {MOST_STEPS}")
    return told


def _series(reader: MetricReader, values: Sequence[float], place: str) -> Argument:
    edges = reader.carried.steps.edges[:-1]
    return reader.carried.series(name_of(place), dict(zip(edges, values, strict=True)))


PAST_KINDS: Mapping[str, Kind] = {"delay": _delay, "rolling": _rolling}
"""Type of a parameter in small letters -> how it is carried over."""
