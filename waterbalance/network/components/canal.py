"""An open canal: what enters at the head, less conveyance loss and filling, arrives at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, Duration, FlowRate, Fraction, Upstream, Volume

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class Canal(Component):
    """An open canal with conveyance loss, and water that fills it whenever it starts to run.

    outflow = (1 - conveyance_loss) x (inflow - filling) delayed by travel_time
    filling = fill_volume x start
    start >= running - running before
    inflow <= capacity x running

    Without a fill volume there are no switches and the canal is linear. The filling is lost again when the canal
    runs dry, which is why small deliveries to far fields save so little water.
    """

    varying: ClassVar[tuple[str, ...]] = ("capacity",)
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    source: Upstream
    """Where the canal takes its water."""

    target: Downstream
    """Where the canal brings its water."""

    capacity: FlowRate | None = None
    """Most that can enter at the head; unlimited when left out. [m3/day]"""

    conveyance_loss: Fraction = 0.0
    """Share of the water that seeps and evaporates on the way. [-]"""

    fill_volume: Volume = 0.0
    """Water that fills the empty canal before any arrives. [m3]"""

    travel_time: Duration = 0.0
    """Time from head to end. [day]"""

    @model_validator(mode="after")
    def _a_canal_that_fills_has_a_capacity(self) -> Self:
        if self.fill_volume > 0 and self.capacity is None:
            raise ValueError("a canal with a fill_volume needs a capacity")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow", upper=step.given(self, "capacity"))
        useful = inflow
        if self.fill_volume > 0:
            running, start = step.switch(self, "running"), step.switch(self, "start")
            step.constraint(self, "runs_when_started", start >= running - running.before)
            step.constraint(self, "dry_when_stopped", inflow <= step.given(self, "capacity") * running)
            useful = step.flow(self, "useful_inflow")
            step.constraint(self, "filling", useful == inflow - self.fill_volume * start)
            step.measure(self, "filling", self.fill_volume * start)
        arriving = useful.delayed(self.travel_time)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", (1 - self.conveyance_loss) * arriving, at=self.target)
        step.measure(self, "conveyance_loss", self.conveyance_loss * arriving)

    def check(self, ledger: Ledger) -> None:
        """Capacity, loss, filling and delay from the fields."""
        inflow, outflow = ledger.value(self, "inflow"), ledger.value(self, "outflow")
        capacity = ledger.given(self, "capacity")
        ledger.within(self, "inflow", inflow, 0.0, capacity)
        entered = "inflow"
        if self.fill_volume > 0:
            running, start = ledger.value(self, "running"), ledger.value(self, "start")
            ledger.whole(self, "running", running)
            ledger.whole(self, "start", start)
            ledger.within(self, "start", start, np.maximum(0.0, running - ledger.before(self, "running")), 1.0)
            ledger.within(self, "inflow", inflow, 0.0, capacity * running)
            ledger.equal(self, "useful_inflow", ledger.value(self, "useful_inflow"), inflow - self.fill_volume * start)
            ledger.equal(self, "filling", ledger.value(self, "filling"), inflow - ledger.value(self, "useful_inflow"))
            entered = "useful_inflow"
        arrived = ledger.delayed(self, entered, self.travel_time)
        ledger.equal(self, "outflow", outflow, (1 - self.conveyance_loss) * arrived)
        ledger.equal(self, "conveyance_loss", ledger.value(self, "conveyance_loss"), arrived - outflow)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, outflow)
