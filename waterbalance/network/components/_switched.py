"""What structures have in common that run or stand still: a minimum load, minimum up- and down-times, a cost of starting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.components._restarts import restart_given, restarts, restarts_day_by_day
from waterbalance.network.fields import Duration, FlowRate, Fraction, Money

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

HUNDREDTHS = 100.0
"""Starts and stops are audited as hundredths, because half a unit is the audit's tolerance."""


class _Switched(Component):
    """A structure with a capacity that may run or stand still.

    minimum_load x available capacity x running <= flow <= available capacity x running
    start - stop = running - running before
    sum of start over the steps begun less than minimum_up_time ago <= running
    sum of stop over the steps begun less than minimum_down_time ago <= 1 - running
    running = 0 in a step out of service, and up to minimum_up_time after it: no stop, instead of the sum of start
    start_up_cost of the step = start_up_cost x (start + restarts)

    where
        out of service: nothing of the capacity is available in the whole step (an outage, a table, mud, not yet built).
        restarts: ends of outages within a step in which it runs, less the one that is its start already.

    There are no switches where none of the fields asks for one, and then the structure is linear. `start` and `stop` are
    whole because `running` is; with them the two times are the facets of Rajan and Takriti (2005), Minimum up/down
    polytopes of the unit commitment problem; see also Morales-España, Latorre and Ramos (2013),
    doi:10.1109/TPWRS.2013.2251373. Whether it ran on the day before and when it was started lately comes from the state.
    The times are hard: where water can lack for a minimum load while a structure has to go on, leave the time out.

    Out of service a structure stands still. That is a stop, planned or not: what is left of its minimum_up_time is
    waived, its minimum_down_time runs from this stop, the time out of service included, and to run again it has to be
    started, which costs a start and begins a new minimum_up_time. A step that is out of service in part counts as one in
    which it may run; whole outages that end within it cost a start each if it runs in the step, but count for no minimum
    time. Before the plan only the last start counts, and only if the structure still runs; the last stop only if it
    stands still: so the state need not know of outages.
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
        step.constraint(self, "out_of_service", running <= step.derived(self, "in_service", _in_service, available))
        step.constraint(self, "off", flow <= available * running)
        if self.minimum_load > 0:
            step.constraint(self, "minimum_load", flow >= self.minimum_load * available * running)
        step.measure(self, "running", running, unit=units.FRACTION)
        if self.has_start:
            self._say_starts(step, running, available)

    def _say_starts(self, step: Step, running: Flow, available: Expression) -> None:
        # Whole wherever `running` is. Declared as switches too, all three together met an error in the presolve of HiGHS
        # 1.15.1: it called a plan the best that never starts.
        start, stop = (step.flow(self, name, upper=1.0, number=True) for name in ("start", "stop"))
        step.constraint(self, "start_or_stop", start - stop == running - running.before)
        if self.minimum_up_time > 1:
            begun = start.recent(self.minimum_up_time, switch=running)
            waived = step.derived(self, "waived", self._waived, available, step.days)
            step.constraint(self, "minimum_up_time", begun <= running + (self.minimum_up_time + 1.0) * waived)
            back = step.derived(self, "back", self._back, available, step.days)
            step.constraint(self, "minimum_up_time_when_back", stop <= 1.0 - back)
        step.constraint(self, "started_to_run", start <= running)
        ended = stop.recent(self.minimum_down_time, switch=running, left_at=0.0) if self.minimum_down_time > 1 else stop
        step.constraint(self, "minimum_down_time", ended <= 1.0 - running)
        step.measure(self, "start", start, unit=units.FRACTION)
        step.measure(self, "stop", stop, unit=units.FRACTION)
        again = restarts(self, step, running, start)
        step.measure(self, "restarts", again, unit=units.FRACTION)
        step.measure(self, "start_up_cost", self.start_up_cost * (start + again), unit=units.MONEY)

    def _back(self, available: Floats, days: Floats) -> Floats:
        """1 in steps that begin less than the minimum up-time after one out of service, and so after any start since."""
        begins = np.cumsum(days) - days
        ends = np.maximum.accumulate(np.where(available > 0, -np.inf, begins + days))
        since = begins - np.concatenate([[-np.inf], ends[:-1]])
        return np.where((available > 0) & (since < self.minimum_up_time), 1.0, 0.0)

    def _waived(self, available: Floats, days: Floats) -> Floats:
        """1 in steps out of service, and after them for as long as a start before the outage would count."""
        return np.maximum(self._back(available, days), 1.0 - _in_service(available))

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """Outages that end in each step, and 1 for steps that begin out of service."""
        return restart_given(self, name, horizon)

    def check_switches(self, ledger: Ledger, what: str, flow: Floats, available: Floats) -> None:
        """What runs carries at least its minimum load; runs and stands are long enough; starts are told."""
        if not self.has_switch:
            return
        running = ledger.value(self, "running")
        ledger.whole(self, "running", running)
        ledger.within(self, "running", running, 0.0, 1.0)
        ledger.within(self, what, flow, self.minimum_load * available * running, available * running)
        ledger.within(self, "running in service", running, 0.0, np.where(available > 0, 1.0, 0.0))
        if self.has_start:
            self._check_starts(ledger, running, available)

    def _check_starts(self, ledger: Ledger, running: Floats, available: Floats) -> None:
        start, stop = ledger.value(self, "start"), ledger.value(self, "stop")
        change = running - ledger.before(self, "running")
        for name, found in (("start", start), ("stop", stop)):
            ledger.whole(self, name, found)
        ledger.equal(self, "start less stop", start - stop, change)
        ledger.within(self, "start", start, np.maximum(0.0, change), running)
        begun = ledger.recent(self, "start", max(1.0, self.minimum_up_time), switch="running")
        ended = ledger.recent(self, "stop", max(1.0, self.minimum_down_time), switch="running", left_at=0.0)
        # Step after step: how long ago the structure came back, if that was in the plan.
        most_begun, most_stop, back = running.copy(), 1.0 - running, -np.inf
        for t, begin in enumerate(ledger.horizon.offsets[:-1]):
            if available[t] <= 0:
                back = ledger.horizon.offsets[t + 1]
                most_begun[t] = np.inf
            elif begin - back < self.minimum_up_time:
                most_begun[t], most_stop[t] = np.inf, 0.0
        ledger.within(self, "starts within the minimum up-time", begun, 0.0, most_begun)
        ledger.within(self, "stop", HUNDREDTHS * stop, 0.0, HUNDREDTHS * most_stop)
        ledger.within(self, "stops within the minimum down-time", ended, 0.0, 1.0 - running)
        self._check_costs(ledger, running, start)

    def _check_costs(self, ledger: Ledger, running: Floats, start: Floats) -> None:
        """Every end of an outage after which it runs is a start."""
        again = restarts_day_by_day(self, ledger, running, start)
        ledger.equal(self, "restarts", HUNDREDTHS * ledger.value(self, "restarts"), HUNDREDTHS * again)
        ledger.equal(self, "start_up_cost", ledger.value(self, "start_up_cost"), self.start_up_cost * (start + again))


def _in_service(available: Floats) -> Floats:
    """1 in steps in which anything can pass."""
    return np.where(available > 0, 1.0, 0.0)
