"""Less water than lies below the lowest outlet of a reservoir."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from waterbalance import units
from waterbalance.forecast.readings import Key, Trust
from waterbalance.sources.quality.capacity import STORAGE
from waterbalance.sources.quality.rule import Rule, spoken
from waterbalance.sources.quality.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence


class DeadStorage(Rule):
    """storage >= share x dead_storage, where a dead storage is declared; below it the reading is never used.

    What lies below the lowest outlet is lost by evaporation and seepage alone: a lake comes near it, and hardly ever far below.
    Where a lake is emptied for its sediment, `dead: null` leaves the rule out.
    """

    word: ClassVar[str] = "dead storage"

    share: float = Field(default=0.1, ge=0, le=1)
    """Share of the dead storage below which no lake falls. [-]"""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """What lies far below."""
        if key[1] != STORAGE or evidence.unit(key) != units.VOLUME:
            return
        dead = float(getattr(evidence.network.components.get(key[0]), "dead_storage", None) or 0.0)
        for place, each in enumerate(evidence.tonight[key]):
            if each.usable and each.value < self.share * dead:
                told = f"{spoken(each.value, each.unit)} is far below the dead storage of {spoken(dead, each.unit)}"
                yield Verdict(key, place, Trust.UNRELIABLE, told)
