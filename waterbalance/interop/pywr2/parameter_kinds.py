"""Types of parameters that look at nothing but the calendar and other metrics."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import Argument, UncarriedError, negative
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers
from waterbalance.interop.pywr2.document import type_of
from waterbalance.interop.pywr2.profiles import DAYS_OF_LEAP_YEAR, FEBRUARY_28, LEAP_YEAR, drawdown, rbf_profile, weekly_by_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr2.reader import Kind, MetricReader

_AGGREGATES = {
    "Sum": "sum",
    "Product": "product",
    "Min": "smallest",
    "Max": "largest",
    "Mean": "mean",
    "Any": "any",
    "All": "all",
}

_TOLERANCES = {"CountNonZero": 0.0, "AnyNonZero": 1e-6}
"""What is no larger is zero to an aggregation that tells no tolerance."""


def _constant(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """The activation of a variable only counts for optimisers; the value is what is told."""
    return reader.number(data.get("value"), f"{place}.value")


def _constant_scenario(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    member = reader.member(data.get("scenario_group"), f"{place}.scenario_group")
    values = reader.numbers(data.get("values"), f"{place}.values")
    size = reader.combination.sizes[data["scenario_group"]]
    if len(values) != size:
        what = "another number of values than members of the scenario"
        raise refusal(reader.file, f"{place}.values", what, str(len(values)), f"{size}, one for each member")
    return values[member]


def _profile(reader: MetricReader, data: Mapping[str, Any], lengths: Sequence[int], place: str) -> list[float]:
    values = reader.numbers(data.get("values"), f"{place}.values")
    if len(values) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise refusal(reader.file, f"{place}.values", "another number of values", str(len(values)), wanted)
    return values


def _line(reader: MetricReader, data: Mapping[str, Any], place: str) -> str | None:
    told = data.get("interp_day")
    if told not in (None, "First", "Last"):
        raise refusal(reader.file, f"{place}.interp_day", "this is no way to interpolate", shown(told), "First or Last")
    return None if told is None else str(told).lower()


def _monthly(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    made: dict[str, Any] = {"kind": "monthly_profile", "values": _profile(reader, data, (12,), place)}
    line = _line(reader, data, place)
    return made if line is None else {**made, "line": line}


def _daily(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """Without a leap day, 29 February has the value of the day before."""
    values = _profile(reader, data, (DAYS_OF_LEAP_YEAR - 1, DAYS_OF_LEAP_YEAR), place)
    leap = [*values[: FEBRUARY_28 + 1], values[FEBRUARY_28], *values[FEBRUARY_28 + 1 :]]
    return {"kind": "daily_profile", "values": values if len(values) == DAYS_OF_LEAP_YEAR else leap}


def _weekly(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    values = _profile(reader, data, (52, 53), place)
    line = _line(reader, data, place)
    return {"kind": "daily_profile", "values": weekly_by_day(values, line)}


def _diurnal(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """Steps begin at midnight."""
    return _profile(reader, data, (24,), place)[0]


def _radial(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    told = data.get("points")
    rows = [
        numbers(row, f"{place}.points[{index}]", reader.file) for index, row in enumerate(told if isinstance(told, list) else [])
    ]
    fits = all(len(row) == 2 and 0 <= row[0] <= DAYS_OF_LEAP_YEAR for row in rows)
    if not rows or not fits or len({row[0] for row in rows}) < len(rows):
        allowed = "pairs of a day (0 to 366) and a value, each day once"
        raise refusal(reader.file, f"{place}.points", "these are no points of a profile", shown(told), allowed)
    function = data.get("function")
    return {"kind": "daily_profile", "values": rbf_profile(rows, function, f"{place}.function", reader.file)}


def _drawdown(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    given = dict.fromkeys(("reset_month", "reset_day"), 1.0) | {"residual_days": 0.0}
    given |= {word: reader.number(data[word], f"{place}.{word}") for word in given if data.get(word) is not None}
    month, day, residual = (int(each) for each in given.values())
    try:
        reset = dt.date(LEAP_YEAR, month, day)
    except ValueError:
        raise refusal(reader.file, place, "there is no such day", f"month {month}, day {day}", "a month and a day") from None
    edges = reader.carried.steps.edges[:-1]
    values = {edge: drawdown(edge, (reset.month, reset.day), residual) for edge in edges}
    return reader.carried.series(name_of(place), values)


def name_of(place: str) -> str:
    """The name at the end of a place such as `network.parameters[3] 'inflow'`."""
    return place.rsplit("] ", 1)[-1].strip("'\"")


def _aggregated(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    return aggregated(reader, data.get("agg_func"), reader.arguments(data.get("metrics"), f"{place}.metrics"), place)


def _aggregated_index(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    made = aggregated(reader, data.get("agg_func"), reader.arguments(data.get("metrics"), f"{place}.metrics"), place)
    return {**made, "kind": "aggregated_index"} if isinstance(made, dict) and made["kind"] == "aggregated" else made


def aggregated(reader: MetricReader, function: object, of: Sequence[Argument], place: str) -> Argument:
    """Several in one. Raises `UncarriedError` for a function of the user's own."""
    word = type_of(function)
    if isinstance(function, dict) and word in {"CountNonZero", "AnyNonZero"}:
        told = function.get("tolerance")
        least = _TOLERANCES[word] if told is None else number(told, f"{place}.agg_func.tolerance", reader.file)
        return {"kind": "aggregated", "function": _COUNTS[word], "of": [_is_not_zero(each, least) for each in of]}
    if word == "Python":
        raise UncarriedError("an aggregation in Python, which is not run", f"Use one of {', '.join(_AGGREGATES)}.")
    if word not in _AGGREGATES:
        allowed = ", ".join([*_AGGREGATES, *_COUNTS])
        raise refusal(reader.file, f"{place}.agg_func", "this is no aggregation", shown(function), allowed)
    return {"kind": "aggregated", "function": _AGGREGATES[word], "of": list(of)}


