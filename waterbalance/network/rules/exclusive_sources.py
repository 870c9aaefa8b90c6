"""Structures of which only some may run at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.fields import Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

RUNS = 0.5
"""What passes less in a step stands still. [m3]"""


class ExclusiveSources(_Limit):
    """At most so many of several structures run in a step, such as sources that share one main.

    flow(subject) <= capacity(subject) x may_run(subject), for each subject
    sum of may_run over the subjects <= at_most

    and, read from the finished plan:
    runs(subject) = 1 where flow(subject) > 0, else 0
    running_together = sum of runs over the subjects

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
            switch = step.switch(self, f"may_run {subject}")
            capacity = step.given(subject, "capacity")
            step.constraint(self, f"off {subject}", step.of(subject, self.quantity) <= capacity * switch)
            runs.append(switch)
        # A row and no column of its own: that is whole as well, and the presolve of HiGHS 1.15.1 went wrong over it.
        step.constraint(self, "running_together", sum(runs) <= step.derived(self, "most", self._most, step.given(self, IN_FORCE)))
        step.measure(self, "running_together", sum(runs), unit=units.FRACTION)

    def _most(self, in_force: Floats) -> Floats:
        """How many may run in every step."""
        return np.where(in_force > 0, self.at_most, len(self.subjects))

    def readings(self, ledger: Ledger) -> Mapping[str, tuple[str, Floats]]:
        """What runs: a switch that lets a structure run does not say that it does."""
        runs = {f"runs {name}": np.where(ledger.value(name, self.quantity) > RUNS, 1.0, 0.0) for name in self.subjects}
        together: Floats = np.sum(list(runs.values()), axis=0)
        return {name: (units.FRACTION, values) for name, values in {**runs, "running_together": together}.items()}

    def check(self, ledger: Ledger) -> None:
        """What flows is told to run and was allowed to, and no more than may."""
        allowed, together = np.zeros(len(ledger.horizon)), np.zeros(len(ledger.horizon))
        for subject in self.subjects:
            may_run, flow = ledger.value(self, f"may_run {subject}"), ledger.value(subject, self.quantity)
            ledger.whole(self, f"may_run {subject}", may_run)
            ledger.within(self, f"may_run {subject}", may_run, 0.0, 1.0)
            ledger.within(self, f"{self.quantity} of {subject}", flow, 0.0, ledger.given(subject, "capacity") * may_run)
            runs = np.array([float(each > RUNS) for each in flow])
            ledger.equal(self, f"runs {subject}", ledger.value(self, f"runs {subject}"), runs)
            allowed, together = allowed + may_run, together + runs
        most = np.where(ledger.given(self, IN_FORCE) > 0, self.at_most, np.inf)
        ledger.within(self, "running_together", allowed, 0.0, most)
        ledger.equal(self, "running_together", ledger.value(self, "running_together"), together)
