"""Types of parameters that need no state: constants, profiles, series, and what is made of others."""

from __future__ import annotations

import calendar
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.radial import radial_profile
from waterbalance.interop.pywr.series import chosen_column, on_steps
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number, numbers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr.parameters import Kind, ParameterReader

_AGGREGATES = {
    "sum": "sum",
    "product": "product",
    "min": "smallest",
    "max": "largest",
    "mean": "mean",
    "median": "median",
    "any": "any",
    "all": "all",
    "any_non_zero": "any",
}

_PREDICATES = {
    "lt": "<",
    "gt": ">",
    "eq": "=",
    "le": "<=",
    "ge": ">=",
    "<": "<",
    ">": ">",
    "=": "=",
    "==": "=",
    "<=": "<=",
    ">=": ">=",
}


def _constant(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    if "value" in data:
        found = number(data["value"], f"{place}.value", reader.file)
    else:
        (found, *more) = reader.tables.numbers(data, place)
        if more:
            raise UncarriedError("a constant with several values", "Name 'index' and 'column' of its table.")
    return found * _factor(reader, data, "scale", place, 1.0) + _factor(reader, data, "offset", place, 0.0)


def _factor(reader: ParameterReader, data: Mapping[str, Any], word: str, place: str, otherwise: float) -> float:
    return number(data.get(word, otherwise), f"{place}.{word}", reader.file)


def _constant_scenario(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return float(_of_member(reader, data, reader.tables.numbers(data, place), place))


def _of_member(reader: ParameterReader, data: Mapping[str, Any], values: Sequence[Any], place: str) -> Any:  # noqa: ANN401
    """The value or row of the chosen member of a scenario."""
    member = reader.member(data, place)
    if len(values) != reader.combination.sizes[data["scenario"]]:
        allowed = f"{reader.combination.sizes[data['scenario']]}, one for each member"
        raise refusal(reader.file, place, "another number of values than members of the scenario", str(len(values)), allowed)
    return values[member]


def _scenario_wrapper(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    parameters = data.get("parameters")
    if not isinstance(parameters, list):
        raise refusal(reader.file, place, "a scenario wrapper needs 'parameters'", shown(parameters), "a list")
    return reader.argument(_of_member(reader, data, parameters, place), f"{place}.parameters[{reader.member(data, place)}]")


def _monthly(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return _monthly_of(reader, data, reader.tables.numbers(data, place), place)


def _monthly_of(reader: ParameterReader, data: Mapping[str, Any], values: Sequence[float], place: str) -> Argument:
    months = _so_many(reader, values, (12,), place)
    line = data.get("interp_day")
    if line is None:
        return {"kind": "monthly_profile", "values": months}
    if line not in {"first", "last"}:
        raise refusal(reader.file, f"{place}.interp_day", "this is no way to interpolate", shown(line), "first or last")
    return {"kind": "daily_profile", "values": _line_of_days(months, line)}


def _line_of_days(months: Sequence[float], line: str) -> list[float]:
    """A line through the first or last days of the months of a common year; 29 February is as the 28th, as Pywr has it."""
    ends = np.cumsum([0, *(calendar.monthrange(2015, month)[1] for month in range(1, 13))])
    knots, values = (ends + 1, [*months, months[0]]) if line == "first" else (ends, [months[-1], *months])
    days: list[float] = np.interp(np.arange(1, 366), knots, values).tolist()
    return [*days[:59], *days[58:]]


def _daily(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return {"kind": "daily_profile", "values": _so_many(reader, reader.tables.numbers(data, place), (366,), place)}


def _weekly(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    values = _so_many(reader, reader.tables.numbers(data, place), (52, 53, 54), place)
    return {"kind": "weekly_profile", "values": values[:53]}


def _so_many(reader: ParameterReader, values: Sequence[float], allowed: tuple[int, ...], place: str) -> list[float]:
    if len(values) not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise refusal(reader.file, f"{place}.values", "another number of values", str(len(values)), wanted)
    return [float(each) for each in values]


def _scenario_profile(kind: str, allowed: tuple[int, ...]) -> Kind:
    def carry(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
        rows = reader.tables.matrix(data, place)
        row = _of_member(reader, data, rows.tolist(), place)
        if kind == "monthly_profile":
            return _monthly_of(reader, data, row, place)
        return {"kind": kind, "values": _so_many(reader, row, allowed, place)[:366]}

    return carry


def _dataframe(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    frame = reader.tables.frame(data, place)
    member = reader.member(data, place) if data.get("scenario") is not None else None
    column = chosen_column(frame, data, member)
    try:
        column = column.astype(float)
    except (TypeError, ValueError):
        raise refusal(reader.file, place, "the column holds text", shown(data.get("column")), "numbers") from None
    offset = data.get("timestep_offset", 0)
    if not isinstance(offset, int):
        raise refusal(reader.file, f"{place}.timestep_offset", "this is no number of steps", shown(offset), "a whole number")
    return _series(reader, on_steps(column, reader.carried.steps, data.get("resampling_func", "mean"), offset), place)


def _series(reader: ParameterReader, values: Mapping[dt.date, float], place: str) -> Argument:
    """A series by date, that covers all steps of the model."""
    missing = [edge for edge in reader.carried.steps.edges[:-1] if not math.isfinite(values.get(edge, math.nan))]
    if missing:
        found = f"steps without a value: {len(missing)}, the first on {missing[0]}"
        raise refusal(
            reader.file, place, "the series does not cover the model's steps", found, "a value for each step", "Extend it."
        )
    return reader.carried.series(place.removeprefix("parameters."), values)


def _array_indexed(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    values = reader.tables.numbers(data, place)
    return _series(reader, dict(zip(reader.carried.steps.edges[:-1], values, strict=False)), place)


def _array_indexed_scenario(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    rows = reader.tables.matrix(data, place)
    values = _of_member(reader, data, rows.T.tolist(), place)
    return _series(reader, dict(zip(reader.carried.steps.edges[:-1], values, strict=False)), place)


def _monthly_factors(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    values = numbers(data.get("values"), f"{place}.values", reader.file)
    factors = _of_member(reader, data, reader.tables.matrix(data, place, "factors").tolist(), place)
    factors = _so_many(reader, factors, (12,), place)
    edges = reader.carried.steps.edges[:-1]
    return _series(reader, {edge: value * factors[edge.month - 1] for edge, value in zip(edges, values, strict=False)}, place)


def _tables_array(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    values = reader.tables.array(data, place)
    if values.ndim == 2:
        member = reader.member(data, place) if data.get("scenario") is not None else 0
        if data.get("scenario") is None and values.shape[1] != 1:
            raise UncarriedError("an array with several columns and no scenario", "Name its 'scenario'.")
        if member >= values.shape[1]:
            raise UncarriedError(f"the array has {values.shape[1]} columns for member {member}", "Add a column for each member.")
        values = values[:, member]
    if values.ndim != 1:
        raise UncarriedError(f"an array of {values.ndim} dimensions", "Use one of steps, or of steps and scenarios.")
    edges = reader.carried.steps.edges[:-1]
    return _series(reader, dict(zip(edges, map(float, values), strict=False)), place)


def _aggregated(kind: str) -> Kind:
    def carry(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
        function = _AGGREGATES.get(str(data.get("agg_func", "")).lower())
        if function is None:
            raise UncarriedError(f"aggregation by {data.get('agg_func')!r}", f"Use one of {', '.join(_AGGREGATES)}.")
        return {"kind": kind, "function": function, "of": reader.arguments(data.get("parameters"), f"{place}.parameters")}

    return carry


def _of_one(function: str, word: str, otherwise: float, sign: float = 1.0) -> Kind:
    """A parameter, turned round where the sign is negative, and a number."""

    def carry(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
        one = reader.asked(data, "parameter", place)
        one = one if sign > 0 else {"kind": "aggregated", "function": "product", "of": [-1.0, one]}
        return {"kind": "aggregated", "function": function, "of": [one, _factor(reader, data, word, place, otherwise)]}

    return carry


def _negative(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return {"kind": "aggregated", "function": "product", "of": [-1.0, reader.asked(data, "parameter", place)]}


def _division(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return {
        "kind": "quotient",
        "numerator": reader.asked(data, "numerator", place),
        "denominator": reader.asked(data, "denominator", place),
    }


def _scaled_profile(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    of = [reader.asked(data, "scale", place), reader.asked(data, "profile", place)]
    return {"kind": "aggregated", "function": "product", "of": of}


def _indexed_array(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    word = "params" if "params" in data else "parameters"
    of = reader.arguments(data.get(word), f"{place}.{word}")
    return {"kind": "indexed_array", "place": reader.asked(data, "index_parameter", place), "of": of}


def threshold(reader: ParameterReader, data: Mapping[str, Any], of: Argument, place: str) -> Argument:
    """One of two values, by what is compared."""
    if data.get("ratchet"):
        raise UncarriedError("a threshold with a ratchet remembers for ever", "The nearest is a 'threshold' without it.")
    word = _PREDICATES.get(str(data.get("predicate", "")).lower())
    if word is None:
        raise refusal(
            reader.file, f"{place}.predicate", "this is no comparison", shown(data.get("predicate")), "LT, GT, EQ, LE or GE"
        )
    made: dict[str, Any] = {"kind": "threshold", "of": of, "is": word, "threshold": reader.asked(data, "threshold", place)}
    if "values" not in data:
        return made
    values = reader.arguments(data["values"], f"{place}.values")
    if len(values) != 2:
        raise refusal(reader.file, f"{place}.values", "another number of values", str(len(values)), "2")
    return {**made, "values": values}


def _parameter_threshold(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return threshold(reader, data, reader.asked(data, "parameter", place), place)


def _multiple_thresholds(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    """Place of the first threshold that the value reaches, else their number: how many starts of their list are all above it."""
    of, limits = reader.asked(data, "parameter", place), reader.arguments(data.get("thresholds"), f"{place}.thresholds")
    least = [
        limits[0],
        *({"kind": "aggregated", "function": "smallest", "of": limits[: end + 1]} for end in range(1, len(limits))),
    ]
    below = [{"kind": "threshold", "of": of, "is": "<", "threshold": each} for each in least]
    return {"kind": "aggregated_index", "function": "sum", "of": below}


def _calendar_threshold(kind: str) -> Kind:
    return lambda reader, data, place: threshold(reader, data, {"kind": kind}, place)


def _harmonics(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    parts = {word: numbers(data.get(word, []), f"{place}.{word}", reader.file) for word in ("amplitudes", "phases")}
    if len(parts["amplitudes"]) != len(parts["phases"]):
        raise refusal(reader.file, place, "another number of phases than of amplitudes", str(len(parts["phases"])), "as many")
    return {"kind": "annual_harmonics", "mean": number(data.get("mean"), f"{place}.mean", reader.file), **parts}


def _drawdown(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    words = {"reset_day": "day", "reset_month": "month", "residual_days": "residual_days"}
    given = {ours: int(number(data[word], f"{place}.{word}", reader.file)) for word, ours in words.items() if word in data}
    return {"kind": "uniform_drawdown", **given}


def _discount(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    word = "discount_rate" if "discount_rate" in data else "rate"
    rate, year = (number(data.get(each), f"{place}.{each}", reader.file) for each in (word, "base_year"))
    return {"kind": "discount_factor", "rate": rate, "base_year": int(year)}


def _interpolated(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    return interpolated(reader, data, reader.asked(data, "parameter", place), "x", "y", place)


def interpolated(reader: ParameterReader, data: Mapping[str, Any], of: Argument, x: str, y: str, place: str) -> Argument:
    """A curve, looked up at what is given."""
    points = sorted(zip(_axis(reader, data, x, place), _axis(reader, data, y, place), strict=False))
    if len(points) < 2:  # a line needs two
        raise refusal(reader.file, place, "a curve needs points", f"{len(points)}", "at least 2")
    options = data.get("interp_kwargs") or {}
    if not isinstance(options, dict):
        raise refusal(reader.file, f"{place}.interp_kwargs", "the options are no mapping", shown(options), "{kind: linear}")
    if options.get("kind", "linear") != "linear":
        raise UncarriedError(
            f"interpolation of kind {options['kind']!r}", "The nearest is 'interpolated', on lines between points."
        )
    fill, ends = options.get("fill_value"), [points[0][1], points[-1][1]]
    beyond = (
        "extend" if fill == "extrapolate" else "hold" if fill in (ends, *(ends[:1] if ends[0] == ends[1] else ())) else "refuse"
    )
    if fill is not None and beyond == "refuse":
        raise UncarriedError(f"{fill!r} beyond the ends of a curve", "The nearest is 'beyond: hold', the end's value.")
    made = {"kind": "interpolated", "of": of, "x": [point[0] for point in points], "y": [point[1] for point in points]}
    return made if beyond == "refuse" else {**made, "beyond": beyond}


def _axis(reader: ParameterReader, data: Mapping[str, Any], word: str, place: str) -> list[float]:
    told = data.get(word)
    if isinstance(told, dict):
        found = reader.tables.lookup(told, f"{place}.{word}")
        return found if isinstance(found, list) else [found]
    return numbers(told, f"{place}.{word}", reader.file)


def _step(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    value, output = (number(data.get(word), f"{place}.{word}", reader.file) for word in ("value", "output"))
    return output if value > 0.0 else 0.0


def _rectifier(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    value, most = (number(data.get(word), f"{place}.{word}", reader.file) for word in ("value", "max_output"))
    least = _factor(reader, data, "min_output", place, 0.0)
    return least + (most - least) * value if value > 0.0 else 0.0


def _logistic(reader: ParameterReader, data: Mapping[str, Any], place: str) -> Argument:
    value, most, growth = (
        number(data.get(word), f"{place}.{word}", reader.file) for word in ("value", "max_output", "growth_rate")
    )
    return most / (1.0 + math.exp(-growth * value))


PARAMETER_KINDS: Mapping[str, Kind] = {
    "constant": _constant,
    "constantscenario": _constant_scenario,
    "constantscenarioindex": _constant_scenario,
    "scenariowrapper": _scenario_wrapper,
    "monthlyprofile": _monthly,
    "dailyprofile": _daily,
    "weeklyprofile": _weekly,
    "rbfprofile": radial_profile,
    "multiplethresholdparameterindex": _multiple_thresholds,
    "scenariomonthlyprofile": _scenario_profile("monthly_profile", (12,)),
    "scenarioweeklyprofile": _scenario_profile("weekly_profile", (52, 53)),
    "scenariodailyprofile": _scenario_profile("daily_profile", (366,)),
    "dataframe": _dataframe,
    "arrayindexed": _array_indexed,
    "arrayindexedscenario": _array_indexed_scenario,
    "arrayindexedscenariomonthlyfactors": _monthly_factors,
    "tablesarray": _tables_array,
    "aggregated": _aggregated("aggregated"),
    "aggregatedindex": _aggregated("aggregated_index"),
    "max": _of_one("largest", "threshold", 0.0),
    "min": _of_one("smallest", "threshold", 0.0),
    "negativemax": _of_one("largest", "threshold", 0.0, -1.0),
    "negativemin": _of_one("smallest", "threshold", 0.0, -1.0),
    "offset": _of_one("sum", "offset", 0.0),
    "negative": _negative,
    "division": _division,
    "scaledprofile": _scaled_profile,
    "indexedarray": _indexed_array,
    "parameterthreshold": _parameter_threshold,
    "currentyearthreshold": _calendar_threshold("current_year"),
    "currentordinaldaythreshold": _calendar_threshold("ordinal_day"),
    "annualharmonicseries": _harmonics,
    "uniformdrawdownprofile": _drawdown,
    "discountfactor": _discount,
    "interpolated": _interpolated,
    "binarystep": _step,
    "rectifier": _rectifier,
    "logistic": _logistic,
}
"""Type of a parameter in small letters -> how it is carried over."""
