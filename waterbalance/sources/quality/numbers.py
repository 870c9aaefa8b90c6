"""A reading is a finite number, and no water is less than none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence

NEVER_NEGATIVE: Final = {units.VOLUME, units.FLOW, units.DEPTH_RATE, units.TURBIDITY, units.AREA, units.POWER}


class Numbers(Rule):
    """value is finite, and >= 0 where the unit measures water, rain, turbidity, areas or power."""

    word: ClassVar[str] = "number"

    negative: bool = Field(default=False, strict=True)
    """Whether values below zero are true, as of an inflow that is reckoned from a balance."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What is no number, or less than no water, is never used."""
        for place, each in enumerate(evidence.tonight[key]):
            if not math.isfinite(each.value):
                yield Verdict(key, place, Trust.UNRELIABLE, f"{each.value} is no finite number")
            elif each.value < 0 and not self.negative and each.unit in NEVER_NEGATIVE:
                yield Verdict(key, place, Trust.UNRELIABLE, f"{spoken(each.value, each.unit)} is below zero")
