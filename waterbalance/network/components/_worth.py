"""What water is worth to a user: the damage of each further cubic metre that it lacks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Fraction, Price

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class DamageStep(BaseModel):
    """A part of the shortage in which each cubic metre does the same damage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beyond: Fraction
    """Share of the demand that is lacking where this part begins. [-]"""

    value: Price
    """Damage of one more cubic metre in this part: what the user would pay for it. [currency/m3]"""


class _Worth(Component):
    """A user whose shortage does a damage that rises with its depth.

    shortage = sum over parts of short_k,  0 <= short_k <= (beyond of the next part - beyond) x demand
    damage = sum over parts of value_k x short_k

    The values rise, so the cheap parts are lost first and a deep cut hurts more than several light ones. A plan whose
    goals do not want the damage small may tell too much of it, never too little.
    """

    marginal_damage: tuple[DamageStep, ...] = ()
    """Damage by depth of the shortage; none is measured when left out. Also a demand curve read from its end: the
    willingness to pay for the last cubic metre is the damage of the first one that lacks. Yield loss after FAO-33:
    value = yield response factor x value of the harvest / water asked for over the season; the word `crops` in a scenario
    file takes the rows from the crops of the demand's forecast. [currency/m3]"""

    @model_validator(mode="after")
    def _the_damage_rises(self) -> Self:
        places = [part.beyond for part in self.marginal_damage]
        values = [part.value for part in self.marginal_damage]
        if places and places[0] != 0:
            raise ValueError(f"marginal_damage must begin at 0 % of the demand; found {places[0]:.6g}")
        if any(later <= earlier for earlier, later in pairwise(places)) or (places and places[-1] >= 1):
            raise ValueError(f"the parts of marginal_damage must lie in order and begin below 100 %; found {places}")
        if any(later <= earlier for earlier, later in pairwise(values)) or (values and values[0] < 0):
            raise ValueError(
                f"the value of every part of marginal_damage must be more than that of the one before, and none negative; "
                f"found {values}: with a falling value it would pay to cut one user to nothing before another is touched, "
                "which takes a decision and no price"
            )
        return self

    @property
    def _parts(self) -> list[tuple[float, float]]:
        """Width as a share of the demand, and value, of every part."""
        ends = [*(part.beyond for part in self.marginal_damage[1:]), 1.0]
        return [(end - part.beyond, part.value) for part, end in zip(self.marginal_damage, ends, strict=True)]

    def _formulate_damage(self, step: Step, shortage: Flow) -> None:
        """See the class for the equations."""
        if not self.marginal_damage:
            return
        demand = step.given(self, "demand")
        parts = [
            step.flow(self, f"short_{number}", upper=width * demand) for number, (width, _) in enumerate(self._parts, start=1)
        ]
        step.constraint(self, "depth_of_shortage", shortage == sum(parts))
        damage = sum(value * part for (_, value), part in zip(self._parts, parts, strict=True))
        step.measure(self, "damage", damage, unit=units.MONEY)

    def _check_damage(self, ledger: Ledger) -> None:
        """The parts make up the shortage, and the damage is at least what the rising values make of it."""
        if not self.marginal_damage:
            return
        shortage, demand = ledger.value(self, "shortage"), ledger.given(self, "demand")
        told: Floats = 0.0 * shortage
        paid: Floats = 0.0 * shortage
        least: Floats = 0.0 * shortage
        before = 0.0
        for number, part in enumerate(self.marginal_damage, start=1):
            short = ledger.value(self, f"short_{number}")
            told, paid = told + short, paid + part.value * short
            least = least + (part.value - before) * np.maximum(0.0, shortage - part.beyond * demand)
            before = part.value
        ledger.equal(self, "shortage by parts", told, shortage)
        ledger.equal(self, "damage", ledger.value(self, "damage"), paid)
        ledger.within(self, "damage", ledger.value(self, "damage"), least, np.inf)
