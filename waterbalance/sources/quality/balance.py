"""The balance of a reservoir, day by day, and which of its terms is suspect where it does not close."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Trust
from waterbalance.network.components._open_water import _OpenWater
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Flag, Rule, SeriesName, key_of, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.sources.quality.evidence import Evidence

FACTORS: Final = (10.0, 86.4, 1000.0, 1e4)
"""Slips of the unit that are tried on a term. [1]"""

Days = dict[int, tuple[float, int]]


@dataclass(frozen=True)
class _Term:
    """One flow of a day's balance."""

    key: Key
    sign: float
    volume: float
    place: int


@dataclass(frozen=True)
class _Day:
    """The balance of one day."""

    terms: tuple[_Term, ...]
    residual: float
    """What the storage gained beyond all terms. [m3]"""

    tolerance: float


class Balance(Rule):
    """storage(d + 1) - storage(d) = gains(d) - losses(d), within tolerance + share x the largest of them.

    residual = storage(d + 1) - storage(d) - gains + losses. The suspect, in this order:
        the storage of d + 1, where the residuals of d and d + 1 cancel;
        the flow that closes the balance when a known factor (10, 86.4, 1000, 10 000) is taken out of it; of several the one
            that lies outside of all its other days;
        the flow that lies outside of all its other days, and would close the balance within them;
        else it is not known which, and all that was read of the day is doubtful.

    Depths (evaporation, rain) are those of the surface at the mean storage. A day with an unknown term is not judged; what
    nobody measures belongs into the tolerance.
    """

    word: ClassVar[str] = "mass balance"

    gains: tuple[SeriesName, ...] = Field(min_length=1)
    """Series of what comes in: [upper_lake.inflow]."""

    losses: tuple[SeriesName, ...] = Field(min_length=1)
    """Series of what goes out, evaporation included: [upper_lake.outflow_total, upper_lake.evaporation_depth]."""

    tolerance: Amount
    """What a day may lack: evaporation that nobody measures, rounding of the level. A volume."""

    share: float = Field(default=0.05, ge=0, lt=1)
    """Share of the largest term that a day may lack besides: errors of flow gauges. [-]"""

    trust: Flag = Trust.DOUBTFUL
    """What is left of the suspect."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Days whose balance does not close; `key` is the storage."""
        storage = evidence.line(key).by_day()
        lines = {name: evidence.line(key_of(name)).by_day() for name in (*self.gains, *self.losses)}
        days = {}
        for day in sorted(storage):
            found = self._day(key, day, storage, lines, evidence)
            if found is not None:
                days[day] = found
        for day, found in days.items():
            if abs(found.residual) > found.tolerance and not _cancels(days.get(day - 1), found):
                yield from self._suspects(key, day, storage, days, lines)

    def _day(self, key: Key, day: int, storage: Days, lines: Mapping[str, Days], evidence: Evidence) -> _Day | None:
        if day + 1 not in storage or any(day not in line for line in lines.values()):
            return None
        before, after = storage[day][0], storage[day + 1][0]
        terms = []
        for sign, names in ((1.0, self.gains), (-1.0, self.losses)):
            for name in names:
                value, place = lines[name][day]
                depth = evidence.unit(key_of(name)) == units.DEPTH_RATE
                surface = _surface(key[0], day, (before + after) / 2, evidence) if depth else 1.0
                terms.append(_Term(key_of(name), sign, value * surface, place))
        net = sum(term.sign * term.volume for term in terms)
        largest = max(abs(after - before), *(abs(term.volume) for term in terms))
        tolerance = self.tolerance.of(key, units.VOLUME) + self.share * largest
        return _Day(tuple(terms), after - before - net, tolerance)

    def _suspects(
        self, key: Key, day: int, storage: Days, days: Mapping[int, _Day], lines: Mapping[str, Days]
    ) -> Iterator[Verdict]:
        """Verdicts of tonight's readings of one day that does not close."""
        found = days[day]
        date = dt.date.fromordinal(day)
        told = (
            f"{date} does not close by {spoken(found.residual, units.VOLUME)} (allowed: {spoken(found.tolerance, units.VOLUME)})"
        )
        if _cancels(found, days.get(day + 1)):
            yield from self._say(key, storage[day + 1][1], f"{told}; the next day has the opposite: the storage is suspect")
            return
        odd = [term for term in found.terms if _outside(term, found, lines[".".join(term.key)], day)]
        slips = [(term, factor) for term in found.terms for factor in _both_ways() if self._closes(found, term, factor)]
        if len({term.key for term, _ in slips}) > 1:
            slips = [(term, factor) for term, factor in slips if term in odd]
        if len({term.key for term, _ in slips}) == 1:
            term, factor = slips[0]
            yield from self._say(term.key, term.place, f"{told}; it closes with 1/{factor:g} of this (another unit?)")
            return
        if len(odd) == 1:
            yield from self._say(odd[0].key, odd[0].place, f"{told}; it closes within what this usually is")
            return
        yield from self._say(key, storage[day + 1][1], f"{told}; which term is wrong is not known")
        for term in found.terms:
            yield from self._say(term.key, term.place, f"{told}; which term is wrong is not known")

    def _closes(self, day: _Day, term: _Term, factor: float) -> bool:
        """Whether the balance closes with a flow divided by a factor, and not with just any small or large one.

        The tolerance is that of what is left.
        """
        corrected = term.volume / factor
        others = max((abs(each.volume) for each in day.terms if each is not term), default=0.0)
        allowed = day.tolerance - self.share * max(abs(each.volume) for each in day.terms) + self.share * max(others, corrected)
        told_apart = min(abs(term.volume), abs(corrected)) > allowed
        return told_apart and abs(day.residual + term.sign * (term.volume - corrected)) <= allowed

    def _say(self, key: Key, place: int, told: str) -> Iterator[Verdict]:
        if place >= 0:
            yield Verdict(key, place, Trust(self.trust), told)


def _both_ways() -> tuple[float, ...]:
    return (*FACTORS, *(1.0 / factor for factor in FACTORS))


def _cancels(day: _Day | None, after: _Day | None) -> bool:
    """Whether two days in a row lack opposite amounts: a storage between them is wrong."""
    if day is None or after is None or abs(day.residual) <= day.tolerance or abs(after.residual) <= after.tolerance:
        return False
    return abs(day.residual + after.residual) <= max(day.tolerance, after.tolerance)


def _outside(term: _Term, day: _Day, line: Days, today: int) -> bool:
    """Whether a flow lies outside of all its other days, and would close the balance within them or half their range away."""
    others = [value for each, (value, _) in line.items() if each != today]
    if not others or term.place < 0:
        return False
    now = line[today][0]
    closing = now * (1.0 + term.sign * day.residual / term.volume) if term.volume else day.residual * term.sign
    lowest, highest = min(others), max(others)
    room = (highest - lowest) / 2
    return not lowest <= now <= highest and lowest - room <= closing <= highest + room


def _surface(component: str, day: int, storage: float, evidence: Evidence) -> float:
    """Surface at a storage [m2], 0 where the network knows none."""
    found = evidence.network.components.get(component)
    if not isinstance(found, _OpenWater):
        return 0.0
    capacity = evidence.capacities(component, [dt.date.fromordinal(day)])
    return float(found.surface_at(np.array([storage]), capacity)[0])
