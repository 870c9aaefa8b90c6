"""The result: plain numbers over a horizon, with no solver inside; of a plan for several futures, those of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.state import Past, State
from waterbalance.plan.stem import expected_on_stem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.plan.numbers import Numbers
    from waterbalance.plan.prices import Prices, Ties

Key = tuple[str, str]

REMEMBERED = dt.timedelta(days=400)
"""How long past flows are kept in a state: a year's licence and a margin."""


@dataclass(frozen=True)
class Rank:
    """One goal of the policy as it came out."""

    name: str
    sense: str
    value: float
    """Best value of the goal."""

    alone: float
    """Its value if nothing had been shared inside the rank; the difference is the price of equity."""

    gap: float
    """Relative distance from the best bound; zero for linear programs. [-]"""

    stop: str
    """Why the solver stopped."""

    seconds: float
    water_value: Mapping[str, Floats]
    """Place -> by how much one more cubic metre there improves the goal, at every step. [goal/m3]"""

    prices: Prices
    """What every limit, rule and balance was worth that bound in this rank."""


@dataclass(frozen=True)
class Plan:
    """Values of every quantity over the horizon, and what they rest on.

    `values`: component and quantity -> shape (steps,); flows are volumes over the step [m3], stocks their value at the
    end of the step [m3], switches 0 or 1; other measures as `units` says.
    """

    horizon: Horizon
    policy: str
    values: Mapping[Key, Floats]
    units: Mapping[Key, str]
    """Units of quantities that are no volumes."""

    stocks: tuple[Key, ...]
    """Quantities that are carried over from step to step."""

    remembered: tuple[Key, ...]
    """Quantities whose past matters for the steps to come."""

    givens: Mapping[Key, Floats]
    """What the plan took as given."""

    labels: Mapping[Key, str]
    """Where the given series came from."""

    opening: State
    switch_steps: int
    """In how many of the first steps switches are whole; later ones are relaxed, but for a season's. With 0 none are."""

    ranks: tuple[Rank, ...]
    passes: int = 1
    """How many passes it took until hedging and other values from the last pass settled."""

    numbers: Numbers | None = None
    """How far its numbers lay apart; None where plans were joined."""

    ties: Ties | None = None
    """How the quantities hang together, for the prices of the ranks; None where plans were joined."""

    notes: tuple[str, ...] = ()
    """What a reader should know: limits reached, fallbacks."""

    measures: tuple[Key, ...] = ()
    """Quantities that policies may rank."""

    ensemble: Ensemble | None = None
    """The futures that it was made for, where it was made for several: the plan itself is then that of the first."""

    @property
    def paths(self) -> tuple[Plan, ...]:
        """The plan for every future that it was made for: itself alone where there is one."""
        return (self,) if self.ensemble is None else tuple(branch.plan for branch in self.ensemble.branches)

    @cached_property
    def water_value(self) -> pd.DataFrame:
        """Marginal value of water: for each place and step the highest rank that an extra cubic metre would help.

        Columns: step_start, component, rank (1 is highest), goal, value [goal/m3].
        """
        import pandas as pd  # noqa: PLC0415 (heavy: only when a frame is asked for)

        rows = []
        done: set[tuple[str, int]] = set()
        for number, rank in enumerate(self.ranks, start=1):
            for component, values in rank.water_value.items():
                for t in np.flatnonzero(values > 1e-6):
                    if (component, int(t)) not in done:
                        done.add((component, int(t)))
                        rows.append((self.horizon.starts[t], component, number, rank.name, float(values[t])))
        return pd.DataFrame(rows, columns=["step_start", "component", "rank", "goal", "value"])

    def after_passes(self, passes: int) -> Plan:
        """The plan with the number of passes that it took, in all futures."""
        if self.ensemble is None:
            return replace(self, passes=passes)
        branches = tuple(replace(each, plan=replace(each.plan, passes=passes)) for each in self.ensemble.branches)
        return replace(self, passes=passes, ensemble=replace(self.ensemble, branches=branches))

    def to_frame(self) -> pd.DataFrame:
        """Tidy frame: step_start, step_end, member, component, quantity, value, unit."""
        import pandas as pd  # noqa: PLC0415

        steps = len(self.horizon)
        count = len(self.values)
        return pd.DataFrame(
            {
                "step_start": list(self.horizon.starts) * count,
                "step_end": list(self.horizon.ends) * count,
                "member": 0,
                "component": np.repeat([key[0] for key in self.values], steps),
                "quantity": np.repeat([key[1] for key in self.values], steps),
                "value": np.concatenate(list(self.values.values())) if count else np.empty(0),
                "unit": np.repeat([self.units.get(key, "m3") for key in self.values], steps),
            }
        )

    def summary(self) -> dict[str, object]:
        """The plan in a few numbers, ready for JSON."""
        return {
            "policy": self.policy,
            "start": str(self.horizon.start),
            "end": str(self.horizon.end),
            "steps": len(self.horizon),
            "passes": self.passes,
            "goals": [
                {"rank": number, "name": rank.name, "sense": rank.sense, "value": rank.value, "gap": rank.gap, "stop": rank.stop}
                for number, rank in enumerate(self.ranks, start=1)
            ],
            "notes": list(self.notes),
        }

    def state_after(self, steps: int) -> State:
        """The state that the plan expects after its first `steps` steps: stocks, water under way, what licences used.

        Raises `IndexError` when the plan is shorter.
        """
        if not 0 <= steps <= len(self.horizon):
            raise IndexError(f"the plan has {len(self.horizon)} steps; {steps} were asked for")
        if steps == 0:
            return self.opening
        day = self.horizon.edges[steps]
        stocks = {**self.opening.stocks, **{key: float(self.values[key][steps - 1]) for key in self.stocks}}
        past = {
            key: tuple(
                each
                for each in (
                    *self.opening.past.get(key, ()),
                    *(Past(self.horizon.starts[t], self.horizon.ends[t], float(self.values[key][t])) for t in range(steps)),
                )
                if each.end > day - REMEMBERED
            )
            for key in self.remembered
        }
        return State(day, stocks, past)


