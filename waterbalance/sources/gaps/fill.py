"""Gaps completed by a ladder of methods, each with its longest gap; beyond the ladder a gap stays, and is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.sources.gaps.method import Filled, Gap, Known, Method
from waterbalance.sources.gaps.settings import Ladder, ladder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Place = tuple[Key, dt.date]

_DAY = dt.timedelta(days=1)

_BEGINS = "gap: "
"""Begins the line that says so, as the word of a rule does."""


def completed(
    readings: Iterable[Reading], settings: Mapping[str, Ladder], keys: Iterable[Key], first: dt.date, last: dt.date
) -> tuple[Reading, ...]:
    """The readings, and behind them values for days from `first` to `last` of which nothing usable is known.

    Only series among `keys` are completed. What earlier nights have completed there gives way: it is made again, or a
    measurement has come. `readings` are all that is known tonight, the past included; they decide everything, so that a
    replay that is given what was known then finds the same. A method rests on usable measurements alone, never on completed
    values. A completed value is doubtful, became known with the last reading that it rests on or, where that is later, with what
    stands in its place (a reading that is not used, an older completed value), and says its method in `why`.
    """
    given, asked = tuple(readings), set(keys)
    known = _measured(given)
    since: dict[Place, dt.datetime] = {}
    for each in given:
        since[each.key, each.date] = max(each.known_at, since.get((each.key, each.date), each.known_at))
    found = [
        each for each in given if each.origin is not Origin.COMPLETED or each.key not in asked or not first <= each.date <= last
    ]
    for key in sorted(asked):
        for gap in _gaps(key, known.get(key, {}), first, last):
            filled = _filled(gap, ladder_of(settings, ".".join(key)), known)
            found += [_not_before(each, since) for each in filled if each.date >= first]
    return tuple(found)


def method_of(reading: Reading) -> str:
    """Which method completed a reading; nothing where it says none, as a derived one."""
    line = next((each for each in reading.why if each.startswith(_BEGINS)), "")
    return line.removeprefix(_BEGINS).partition(",")[0]


def open_gaps(readings: Iterable[Reading], keys: Iterable[Key], first: dt.date, last: dt.date) -> tuple[Gap, ...]:
    """Days from `first` to `last` of which nothing usable is known, completed values included: what has to be told."""
    days: dict[Key, set[dt.date]] = {}
    for each in readings:
        if each.usable:
            days.setdefault(each.key, set()).add(each.date)
    return tuple(gap for key in sorted(set(keys)) for gap in _gaps(key, days.get(key, set()), first, last))


def _not_before(completed: Reading, since: Mapping[Place, dt.datetime]) -> Reading:
    """Known no earlier than what it takes the place of: what a night knew before that stays as it was."""
    return replace(completed, known_at=max(completed.known_at, since.get((completed.key, completed.date), completed.known_at)))


def _measured(readings: Iterable[Reading]) -> dict[Key, Known]:
    """Usable measurements by series and date; of several of one day the one that was known last."""
    known: dict[Key, Known] = {}
    for each in sorted(readings, key=lambda reading: (reading.date, reading.known_at, reading.source, reading.value)):
        if each.usable and each.origin is not Origin.COMPLETED:
            known.setdefault(each.key, {})[each.date] = each
    return known


def _gaps(key: Key, known: Known | set[dt.date], first: dt.date, last: dt.date) -> Iterator[Gap]:
    """Unknown days in a row; one that began before `first` counts from its true beginning, as far as the series goes back."""
    start = first
    if known and first not in known:
        before = [day for day in known if day < first]
        start = max(before) + _DAY if before else first
    begins: dt.date | None = None
    for day in (start + n * _DAY for n in range((last - start).days + 2)):
        if day <= last and day not in known:
            begins = begins or day
        elif begins is not None:
            yield Gap(key, begins, day - _DAY)
            begins = None


def _filled(gap: Gap, ladder: Ladder, known: Mapping[Key, Known]) -> Iterator[Reading]:
    """The days of a gap that some rung may fill, by date."""
    values: dict[dt.date, tuple[Method, Filled]] = {}
    rung: Method
    own = known.get(gap.key, {})
    others: Callable[[Key], Known] = lambda key: known.get(key, {})  # noqa: E731
    for rung in ladder:
        if not rung.whole or gap.days <= rung.longest:
            for day, filled in rung.fill(gap, own, others).items():
                if rung.whole or (day - gap.first).days < rung.longest:
                    values.setdefault(day, (rung, filled))
    for day, (rung, filled) in sorted(values.items()):
        yield _reading(gap, day, rung, filled, own)


def _reading(gap: Gap, day: dt.date, rung: Method, filled: Filled, own: Known) -> Reading:
    newest = max(filled.rests_on, key=lambda each: each.known_at)
    like = next(iter(own.values()), newest)
    why = f"{_BEGINS}{rung.method}, day {(day - gap.first).days + 1} of {gap.days}: {filled.told}"
    return replace(
        like,
        component=gap.key[0],
        quantity=gap.key[1],
        date=day,
        value=filled.value,
        known_at=newest.known_at,
        origin=Origin.COMPLETED,
        trust=Trust.DOUBTFUL,
        read=None,
        why=(why,),
    )
