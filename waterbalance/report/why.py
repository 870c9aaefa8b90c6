"""Why users go short: the chains of a plan with dates instead of steps, ready for JSON, and in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.plan.chain import LEAST_SHORTAGE, why_short, worst_shortages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.network.network import Network
    from waterbalance.plan.chain import Hold
    from waterbalance.plan.plan import Plan
    from waterbalance.report.language import Wording

MOST_USERS = 10
"""How many users are told unasked."""

RATES = {"most", "least"}
"""Ends whose number is told by the day."""

ANNOUNCED = "announced"
"""How the quantity of an announced drought stage begins: days on which it is announced, no water."""


@dataclass(frozen=True)
class Reason:
    """One thing that holds the water back."""

    kind: str
    component: str
    quantity: str
    limit: float
    """Its number: of `most` and `least` by the day [m3/day], of everything else [m3]."""

    worth: float
    """Most that one unit more, or less, would improve the goal. [goal/m3]"""

    first: str
    """First day on which it holds."""

    last: str
    """Last day on which it holds."""

    steps: int


@dataclass(frozen=True)
class Why:
    """One user's shortage in one step, and its reasons from the user up to the sources."""

    user: str
    first: str
    last: str
    shortage: float
    """[m3]"""

    share: float
    """Of the demand in that step. [-]"""

    rank: int
    """Rank of the goal that counts the shortage; 0 where none does."""

    goal: str
    reasons: tuple[Reason, ...]


def why(plan: Plan, user: str, step: int) -> Why | None:
    """The reasons of one user's shortage in one step; None where it lacks nothing."""
    chain = why_short(plan, user, step)
    if chain is None:
        return None
    demand = plan.givens.get((user, "demand"))
    spared = plan.values.get((user, "spared"))
    left = 0.0 if demand is None else float(demand[step]) - (0.0 if spared is None else float(spared[step]))
    wanted = max(chain.shortage, left)
    return Why(
        user=user,
        first=str(plan.horizon.starts[step]),
        last=_last(plan, step),
        shortage=chain.shortage,
        share=chain.shortage / wanted,
        rank=chain.rank,
        goal=chain.goal,
        reasons=(
            *_announced_cuts(plan, user, step),
            *(_reason(hold, plan, step) for hold in chain.holds if hold.quantity.split(" ")[0] != ANNOUNCED),
        ),
    )


def _announced_cuts(plan: Plan, user: str, step: int) -> Iterator[Reason]:
    """What drought stages cut: told as water, because one stage more or less is no unit that somebody could add."""
    for (rule, quantity), values in plan.values.items():
        if quantity == f"curtailment {user}" and values[step] > LEAST_SHORTAGE:
            first, last = str(plan.horizon.starts[step]), _last(plan, step)
            yield Reason("cut", rule, quantity, float(values[step]), 0.0, first, last, 1)


def whys(plan: Plan, most: int = MOST_USERS) -> tuple[Why, ...]:
    """The reasons of the worst shortage of every user, the worst users first."""
    found = (why(plan, user, step) for user, step in worst_shortages(plan)[:most])
    return tuple(each for each in found if each is not None)


def sentences(told: Why, network: Network, say: Wording) -> list[str]:
    """A chain in words: what is lacking, and a sentence for each reason."""
    head = say(
        "short.lacks" if told.rank else "short.no_goal",
        user=say.name(network, told.user),
        volume=say.volume(told.shortage),
        share=say.percent(told.share),
        when=_when(told.first, told.last, say),
        rank=told.rank,
        goal=say.known("goal", told.goal),
    )
    return [head, *(_sentence(each, network, say) for each in told.reasons)]


def _sentence(reason: Reason, network: Network, say: Wording) -> str:
    number = f"{say.number(reason.limit / 86_400, 3)} m³/s" if reason.kind in RATES else say.volume(reason.limit)
    kind = "off" if reason.kind == "switch" and reason.limit == 0 else reason.kind
    if reason.quantity == "dead_storage":
        kind = "dead_storage"
    text = say(
        f"short.{kind}",
        component=say.name(network, reason.component),
        quantity=quantity_words(reason.quantity, network, say),
        limit=number,
        when=_when(reason.first, reason.last, say),
    )
    if reason.kind in {"others", "held", "switch", "cut"}:
        return text
    return text + say("short.worth", worth=say.number(reason.worth, 2))


def quantity_words(quantity: str, network: Network, say: Wording) -> str:
    """The word for a quantity; names of components inside it are told as such (`supply fields`)."""
    words = (say.name(network, word) if word in network else say.quantity(word) for word in quantity.split(" "))
    return " ".join(words)


def _when(first: str, last: str, say: Wording) -> str:
    return say("short.on", day=say.day(first)) if first == last else say("period", first=say.day(first), last=say.day(last))


def _reason(hold: Hold, plan: Plan, step: int) -> Reason:
    nearest = min(hold.steps, key=lambda t: (abs(t - step), t))
    days = float(plan.horizon.days[nearest]) if hold.kind in RATES else 1.0
    return Reason(
        kind=hold.kind,
        component=hold.component,
        quantity=hold.quantity,
        limit=hold.limit / days,
        worth=hold.worth,
        first=str(plan.horizon.starts[hold.steps[0]]),
        last=_last(plan, hold.steps[-1]),
        steps=len(hold.steps),
    )


def _last(plan: Plan, step: int) -> str:
    return str(plan.horizon.ends[step] - dt.timedelta(days=1))
