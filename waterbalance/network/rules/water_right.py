"""A right to take water: a rate, a volume, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.fields import Duration, FlowRate, Subject, Volume
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class WaterRight(_Limit):
    """What several intakes may take together.

    use = sum of the subjects' quantity
    use <= rate
    used_in_window = sum of the use over the window <= volume

    The window is a number of days that ends with each step, or begins on the first day of the month, of the year
    (1 January) or of the season (1 January and 1 July): on that day the use starts again from nothing. What was used
    since then comes from the state's past of every subject. A right that is used up already leaves a subject nothing;
    one that is overdrawn by then leaves no plan.
    """

    varying: ClassVar[tuple[str, ...]] = ("rate", "volume")

    subjects: tuple[Subject, ...]
    """The components that share the right."""

    quantity: str = "inflow"
    """Which of their quantities counts."""

    rate: FlowRate | None = None
    """Most that they may take together; unlimited when left out. [m3/day]"""

    volume: Volume | None = None
    """Most that they may take together within the window; unlimited when left out. [m3]"""

    window: Duration | Literal["month", "season", "year"] = "year"
    """How far back the volume counts. [day]"""

    @model_validator(mode="after")
    def _a_window_is_longer_than_nothing(self) -> Self:
        if self.window == 0:
            raise ValueError("a window of 0 days counts nothing; write '30 days', 'month', 'season' or 'year'")
        return self

    @model_validator(mode="after")
    def _a_right_is_shared_by_somebody(self) -> Self:
        if not self.subjects or len(set(self.subjects)) < len(self.subjects):
            raise ValueError("a water right needs at least one subject, and each of them once")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        flows = [step.of(subject, self.quantity) for subject in self.subjects]
        in_force = step.given(self, IN_FORCE)
        most = step.derived(self, "most", while_in_force, step.given(self, "rate"), in_force)
        use = step.flow(self, "use", upper=most)
        step.constraint(self, "use", use == sum(flows))
        if self.volume is not None:
            volume = step.derived(self, "volume_in_force", while_in_force, step.given(self, "volume"), in_force)
            used = step.flow(self, "used_in_window", upper=volume)
            step.constraint(self, "used_in_window", used == sum(flow.total(self.window) for flow in flows))
        step.measure(self, "use", use)

    def check(self, ledger: Ledger) -> None:
        """Rate and volume from what the subjects took."""
        use: Floats = sum((ledger.value(subject, self.quantity) for subject in self.subjects), start=0.0 * ledger.horizon.days)
        ledger.equal(self, "use", ledger.value(self, "use"), use)
        in_force = ledger.given(self, IN_FORCE) > 0
        ledger.within(self, "use", use, 0.0, np.where(in_force, ledger.given(self, "rate"), np.inf))
        if self.volume is not None:
            used = sum((ledger.total(subject, self.quantity, self.window) for subject in self.subjects), start=0.0 * use)
            ledger.equal(self, "used_in_window", ledger.value(self, "used_in_window"), used)
            ledger.within(self, "used_in_window", used, 0.0, np.where(in_force, ledger.given(self, "volume"), np.inf))
