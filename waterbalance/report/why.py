"""Why users go short: the chains of a plan with dates instead of steps, ready for JSON, and in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.network.rules.rule_curve import SUPPLY
from waterbalance.plan.chain import why_short, worst_shortages
from waterbalance.plan.prices import NUMBERS
from waterbalance.report.cause import cause_of

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.plan.walk import Hold
    from waterbalance.report.cause import Cause
    from waterbalance.report.language import Wording

MOST_USERS = 10
"""How many users are told unasked."""

RATES = {"most", "least", "asks"}
"""Ends whose number, where it is a flow, is told by the day."""


UNPRICED = {"sated", "others", "held", "switch", "ratio", "arrives"}
"""Ends of which there is no cubic metre more."""

IN_FORCE = {"uncoupled": "in_force"}
"""Quantities that are only there to let a rule rest."""


@dataclass(frozen=True)
class Reason:
    """One thing that holds the water back."""

    kind: str
    component: str
    quantity: str
    limit: float
    """Its number, in `unit`; of a switch 0 or 1."""

    unit: str

    worth: float
    """Most that one unit more, or less, would improve the goal. [goal/m3]"""

    least_worth: float
    """The same on the day on which it would improve the goal least."""

    first: str
    """First day on which it holds."""

    last: str
    """Last day on which it holds."""

    steps: int

    goal: str
    """Of `held`: the earlier goal that counts it; empty where it is the sharing."""

    cause: Cause | None
    """What stands behind it, where it does not speak for itself."""


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


def why(network: Network, plan: Plan, user: str, step: int) -> Why | None:
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
        reasons=tuple(_reason(hold, network, plan, step) for hold in chain.holds),
    )


def whys(network: Network, plan: Plan, most: int = MOST_USERS) -> tuple[Why, ...]:
    """The reasons of the worst shortage of every user, the worst users first."""
    found = (why(network, plan, user, step) for user, step in worst_shortages(plan)[:most])
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
    text = say(
        f"short.{_wording(reason, network)}",
        component=say.name(network, reason.component),
        quantity=quantity_words(reason.quantity, network, say),
        user=say.name(network, reason.quantity.partition(" ")[2]),
        limit=_amount(reason, say),
        goal=say.known("goal", reason.goal),
        when=_when(reason.first, reason.last, say),
    )
    if reason.worth > 0 and reason.unit not in NUMBERS and reason.kind not in UNPRICED:
        same = say.number(reason.least_worth, 2) == say.number(reason.worth, 2)
        text += say("short.worth" if same else "short.worth_up_to", worth=say.number(reason.worth, 2))
    return text if reason.cause is None else say("short.because", what=text, cause=_cause(reason.cause, network, say))


def _wording(reason: Reason, network: Network) -> str:
    """Which of the texts tells a reason."""
    nothing = reason.limit <= 0
    special = {
        "cut": "cut_to" if reason.quantity.startswith(SUPPLY) else "cut_by",
        "others": "worth_more" if reason.component in network and network[reason.component].is_rule else "others",
        "rule": "left" if reason.quantity.endswith("_limit") else "rule",
        "switch": "filled"
        if reason.quantity == "start" and not nothing
        else "off"
        if nothing
        else "switch"
        if reason.limit >= 1
        else "partly_on",
        "held": "held" if reason.goal else "shared",
        "asks": "only_surplus" if reason.quantity.startswith("served ") else "asks",
        "empty": "used_up" if reason.quantity == "account" else "empty",
        "most": ("bars" if reason.unit in NUMBERS else IN_FORCE.get(reason.quantity, "closed")) if nothing else "most",
    }
    return "dead_storage" if reason.quantity == "dead_storage" else special.get(reason.kind, reason.kind)


def _amount(reason: Reason, say: Wording) -> str:
    """The number of a reason with its unit."""
    if reason.unit == units.VOLUME:
        return say.volume(reason.limit)
    if reason.unit == units.FLOW:
        return say.small_flow(reason.limit)
    number = say.number(reason.limit, 0 if float(reason.limit).is_integer() else 2)
    return number if reason.unit == units.FRACTION else f"{number} {say.known('unit', reason.unit)}"


def _cause(cause: Cause, network: Network, say: Wording) -> str:
    curves = (
        say.quantity(curve) if share == 1 else say("cause.share", share=say.percent(share, 0), curve=say.quantity(curve))
        for curve, share in cause.curves.items()
    )
    limit, stored = cause.limit or 0.0, cause.stored or 0.0
    words = {
        "name": say.known("light", say.printable(cause.name)),
        "first": say.date(cause.first) if cause.first else "–",
        "last": say.date(cause.last) if cause.last else "–",
        "places": " + ".join(say.name(network, place) for place in cause.places),
        "stored": say.volume(stored),
        "expected": say("cause.expected", expected=say.volume(cause.expected)) if cause.expected else say("cause.not_expected"),
        "limit": say.volume(limit),
        "apart": say.volume(abs(limit - stored - cause.expected)),
        "curves": " + ".join(curves),
        "turbidity": say.number(cause.turbidity or 0.0, 0),
        "reason": say("cause.reason", name=say.printable(cause.name)) if cause.name else "",
        "available": say.percent(cause.available or 0.0, 0),
    }
    text = say("cause.outage_partly" if cause.available else f"cause.{cause.kind}", **words)
    if cause.kind == "before":
        text = text if cause.first else say("cause.before_plain", **words)
        if cause.limit is not None:
            text = say(f"cause.before_{'below' if stored + cause.expected < limit else 'above'}", before=text, **words)
    return text if cause.share is None else say("cause.cuts", share=say.percent(cause.share, 0), cause=text)


def quantity_words(quantity: str, network: Network, say: Wording) -> str:
    """The word for a quantity; names of components inside it are told as such (`supply fields`)."""
    own, _, which = quantity.partition(" ")
    words = [which] if which in network else which.split(" ") if which else []
    return " ".join((say.quantity(own), *(say.name(network, word) if word in network else say.quantity(word) for word in words)))


def _when(first: str, last: str, say: Wording) -> str:
    return say("short.on", day=say.day(first)) if first == last else say("period", first=say.day(first), last=say.day(last))


def _reason(hold: Hold, network: Network, plan: Plan, step: int) -> Reason:
    nearest = min(hold.steps, key=lambda t: (abs(t - step), t))
    rate = hold.unit is None and hold.kind in RATES
    unit = hold.unit or (units.FLOW if rate else units.VOLUME)
    return Reason(
        kind=hold.kind,
        component=hold.component,
        quantity=hold.quantity,
        limit=hold.limit / float(plan.horizon.days[nearest]) if rate else hold.limit,
        unit=unit,
        worth=hold.worth,
        least_worth=hold.least_worth,
        first=str(plan.horizon.starts[hold.steps[0]]),
        last=_last(plan, hold.steps[-1]),
        steps=len(hold.steps),
        goal=hold.goal,
        cause=cause_of(hold, network, plan, nearest),
    )


def _last(plan: Plan, step: int) -> str:
    return str(plan.horizon.ends[step] - dt.timedelta(days=1))
