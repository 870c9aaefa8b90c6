"""Water from elsewhere, allowed only in an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.fields import FlowRate, Price, Subject, Volume
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

ALLOWED = "allowed"
"""Given of the rule: 1 where the last pass found the storages below the trigger, else 0."""

FREE_PASSES = 6
"""Passes in which a transfer may be allowed anew; the first one knows no transfer, so it finds the later steps too dry."""

SAME_STORAGE = 1e-6
"""Two storages that differ by this share of the trigger are the same. [-]"""


class EmergencyTransfer(_Limit):
    """A link that may run only while storages are low, or while an emergency is announced.

    flow <= most where allowed, else 0
    allowed = joint storage before the step < trigger_curve, or announced
    used = sum of the flow over the window <= volume
    transfer_cost = price x flow
    emergency_transfer = flow

    The emergency depends on the storages, and they on the transfer. So it is a given of the plan, read from the storages
    of the pass before, and the plan is made again until nothing changes. Each pass is right for some steps more, the first
    ones first. Where it still changes after a few passes, a step that is once closed stays closed: the passes end, late
    steps may be on the strict side, and nothing is ever transferred while the storages are above the trigger. To make it
    the last resort, give the policy a goal for little `emergency_transfer` (or `transfer_cost`) below the users that it is
    for. Out of service nothing limits the link; no lifeline may depend on it.
    """

    cuts: ClassVar[tuple[str, ...]] = ("link",)
    varying: ClassVar[tuple[str, ...]] = ("trigger_curve", "announced", "most", "volume", "price")

    link: Subject
    """The link that runs only in an emergency."""

    quantity: str = "inflow"
    """Which of its quantities."""

    reservoirs: tuple[Subject, ...] = ()
    """Reservoirs and tanks whose storages are added up."""

    trigger_curve: Volume = 0.0
    """Joint storage below which the transfer is allowed; usually a table. [m3]"""

    announced: int = Field(default=0, ge=0, le=1)
    """1 where an emergency is announced whatever the storages; usually a table. [-]"""

    most: FlowRate | None = None
    """Most that may be transferred in an emergency; unlimited when left out. [m3/day]"""

    volume: Volume | None = None
    """Most that may be transferred within the window; unlimited when left out. [m3]"""

    window: Literal["month", "season", "year"] = "year"
    """How far back the volume counts; the seasons begin on 1 January and 1 July."""

    price: Annotated[Price, Field(ge=0)] = 0.0
    """What a cubic metre costs. [currency/m3]"""

    @model_validator(mode="after")
    def _an_emergency_is_found_somehow(self) -> Self:
        if len(set(self.reservoirs)) < len(self.reservoirs):
            raise ValueError("reservoirs needs each of its names once")
        if bool(self.reservoirs) != ("trigger_curve" in self.model_fields_set):
            raise ValueError("reservoirs and trigger_curve belong together: give both, or none of them")
        if not self.reservoirs and "announced" not in self.model_fields_set:
            raise ValueError("an emergency needs reservoirs and a trigger_curve, or a table of announced days")
        return self

    def default_given(self, name: str) -> float | None:
        """Nothing is allowed before the first pass has told the storages."""
        return 0.0 if name == ALLOWED else super().default_given(name)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        # No equation holds the curve; asked for here, it is among the givens that `revise` and `check` read.
        step.given(self, "trigger_curve")
        emergency = step.given(self, ALLOWED), step.given(self, "announced")
        in_force = step.given(self, IN_FORCE)
        limit = step.derived(self, "limit", _limit, *emergency, step.given(self, "most"), in_force)
        transfer, flow = step.flow(self, "transfer", upper=limit), step.of(self.link, self.quantity)
        step.constraint(self, "transfer", transfer == flow)
        if self.volume is not None:
            most = step.derived(self, "most_used", while_in_force, step.given(self, "volume"), in_force)
            used = step.flow(self, "used", upper=most, unit=units.VOLUME)
            step.constraint(self, "used", used == flow.total(self.window))
        step.measure(self, "transfer_cost", step.given(self, "price") * transfer, unit=units.MONEY)
        step.measure(self, "emergency_transfer", transfer)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """Where the last pass found an emergency; after some passes never where it was closed before."""
        allowed = self._low(ledger, 0.0)
        if ledger.passes > FREE_PASSES:
            allowed = np.minimum(allowed, ledger.given(self, ALLOWED))
        return {ALLOWED: allowed}

    def check(self, ledger: Ledger) -> None:
        """Nothing runs above the trigger unless announced, and no more than agreed."""
        flow = ledger.value(self.link, self.quantity)
        emergency = (self._low(ledger, SAME_STORAGE) > 0) | (ledger.given(self, "announced") > 0)
        free = ledger.given(self, IN_FORCE) == 0
        ledger.equal(self, "transfer", ledger.value(self, "transfer"), flow)
        most = np.where(emergency, ledger.given(self, "most"), 0.0)
        ledger.within(self, f"{self.quantity} of {self.link}", flow, 0.0, np.where(free, np.inf, most))
        if self.volume is not None:
            used = ledger.total(self.link, self.quantity, self.window)
            ledger.equal(self, "used", ledger.value(self, "used"), used)
            ledger.within(self, "used", used, 0.0, np.where(free, np.inf, ledger.given(self, "volume")))
        ledger.equal(self, "transfer_cost", ledger.value(self, "transfer_cost"), ledger.given(self, "price") * flow)
        ledger.equal(self, "emergency_transfer", ledger.value(self, "emergency_transfer"), flow)

    def _low(self, ledger: Ledger, tolerance: float) -> Floats:
        """1 where the joint storage at the start of the step is below the trigger, else 0."""
        if not self.reservoirs:
            return np.zeros(len(ledger.horizon))
        before = np.sum([ledger.before(name, "storage") for name in self.reservoirs], axis=0)
        return np.where(before < ledger.given(self, "trigger_curve") * (1.0 + tolerance), 1.0, 0.0)


def _limit(allowed: Floats, announced: Floats, most: Floats, in_force: Floats) -> Floats:
    """Most that may be transferred: nothing without an emergency, anything out of force."""
    return np.where(in_force > 0, np.where(np.maximum(allowed, announced) > 0, most, 0.0), np.inf)
