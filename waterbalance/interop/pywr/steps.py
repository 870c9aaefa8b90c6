"""The time steps of a model, and which combination of its scenarios is meant."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DAYS = re.compile(r"(\d*)\s*D", re.IGNORECASE)
_WEEKS = re.compile(r"(\d*)\s*W(?:-([A-Z]{3}))?", re.IGNORECASE)
_MONTHS = re.compile(r"(\d*)\s*(?:M|MS|ME)")
_YEARS = re.compile(r"(\d*)\s*(?:Y|YS|YE|A|AS)(?:-(?:JAN|DEC))?")
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MOST_STEPS = 200_000
MOST_COMBINATIONS = 1_000_000


@dataclass(frozen=True)
class Steps:
    """Steps from the first day on, each so many days or calendar months long."""

    edges: tuple[dt.date, ...]
    days: int | None
    months: int | None

    @property
    def settings(self) -> dict[str, int] | None:
        """The step's length as a scenario tells it; None for one day."""
        if self.days is not None:
            return None if self.days == 1 else {"days": self.days}
        return {"months": self.months or 1}


def steps_of(model: Mapping[str, Any], file: str) -> Steps:
    """The steps of the model's `timestepper`. Raises `InputError` where it has none that an engine of days can do."""
    told = model.get("timestepper")
    if not isinstance(told, dict):
        raise refusal(file, "timestepper", "the model has no time steps", shown(told), "{start, end, timestep}")
    start, end = (_date(file, name, told.get(name)) for name in ("start", "end"))
    if end < start:
        raise refusal(file, "timestepper", "the model ends before it starts", f"{start} to {end}", "an end after the start")
    step = told.get("timestep", 1)
    days, months, first = _length(file, step, start)
    edges = [first]
    while edges[-1] <= end:
        if len(edges) > MOST_STEPS:
            raise refusal(file, "timestepper", "the model has too many steps", f"more than {MOST_STEPS}", f"at most {MOST_STEPS}")
        edges.append(edges[-1] + dt.timedelta(days=days) if days is not None else _later(edges[-1], months or 1))
    return Steps(tuple(edges), days, months)


def _length(file: str, step: object, start: dt.date) -> tuple[int | None, int | None, dt.date]:
    """Days or months of a step, and the first day of the step that holds the start."""
    if isinstance(step, int) and not isinstance(step, bool) and 1 <= step <= 366:
        return step, None, start
    word = step if isinstance(step, str) else ""
    if (found := _DAYS.fullmatch(word)) and 1 <= int(found[1] or 1) <= 366:
        return int(found[1] or 1), None, start
    if (found := _WEEKS.fullmatch(word)) and 1 <= int(found[1] or 1) <= 52 and (found[2] or "SUN").upper() in _WEEKDAYS:
        last = _WEEKDAYS.index((found[2] or "SUN").upper())
        return 7 * int(found[1] or 1), None, start - dt.timedelta(days=(start.weekday() - last - 1) % 7)
    if (found := _MONTHS.fullmatch(word)) and 1 <= int(found[1] or 1) <= 120:
        return None, int(found[1] or 1), start.replace(day=1)
    if (found := _YEARS.fullmatch(word)) and 1 <= int(found[1] or 1) <= 10:
        return None, 12 * int(found[1] or 1), start.replace(month=1, day=1)
    allowed = "a number of days, or a word such as 7D, W-THU, M or Y; steps within the day are not carried over"
    raise refusal(file, "timestepper.timestep", "this step length is not read", shown(step), allowed)


def _later(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _date(file: str, name: str, text: object) -> dt.date:
    try:
        day = dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        raise refusal(file, f"timestepper.{name}", "this is not a date", shown(text), "year-month-day") from None
    if not 1600 <= day.year <= 8000:
        raise refusal(file, f"timestepper.{name}", "the year is out of range", str(day), "1600 to 8000")
    return day


@dataclass(frozen=True)
class Combination:
    """One member of every group of scenarios."""

    number: int
    count: int
    members: Mapping[str, int]
    """Group -> number of its member."""

    sizes: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{name} {member}" for name, member in self.members.items()) or "no scenarios"


def combination_of(model: Mapping[str, Any], number: int, file: str) -> Combination:
    """The combination with a number, counted as Pywr does: the last group changes fastest. Raises `InputError` for others."""
    sizes: dict[str, int] = {}
    ranges: dict[str, Sequence[int]] = {}
    groups = model.get("scenarios", [])
    if not isinstance(groups, list) or not all(isinstance(each, dict) for each in groups):
        raise refusal(file, "scenarios", "the scenarios are no list of mappings", shown(groups), "[{name, size}]")
    for place, group in enumerate(groups):
        name, size = group.get("name"), group.get("size")
        where = f"scenarios[{place}]"
        if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MOST_COMBINATIONS:
            raise refusal(file, where, "a scenario needs a name and a size", shown(group), "{name: text, size: 1 or more}")
        if name in sizes:
            raise refusal(file, where, "two scenarios have the same name", repr(name), "names of their own")
        cut = group.get("slice")
        sizes[name] = size
        ranges[name] = range(size)[slice(*cut)] if isinstance(cut, list) and 1 <= len(cut) <= 3 else range(size)
        if not ranges[name]:
            raise refusal(file, f"{where}.slice", "the slice leaves no member", shown(cut), f"one of 0 to {size - 1}")
    own = model.get("scenario_combinations")
    if own is not None:
        return _own_combination(own, sizes, number, file)
    return crossed(ranges, sizes, number, file)


def crossed(members: Mapping[str, Sequence[int]], sizes: Mapping[str, int], number: int, file: str) -> Combination:
    """One of all combinations of the members of each scenario; the last scenario changes fastest."""
    count = math.prod(map(len, members.values()))
    if count > MOST_COMBINATIONS:
        raise refusal(file, "scenarios", "the scenarios have too many combinations", str(count), f"at most {MOST_COMBINATIONS}")
    if not 0 <= number < count:
        raise refusal(file, "scenarios", "there is no such combination", str(number), f"0 to {count - 1}")
    chosen = next(islice(product(*members.values()), number, None))
    return Combination(number, count, dict(zip(members, chosen, strict=True)), sizes)


def _own_combination(own: object, sizes: Mapping[str, int], number: int, file: str) -> Combination:
    fits = isinstance(own, list) and all(
        isinstance(each, list)
        and len(each) == len(sizes)
        and all(isinstance(one, int) and 0 <= one < size for one, size in zip(each, sizes.values(), strict=True))
        for each in own
    )
    if not isinstance(own, list) or not fits:
        raise refusal(file, "scenario_combinations", "the combinations do not fit the scenarios", shown(own), "a number for each")
    if not 0 <= number < len(own):
        raise refusal(file, "scenario_combinations", "there is no such combination", str(number), f"0 to {len(own) - 1}")
    return Combination(number, len(own), dict(zip(sizes, own[number], strict=True)), sizes)


def shown(value: object) -> str:
    """A found value, shortened where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def refusal(file: str, place: str, what: str, found: str | None, allowed: str, remedy: str = "Mend the model.") -> InputError:
    """What makes an import impossible, with its place in the model."""
    return InputError("the model cannot be imported", (Finding(f"{place}: {what}", Place(file), found, allowed, remedy),))
