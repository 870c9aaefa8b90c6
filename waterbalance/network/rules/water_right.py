"""A right to take water: a rate, a volume, or both."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Discriminator, Tag, model_validator

from waterbalance import units
from waterbalance.network.fields import Duration, FlowRate, Fraction, Subject, Volume
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force
from waterbalance.network.season import Season

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

PERIOD_BEGINS = "period_begins"
"""A given of rights that carry over: 1 in a step in which a month, season or year begins, else 0."""

COUNTS = "counts"
"""A given of rights that carry over: the share of the step that lies in their season."""

MOST_LAPSED = "most_lapsed"
"""A given of rights that carry over: what lapses at the very beginning of the plan; infinite where only the plan tells."""


def _kind_of_window(value: object) -> str:
    """Which of the three ways to say a window a value is, so that only that one complains."""
    if isinstance(value, dict | Season):
        return "season of its own"
    return "period" if value in ("month", "season", "year") else "window"


Window = Annotated[
    Annotated[Duration, Tag("window")]
    | Annotated[Literal["month", "season", "year"], Tag("period")]
    | Annotated[Season, Tag("season of its own")],
    Discriminator(_kind_of_window),
]


class WaterRight(_Limit):
    """What several intakes may take together.

    use = sum of the subjects' quantity
    use <= rate
    used_in_window = sum of the use over the window <= volume

    The window is a number of days that ends with each step, or begins on the first day of the month, of the year
    (1 January) or of the season (1 January and 1 July): on that day the use starts again from nothing. A season of one's
    own, {first_day: 11-01, last_day: 05-31}, counts what is taken in it, and nothing outside of it: a table of `rate` says
    what may be taken then. What was used since the window began comes from the state's past of every subject. A right
    that is used up already leaves a subject nothing; one that is overdrawn by then leaves no plan.

    With carry_over the right is an account, which each period credits with its volume:

    account = before + granted - counted_use - lapsed, and never below 0
    granted = volume, in a step in which a period begins
    carried = before - lapsed <= carry_over x volume, in a step in which a period begins; nothing lapses in others
    counted_use = use in force and in season, else 0

    What was carried over is used first, so that no water is carried over twice. The account before the first step is part
    of the state (what may still be used in this period, with what it carried over). A step in which a period begins
    counts to it as a whole. What lapses is never too little, and at the beginning of the plan it is exact, so that a
    simulation loses nothing; later it may be more than it must where nobody needs it, unless a goal keeps `lapsed` small.
    """

    varying: ClassVar[tuple[str, ...]] = ("rate", "volume")

    subjects: tuple[Subject, ...]
    """The components that share the right."""

    quantity: str = "inflow"
    """Which of their quantities counts."""

    rate: FlowRate | None = None
    """Most that they may take together; unlimited when left out. [m3/day]"""

    volume: Volume | None = None
    """Most that they may take together within the window; unlimited when left out. [m3]"""

    window: Window = "year"
    """How far back the volume counts: days, month, season, year, or {first_day: 11-01, last_day: 05-31}. [day]"""

    carry_over: Fraction | None = None
    """Most that may be carried over to the next period, as a share of the volume; nothing when left out. [-]"""

    @model_validator(mode="after")
    def _a_window_is_longer_than_nothing(self) -> Self:
        if self.window == 0:
            raise ValueError("a window of 0 days counts nothing; write '30 days', 'month', 'season' or 'year'")
        return self

    @model_validator(mode="after")
    def _a_right_is_shared_by_somebody(self) -> Self:
        if not self.subjects or len(set(self.subjects)) < len(self.subjects):
            raise ValueError("a water right needs at least one subject, and each of them once")
        return self

    @model_validator(mode="after")
    def _a_volume_is_carried_over_between_periods(self) -> Self:
        if self.carry_over is not None and (self.volume is None or isinstance(self.window, int | float)):
            raise ValueError("carry_over needs a volume, and a window of 'month', 'season', 'year' or a season of its own")
        return self

    def default_given(self, name: str) -> float | None:
        """Everything counts, and the plan tells what lapses, unless the engine knows better."""
        return {COUNTS: 1.0, MOST_LAPSED: np.inf}.get(name, super().default_given(name))

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:
        """When periods begin, and whether a step lies in the season."""
        if name == COUNTS and isinstance(self.window, Season):
            return self.window.share(horizon)
        if name == PERIOD_BEGINS:
            seasons = (self.window,) if isinstance(self.window, Season) else _CALENDAR[str(self.window)]
            begun: Floats = np.sum([season.opens(horizon) for season in seasons], axis=0)
            return np.minimum(begun, 1.0)
        return super().given_by_date(name, horizon)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        flows = [step.of(subject, self.quantity) for subject in self.subjects]
        in_force = step.given(self, IN_FORCE)
        most = step.derived(self, "most", while_in_force, step.given(self, "rate"), in_force)
        use = step.flow(self, "use", upper=most)
        step.constraint(self, "use", use == sum(flows))
        if self.carry_over is not None:
            self._account(step, use, in_force)
        elif self.volume is not None:
            volume = step.derived(self, "volume_in_force", while_in_force, step.given(self, "volume"), in_force)
            used = step.flow(self, "used_in_window", upper=volume, unit=units.VOLUME)
            step.constraint(self, "used_in_window", used == sum(flow.total(self.window) for flow in flows))
        step.measure(self, "use", use)

    def _account(self, step: Step, use: Flow, in_force: Expression) -> None:
        """The right as an account that is credited at the beginning of each period."""
        volume, begins = step.given(self, "volume"), step.given(self, PERIOD_BEGINS)
        account = step.stock(self, "account")
        counts = step.derived(self, "counts_in_force", _counts, in_force, step.given(self, COUNTS))
        lapse_limit = step.derived(self, "lapse_limit", _only_where, step.given(self, MOST_LAPSED), begins)
        lapsed = step.flow(self, "lapsed", upper=lapse_limit, unit=units.VOLUME)
        most_carried = step.derived(self, "most_carried", self._most_carried, volume, begins)
        carried = step.flow(self, "carried", upper=most_carried, unit=units.VOLUME)
        step.constraint(self, "carried", carried == begins * account.before - lapsed)
        step.gain(self, "granted", step.derived(self, "grant", _only_where, volume, begins))
        step.loss(self, "counted_use", counts * use)
        step.loss(self, "lapsed", lapsed)
        step.measure(self, "lapsed", lapsed)

    def _most_carried(self, volume: Floats, begins: Floats) -> Floats:
        """Most that a period takes over from the one before, in [m3]."""
        return _only_where((self.carry_over or 0.0) * volume, begins)

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """At the beginning of the plan the account is known, and so is what lapses."""
        if self.carry_over is None:
            return {}
        exact = np.full(len(ledger.horizon), np.inf)
        if ledger.given(self, PERIOD_BEGINS)[0] > 0:
            exact[0] = max(0.0, ledger.before(self, "account")[0] - self.carry_over * ledger.given(self, "volume")[0])
        return {MOST_LAPSED: exact}

    def check(self, ledger: Ledger) -> None:
        """Rate and volume from what the subjects took."""
        use: Floats = sum((ledger.value(subject, self.quantity) for subject in self.subjects), start=0.0 * ledger.horizon.days)
        ledger.equal(self, "use", ledger.value(self, "use"), use)
        in_force = ledger.given(self, IN_FORCE) > 0
        ledger.within(self, "use", use, 0.0, np.where(in_force, ledger.given(self, "rate"), np.inf))
        if self.carry_over is not None:
            self._check_account(ledger, use, in_force)
        elif self.volume is not None:
            used = sum((ledger.total(subject, self.quantity, self.window) for subject in self.subjects), start=0.0 * use)
            ledger.equal(self, "used_in_window", ledger.value(self, "used_in_window"), used)
            ledger.within(self, "used_in_window", used, 0.0, np.where(in_force, ledger.given(self, "volume"), np.inf))

    def _check_account(self, ledger: Ledger, use: Floats, in_force: npt.NDArray[np.bool_]) -> None:
        """The account step by step, as a clerk would keep it."""
        volume, days = ledger.given(self, "volume"), ledger.horizon
        begins = np.array([self._a_period_begins(first, after) for first, after in zip(days.starts, days.ends, strict=True)])
        lapsed, counted = ledger.value(self, "lapsed"), np.where(in_force & (ledger.given(self, COUNTS) > 0), use, 0.0)
        ledger.equal(self, "counted_use", ledger.value(self, "counted_use"), counted)
        before, account = ledger.before(self, "account"), ledger.value(self, "account")
        granted = np.where(begins, volume, 0.0)
        ledger.equal(self, "account", account, before + granted - counted - lapsed)
        ledger.within(self, "account", account, 0.0, np.inf)
        ledger.within(self, "lapsed", lapsed, 0.0, np.where(begins, before, 0.0))
        carried = np.where(begins, before - lapsed, 0.0)
        ledger.equal(self, "carried", ledger.value(self, "carried"), carried)
        ledger.within(self, "carried", carried, 0.0, (self.carry_over or 0.0) * volume)
        ledger.equal(self, "granted", ledger.value(self, "granted"), granted)
        ledger.gains(self, granted)
        ledger.loses(self, counted + lapsed)
        ledger.stores(self, account, before)

    def _a_period_begins(self, first: dt.date, after: dt.date) -> bool:
        """Whether one of the days from `first` to the one before `after` is the first of a period."""
        window = self.window
        first_days = (
            {window.first_day}
            if isinstance(window, Season)
            else {f"{month:02}-01" for month in {"month": range(1, 13), "season": (1, 7)}.get(str(window), (1,))}
        )
        return any(f"{first + dt.timedelta(days=n):%m-%d}" in first_days for n in range((after - first).days))


_CALENDAR: Mapping[str, tuple[Season, ...]] = {
    "month": tuple(Season(first_day=f"{month:02}-01", last_day=f"{month:02}-28") for month in range(1, 13)),
    "season": (Season(first_day="01-01", last_day="06-30"), Season(first_day="07-01", last_day="12-31")),
    "year": (Season(first_day="01-01", last_day="12-31"),),
}
"""Seasons that begin when the periods of the calendar do."""


def _only_where(amount: Floats, begins: Floats) -> Floats:
    """An amount in the steps in which a period begins, else nothing."""
    return np.where(begins > 0, amount, 0.0)


def _counts(in_force: Floats, in_season: Floats) -> Floats:
    """1 where the use counts, 0 out of force or out of season."""
    return np.where((in_force > 0) & (in_season > 0), 1.0, 0.0)
