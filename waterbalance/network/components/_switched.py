"""What structures have in common that run or stand still: a minimum load, minimum up- and down-times, a cost of starting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import Duration, FlowRate, Fraction, Money

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step


class _Switched(Component):
    """A structure with a capacity that may run or stand still.

    minimum_load x available capacity x running <= flow <= available capacity x running
    start - stop = running - running before
    sum of start over the steps begun less than minimum_up_time ago <= running
    sum of stop over the steps begun less than minimum_down_time ago <= 1 - running

    There are no switches where none of the fields asks for one, and then the structure is linear. `start` and `stop` are
    whole because `running` is; with them the two times are the facets of Rajan and Takriti (2005), Minimum up/down
    polytopes of the unit commitment problem; see also Morales-España, Latorre and Ramos (2013),
    doi:10.1109/TPWRS.2013.2251373. Whether it ran on the day before and when it was started lately comes from the state.
    The times are hard: where water can lack for a minimum load while a structure has to go on, leave the time out.
    """

    capacity: FlowRate | None = None
    """Most that can pass; unlimited when left out. [m3/day]"""

    minimum_load: Fraction = 0.0
    """Least share of the available capacity at which it can run. [-]"""

    minimum_up_time: Duration = 0.0
    """Time for which it runs at least once it is started. [day]"""

    minimum_down_time: Duration = 0.0
    """Time for which it stands still at least once it is stopped. [day]"""

    start_up_cost: Money = 0.0
    """Cost of every start. [currency]"""

    @property
    def has_start(self) -> bool:
        """Whether starts count."""
        return self.minimum_up_time > 0 or self.minimum_down_time > 0 or self.start_up_cost > 0

    @property
    def has_switch(self) -> bool:
        """Whether it matters if the structure runs."""
        return self.minimum_load > 0 or self.has_start

    @model_validator(mode="after")
    def _what_is_switched_has_a_capacity(self) -> Self:
        if self.has_switch and self.capacity is None:
            raise ValueError("a minimum_load, a minimum time or a start_up_cost needs a capacity")
        return self

    def say_switches(self, step: Step, flow: Flow, available: Expression) -> None:
        """Say the equations of the class for a flow that `available` limits."""
        if not self.has_switch:
            return
        running = step.switch(self, "running")
        step.constraint(self, "off", flow <= available * running)
        if self.minimum_load > 0:
            step.constraint(self, "minimum_load", flow >= self.minimum_load * available * running)
        step.measure(self, "running", running, unit=units.FRACTION)
        if self.has_start:
            self._say_starts(step, running)

    def _say_starts(self, step: Step, running: Flow) -> None:
        # Whole wherever `running` is. Declared as switches too, all three together met an error in the presolve of HiGHS
        # 1.15.1: it called a plan the best that never starts.
        start, stop = (step.flow(self, name, upper=1.0, number=True) for name in ("start", "stop"))
        step.constraint(self, "start_or_stop", start - stop == running - running.before)
        step.constraint(self, "minimum_up_time", _lately(start, self.minimum_up_time) <= running)
        step.constraint(self, "minimum_down_time", _lately(stop, self.minimum_down_time) <= 1.0 - running)
        step.measure(self, "start", start, unit=units.FRACTION)
        step.measure(self, "stop", stop, unit=units.FRACTION)
        step.measure(self, "start_up_cost", self.start_up_cost * start, unit=units.MONEY)

    def check_switches(self, ledger: Ledger, what: str, flow: Floats, available: Floats) -> None:
        """What runs carries at least its minimum load; runs and stands are long enough; starts are told."""
        if not self.has_switch:
            return
        running = ledger.value(self, "running")
        ledger.whole(self, "running", running)
        ledger.within(self, "running", running, 0.0, 1.0)
        ledger.within(self, what, flow, self.minimum_load * available * running, available * running)
        if self.has_start:
            self._check_starts(ledger, running)

    def _check_starts(self, ledger: Ledger, running: Floats) -> None:
        start, stop = ledger.value(self, "start"), ledger.value(self, "stop")
        change = running - ledger.before(self, "running")
        for name, found in (("start", start), ("stop", stop)):
            ledger.whole(self, name, found)
        ledger.equal(self, "start less stop", start - stop, change)
        ledger.within(self, "start", start, np.maximum(0.0, change), 1.0)
        begun = ledger.recent(self, "start", max(1.0, self.minimum_up_time))
        ended = ledger.recent(self, "stop", max(1.0, self.minimum_down_time))
        ledger.within(self, "starts within the minimum up-time", begun, 0.0, running)
        ledger.within(self, "stops within the minimum down-time", ended, 0.0, 1.0 - running)
        ledger.equal(self, "start_up_cost", ledger.value(self, "start_up_cost"), self.start_up_cost * start)


def _lately(event: Flow, days: float) -> Expression:
    """Starts or stops in this step and those begun less than so many days before; no step is shorter than a day."""
    return event.recent(days) if days > 1 else event
