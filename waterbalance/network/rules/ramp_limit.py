"""A limit on how fast a flow may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.network.fields import FlowRate, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class RampLimit(_Limit):
    """How much a mean flow may change from one step to the next.

    change = flow / days - flow before / days before
    -fall <= change <= rise

    The first step is compared with the state's past over the day before. From a daily step to one of ten days the mean
    may change no more than from day to day, which is the careful side. Do not use it for a link that can fail: a sudden
    stop would be against the rule, and there is no plan.
    """

    subject: Subject
    """The component whose flow is limited."""

    quantity: str = "inflow"
    """Which of its quantities."""

    rise: FlowRate | None = None
    """Most that the mean flow may grow from step to step; unlimited when left out. [m3/day]"""

    fall: FlowRate | None = None
    """Most that the mean flow may shrink from step to step; unlimited when left out. [m3/day]"""

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        flow = step.of(self.subject, self.quantity)
        share_of_day = step.derived(self, "one_over_days", np.reciprocal, step.days)
        share_of_day_before = step.derived(self, "one_over_days_before", np.reciprocal, step.days_before)
        in_force = step.given(self, IN_FORCE)
        fall = step.derived(self, "fall_in_force", self._fall, in_force)
        rise = step.derived(self, "rise_in_force", self._rise, in_force)
        change = step.flow(self, "change", lower=fall, upper=rise, unit=units.FLOW)
        step.constraint(self, "change", change == share_of_day * flow - share_of_day_before * flow.before)

    def _rise(self, in_force: Floats) -> Floats:
        """Most that the flow may change, in [m3/day]."""
        return while_in_force(self.rise, in_force)

    def _fall(self, in_force: Floats) -> Floats:
        """Least that the flow may change, a negative number, in [m3/day]."""
        return -while_in_force(self.fall, in_force)

    def check(self, ledger: Ledger) -> None:
        """The change of the mean flow from the volumes and the lengths of the steps."""
        days = ledger.horizon.days
        rate = ledger.value(self.subject, self.quantity) / days
        rate_before = ledger.before(self.subject, self.quantity) / np.concatenate([[1.0], days[:-1]])
        ledger.equal(self, "change", ledger.value(self, "change"), rate - rate_before)
        in_force = ledger.given(self, IN_FORCE) > 0
        most = np.inf if self.rise is None else np.where(in_force, rate_before + self.rise, np.inf)
        least = -np.inf if self.fall is None else np.where(in_force, rate_before - self.fall, -np.inf)
        ledger.within(self, "mean flow", rate, least, most)
