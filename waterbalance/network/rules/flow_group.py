"""Flows of a bare flow network that are limited together, or stand in fixed proportions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import FlowRate, Share, Subject

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

PROPORTION = "proportion "


class FlowGroup(Component):
    """Some flows together: their weighted sum within limits, and some of them in fixed proportions.

    flow = sum of weight x flow of the subject
    minimum_flow <= flow <= maximum_flow
    flow of one / its proportion = flow of the next / its proportion, among those that have one

    A table of `proportion SUBJECT` takes the place of a subject's number.
    """

    is_rule: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("minimum_flow", "maximum_flow")
    varying_by_name: ClassVar[Mapping[str, str]] = {"proportions": PROPORTION}

    weights: Mapping[Subject, float]
    """Nodes, and how much a unit of each one's flow counts. [-]"""

    proportions: Mapping[Subject, Share] = {}
    """Nodes whose flows stand in proportion to these numbers. [-]"""

    minimum_flow: FlowRate | None = None
    """Least weighted sum; none when left out. [m3/day]"""

    maximum_flow: FlowRate | None = None
    """Largest weighted sum; unlimited when left out. [m3/day]"""

    @model_validator(mode="after")
    def _proportions_of_several(self) -> Self:
        if len(self.proportions) == 1:
            raise ValueError("one flow alone is in no proportion; name at least two in 'proportions'")
        return self

    def default_given(self, name: str) -> float | None:
        """A subject's own number; no least sum."""
        if name.startswith(PROPORTION):
            return self.proportions[name.removeprefix(PROPORTION)]
        return super().default_given(name)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        lower = step.derived(self, "least", _least, step.given(self, "minimum_flow"))
        flow = step.flow(self, "flow", lower=lower, upper=step.given(self, "maximum_flow"))
        step.constraint(self, "sum", flow == sum(weight * step.of(name, "flow") for name, weight in self.weights.items()))
        for one, other in pairwise(self.proportions):
            of_one, of_other = (step.given(self, f"{PROPORTION}{name}") for name in (one, other))
            step.constraint(self, f"{one} to {other}", of_other * step.of(one, "flow") - of_one * step.of(other, "flow") == 0.0)

    def check(self, ledger: Ledger) -> None:
        """The sum, its limits and the proportions."""
        flow = ledger.value(self, "flow")
        total = np.zeros(len(ledger.horizon))
        for name, weight in self.weights.items():
            total = total + weight * ledger.value(name, "flow")
        ledger.equal(self, "flow", flow, total)
        ledger.within(self, "flow", flow, _least(ledger.given(self, "minimum_flow")), ledger.given(self, "maximum_flow"))
        for one, other in pairwise(self.proportions):
            of_one, of_other = (ledger.given(self, f"{PROPORTION}{name}") for name in (one, other))
            ledger.equal(self, f"{one} to {other}", of_other * ledger.value(one, "flow"), of_one * ledger.value(other, "flow"))


def _least(minimum: np.ndarray) -> np.ndarray:
    """A least flow that is left out is none."""
    return np.where(np.isfinite(minimum), minimum, -np.inf)
