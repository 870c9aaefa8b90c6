"""Structures of which only some may run at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.fields import Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class ExclusiveSources(_Limit):
    """At most so many of several structures run in a step, such as sources that share one main.

    flow(subject) <= capacity(subject) x runs(subject), for each subject
    running_together = sum of runs over the subjects <= at_most

    Every subject needs a capacity. In steps of several days one structure may really follow the other; the rule still
    lets only so many of them run.
    """

    subjects: tuple[Subject, ...]
    """The structures of which only some may run."""

    quantity: str = "inflow"
    """Which of their quantities says that they run; `production` for a plant."""

    at_most: int = Field(default=1, ge=1)
    """How many may run in a step."""

    @model_validator(mode="after")
    def _more_are_named_than_may_run(self) -> Self:
        if len(set(self.subjects)) < len(self.subjects) or len(self.subjects) <= self.at_most:
            raise ValueError(f"subjects needs more names than the {self.at_most} that may run, and each of them once")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        runs = []
        for subject in self.subjects:
            switch = step.switch(self, f"runs {subject}")
            capacity = step.given(subject, "capacity")
            step.constraint(self, f"off {subject}", step.of(subject, self.quantity) <= capacity * switch)
            runs.append(switch)
        # A row and no column of its own: that is whole as well, and the presolve of HiGHS 1.15.1 went wrong over it.
        step.constraint(self, "running_together", sum(runs) <= step.derived(self, "most", self._most, step.given(self, IN_FORCE)))
        step.measure(self, "running_together", sum(runs), unit=units.FRACTION)

    def _most(self, in_force: Floats) -> Floats:
        """How many may run in every step."""
        return np.where(in_force > 0, self.at_most, len(self.subjects))

    def check(self, ledger: Ledger) -> None:
        """What flows runs, and no more run than may."""
        runs = np.zeros(len(ledger.horizon))
        for subject in self.subjects:
            switch = ledger.value(self, f"runs {subject}")
            ledger.whole(self, f"runs {subject}", switch)
            ledger.within(self, f"runs {subject}", switch, 0.0, 1.0)
            flow = ledger.value(subject, self.quantity)
            ledger.within(self, f"{self.quantity} of {subject}", flow, 0.0, ledger.given(subject, "capacity") * switch)
            runs = runs + switch
        ledger.equal(self, "running_together", ledger.value(self, "running_together"), runs)
        ledger.within(self, "running_together", runs, 0.0, np.where(ledger.given(self, IN_FORCE) > 0, self.at_most, np.inf))
