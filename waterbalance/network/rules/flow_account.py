"""A volume that flows may use up until it is filled again: a licence kept as an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from waterbalance.network.component import Component
from waterbalance.network.fields import Duration, Subject, Volume
from waterbalance.network.season import DayOfYear
from waterbalance.network.state import Past

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

REFILLS = "refills"
"""A given: 1 in a step that begins with a full account, else 0."""

IN_SEASON = "in_season"
"""A given: 1 in a step in which the account counts, else 0."""


class FlowAccount(Component):
    """What some flows may use together before the account is filled again.

    used = in_season x sum of factor x flow of the subject
    at_first = before, and refill in a step that begins with a full account
    account = at_first + returned - used >= minimum
    used <= at_first - minimum, where something returns, unless it does so at once: it can be used from the next step on
    returned = used, delayed by `returns_after`

    An account is filled at the first step that begins on or after `refilled_on` of each year, or after so many months
    (`refilled_every`) since `opened`; the first step after its opening takes the state as it is. With `closed_on` it counts
    only from `refilled_on` until the day before that day, and rests otherwise: with what is left, or full (`rests_full`).
    """

    is_rule: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("refill", "minimum")

    factors: Mapping[Subject, float]
    """Nodes, and what a cubic metre of each one's flow uses up. [-]"""

    refill: Volume
    """What is in a full account. [m3]"""

    minimum: Volume = 0.0
    """What must be left. [m3]"""

    opened: dt.date | None = None
    """First day of the account."""

    refilled_on: DayOfYear | None = None
    """When it is filled in every year, such as 04-01."""

    refilled_every: Annotated[int, Field(ge=1, le=1200)] | None = None
    """After how many months it is filled."""

    closed_on: DayOfYear | None = None
    """From when it does not count, until it is filled again."""

    rests_full: bool = False
    """Whether it is filled as well when it does not count any more."""

    returns_after: Duration | None = None
    """After how long a use comes back; never when left out. [day]"""

    returns_at_once: bool = False
    """Whether what comes back in a step can be used in it."""

    returning: Volume = 0.0
    """What was used evenly over the days before `opened` and still comes back. [m3]"""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.refilled_every is not None and self.opened is None:
            raise ValueError("an account that is filled after some months needs the day on which it was 'opened'")
        if self.closed_on is not None and self.refilled_on is None:
            raise ValueError("an account with 'closed_on' needs 'refilled_on': when it counts again")
        if self.rests_full and self.closed_on is None:
            raise ValueError("an account that 'rests_full' needs 'closed_on': when it rests")
        return self

    def past_flows(self, day: dt.date, time_zone: str = "UTC") -> Mapping[str, tuple[Past, ...]]:  # noqa: ARG002 (volumes flow evenly)
        """What was used before the first day and still comes back."""
        reach = 0 if self.returns_after is None else round(self.returns_after)
        if not reach:
            return {}
        return {"used": (Past(day - dt.timedelta(days=reach), day, self.returning),)}

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """When the account is filled, and when it counts."""
        if name == REFILLS:
            return np.array([float(self._refills(*edges)) for edges in zip(horizon.starts, horizon.ends, strict=True)])
        if name == IN_SEASON:
            return np.array([float(self._counts(day)) for day in horizon.starts])
        return None

    def _refills(self, start: dt.date, end: dt.date) -> bool:
        """Whether the account is due since the step before, which is taken to have been as long as this one."""
        if start == self.opened:
            return False
        before = _step_before(start, end)
        if self.refilled_every is not None and self.opened is not None:
            return any((self._months(day) % self.refilled_every == 0) for day in _firsts_of_months(before, start))
        days = (self.refilled_on, self.closed_on if self.rests_full else None)
        return any(_last(day, start) > before for day in days if day is not None)

    def _months(self, day: dt.date) -> int:
        opened = self.opened or day
        return (day.year - opened.year) * 12 + day.month - opened.month

    def _counts(self, day: dt.date) -> bool:
        if self.closed_on is None or self.refilled_on is None:
            return True
        today = f"{day:%m-%d}"
        if self.refilled_on <= self.closed_on:
            return self.refilled_on <= today < self.closed_on
        return today >= self.refilled_on or today < self.closed_on

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        minimum, refills = step.given(self, "minimum"), step.given(self, REFILLS)
        filled = step.derived(self, "filled", np.multiply, refills, step.given(self, "refill"))
        account = step.stock(self, "account", lower=minimum)
        used = step.flow(self, "used", lower=None)
        in_season = step.given(self, IN_SEASON)
        step.constraint(self, "use", used == sum(in_season * step.of(name, "flow") * f for name, f in self.factors.items()))
        step.gain(self, "filled", filled - refills * account.before)
        step.loss(self, "used", used)
        if self.returns_after is not None:
            step.gain(self, "returned", used.delayed(self.returns_after))
            if not self.returns_at_once:
                step.constraint(self, "at hand", used <= account.before + filled - refills * account.before - minimum)

    def check(self, ledger: Ledger) -> None:
        """What is used, what is left, and that the account adds up."""
        account, before, used = ledger.value(self, "account"), ledger.before(self, "account"), ledger.value(self, "used")
        refills, minimum = ledger.given(self, REFILLS), ledger.given(self, "minimum")
        flows = np.zeros(len(account))
        for name, factor in self.factors.items():
            flows = flows + factor * ledger.value(name, "flow")
        ledger.equal(self, "used", used, ledger.given(self, IN_SEASON) * flows)
        at_first = np.where(refills > 0, ledger.given(self, "refill"), before)
        returned = np.zeros(len(account))
        if self.returns_after is not None:
            returned = ledger.delayed(self, "used", self.returns_after)
            ledger.equal(self, "returned", ledger.value(self, "returned"), returned)
            if not self.returns_at_once:
                ledger.within(self, "used", used, -np.inf, at_first - minimum)
        ledger.equal(self, "account", account, at_first + returned - used)
        ledger.equal(self, "filled", ledger.value(self, "filled"), at_first - before)
        ledger.within(self, "account", account, minimum, np.inf)


def _step_before(start: dt.date, end: dt.date) -> dt.date:
    """When a step of the same length as this one began before it: of as many months, or of as many days."""
    if start.day > 1 or end.day > 1:
        return start - (end - start)
    month = 2 * (start.year * 12 + start.month) - (end.year * 12 + end.month) - 1
    return dt.date(month // 12, month % 12 + 1, 1)


def _last(day: DayOfYear, until: dt.date) -> dt.date:
    """The last time that a day of the year came, up to another day."""
    due = dt.date.fromisoformat(f"{until.year}-{day}")
    return due if due <= until else dt.date.fromisoformat(f"{until.year - 1}-{day}")


def _firsts_of_months(after: dt.date, until: dt.date) -> list[dt.date]:
    """The first days of months after a day, up to another one."""
    days = (after + dt.timedelta(days=number) for number in range(1, (until - after).days + 1))
    return [day for day in days if day.day == 1]