@dataclass(frozen=True)
class Branch:
    """One future, and the plan for it."""

    member: int
    """Its number among all members."""

    probability: float
    """[1]"""

    plan: Plan


@dataclass(frozen=True)
class Compared:
    """One goal: what it is expected to be with this plan, and with others."""

    name: str
    sense: str
    value: float
    """Expected value with the plan."""

    by_one_value: float | None
    """The same when in the common days the orders of a plan for one value of the members are followed; None where these fit no
    plan for some member."""

    known_ahead: float
    """The same if it were known today which member comes: no plan does better."""


@dataclass(frozen=True)
class Ensemble:
    """The futures of a plan."""

    branches: tuple[Branch, ...]
    """The first is the one that is shown: its member lies nearest to all the others."""

    common_steps: int
    """In how many of the first steps all branches are the same."""

    out_of: int
    """How many members there were before few were chosen to stand for all."""

    distance: float
    """How far the chosen ones are from all, as a share of how far members lie from their mean. [-]"""

    goals: tuple[Compared, ...] = ()
    """What the plan is worth beside others; empty where that was not asked for."""

    def agreed(self, of_branches: Sequence[Mapping[Key, Floats]]) -> tuple[Mapping[Key, Floats], ...]:
        """Values by branch, with the expected value of all branches in the common steps."""
        found = [dict(each) for each in of_branches]
        probability = [branch.probability for branch in self.branches]
        for key in found[0]:
            if all(key in each for each in found):
                common = expected_on_stem(np.array([each[key][: self.common_steps] for each in found]), probability)
                for each in found:
                    each[key] = np.concatenate([common, each[key][self.common_steps :]])
        return tuple(found)
