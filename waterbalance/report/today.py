"""Whether today's water is ordered and confirmed: the first thing that anybody asks in the morning.

yes           devices have confirmed the orders of a plan that begins today, or later
older         they have confirmed those of an earlier day's plan, which reach over this moment
unconfirmed   ordered, and some device has not confirmed
recalled      somebody has closed devices, or taken their orders back, and no new plan orders them
fallback      without a plan, devices were told their declared fallback
later         devices hold what was set last, until orders that are issued begin
nothing       nobody has ordered anything for this moment
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.short_name import short
from waterbalance.report.orders import orders_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.report.language import Wording
    from waterbalance.store.outbox import Queued
    from waterbalance.store.plans import StoredPlan

Answer = Literal["yes", "older", "unconfirmed", "recalled", "fallback", "later", "nothing"]

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
    """Devices with orders that hold, or are to begin."""

    late: tuple[str, ...] = ()
    """Those of them that have not confirmed."""

    recalled: tuple[str, ...] = ()
    """Those of them that were told to close, or to go by their fallback."""

    begins: dt.datetime | None = None
    """Of orders that are still to begin: when, by the clock of the scenario."""

    ends: dt.datetime | None = None
    """Of the plan in force, or earlier where the orders of a device end: those of turns do. By the clock of the scenario."""

    @property
    def is_good(self) -> bool:
        """Whether water comes as somebody has planned it."""
        return self.answer in {"yes", "older"} or (self.answer == "later" and not self.late)

    @property
    def named(self) -> tuple[str, ...]:
        """The devices that the answer is about."""
        return self.recalled if self.answer == "recalled" else self.late

    def words(self, say: Wording) -> str:
        """One line."""
        names = ", ".join(self.named[:MOST_NAMES]) + (" …" if len(self.named) > MOST_NAMES else "")
        told = say(
            f"status.today.{self.answer}.late" if self.answer == "later" and self.late else f"status.today.{self.answer}",
            plan="" if self.plan is None else short(self.plan),
            start="" if self.start is None else say.day(self.start),
            begins="" if self.begins is None else say.moment(self.begins.isoformat()),
            ends="" if self.ends is None else say.moment(self.ends.isoformat()),
            devices=self.told,
            named=len(self.named),
            confirmed=self.told - len(self.late),
            names=names,
        )
        return say("status.today", scenario=say.printable(self.scenario), day=say.day(str(self.day)), told=say.printable(told))


def today_of(scenario: str, here: dt.datetime, in_force: StoredPlan | None, commands: Sequence[Queued]) -> Today:
    """Look at what the devices of a scenario were told last. `here`: the moment, by the clock of the scenario."""
    zone, day = here.tzinfo, here.date()
    told = [each for each in commands if here < each.valid_until]
    begun = [each for each in told if each.valid_from <= here]
    late = tuple(sorted(each.controller for each in told if each.state != "confirmed"))
    recalled = tuple(sorted(each.controller for each in begun if orders_at(each, here).action in {"stop", "withdraw"}))
    if in_force is None or in_force.valid_until <= here or not told:
        return Today(scenario, day, "recalled" if recalled else "nothing", told=len(told), late=late, recalled=recalled)
    answer: Answer = "yes" if dt.date.fromisoformat(in_force.start) >= day else "older"
    if not begun:
        answer = "later"
    elif in_force.label == "fallback":
        answer = "fallback"
    elif late:
        answer = "unconfirmed"
    elif recalled:
        answer = "recalled"
    begins = None if begun else min(each.valid_from for each in told).astimezone(zone)
    follow = [each.valid_until for each in told if each.controller not in recalled]
    ends = min([in_force.valid_until, *follow]).astimezone(zone)
    return Today(scenario, day, answer, in_force.plan, in_force.start, len(told), late, recalled, begins, ends)
