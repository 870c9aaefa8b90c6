"""Flows of a bare flow network of which only some may run in a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Subject

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


RUNNING = "running "
"""A switch of the rule begins with this word: 1 where a flow runs; the name of the node follows."""


class ExclusiveFlows(Component):
    """Each of several flows stands still or keeps to its limits, and only so many of them run.

    minimum_flow(subject) x days x running(subject) <= flow(subject) <= maximum_flow(subject) x days x running(subject)
    running = sum of running(subject) over the subjects, with running(subject) 0 or 1
    at_least <= running <= at_most

    A subject's own least flow holds as well, so that one that has to stand still at times must not have any.
    """

    is_rule: ClassVar[bool] = True

    maximum_flows: Mapping[Subject, FlowRate]
    """Nodes, and the largest flow of each. [m3/day]"""

    minimum_flows: Mapping[Subject, FlowRate] = {}
    """The least flow of those that have one while they run. [m3/day]"""

    at_least: int = Field(default=0, ge=0)
    """How many must run in a step."""

    at_most: int = Field(default=1, ge=1)
    """How many may run in a step."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.at_least <= self.at_most <= len(self.maximum_flows):
            raise ValueError(f"at_least {self.at_least} and at_most {self.at_most} do not fit {len(self.maximum_flows)} flows")
        for name, least in self.minimum_flows.items():
            if least > self.maximum_flows.get(name, -1.0):
                raise ValueError(f"the least flow of {name} is larger than its largest one in maximum_flows, or has none there")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        switches = []
        for subject, most in self.maximum_flows.items():
            running, flow = step.switch(self, f"{RUNNING}{subject}"), step.of(subject, "flow")
            step.constraint(self, f"off {subject}", flow <= most * step.days * running)
            if self.minimum_flows.get(subject):
                step.constraint(self, f"on {subject}", flow >= self.minimum_flows[subject] * step.days * running)
            switches.append(running)
        step.constraint(self, "at most", sum(switches) <= self.at_most)
        step.measure(self, "running", sum(switches), unit=units.FRACTION)
        if self.at_least:
            step.constraint(self, "at least", sum(switches) >= self.at_least)

    def check(self, ledger: Ledger) -> None:
        """What flows runs, within its limits, and only so many do."""
        days, together = ledger.horizon.days, np.zeros(len(ledger.horizon))
        for subject, most in self.maximum_flows.items():
            running, flow = ledger.value(self, f"{RUNNING}{subject}"), ledger.value(subject, "flow")
            ledger.whole(self, f"{RUNNING}{subject}", running)
            ledger.within(self, f"{RUNNING}{subject}", running, 0.0, 1.0)
            least = self.minimum_flows.get(subject, 0.0)
            ledger.within(self, f"flow of {subject}", flow, least * days * running, most * days * running)
            together = together + running
        ledger.equal(self, "running", ledger.value(self, "running"), together)
        ledger.within(self, "together", together, self.at_least, self.at_most)
