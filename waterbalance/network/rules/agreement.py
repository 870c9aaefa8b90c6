"""An agreement between two areas about one river: one has the water first, and only the surplus goes to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.fields import FlowRate, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force
from waterbalance.network.season import Season

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


CENT = 100.0
"""Switches are audited as hundredths, because half a unit is the audit's tolerance."""


class Agreement(_Limit):
    """What may be transferred to another area while the users of the river's own area come first.

    transfer <= surplus, and transfer <= most
    surplus = max(0, natural flow - reserved_flow - demand of first_users - least_flow)
    natural flow = sum of the natural inflow of natural_flow_of
    transfer <= (natural flow) x all_served,   shortage(user) <= demand x (1 - all_served) for each of served_users

    The agreed flow is a figure (reserved_flow, perhaps by month), the demand of first_users, or both: then the surplus
    is a given, whether that area takes its water or not. With served_users nothing is transferred in a step in which one
    of them is short: all_served is a switch, whole in the first days and relaxed later, where a part of the shortage stops
    that part of the transfer. In force in the season, every year again, and always without one; a step that is partly in
    the season is limited as a whole, which is the careful side. Out of season there is no limit.
    """

    cuts: ClassVar[tuple[str, ...]] = ("transfer",)
    varying: ClassVar[tuple[str, ...]] = ("reserved_flow", "least_flow", "most")

    transfer: Subject
    """The link that brings water to the other area."""

    quantity: str = "inflow"
    """Which of its quantities is limited."""

    natural_flow_of: tuple[Subject, ...]
    """Weirs and reservoirs whose natural inflow is shared."""

    reserved_flow: FlowRate = 0.0
    """Flow that the first area has agreed upon for itself. [m3/day]"""

    first_users: tuple[Subject, ...] = ()
    """Users whose demand is reserved."""

    served_users: tuple[Subject, ...] = ()
    """Users who must not be short while anything is transferred."""

    least_flow: FlowRate = 0.0
    """Flow that is left in the river before anything is surplus. [m3/day]"""

    most: FlowRate | None = None
    """Most that may be transferred, however much is surplus; unlimited when left out. [m3/day]"""

    season: Season | None = None
    """Part of the year in which the agreement holds; all of it when left out."""

    @model_validator(mode="after")
    def _somebody_comes_first(self) -> Self:
        for field in ("natural_flow_of", "first_users", "served_users"):
            names = getattr(self, field)
            if len(set(names)) < len(names):
                raise ValueError(f"{field} needs each of its names once")
        if not self.natural_flow_of:
            raise ValueError("natural_flow_of needs at least one weir or reservoir")
        if not (self.first_users or self.served_users or "reserved_flow" in self.model_fields_set):
            raise ValueError("an agreement needs a reserved_flow, first_users or served_users")
        return self

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """In force in the season."""
        if name == IN_FORCE and self.season is not None:
            return self.season.share(horizon)
        return super().given_by_date(name, horizon)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        in_force = step.given(self, IN_FORCE)
        natural = step.derived(self, "natural_flow", _sum, *(step.given(name, "inflow") for name in self.natural_flow_of))
        reserved = [step.given(self, "reserved_flow"), step.given(self, "least_flow")]
        reserved += [step.given(user, "demand") for user in self.first_users]
        surplus = step.derived(self, "surplus", _surplus, natural, *reserved)
        limit = step.derived(self, "limit", _most, surplus, step.given(self, "most"), in_force)
        transferred = step.flow(self, "transferred", upper=limit)
        step.constraint(self, "transferred", transferred == step.of(self.transfer, self.quantity))
        if self.served_users:
            all_served = step.switch(self, "all_served")
            uncoupled = step.flow(self, "uncoupled", upper=step.derived(self, "free_flow", _out_of_force, in_force))
            step.constraint(self, "only_surplus", transferred <= natural * all_served + uncoupled)
            for user in self.served_users:
                demand = step.given(user, "demand")
                step.constraint(self, f"served {user}", step.of(user, "shortage") <= demand - demand * all_served)

    def check(self, ledger: Ledger) -> None:
        """Step by step: what is left of the natural flow, and who is short."""
        flow = ledger.value(self.transfer, self.quantity)
        in_force = ledger.given(self, IN_FORCE) > 0
        left = np.sum([ledger.given(name, "inflow") for name in self.natural_flow_of], axis=0)
        natural = left.copy()
        for taken in (ledger.given(self, "reserved_flow"), ledger.given(self, "least_flow")):
            left = left - taken
        for user in self.first_users:
            left = left - ledger.given(user, "demand")
        limit = np.where(in_force, np.minimum(np.where(left > 0, left, 0.0), ledger.given(self, "most")), np.inf)
        ledger.equal(self, "transferred", ledger.value(self, "transferred"), flow)
        ledger.within(self, f"{self.quantity} of {self.transfer}", flow, 0.0, limit)
        if self.served_users:
            served = ledger.value(self, "all_served")
            ledger.whole(self, "all_served", served)
            ledger.within(self, "all_served", CENT * served, 0.0, CENT)
            uncoupled = ledger.value(self, "uncoupled")
            ledger.within(self, "uncoupled", uncoupled, 0.0, np.where(in_force, 0.0, np.inf))
            ledger.within(self, "transfer while all are served", flow, 0.0, natural * served + uncoupled)
            for user in self.served_users:
                shortage, demand = ledger.value(user, "shortage"), ledger.given(user, "demand")
                ledger.within(self, f"shortage of {user} during a transfer", shortage, 0.0, demand * (1 - served))


def _sum(*natural: Floats) -> Floats:
    """Natural flow of all weirs and reservoirs."""
    found: Floats = np.sum(natural, axis=0)
    return found


def _surplus(natural: Floats, *reserved: Floats) -> Floats:
    """What is left when everybody else has had his share."""
    left: Floats = natural - np.sum(reserved, axis=0)
    return np.maximum(0.0, left)


def _most(surplus: Floats, most: Floats, in_force: Floats) -> Floats:
    """Most that may be transferred; unlimited out of force."""
    return while_in_force(np.minimum(surplus, most), in_force)


def _out_of_force(in_force: Floats) -> Floats:
    """Any flow out of force, none in force."""
    return np.where(in_force > 0, 0.0, np.inf)
