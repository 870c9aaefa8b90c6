"""Rows of the tables, in the reader's words: what the terminal and the page both show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.row import goal_amount
from waterbalance.report.why import quantity_words

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.report.conditions import EndCondition
    from waterbalance.report.drought_stages import AnnouncedStage, KeptStage
    from waterbalance.report.language import Wording
    from waterbalance.report.row import Row
    from waterbalance.report.storages import StorageOutlook
    from waterbalance.report.summary import Summary

LONG = 730.0
"""Beyond two years the number of days says nothing. [day]"""


def storage_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Storage, start, share full, least, end, how long it lasts."""
    return [
        (
            say.name(network, each.component),
            say.volume(each.start),
            say.percent(each.start / each.capacity, 0) if each.capacity > 0 else "–",
            f"{say.volume(each.least)} ({say.day(each.least_on)})",
            say.volume(each.end),
            lasting(each, say),
        )
        for each in summary.storages
    ]


def lasting(outlook: StorageOutlook, say: Wording) -> str:
    """How long a storage lasts, in words."""
    if outlook.days_left is None:
        return say("lasts.holds")
    if outlook.empty_on is not None:
        return say("lasts.empty", days=say.number(outlook.days_left, 0), date=say.day(outlook.empty_on))
    if outlook.days_left > LONG:
        return say("lasts.more", days=say.number(LONG, 0))
    return say("lasts.days", days=say.number(outlook.days_left, 0))


def supply_columns(summary: Summary) -> tuple[str, ...]:
    """Columns of `supply_rows`."""
    return ("class", "demand", *_spared(summary, "spared"), "supplied", "shortage", "share", "worst_period")


def _spared(summary: Summary, cell: str) -> Row:
    """A cell of the column for what is spared, which only stands where something is."""
    return (cell,) if any(each.spared > 0 for each in summary.supply) else ()


def supply_rows(summary: Summary, say: Wording) -> list[Row]:
    """Class, demand, what is spared of it where anything is, supplied, shortage, share short, worst ten days."""
    return [
        (
            say.known("class", each.user_class),
            say.volume(each.demand),
            *_spared(summary, say.volume(each.spared)),
            say.volume(each.supply),
            say.volume(each.shortage),
            say.percent(each.share),
            say("none")
            if each.worst_period is None
            else say("worst_period.value", date=say.day(each.worst_period), percent=say.percent(each.worst_share)),
        )
        for each in summary.supply
    ]


def binding_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Place, goal with its rank, worth of a cubic metre, when."""
    return [
        (
            say.name(network, each.component),
            f"{each.rank}. {say.known('goal', each.goal)}",
            say.number(each.value, 3),
            say("period", first=say.day(each.first), last=say.day(each.last)),
        )
        for each in summary.binding
    ]


def limit_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Component, what of it binds, goal with its rank, worth of a unit, when."""
    return [
        (
            say.name(network, each.component),
            say(f"limit.{each.kind}", quantity=quantity_words(each.quantity, network, say)),
            f"{each.rank}. {say.known('goal', each.goal)}",
            say.number(each.value, 3),
            say("period", first=say.day(each.first), last=say.day(each.last)),
        )
        for each in summary.limits
    ]


def end_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Storage, condition, wanted, at the end, whether it holds."""
    return [
        (
            say.name(network, each.component),
            _condition(each, say),
            "–" if each.wanted is None else say.volume(each.wanted),
            say.volume(each.storage),
            "–" if each.kind == "free" else say("yes") if each.holds else say("no"),
        )
        for each in summary.end_conditions
    ]


def _condition(condition: EndCondition, say: Wording) -> str:
    if condition.kind == "free":
        return say("condition.free")
    if condition.kind == "value":
        return say("condition.value", weight=say.number(condition.weight or 0.0, 2))
    if condition.kind == "curve":
        return say("condition.curve", curve=say.known("curve", str(condition.curve)).lower())
    return say("condition.target")


def outage_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Place, when, share that is available, reason."""
    return [
        (
            say.name(network, each.component),
            say("period", first=say.day(each.first), last=say.day(each.last)),
            say.percent(each.available, 0),
            each.reason or "–",
        )
        for each in summary.outages
    ]


def flow_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Rule, wanted, shortfall, days short."""
    return [
        (
            say.name(network, each.rule),
            say.volume(each.wanted),
            say.volume(each.shortfall) if each.shortfall > 0 else say("none"),
            say.number(each.days_short, 0),
        )
        for each in summary.kept_flows
    ]


def stage_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Rule, and a stage with its dates; one row says so where a rule announces none."""
    rows: list[Row] = []
    for rule in dict.fromkeys(each.rule for each in summary.stages):
        announced = [each for each in summary.stages if each.rule == rule and each.stage > 0]
        texts = [
            say("stages.value", stage=each.stage, first=say.day(each.first), last=say.day(each.last)) for each in announced
        ] or [say("stages.none")]
        rows += [(say.name(network, rule), text) for text in texts]
    return rows


def drought_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Rule, drought stage, dates, first day in force, why."""
    return [
        (
            say.name(network, each.rule),
            say.known("light", say.printable(each.stage)),
            say("period", first=say.day(each.first), last=say.day(each.last)),
            say.day(each.in_force_from),
            _why(each, say),
        )
        for each in summary.drought_stages
    ]


def _why(each: AnnouncedStage, say: Wording) -> str:
    why = _reason(each, say)
    kept = (say("why.kept", first=say.day(one.first), last=say.day(one.last), why=_reason(one, say)) for one in each.kept)
    return "; ".join((why, *kept))


def _reason(each: AnnouncedStage | KeptStage, say: Wording) -> str:
    text = f"why.{each.reason.replace(' ', '_')}"
    if each.available is None or each.limit is None:
        return say(text)
    return say(text, available=say.volume(each.available), limit=say.volume(each.limit))


def damage_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Rule, announced cuts, damage, damage that the announcements avoid."""
    return [
        (
            say.name(network, each.rule),
            say.volume(each.curtailment),
            goal_amount(each.damage, "", say),
            goal_amount(each.avoided, "", say),
        )
        for each in summary.stage_damages
    ]


def goal_rows(summary: Summary, say: Wording) -> list[Row]:
    """Rank, goal, result, price of sharing."""
    return [
        (
            str(each.rank),
            say.known("goal", each.name),
            *(goal_amount(value, each.unit, say) for value in (each.value, each.price_of_equity)),
        )
        for each in summary.goals
    ]


def planning_values(summary: Summary, say: Wording) -> str:
    """Which value of the members the plan used, by quantity."""
    if not summary.planning_values:
        return say("planning_values.none")
    chosen = [
        say("pair", name=say.quantity(quantity), value=say.choice(choice)) for quantity, choice in summary.planning_values.items()
    ]
    return "; ".join([*chosen, say("planning_values.rest")])


RECORD_COLUMNS = ("place", "quantity", "recorded.days", "recorded.was", "recorded.planned", "recorded.difference")
"""Columns of `record_rows`."""


def record_rows(summary: Summary, network: Network, say: Wording) -> list[Row]:
    """Place, quantity, recorded time, recorded and planned means and their mean absolute difference."""
    found = []
    for each in summary.recorded:
        means = each.mean_recorded, each.mean_planned, each.mean_difference
        shown = [say.volume(mean) if each.is_stock else say.flow(mean) for mean in means]
        days = f"{say.day(each.days[0])} – {say.day(each.days[-1])}"
        found.append((say.name(network, each.component), say.quantity(each.quantity), days, *shown))
    return found
