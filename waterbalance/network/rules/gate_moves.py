"""How many gates a crew can move in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.network.fields import FlowRate, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


SETTABLE = 0.5
"""A mean flow that changes by less has not been set anew. [m3/day]"""


class GateMoves(_Limit):
    """At most so many gates of a group are moved a day.

    change(subject) = flow / days - flow before / days before
    -largest_move x may_move(subject) <= change(subject) <= largest_move x may_move(subject)
    sum of may_move over the subjects = moves_within + moves_beyond,   moves_within <= at_most x days

    and, read from the finished plan:
    moved(subject) = 1 where change(subject) is not 0, else 0
    moves = sum of moved over the subjects
    excess_moves = what of the moves is beyond at_most x days

    The first step is compared with the state's past over the day before. The limit is soft: where water fails or a
    structure goes out of service, more flows change than a crew would have moved. A goal for little `excess_moves` keeps
    `moves_beyond` small; presets keep it at nothing before any user but lifelines is served, and a policy of one's own
    needs such a goal. Where switches are relaxed a small change is a small share of a move for the goal, and a whole one
    in what the plan tells: later steps may tell more moves than a crew can do.
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
        allowed = []
        for subject in self.subjects:
            flow, may_move = step.of(subject, self.quantity), step.switch(self, f"may_move {subject}")
            change = step.flow(self, f"change {subject}", lower=None, unit=units.FLOW)
            step.constraint(self, f"change {subject}", change == share_of_day * flow - share_of_day_before * flow.before)
            step.constraint(self, f"opened {subject}", change <= self.largest_move * may_move)
            step.constraint(self, f"closed {subject}", -change <= self.largest_move * may_move)
            allowed.append(may_move)
        most = step.derived(self, "most", self._most, step.days, step.given(self, IN_FORCE))
        within = step.flow(self, "moves_within", upper=most, number=True)
        beyond = step.flow(self, "moves_beyond", number=True)
        step.constraint(self, "moves", within + beyond == sum(allowed))
        step.measure(self, "moves", sum(allowed), unit=units.FRACTION)
        step.measure(self, "excess_moves", beyond, unit=units.FRACTION)

    def _most(self, days: Floats, in_force: Floats) -> Floats:
        """How many gates may be moved in every step."""
        return while_in_force(self.at_most * days, in_force)

    def readings(self, ledger: Ledger) -> Mapping[str, tuple[str, Floats]]:
        """What is moved: a switch that lets a gate move does not say that it does."""
        moved = {f"moved {subject}": self._moved(ledger, subject) for subject in self.subjects}
        moves: Floats = np.sum(list(moved.values()), axis=0)
        told = {**moved, "moves": moves, "excess_moves": np.maximum(0.0, moves - self._limit(ledger))}
        return {name: (units.FRACTION, values) for name, values in told.items()}

    def _moved(self, ledger: Ledger, subject: str) -> Floats:
        return np.where(np.abs(self._change(ledger, subject)) > SETTABLE, 1.0, 0.0)

    def _change(self, ledger: Ledger, subject: str) -> Floats:
        """How much a mean flow changes. [m3/day]."""
        days = ledger.horizon.days
        days_before = np.concatenate([[1.0], days[:-1]])
        change: Floats = ledger.value(subject, self.quantity) / days - ledger.before(subject, self.quantity) / days_before
        return change

    def _limit(self, ledger: Ledger) -> Floats:
        """How many gates a crew can move in every step; any number out of force."""
        return np.where(ledger.given(self, IN_FORCE) > 0, self.at_most * ledger.horizon.days, np.inf)

    def check(self, ledger: Ledger) -> None:
        """What changes was allowed to; what is told as moved has changed, and what has changed is told."""
        allowed, moves = np.zeros(len(ledger.horizon)), np.zeros(len(ledger.horizon))
        for subject in self.subjects:
            may_move, change = ledger.value(self, f"may_move {subject}"), self._change(ledger, subject)
            ledger.whole(self, f"may_move {subject}", may_move)
            ledger.within(self, f"may_move {subject}", may_move, 0.0, 1.0)
            ledger.equal(self, f"change {subject}", ledger.value(self, f"change {subject}"), change)
            ledger.within(self, f"change {subject}", change, -self.largest_move * may_move, self.largest_move * may_move)
            moved = np.array([float(abs(each) > SETTABLE) for each in change])
            ledger.equal(self, f"moved {subject}", ledger.value(self, f"moved {subject}"), moved)
            allowed, moves = allowed + may_move, moves + moved
        within, beyond = ledger.value(self, "moves_within"), ledger.value(self, "moves_beyond")
        ledger.equal(self, "allowed moves", within + beyond, allowed)
        ledger.within(self, "moves_beyond", beyond, 0.0, np.inf)
        ledger.within(self, "moves within the limit", within, 0.0, self._limit(ledger))
        ledger.equal(self, "moves", ledger.value(self, "moves"), moves)
        excess = np.array([max(0.0, count - most) for count, most in zip(moves, self._limit(ledger), strict=True)])
        ledger.equal(self, "excess_moves", ledger.value(self, "excess_moves"), excess)
