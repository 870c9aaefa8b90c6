"""A stretch of river between two places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.components._conveyance import _Conveyance
from waterbalance.network.fields import Fraction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

LARGEST_WEIGHTING = 0.5
"""Beyond this Muskingum routing makes waves grow. [-]"""


class RiverReach(_Conveyance):
    """A stretch of river: it takes any flow, and brings it later and a little less.

    outflow = (1 - share_lost) x inflow delayed by travel_time
    under_way = before + inflow - inflow delayed by travel_time
    swing >= |inflow - inflow delayed by a day|, with a travel_time
    share_lost = conveyance_loss, or 1 - exp(-loss_per_length x length)

    The flood wave keeps its shape (pure delay): good for daily and longer steps, not for flood routing. Water that joins
    on the way belongs to the weir or junction at the end.

    With a weighting X the reach stores water and flattens the wave (Muskingum, with K = travel_time):

    under_way = before + inflow - routed
    under_way = ((K X + h) x inflow + (K (1 - X) - h) x routed) / days
    outflow = (1 - share_lost) x routed
    h = min(days / 2, K (1 - X), days - K X)

    For steps of equal length with 2 K X <= days <= 2 K (1 - X) this is exactly the Muskingum recursion
    routed = C0 inflow + C1 inflow before + C2 routed before. For longer steps it becomes a pure delay, for shorter ones a
    linear reservoir: no wave is made negative, K stays the mean travel time, and no water is lost at any length. What is
    under way at the beginning is part of the state: K x flow where the flow was steady.

    Method: McCarthy (1938), The unit hydrograph and flood routing; Cunge (1969), doi:10.1080/00221686909500264.
    """

    weighting: Fraction | None = None
    """Muskingum's X, from 0 (a linear reservoir) to 0.5 (hardly flattened); a pure delay when left out. [-]"""

    @model_validator(mode="after")
    def _a_weighting_is_at_most_a_half_and_needs_a_time(self) -> Self:
        if self.weighting is not None and self.weighting > LARGEST_WEIGHTING:
            raise ValueError(f"a weighting beyond {LARGEST_WEIGHTING:g} makes waves grow; found {self.weighting:g}")
        if self.weighting is not None and self.travel_time == 0:
            raise ValueError("a reach with a weighting needs a travel_time")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow")
        if self.weighting is None:
            arriving = inflow.delayed(self.travel_time)
            self._say_under_way(step, inflow)
        else:
            arriving = self._routed(step, inflow)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", (1 - self.share_lost) * arriving, at=self.target)
        step.measure(self, "conveyance_loss", self.share_lost * arriving)
        step.measure(self, "inflow", inflow)
        self._say_swing(step, inflow)

    def _routed(self, step: Step, inflow: Flow) -> Expression:
        """What leaves the reach in the step."""
        under_way, routed = step.stock(self, "under_way"), step.flow(self, "routed")
        step.gain(self, "inflow", inflow)
        step.loss(self, "routed", routed)
        share_of_inflow = step.derived(self, "stored_share_of_inflow", self._stored_share_of_inflow, step.days)
        share_of_routed = step.derived(self, "stored_share_of_routed", self._stored_share_of_routed, step.days)
        step.constraint(self, "routing", under_way == share_of_inflow * inflow + share_of_routed * routed)
        step.measure(self, "under_way", under_way)
        return routed

    def _stored_share_of_inflow(self, days: Floats) -> Floats:
        """How much of the step's inflow is in the reach at its end, shape (steps,). [-]."""
        return (self.travel_time * (self.weighting or 0.0) + self._half_step(days)) / days

    def _stored_share_of_routed(self, days: Floats) -> Floats:
        """How much is in the reach beside what leaves in the step, shape (steps,). [-]."""
        return (self.travel_time * (1 - (self.weighting or 0.0)) - self._half_step(days)) / days

    def _half_step(self, days: Floats) -> Floats:
        """From the mean of the step to its end, less where the shares would become negative. [day]."""
        prism, wedge = self.travel_time * (1 - (self.weighting or 0.0)), self.travel_time * (self.weighting or 0.0)
        return np.minimum(np.minimum(days / 2, prism), days - wedge)

    def check(self, ledger: Ledger) -> None:
        """Delay or routing, and loss, from the fields."""
        inflow, outflow = ledger.value(self, "inflow"), ledger.value(self, "outflow")
        ledger.within(self, "inflow", inflow, 0.0, np.inf)
        self._check_swing(ledger)
        if self.weighting is None:
            arrived = ledger.delayed(self, "inflow", self.travel_time)
            self._check_under_way(ledger, "inflow")
        else:
            arrived = self._check_routing(ledger)
        ledger.equal(self, "outflow", outflow, self.share_kept * arrived)
        ledger.equal(self, "conveyance_loss", ledger.value(self, "conveyance_loss"), arrived - outflow)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, outflow)

    def _check_routing(self, ledger: Ledger) -> Floats:
        """What must leave after Muskingum's recursion, from what was under way and the inflow."""
        inflow, before, days = ledger.value(self, "inflow"), ledger.before(self, "under_way"), ledger.horizon.days
        under_way, routed = ledger.value(self, "under_way"), ledger.value(self, "routed")
        wedge = self.travel_time * (self.weighting or 0.0)
        half = np.minimum(days / 2, np.minimum(self.travel_time - wedge, days - wedge))
        expected = (days * before + (days - wedge - half) * inflow) / (days + self.travel_time - wedge - half)
        ledger.equal(self, "routed", routed, expected)
        ledger.within(self, "under_way", under_way, 0.0, np.inf)
        ledger.gains(self, inflow)
        ledger.loses(self, routed)
        ledger.stores(self, under_way, before)
        return routed
