"""Waters that are mixed, and what the mixture may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance.errors import Finding, Place
from waterbalance.network.fields import Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.network import Network
    from waterbalance.network.step import Step

Concentration = Annotated[float, Field(ge=0, allow_inf_nan=False)]

CONCENTRATION = "concentration "
"""Givens of the rule begin with this word; the name of the subject follows."""


class BlendingLimit(_Limit):
    """What a mixture of waters of given concentrations may hold at most: salt, boron, turbidity.

    margin = limit x sum of flow - sum of concentration x flow
    margin + exceedance >= 0
    exceedance = 0, where the limit is hard

    The concentrations are given, not made by the plan, so that the rule is linear: put it where the waters meet, and name
    everything that brings water there. A mixture counts over the whole step. Turbidity is mixed like a dissolved substance,
    although it is none: good for a first answer. Water that is mixed, stored and mixed again has no given concentration:
    give the store's water a measured one, by date.

    A table of `concentration SUBJECT` takes the place of a subject's number. A soft limit counts only where the policy has a
    goal for little `exceedance` (the presets have, with the environment).
    """

    varying: ClassVar[tuple[str, ...]] = ("limit",)
    varying_by_name: ClassVar[Mapping[str, str]] = {"concentrations": CONCENTRATION}

    concentrations: Mapping[Subject, Concentration]
    """Each canal, pipe, pump station or reach that brings water, and what its water holds, in the rule's own unit."""

    limit: Concentration
    """Most that the mixture may hold, in the rule's own unit."""

    unit: str
    """Unit of limit and concentrations, in words such as `mg/L of boron`; nothing is converted."""

    quantity: str = "outflow"
    """Which quantity of the subjects is mixed."""

    hard: bool = True
    """Whether the limit must be kept; a soft one is measured by its exceedance."""

    @model_validator(mode="after")
    def _something_is_mixed(self) -> Self:
        if not self.concentrations:
            raise ValueError("a blending limit needs at least one subject in concentrations")
        return self

    def default_given(self, name: str) -> float | None:
        """A subject's own number."""
        if name.startswith(CONCENTRATION):
            return self.concentrations[name.removeprefix(CONCENTRATION)]
        return super().default_given(name)

    def misfits(self, network: Network) -> Iterator[Finding]:
        """Subjects that do not meet, and water that joins them unnamed."""
        links = network.links()
        ends = [{link.downstream for link in links if link.owner == name} - {name} for name in self.concentrations]
        # A place has no end of its own, and is mixed where the planner says.
        meeting = sorted(set.intersection(*ends)) if all(ends) else []
        if all(ends) and not meeting:
            yield Finding(
                "concentrations names waters that do not meet",
                Place(component=self.name),
                found=", ".join(sorted({end for each in ends for end in each})),
                allowed="canals, pipes, pump stations and reaches that end at the same place",
                remedy="Name what brings water to one place, and write a rule for each place.",
            )
        others = sorted({link.owner for link in links if link.downstream in meeting[:1]} - {*self.concentrations})
        if others:
            yield Finding(
                f"concentrations leaves out water that comes to {meeting[0]}",
                Place(component=self.name),
                found=", ".join(others),
                allowed=f"everything that brings water to {meeting[0]}",
                remedy="Add it to concentrations; what a user gives back needs a junction and a pipe of its own.",
            )

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        limit, in_force = step.given(self, "limit"), step.given(self, IN_FORCE)
        margin = 0.0
        for subject in self.concentrations:
            concentration = step.given(self, f"{CONCENTRATION}{subject}")
            room = step.derived(self, f"room {subject}", _room, concentration, limit, in_force)
            margin = margin + room * step.reading(subject, self.quantity)
        unit = f"m3 x {self.unit}"
        step.measure(self, "margin", margin, unit=unit)
        if self.hard:
            step.constraint(self, "mixture", margin >= 0.0)
            return
        exceedance = step.flow(self, "exceedance", unit=unit)
        step.constraint(self, "mixture", margin + exceedance >= 0.0)
        step.measure(self, "exceedance", exceedance, unit=unit)

    def check(self, ledger: Ledger) -> None:
        """What the mixture holds, against what as much water may hold."""
        flows = {subject: ledger.value(subject, self.quantity) for subject in self.concentrations}
        load: Floats = sum(ledger.given(self, f"{CONCENTRATION}{name}") * flow for name, flow in flows.items())  # type: ignore[assignment]
        allowed, in_force = ledger.given(self, "limit") * sum(flows.values()), ledger.given(self, IN_FORCE) > 0
        ledger.equal(self, "margin", ledger.value(self, "margin"), np.where(in_force, allowed - load, 0.0))
        if self.hard:
            ledger.within(self, "what the mixture holds", load, 0.0, np.where(in_force, allowed, np.inf))
        else:
            beyond = np.where(in_force, np.maximum(0.0, load - allowed), 0.0)
            ledger.within(self, "exceedance", ledger.value(self, "exceedance"), beyond, np.inf)


def _room(concentration: Floats, limit: Floats, in_force: Floats) -> Floats:
    """How much more than it does a water might hold, shape (steps,); 0 while the rule is out of service."""
    return np.where(in_force > 0, limit - concentration, 0.0)