_COUNTS = {"CountNonZero": "sum", "AnyNonZero": "largest"}


def _is_not_zero(of: Argument, least: float) -> Argument:
    """1 where a number is farther from zero than so much."""
    below = {"kind": "threshold", "of": of, "is": "<", "threshold": -least}
    return {"kind": "threshold", "of": of, "is": ">", "threshold": least, "values": [below, 1.0]}


def _of_one(function: str, word: str, sign: float) -> Kind:
    """The larger or smaller of a metric, turned round where the sign is negative, and of a number."""

    def carry(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
        one = reader.asked(data, word, place)
        limit = 0.0 if data.get("threshold") is None else number(data["threshold"], f"{place}.threshold", reader.file)
        return {"kind": "aggregated", "function": function, "of": [one if sign > 0 else negative(one), limit]}

    return carry


def _negative(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    return negative(reader.asked(data, "parameter", place))


def _offset(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    of = [reader.asked(data, "metric", place), reader.number(data.get("offset"), f"{place}.offset")]
    return {"kind": "aggregated", "function": "sum", "of": of}


def _difference(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    of = [reader.asked(data, "a", place), negative(reader.asked(data, "b", place))]
    made: Argument = {"kind": "aggregated", "function": "sum", "of": of}
    for word, function in (("min", "largest"), ("max", "smallest")):
        if data.get(word) is not None:
            made = {"kind": "aggregated", "function": function, "of": [made, reader.asked(data, word, place)]}
    return made


def _division(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    numerator, denominator = (reader.asked(data, word, place) for word in ("numerator", "denominator"))
    return {"kind": "quotient", "numerator": numerator, "denominator": denominator}


def _indexed_array(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    of = reader.arguments(data.get("metrics"), f"{place}.metrics")
    return {"kind": "indexed_array", "place": reader.asked(data, "index_parameter", place), "of": of}


def _polynomial(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    coefficients = numbers(data.get("coefficients"), f"{place}.coefficients", reader.file)
    made = {"kind": "polynomial", "of": reader.asked(data, "metric", place), "coefficients": coefficients}
    ends = ("offset", "scale")
    return {**made, **{word: number(data[word], f"{place}.{word}", reader.file) for word in ends if data.get(word) is not None}}


def _interpolated(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    axes = {word: reader.arguments(data.get(word), f"{place}.{word}") for word in ("xp", "fp")}
    x, y = ([reader.constant(each) for each in axes[word]] for word in ("xp", "fp"))
    if None in x or None in y:
        raise UncarriedError("a curve whose points move", "The nearest is 'interpolated', on lines between points that stay.")
    if len(x) != len(y) or len(x) < 2:
        raise refusal(reader.file, place, "a curve needs points", f"{len(x)} and {len(y)}", "as many xp as fp, at least 2")
    points = sorted(zip(x, y, strict=True), key=lambda point: point[0] or 0.0)
    made = {
        "kind": "interpolated",
        "of": reader.asked(data, "x", place),
        "x": [p[0] for p in points],
        "y": [p[1] for p in points],
    }
    return {**made, "beyond": "hold"} if data.get("error_on_bounds") is False else made


def _discount(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    rate = reader.constant(reader.asked(data, "discount_rate", place))
    if rate is None:
        raise UncarriedError("a discount rate that moves", "The nearest is 'discount_factor' with one rate.")
    year = number(data.get("base_year"), f"{place}.base_year", reader.file)
    return {"kind": "discount_factor", "rate": rate, "base_year": int(year)}


def _tables_array(reader: MetricReader, data: Mapping[str, Any], place: str) -> Argument:
    """An array of an HDF5 file, one value a step; a column for each member where it names a scenario."""
    values = reader.files.array({"url": data.get("url"), "where": data.get("where"), "node": data.get("node")}, place)
    if values.ndim == 2:
        member = 0 if data.get("scenario") is None else reader.member(data["scenario"], f"{place}.scenario")
        if not member < values.shape[1]:
            raise UncarriedError(f"the array has {values.shape[1]} columns for member {member}", "Add a column for each member.")
        values = values[:, member]
    edges = reader.carried.steps.edges[:-1]
    if values.ndim != 1 or len(values) < len(edges):
        found = f"{values.shape} values for {len(edges)} steps"
        raise refusal(reader.file, place, "the array does not cover the model's steps", found, "a value for each step")
    if data.get("timestep_offset"):
        raise UncarriedError("an array that is moved by steps", "Move its rows in the file.")
    return reader.carried.series(name_of(place), dict(zip(edges, map(float, values), strict=False)))


PARAMETER_KINDS: Mapping[str, Kind] = {
    "constant": _constant,
    "constantscenario": _constant_scenario,
    "monthlyprofile": _monthly,
    "dailyprofile": _daily,
    "weeklyprofile": _weekly,
    "diurnalprofile": _diurnal,
    "rbfprofile": _radial,
    "uniformdrawdownprofile": _drawdown,
    "aggregated": _aggregated,
    "aggregatedindex": _aggregated_index,
    "max": _of_one("largest", "parameter", 1.0),
    "min": _of_one("smallest", "parameter", 1.0),
    "negativemax": _of_one("largest", "metric", -1.0),
    "negativemin": _of_one("smallest", "metric", -1.0),
    "negative": _negative,
    "offset": _offset,
    "difference": _difference,
    "division": _division,
    "indexedarray": _indexed_array,
    "polynomial1d": _polynomial,
    "interpolated": _interpolated,
    "discountfactor": _discount,
    "tablesarray": _tables_array,
}
"""Type of a parameter in small letters -> how it is carried over."""
