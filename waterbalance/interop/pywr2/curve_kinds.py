"""Control curves and thresholds. Both compare a metric with limits, the first of which that it passes decides.

Where the metric is how full storages are, the scenario's own control curves say so; else thresholds inside each other do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.interop.pywr2.nearest import REMEMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr2.reader import Kind, MetricReader

MOST_LIMITS = 50
"""Of thresholds that are looked at one after another."""

DEEPEST_INSIDE = 3
"""Thresholds inside each other more deeply get names of their own, so that the scenario stays readable."""

_PREDICATES = {"LT": "<", "GT": ">", "EQ": "=", "LE": "<=", "GE": ">="}


def _control_curve(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    metric, curves = _metric_and_curves(reader, data, place)
    values = _values(reader, data, len(curves) + 1, place)
    fullness = _fullness(metric)
    if fullness is None:
        return first_passed(reader, metric, ">=", curves, values)
    return {"kind": "control_curve", **fullness, "curves": curves, "values": values}


def _control_curve_index(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    metric, curves = _metric_and_curves(reader, data, place)
    fullness = _fullness(metric)
    if fullness is None:
        return as_index(first_passed(reader, metric, ">=", curves, [float(each) for each in range(len(curves) + 1)]))
    return {"kind": "control_curve_index", **fullness, "curves": curves}


def _control_curve_line(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    metric, curves = _metric_and_curves(reader, data, place)
    values = _values(reader, data, len(curves) + 2, place)
    fullness = _fullness(metric)
    if fullness is not None:
        return {"kind": "control_curve_line", **fullness, "curves": curves, "values": values}
    x, y = ([reader.constant(each) for each in row] for row in ([1.0, *curves, 0.0], values))
    if None in x or None in y or not all(upper > lower for upper, lower in pairwise(each for each in x if each is not None)):
        what = "lines between control curves that move, of what is no share of a storage"
        raise UncarriedError(what, "The nearest is 'interpolated', on lines between points that stay.")
    return {"kind": "interpolated", "of": metric, "x": x[::-1], "y": y[::-1], "beyond": "hold"}


def _control_curve_pieces(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    metric, curves = _metric_and_curves(reader, data, place)
    fullness = _fullness(metric)
    if fullness is None:
        what = "lines in pieces between control curves, of what is no share of a storage"
        raise UncarriedError(what, "The nearest is the ProportionalVolume of a storage.")
    rows = data.get("values")
    if not isinstance(rows, list) or len(rows) != len(curves) + 1:
        raise refusal(reader.file, f"{place}.values", "there is no pair for each piece", shown(rows), f"{len(curves) + 1} pairs")
    pairs = [numbers(row, f"{place}.values[{index}]", reader.file) for index, row in enumerate(rows)]
    if any(len(pair) != 2 for pair in pairs):
        raise refusal(reader.file, f"{place}.values", "these are no pairs", shown(rows), "[[upper, lower], ...]")
    made = {"kind": "control_curve_pieces", **fullness, "curves": curves, "values": pairs}
    ends = {"maximum": "top", "minimum": "bottom"}
    given = {
        ours: number(data[word], f"{place}.{word}", reader.file) for word, ours in ends.items() if data.get(word) is not None
    }
    return {**made, **given}


def _threshold(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """0 or 1, or one of two metrics."""
    metric, limit = (reader.asked(data, word, place) for word in ("metric", "threshold"))
    made: dict[str, Any] = {"kind": "threshold", "of": metric, "is": _predicate(reader, data, place), "threshold": limit}
    if data.get("returned_metrics") is None:
        return made
    values = reader.arguments(data["returned_metrics"], f"{place}.returned_metrics")
    if len(values) != 2:
        raise refusal(reader.file, f"{place}.returned_metrics", "another number of metrics", str(len(values)), "2")
    return {**made, "values": values}


def _multi_threshold(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """The place of the first threshold that the metric passes, or a metric for each place."""
    metric, predicate = reader.asked(data, "metric", place), _predicate(reader, data, place)
    limits = reader.arguments(data.get("thresholds"), f"{place}.thresholds")
    if data.get("returned_metrics") is None:
        return as_index(first_passed(reader, metric, predicate, limits, [float(each) for each in range(len(limits) + 1)]))
    values = reader.arguments(data["returned_metrics"], f"{place}.returned_metrics")
    if len(values) != len(limits) + 1:
        allowed = f"{len(limits) + 1}, one more than thresholds"
        raise refusal(reader.file, f"{place}.returned_metrics", "another number of metrics", str(len(values)), allowed)
    return first_passed(reader, metric, predicate, limits, values)


def first_passed(
    reader: MetricReader, metric: Argument, predicate: str, limits: Sequence[Argument], values: Sequence[Argument]
) -> Argument:
    """The value of the first limit that a metric passes, the last one where it passes none.

    Raises `UncarriedError` where there are too many limits.
    """
    if len(limits) > MOST_LIMITS:
        raise UncarriedError(f"more than {MOST_LIMITS} limits after each other", "The nearest is 'interpolated', on a line.")
    made = values[-1]
    for inside, (limit, value) in enumerate(zip(reversed(limits), reversed(values[:-1]), strict=True)):
        if inside and inside % DEEPEST_INSIDE == 0:
            made = reader.keep(f"below limit {len(limits) - inside}", made)
        made = {"kind": "threshold", "of": metric, "is": predicate, "threshold": limit, "values": [made, value]}
    return made


def as_index(made: Argument) -> Argument:
    """A number that is a place in a list: a threshold itself is only the place 0 or 1."""
    return {"kind": "aggregated", "function": "sum", "of": [made]}


def _predicate(reader: MetricReader, data: Mapping[str, Any], place: str) -> str:
    if data.get("ratchet"):
        raise UncarriedError("a threshold with a ratchet remembers for ever", REMEMBERS)
    word = _PREDICATES.get(str(data.get("predicate")))
    if word is None:
        allowed = ", ".join(_PREDICATES)
        raise refusal(reader.file, f"{place}.predicate", "this is no comparison", shown(data.get("predicate")), allowed)
    return word


def _metric_and_curves(reader: MetricReader, data: Mapping[str, Any], place: str) -> tuple[Argument, list[Argument]]:
    metric = reader.asked(data, "storage_metric", place)
    return metric, reader.arguments(data.get("control_curves"), f"{place}.control_curves")


def _values(reader: MetricReader, data: Mapping[str, Any], count: int, place: str) -> list[Argument]:
    values = reader.arguments(data.get("values"), f"{place}.values")
    if len(values) != count:
        what = "another number of values than the curves need"
        raise refusal(reader.file, f"{place}.values", what, str(len(values)), str(count))
    return values


def _fullness(metric: Argument) -> dict[str, Any] | None:
    """Storages and their capacity, where a metric is how full they are."""
    if isinstance(metric, dict) and metric["kind"] == "stored" and "capacity" in metric:
        return {"storages": metric["storages"], "capacity": metric["capacity"]}
    return None


CURVE_KINDS: Mapping[str, Kind] = {
    "controlcurve": _control_curve,
    "controlcurveindex": _control_curve_index,
    "controlcurveinterpolated": _control_curve_line,
    "controlcurvepiecewiseinterpolated": _control_curve_pieces,
    "threshold": _threshold,
    "multithreshold": _multi_threshold,
}
"""Type of a parameter in small letters -> how it is carried over."""
