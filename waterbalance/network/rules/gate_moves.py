"""How many gates a crew can move in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.fields import FlowRate, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class GateMoves(_Limit):
    """At most so many gates of a group are moved a day.

    -largest_move x moved(subject) <= flow / days - flow before / days before <= largest_move x moved(subject)
    moves = sum of moved over the subjects
    moves - excess_moves <= at_most x days

    The first step is compared with the state's past over the day before. The limit is soft: where water fails or a
    structure goes out of service, more flows change than a crew would have moved. `excess_moves` counts what is beyond
    the limit; presets keep it at nothing before any user but lifelines is served, and a policy of one's own needs a goal
    for it. The days of a simulation follow the orders of a plan that keeps the limit; their own `moves` may be told too
    many, since on the day nothing keeps them few.
    """

    subjects: tuple[Subject, ...]
    """The canals, pipes and pumps whose gates are moved."""

    quantity: str = "inflow"
    """Which of their quantities a gate sets."""

    at_most: int = Field(default=1, ge=0)
    """How many gates may be moved a day."""

    largest_move: FlowRate
    """Most that one move can change a mean flow: at least the largest capacity of the subjects. [m3/day]"""

    @model_validator(mode="after")
    def _every_gate_is_named_once(self) -> Self:
        if not self.subjects or len(set(self.subjects)) < len(self.subjects):
            raise ValueError("gate_moves needs at least one subject, and each of them once")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        share_of_day = step.derived(self, "one_over_days", np.reciprocal, step.days)
        share_of_day_before = step.derived(self, "one_over_days_before", np.reciprocal, step.days_before)
        moves = []
        for subject in self.subjects:
            flow, moved = step.of(subject, self.quantity), step.switch(self, f"moved {subject}")
            change = step.flow(self, f"change {subject}", lower=None, unit=units.FLOW)
            step.constraint(self, f"change {subject}", change == share_of_day * flow - share_of_day_before * flow.before)
            step.constraint(self, f"opened {subject}", change <= self.largest_move * moved)
            step.constraint(self, f"closed {subject}", -change <= self.largest_move * moved)
            moves.append(moved)
        most = step.derived(self, "most", self._most, step.days, step.given(self, IN_FORCE))
        within = step.flow(self, "moves_within", upper=most, number=True)
        excess_moves = step.flow(self, "excess_moves", number=True)
        step.constraint(self, "moves", within + excess_moves == sum(moves))
        step.measure(self, "moves", sum(moves), unit=units.FRACTION)
        step.measure(self, "excess_moves", excess_moves, unit=units.FRACTION)

    def _most(self, days: Floats, in_force: Floats) -> Floats:
        """How many gates may be moved in every step."""
        return while_in_force(self.at_most * days, in_force)

    def check(self, ledger: Ledger) -> None:
        """What changes was moved, and moves beyond the limit are told."""
        days = ledger.horizon.days
        days_before = np.concatenate([[1.0], days[:-1]])
        moves = np.zeros(len(days))
        for subject in self.subjects:
            moved = ledger.value(self, f"moved {subject}")
            ledger.whole(self, f"moved {subject}", moved)
            ledger.within(self, f"moved {subject}", moved, 0.0, 1.0)
            change = ledger.value(subject, self.quantity) / days - ledger.before(subject, self.quantity) / days_before
            ledger.equal(self, f"change {subject}", ledger.value(self, f"change {subject}"), change)
            ledger.within(self, f"change {subject}", change, -self.largest_move * moved, self.largest_move * moved)
            moves = moves + moved
        ledger.equal(self, "moves", ledger.value(self, "moves"), moves)
        within, excess = ledger.value(self, "moves_within"), ledger.value(self, "excess_moves")
        ledger.equal(self, "moves", within + excess, moves)
        ledger.within(self, "excess_moves", excess, 0.0, np.inf)
        in_force = ledger.given(self, IN_FORCE) > 0
        ledger.within(self, "moves within the limit", within, 0.0, np.where(in_force, self.at_most * days, np.inf))
