"""Parameters that look back several steps: delays and rolling windows.

They look at a flow or a storage, whose past the state keeps, or at what follows the calendar alone and is worked out here.
"""

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

_ONLY = "The nearest is the same of one flow or storage, or of a profile or series."


def _delay(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """What a metric was some steps ago; a flow before a step is already that of the step before."""
    metric = reader.asked(data, "metric", place)
    steps = _count(reader, data, "delay", place)
    initial = number(data.get("initial_value"), f"{place}.initial_value", reader.file)
    kept = _kept(reader, metric)
    if kept is not None:
        past, factor = kept
        return _times(factor, {**past, "steps": steps, "initial": initial / factor})
    values = over_steps(metric, reader.carried)
    if values is None:
        raise UncarriedError("a delay of what is made of flows or storages", _ONLY)
    moved = [*[initial] * min(steps, len(values)), *values[: max(0, len(values) - steps)]]
    return _series(reader, moved, place)


def _rolling(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """An aggregation of the last values; another one until there are enough of them."""
    metric = reader.asked(data, "metric", place)
    window = _count(reader, data, "window_size", place)
    least = window if data.get("min_values") is None else _count(reader, data, "min_values", place)
    initial = number(data.get("initial_value"), f"{place}.initial_value", reader.file)
    function = data.get("agg_func")
    kept = _kept(reader, metric)
    if kept is not None:
        enough = {**kept[0], "steps": min(least, window), "initial": NONE_YET}
        found = _of_kept(reader, kept, function, window, place)
        return {"kind": "threshold", "of": enough, "is": "<", "threshold": NONE_YET, "values": [initial, found]}
    values = over_steps(metric, reader.carried)
    if values is None:
        raise UncarriedError("a rolling window over what is made of flows or storages", _ONLY)
    word = type_of(function)
    if word not in _OF_NUMBERS:
        raise UncarriedError(f"a rolling window by {shown(word)}", f"Use one of {', '.join(_OF_NUMBERS)}.")
    rolled = [
        _OF_NUMBERS[word](values[max(0, step - window) : step]) if step >= max(1, least) else initial
        for step in range(len(values))
    ]
    return _series(reader, rolled, place)


def _of_kept(reader: MetricReader, kept: tuple[dict[str, Any], float], function: object, window: int, place: str) -> Argument:
    """An aggregation of what was kept in the last steps."""
    past, factor = kept
    word = type_of(function)
    if word == "Mean":
        return _times(factor, {**past, "kind": "mean_flow", "steps": window})
    if word not in _NEUTRAL:
        raise UncarriedError(f"a rolling window by {shown(word)}", f"Use one of Mean, {', '.join(_NEUTRAL)}.")
    steps = [_times(factor, {**past, "steps": step + 1, "initial": _NEUTRAL[word]}) for step in range(window)]
    return aggregated(reader, function, steps, place)


def _kept(reader: MetricReader, metric: Argument) -> tuple[dict[str, Any], float] | None:
    """What the state keeps of a metric step by step, as a mean over the days of a step, and what to multiply that by.

    A flow is such a mean; what one storage holds is its mean times the days. None for what is made of several.
    """
    if not isinstance(metric, dict):
        return None
    if metric["kind"] == "flow_before" and "steps" not in metric:
        return metric, 1.0
    length, whole = reader.carried.steps.days, reader.constant(metric.get("capacity", 1.0))
    if metric["kind"] != "stored" or len(metric["storages"]) != 1 or length is None or not whole:
        return None
    (storage,) = metric["storages"]
    quantity = "account" if storage in reader.attributes.accounts else "storage"
    return {"kind": "flow_before", "component": storage, "quantity": quantity}, length / whole


def _times(factor: float, of: Argument) -> Argument:
    return of if factor == 1.0 else {"kind": "aggregated", "function": "product", "of": [factor, of]}


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
