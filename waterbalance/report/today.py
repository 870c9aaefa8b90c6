"""Whether today's water is ordered and confirmed: the first thing that anybody asks in the morning.

yes           devices have confirmed the orders of a plan that begins today, or later
older         they have confirmed those of an earlier day's plan, which reach over this moment
unconfirmed   ordered, and some device has not confirmed
fallback      without a plan, devices were told their declared fallback
nothing       nobody has ordered anything for this moment
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.report.language import Wording
    from waterbalance.store.outbox import Queued
    from waterbalance.store.plans import StoredPlan

Answer = Literal["yes", "older", "unconfirmed", "fallback", "nothing"]

MOST_NAMES = 5
"""Devices that are named on the one line."""


@dataclass(frozen=True)
class Today:
    """The answer for one scenario."""

    scenario: str
    day: dt.date
    answer: Answer
    plan: str | None = None
    """In force."""

    start: str | None = None
    """First day of that plan."""

    told: int = 0
    """Devices with orders in time."""

    late: tuple[str, ...] = ()
    """Those of them that have not confirmed."""

    @property
    def is_good(self) -> bool:
        """Whether water comes as somebody has planned it."""
        return self.answer in {"yes", "older"}

    def words(self, say: Wording) -> str:
        """One line."""
        names = ", ".join(self.late[:MOST_NAMES]) + (" …" if len(self.late) > MOST_NAMES else "")
        told = say(
            f"status.today.{self.answer}",
            plan="" if self.plan is None else short(self.plan),
            start="" if self.start is None else say.day(self.start),
            devices=self.told,
            late=len(self.late),
            names=names,
        )
        return say("status.today", scenario=say.printable(self.scenario), day=say.day(str(self.day)), told=say.printable(told))


def today_of(scenario: str, here: dt.datetime, in_force: StoredPlan | None, commands: Sequence[Queued]) -> Today:
    """Look at what the devices of a scenario were told last. `here`: the moment, by the clock of the scenario."""
    open_now = [each for each in commands if each.valid_from <= here < each.valid_until]
    late = tuple(sorted(each.controller for each in open_now if each.state != "confirmed"))
    day = here.date()
    if in_force is None or in_force.valid_until <= here or not open_now:
        return Today(scenario, day, "nothing")
    answer: Answer = "yes" if dt.date.fromisoformat(in_force.start) >= day else "older"
    if in_force.label == "fallback":
        answer = "fallback"
    elif late:
        answer = "unconfirmed"
    return Today(scenario, day, answer, in_force.plan, in_force.start, len(open_now), late)
