"""Readings orders of magnitude away from all that was ever known of their series."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.numbers import NEVER_NEGATIVE
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats
    from waterbalance.sources.quality.evidence import Evidence

SLIPS: Final = (10.0, 86.4, 1000.0, 1e4, 86_400.0, 1e6)
"""Factors between units that are taken for each other. [1]"""

ALIKE: Final = 3.0
"""How far a value may be from the usual, once a factor is taken off, for the factor to be named. [1]"""


class KnownRange(Rule):
    """least / beyond <= value <= greatest x beyond, else never used; <= greatest x far is reliable, above it doubtful.

    least, greatest   of all values above zero that the scenario's own history of the series and the nights before tell of
                      other days than tonight's

    Rivers rise a hundredfold within a day, and hardly ever ten times above the greatest flood of a year or more. Declared limits
    (`hard`, `soft`) know better, and take its place.
    """

    word: ClassVar[str] = "known range"

    far: float = Field(default=10.0, gt=1)
    """How many times the greatest ever known is doubtful. [1]"""

    beyond: float = Field(default=100.0, gt=1)
    """How many times the greatest, and below which part of the least, is never used. [1]"""

    least_days: int = Field(default=330, ge=1)
    """From the first to the last day that must be known before anything is judged: a year, with its floods, less the weeks
    that are read again every night. [day]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What lies outside; nothing where too little is known, or where values below zero are true."""
        days, values = evidence.known_otherwise(key)
        if evidence.unit(key) not in NEVER_NEGATIVE or not len(days) or days.max() - days.min() < self.least_days:
            return
        known = values[values > 0.0]
        if not len(known):
            return
        least, greatest = float(known.min()), float(known.max())
        for place, each in enumerate(evidence.tonight[key]):
            if not each.usable or each.value <= 0.0 or least / self.beyond <= each.value <= greatest * self.far:
                continue
            never = each.value > greatest * self.beyond or each.value < least
            known_as = f"known of {len(values)} days: {spoken(least, each.unit)} to {spoken(greatest, each.unit)}"
            told = (
                f"{spoken(each.value, each.unit)} is {_apart(each.value, least, greatest)}; {known_as}{_slip(each.value, known)}"
            )
            yield Verdict(key, place, Trust.UNRELIABLE if never else Trust.DOUBTFUL, told)


def _apart(value: float, least: float, greatest: float) -> str:
    if value > greatest:
        return f"{value / greatest:,.0f} times the greatest ever known"
    return f"{least / value:,.0f} times below the least ever known"


def _slip(value: float, known: Floats) -> str:
    """The likely factor between the unit that was meant and the one that was read."""
    ratio = value / float(np.median(known))
    factor = min(SLIPS, key=lambda each: abs(np.log(max(ratio, 1.0 / ratio) / each)))
    if not factor / ALIKE <= max(ratio, 1.0 / ratio) <= factor * ALIKE:
        return ""
    return f"; likely a unit slip, {factor:,g} times too {'large' if ratio > 1.0 else 'small'}"
