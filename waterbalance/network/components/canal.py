"""An open canal: what enters at the head, less filling, seepage and conveyance loss, arrives at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.components._conveyance import _Conveyance
from waterbalance.network.components._restarts import restart_given, restarts, restarts_day_by_day
from waterbalance.network.fields import FlowRate, Volume

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

HUNDREDTHS = 100.0
"""Fillings are audited as hundredths, because half a unit is the audit's tolerance."""


class Canal(_Conveyance):
    """An open canal with conveyance loss, and water that it takes for itself whenever it runs.

    outflow = (1 - share_lost) x useful_inflow delayed by travel_time
    under_way = before + useful_inflow - useful_inflow delayed by travel_time
    swing >= |inflow - inflow delayed by a day|, with a travel_time
    useful_inflow = inflow - filling - seepage
    filling = fill_volume x (start + refills)
    seepage = seepage_when_running x days x running
    running - running before <= start <= running
    start <= 1 - running before
    inflow <= capacity x running
    running = 0 in a step whose capacity is 0
    share_lost = conveyance_loss, or 1 - exp(-loss_per_length x length)

    where
        refills: how many times it is filled again within the step, for the turns of a rotation that begin and the whole
            outages that end in it, if it runs in the step at all; else 0.

    The filling is lost again when the canal runs dry, and the wetted bed seeps as long as it is wet, however little the
    fields take: that is why small deliveries to far fields save so little water. Without both there are no switches and
    the canal is linear. A canal that is closed for a whole step (an outage, a table of its capacity, a rotation) is dry
    at its end and filled again afterwards. Of a step that is closed in part a rotation and the dates of outages tell how
    often the canal is filled in it, a table of its capacity does not; an outage that ends between two turns counts, too.

    A relaxed switch would start a canal by a small share and pay as small a share of the filling, so that a plan put off
    every start beyond the steps in which switches are decided. They are therefore decided at every step of the horizon.
    With dozens of such canals that takes long: `starts_decided: first_days` relaxes the later ones, and what a plan then
    says about later starts is too hopeful by as much as nearly their whole filling.
    """

    varying: ClassVar[tuple[str, ...]] = ("capacity",)
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    capacity: FlowRate | None = None
    """Most that can enter at the head; unlimited when left out. [m3/day]"""

    fill_volume: Volume = 0.0
    """Water that fills the empty canal before any arrives. [m3]"""

    seepage_when_running: FlowRate = 0.0
    """Water that the wetted bed loses while the canal runs, however much it carries. [m3/day]"""

    starts_decided: Literal["season", "first_days"] = "season"
    """Whether running and start are whole at every step, or only in the first days and relaxed later."""

    @model_validator(mode="after")
    def _a_canal_with_switches_has_a_capacity(self) -> Self:
        for field in ("fill_volume", "seepage_when_running"):
            if getattr(self, field) > 0 and self.capacity is None:
                raise ValueError(f"a canal with a {field} needs a capacity")
        return self

    @property
    def _runs_or_not(self) -> bool:
        return self.fill_volume > 0 or self.seepage_when_running > 0

    @property
    def _closes(self) -> bool:
        """Whether dates tell when the canal is closed."""
        return bool(self.outages) or self.in_service_from is not None or self.in_service_until is not None

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """Outages that end in each step, and 1 for steps that begin out of service."""
        return restart_given(self, name, horizon)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        inflow = step.flow(self, "inflow", upper=step.given(self, "capacity"))
        useful = self._useful(step, inflow) if self._runs_or_not else inflow
        arriving = useful.delayed(self.travel_time)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", (1 - self.share_lost) * arriving, at=self.target)
        step.measure(self, "conveyance_loss", self.share_lost * arriving)
        self._say_under_way(step, useful)
        self._say_swing(step, inflow)

    def _useful(self, step: Step, inflow: Flow) -> Flow:
        """What is left of the inflow when the canal has taken its own."""
        useful, whole = step.flow(self, "useful_inflow"), self.starts_decided == "season"
        running = step.switch(self, "running", season=whole)
        capacity = step.given(self, "capacity")
        step.constraint(self, "dry_when_stopped", inflow <= capacity * running)
        step.constraint(self, "dry_when_closed", running <= step.derived(self, "open", _open, capacity))
        own: Expression = 0.0
        if self.fill_volume > 0:
            start = step.switch(self, "start", season=whole)
            # Whole and only limited from both sides; beware of an equality with `stop`, see _switched.py.
            step.constraint(self, "runs_when_started", start >= running - running.before)
            step.constraint(self, "started_to_run", start <= running)
            step.constraint(self, "started_from_rest", start <= 1.0 - running.before)
            filling = self.fill_volume * (start + step.added(self, "refills"))
            if self._closes:
                step.add(self, "refills", restarts(self, step, running, start), to=self.name)
            step.measure(self, "filling", filling)
            own = filling
        if self.seepage_when_running > 0:
            seepage = self.seepage_when_running * step.days * running
            step.measure(self, "seepage", seepage)
            own = own + seepage
        step.constraint(self, "filling", useful == inflow - own)
        return useful

    def check(self, ledger: Ledger) -> None:
        """Capacity, loss, filling, seepage and delay from the fields."""
        inflow, outflow = ledger.value(self, "inflow"), ledger.value(self, "outflow")
        ledger.within(self, "inflow", inflow, 0.0, ledger.given(self, "capacity"))
        if self._runs_or_not:
            self._check_own(ledger, inflow)
        useful = "useful_inflow" if self._runs_or_not else "inflow"
        arrived = ledger.delayed(self, useful, self.travel_time)
        self._check_under_way(ledger, useful)
        self._check_swing(ledger)
        ledger.equal(self, "outflow", outflow, self.share_kept * arrived)
        ledger.equal(self, "conveyance_loss", ledger.value(self, "conveyance_loss"), arrived - outflow)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, outflow)

    def _check_own(self, ledger: Ledger, inflow: Floats) -> None:
        """What the canal takes for itself, from when it runs."""
        running, season = ledger.value(self, "running"), self.starts_decided == "season"
        own = 0.0 * inflow
        ledger.whole(self, "running", running, season=season)
        ledger.within(self, "running", running, 0.0, np.where(ledger.given(self, "capacity") > 0, 1.0, 0.0))
        ledger.within(self, "inflow", inflow, 0.0, ledger.given(self, "capacity") * running)
        if self.fill_volume > 0:
            start, before = ledger.value(self, "start"), ledger.before(self, "running")
            ledger.whole(self, "start", start, season=season)
            ledger.within(self, "start", start, np.maximum(0.0, running - before), np.minimum(running, 1.0 - before))
            refills = ledger.value(self, "refills")
            if self._closes:
                ledger.adds(self, "refills", restarts_day_by_day(self, ledger, running, start))
            ledger.equal(self, "refills", HUNDREDTHS * refills, HUNDREDTHS * ledger.added(self, "refills"))
            ledger.equal(self, "filling", ledger.value(self, "filling"), self.fill_volume * (start + refills))
            own = own + self.fill_volume * (start + refills)
        if self.seepage_when_running > 0:
            seepage = self.seepage_when_running * ledger.horizon.days * running
            ledger.equal(self, "seepage", ledger.value(self, "seepage"), seepage)
            own = own + seepage
        ledger.equal(self, "useful_inflow", ledger.value(self, "useful_inflow"), inflow - own)


def _open(capacity: Floats) -> Floats:
    """1 in steps in which something may enter."""
    return np.where(capacity > 0, 1.0, 0.0)
