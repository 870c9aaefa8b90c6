"""The time steps of a model, and which combination of its scenarios is meant."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.steps import MOST_COMBINATIONS, MOST_STEPS, Combination, Steps, crossed, refusal, shown
from waterbalance.interop.pywr2.document import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOURS_OF_DAY = 24
LONGEST = 366
"""Of a step. [day]"""

MOST_MONTHS = 120

_FREQUENCY = re.compile(
    r"(?:PT(\d+)(H)|P(\d+)([DWMY])|(\d+) ?(h|hours?|d|days?|w|weeks?|mo|mos|months?|y|years?))", re.IGNORECASE
)
"""As ISO 8601 has it (P7D), or in words (7 days); an m alone would be a minute."""

_TO_HOURS = {"h": 1, "d": HOURS_OF_DAY, "w": 7 * HOURS_OF_DAY}
_TO_MONTHS = {"m": 1, "y": 12}


def steps_of(model: Mapping[str, Any], file: str) -> Steps:
    """The steps of the model's `time`. Raises `InputError` where it has none that an engine of days can do."""
    told = model.get("time")
    if not isinstance(told, dict):
        raise refusal(file, "time", "the model has no time steps", shown(told), "{start, end, timestep}")
    start, end = (_date(told.get(name), f"time.{name}", file) for name in ("start", "end"))
    if end < start:
        raise refusal(file, "time", "the model ends before it starts", f"{start} to {end}", "an end after the start")
    days, months = _length(told.get("timestep"), file)
    if months is not None and start.day != 1:
        allowed = "a start on the first of a month"
        raise refusal(file, "time.start", "steps of months begin with a month here", str(start), allowed)
    edges = [start]
    while edges[-1] <= end:
        if len(edges) > MOST_STEPS:
            raise refusal(file, "time", "the model has too many steps", f"more than {MOST_STEPS}", f"at most {MOST_STEPS}")
        edges.append(edges[-1] + dt.timedelta(days=days) if days is not None else _later(edges[-1], months or 1))
    return Steps(tuple(edges), days, months)


def _length(told: object, file: str) -> tuple[int | None, int | None]:
    """Days or months of a step."""
    place = "time.timestep"
    kind = type_of(told)
    hours = 0
    if isinstance(told, dict) and kind in {"Days", "Hours"}:
        count = told.get(str(kind).lower())
        if isinstance(count, int) and not isinstance(count, bool):
            hours = count * _TO_HOURS[str(kind)[0].lower()]
    elif isinstance(told, dict) and kind == "Frequency" and (found := _FREQUENCY.fullmatch(str(told.get("freq")).strip())):
        count, unit = (each for each in found.groups() if each)
        number, letter = int(count[:9]), unit[0].lower()
        if letter in _TO_MONTHS and 1 <= number * _TO_MONTHS[letter] <= MOST_MONTHS:
            return None, number * _TO_MONTHS[letter]
        hours = number * _TO_HOURS.get(letter, 0)
    if 0 < hours <= LONGEST * HOURS_OF_DAY and hours % HOURS_OF_DAY == 0:
        return hours // HOURS_OF_DAY, None
    allowed = "whole days, weeks, months or years: a day is the shortest step here"
    remedy = "Bring the model to steps of a day: add up or average its series, and multiply volumes of an hour."
    raise refusal(file, place, "this step length is not read", shown(told), allowed, remedy)


def _later(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _date(text: object, place: str, file: str) -> dt.date:
    try:
        time = dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise refusal(file, place, "this is not a date", shown(text), "year-month-day") from None
    if time.time() != dt.time():
        raise refusal(file, place, "a day begins at midnight here", shown(text), "a date without a time of day")
    if not 1600 <= time.year <= 8000:
        raise refusal(file, place, "the year is out of range", str(time.date()), "1600 to 8000")
    return time.date()


def combination_of(model: Mapping[str, Any], number: int, file: str) -> Combination:
    """The combination with a number: as the model lists them, or all of them with the last group fastest.

    Raises `InputError` for others.
    """
    told = model.get("scenarios") or {}
    groups = told.get("groups", []) if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(groups, list):
        raise refusal(file, "scenarios", "the scenarios are no mapping", shown(told), "{groups: [{name, size}]}")
    sizes: dict[str, int] = {}
    chosen: list[Sequence[int]] = []
    labels: list[Sequence[str]] = []
    for index, group in enumerate(groups):
        place = f"scenarios.groups[{index}]"
        name, size = _name_and_size(group, place, file)
        if name in sizes:
            raise refusal(file, place, "two scenarios have the same name", repr(name), "names of their own")
        sizes[name] = size
        labels.append(_labels(group, size, place, file))
        chosen.append(_subset(group.get("subset"), size, labels[-1], f"{place}.subset", file))
    own = told.get("combinations")
    if own is not None:
        rows = _own_rows(own, list(sizes.values()), labels, file)
        return Combination(number, len(rows), dict(zip(sizes, _row(rows, number, file), strict=True)), sizes)
    return crossed(dict(zip(sizes, chosen, strict=True)), sizes, number, file)


def _name_and_size(group: object, place: str, file: str) -> tuple[str, int]:
    name, size = (group.get("name"), group.get("size")) if isinstance(group, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MOST_COMBINATIONS:
        raise refusal(file, place, "a scenario needs a name and a size", shown(group), "{name: text, size: 1 or more}")
    return name, size


def _labels(group: Mapping[str, Any], size: int, place: str, file: str) -> Sequence[str]:
    told = group.get("labels")
    if told is None:
        return tuple(map(str, range(size)))
    if not isinstance(told, list) or len(told) != size or not all(isinstance(each, str) for each in told):
        raise refusal(file, f"{place}.labels", "the labels do not fit the size", shown(told), f"{size} words")
    return told


def _subset(told: object, size: int, labels: Sequence[str], place: str, file: str) -> Sequence[int]:
    if told is None:
        return range(size)
    kind = type_of(told)
    found: list[int] = []
    if isinstance(told, dict) and kind == "Slice":
        ends = told.get("start"), told.get("end")
        if all(isinstance(each, int) and 0 <= each <= size for each in ends):
            found = list(range(*ends))  # type: ignore[arg-type]  # (whole numbers, as just seen)
    elif isinstance(told, dict) and kind in {"Indices", "Labels"}:
        told = told.get(str(kind).lower())
        found = [_member(each, size, labels, place, file) for each in told] if isinstance(told, list) else []
    if not found:
        allowed = f"a Slice, Indices or Labels of {size} members"
        raise refusal(file, place, "the subset has no members", shown(told), allowed)
    return found


def _member(told: object, size: int, labels: Sequence[str], place: str, file: str) -> int:
    if isinstance(told, str) and told in labels:
        return labels.index(told)
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < size:
        return told
    raise refusal(file, place, "there is no such member", shown(told), f"0 to {size - 1}, or a label")


def _own_rows(own: object, sizes: Sequence[int], labels: Sequence[Sequence[str]], file: str) -> list[list[int]]:
    place = "scenarios.combinations"
    if not isinstance(own, list) or not own or not all(isinstance(row, list) and len(row) == len(sizes) for row in own):
        raise refusal(file, place, "the combinations do not fit the scenarios", shown(own), "a member of each group")
    return [
        [_member(each, size, names, place, file) for each, size, names in zip(row, sizes, labels, strict=True)] for row in own
    ]


def _row(rows: list[list[int]], number: int, file: str) -> list[int]:
    if not 0 <= number < len(rows):
        raise refusal(file, "scenarios.combinations", "there is no such combination", str(number), f"0 to {len(rows) - 1}")
    return rows[number]
