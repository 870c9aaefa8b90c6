"""A gauge that hangs: the same value day after day."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.amount import Amount
from waterbalance.sources.quality.rule import Flag, Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class Stuck(Rule):
    """The same value on `days` days in a row or more: all of tonight's readings among them.

    value[d] = value[d - 1] = ... within `within`, on days without a gap
    """

    word: ClassVar[str] = "stuck"

    days: int = Field(ge=2)
    """Days in a row that are not believed. [day]"""

    within: Amount | None = None
    """How far values may differ and still be the same, in the unit of the series; not at all when left out."""

    zeros: bool = Field(default=True, strict=True)
    """Whether zeros may go on for ever: a dry river, a gate that stays shut, days without rain."""

    trust: Flag = Trust.DOUBTFUL
    """What is left of readings that hang."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Runs of one value that are too long."""
        line, unit = evidence.line(key), evidence.unit(key)
        if not len(line.days):
            return
        within = 0.0 if self.within is None else self.within.of(key, unit)
        same = (np.diff(line.days) == 1) & (np.abs(np.diff(line.values)) <= within)
        starts = np.flatnonzero(np.concatenate([[True], ~same]))
        for start, end in zip(starts, [*starts[1:], len(line.days)], strict=True):
            if end - start < self.days or (self.zeros and not line.values[start:end].any()):
                continue
            for row in range(start, end):
                if line.places[row] >= 0:
                    told = f"{spoken(float(line.values[row]), unit)} on {end - start} days in a row"
                    yield Verdict(key, int(line.places[row]), Trust(self.trust), told)
