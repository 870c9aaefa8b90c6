"""What water passes some days later in a bare flow network."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from waterbalance.horizon import Horizon
from waterbalance.network.components._node import _Joined
from waterbalance.network.fields import Duration, FlowRate
from waterbalance.network.state import Past

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class DelayNode(_Joined):
    """Water comes out a fixed time after it went in.

    inflow = brought
    flow = inflow delayed by the travel time = sum over the neighbours of what goes to each
    """

    travel_time: Duration
    """From going in to coming out. [day]"""

    initial_flow: FlowRate = 0.0
    """Steady flow that went in before the first day. [m3/day]"""

    def past_flows(self, day: dt.date, time_zone: str = "UTC") -> Mapping[str, tuple[Past, ...]]:
        """The steady flow before the first day, for as long as it is under way."""
        reach = math.ceil(self.travel_time)
        if not reach:
            return {}
        first = day - dt.timedelta(days=reach)
        return {"inflow": (Past(first, day, self.initial_flow * float(Horizon((first, day), time_zone).days[0])),)}

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.arriving(self, "inflow")
        step.loss(self, "inflow", inflow)
        flow = step.flow(self, "flow")
        step.constraint(self, "arriving", flow == inflow.delayed(self.travel_time))
        step.gain(self, "flow", flow)
        self._leaving(step)

    def check(self, ledger: Ledger) -> None:
        """What comes out is what went in before; the audit adds up the balance."""
        inflow = ledger.value(self, "inflow")
        ledger.equal(self, "inflow", inflow, ledger.brought(self))
        flow = ledger.value(self, "flow")
        ledger.equal(self, "flow", flow, ledger.delayed(self, "inflow", self.travel_time))
        ledger.loses(self, inflow)
        ledger.gains(self, flow)
        self._book_leaving(ledger)
