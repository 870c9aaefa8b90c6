"""Who shares a shortage with whom: users in ten-day periods, and the claim that each ratio is measured against.

With S(u, p) the shortage of user u in period p, D(u, p) its demand without what fallowed blocks spare, and E(u, p) its
entitlement:

    ratio = S / D                                    where shortages are shared by demand
    ratio = (E - consumption) / E = (S + E - D) / E  where they are shared in proportion to rights

By rights nobody is asked to take more than its demand, so consumption = min(D, (1 - ratio) x E): who asks for less than
its right leaves the rest to the others, and where there is more water than rights it goes on in proportion to them. While
switches are searched for nobody knows what will be spared: ratios are then those of the whole demand.

Where members part, every member has shares of its own, over its own path: the worst member's ratio is lowered first, then the
next one's, however unlikely it is; only sums count members by their probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.optimise.givens import plain_given
from waterbalance.plan.demand import left_of

if TYPE_CHECKING:
    from waterbalance.forecast.fan import Fan
    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.objective import Measures
    from waterbalance.optimise.tree import Tree
    from waterbalance.policy.goal import Goal
    from waterbalance.solver.outcome import Outcome

ENTITLEMENT = "entitlement"
SPARED = "spared"


@dataclass(frozen=True)
class Shares:
    """Users in one period each: rows of what they lack, their claim, and weight."""

    users: tuple[str, ...]
    periods: Integers
    """Number of the ten-day period of each share; where members part, each of them has numbers of its own."""

    lacking: sp.csr_array
    """What each share lacks of its claim = matrix x columns - offset, shape (shares, columns). [m3]"""

    offset: Floats
    claim: Floats
    """Demand without what is spared, or entitlement where rights are shared. [m3]"""

    weight: Floats
    """How many times lower the ratio should be than that of a user with weight one."""

    lowest: float
    """No ratio can be lower than this. [-]"""

    steps: tuple[Integers, ...]
    """Rows of the measures at the steps of the share."""

    step_demand: tuple[Floats, ...]

    probability: Floats
    """How likely each share is: below one where it is that of a member. [1]"""

    @property
    def room(self) -> Floats:
        """What a share lacks where its weighted ratio is one. [m3]."""
        return self.claim / self.weight

    def ratios(self, outcome: Outcome) -> Floats:
        """What every share lacks of its claim, times its weight. [-]."""
        lacking: Floats = self.lacking @ outcome.values[: self.lacking.shape[1]] - self.offset
        return lacking / self.room


def shares_of(
    goal: Goal, measures: Measures, network: Network, givens: Givens, fan: Fan, decided: Floats | None = None
) -> Shares | None:
    """Who shares with whom in a goal; None when nobody has a demand.

    `decided` is a solution whose switches are held, shape (columns,): what it spares nobody waits for.
    Without a right there is no claim to a share by rights: such a user is left to the total of the goal.
    """
    stretches = _stretches(measures.tree, np.array(fan.horizon.periods()))
    by_right = goal.shared == "proportional to right"
    users, inside_of, demand, claim, weight, steps, step_demand, likely = [], [], [], [], [], [], [], []
    weights = {key: term.weight for term in goal.terms for key in measures.chosen(term, network)}
    for key, term_weight in weights.items():
        component = network[key[0]]
        demand_name = type(component).shortage_of
        if demand_name is None:
            continue
        wanted = givens[component.name, demand_name]
        if decided is not None and (component.name, SPARED) in measures.number:
            wanted = left_of(wanted, measures.value((component.name, SPARED), decided))
        claimed = (
            measures.tree.on_nodes([plain_given(component, ENTITLEMENT, each) for each in fan.paths]) if by_right else wanted
        )
        rows = measures.rows(key)
        for period, inside, probability in stretches:
            if wanted[inside].sum() <= 0 or claimed[inside].sum() <= 0:
                continue
            users.append(component.name)
            inside_of.append(period)
            demand.append(float(wanted[inside].sum()))
            claim.append(float(claimed[inside].sum()))
            weight.append(term_weight)
            steps.append(rows[inside])
            step_demand.append(wanted[inside])
            likely.append(probability)
    if not steps:
        return None
    pick = sp.csr_array(
        (
            np.ones(sum(len(each) for each in steps)),
            (np.repeat(np.arange(len(steps)), [len(each) for each in steps]), np.concatenate(steps)),
        ),
        shape=(len(steps), measures.matrix.shape[0]),
    )
    beyond_claim = np.array(demand) - np.array(claim)
    return Shares(
        users=tuple(users),
        periods=np.array(inside_of),
        lacking=sp.csr_array(pick @ measures.matrix),
        offset=pick @ measures.offset.T.ravel() + beyond_claim,
        claim=np.array(claim),
        weight=np.array(weight) / min(weight),
        lowest=float(min(0.0, (-beyond_claim / np.array(claim)).min())),
        steps=tuple(steps),
        step_demand=tuple(step_demand),
        probability=np.array(likely),
    )


def _stretches(tree: Tree, periods: Integers) -> list[tuple[int, Integers, float]]:
    """Number, nodes and probability of every ten-day period, once for all members before they part and once for each after."""
    found = []
    for branch, path in enumerate(tree.paths):
        for period in np.unique(periods):
            inside = path[periods == period]
            parted = bool((inside >= tree.common).any())
            if parted or branch == 0:
                likely = tree.probability[branch] if parted else 1.0
                found.append((int(branch * (periods[-1] + 1) + period), inside, likely))
    return found
