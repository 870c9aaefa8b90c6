"""A plan that changes little is approved by a rule; the rule's name stands where a person's would.

    every device:  change of its mean setpoint <= greatest_change x its upper limit, and at any hour (schedule/change.py)
                   <= greatest_change_at_any_hour x that;
                   of one that an order with `closes_by_rule` wants lower only how far it opens counts
    every user:    shortage on the days of the orders <= greatest_shortage
    the plan:      rung <= lowest_rung
    and a plan is in force, it commands the same devices in the same words, nothing was recalled, and the new one has no notes

Whatever else (a first plan, a new gate, a dry user) waits for somebody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place
from waterbalance.operate.issuing.intact import intact
from waterbalance.operate.issuing.record import commands_in
from waterbalance.plan.short_name import short
from waterbalance.report.fallback import RUNGS
from waterbalance.schedule.change import greatest_change, greatest_rise, mean_change, mean_rise
from waterbalance.store.outbox import newest_of_each
from waterbalance.store.plans import approve, find, in_force

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from waterbalance.operate.planning.overriding import Override
    from waterbalance.scenario.issuing import AutomaticApproval
    from waterbalance.schedule.command import Command
    from waterbalance.store.database import Store
    from waterbalance.store.plans import StoredPlan

ENGINE = "engine"
"""Who approves by rule."""

_CLOSED_AT_ZERO = frozenset({"flow", "speed", "duration"})
"""Modes whose lower setpoint lets less water through, whatever the structure; a weir that goes down lets more."""


def approve_automatically(
    store: Store, plan: str, rule: AutomaticApproval, now: dt.datetime, orders: Mapping[str, Override] | None = None
) -> tuple[Finding, ...]:
    """Approve a plan where it lies inside of the envelope; else why it does not, and somebody has to look.

    `orders`: of devices that somebody wants lower (`closing`).
    """
    with store.writing() as connection:
        stored = find(connection, plan)
        outside = tuple(_outside(connection, stored, rule, now, orders or {}))
        if not outside:
            named = f"change <= {rule.greatest_change:g}, shortage <= {rule.greatest_shortage:g}"
            approve(connection, stored.plan, ENGINE, now, named)
    return outside


def _outside(
    connection: Connection, stored: StoredPlan, rule: AutomaticApproval, now: dt.datetime, orders: Mapping[str, Override]
) -> Iterator[Finding]:
    yield from _too_low(stored, rule)
    before = in_force(connection, stored.scenario)
    if before is None:
        yield Finding("no plan is in force to compare with", Place(component=f"plan {short(stored.plan)}"))
        return
    if stored.label != "planned":
        yield Finding("not an ordinary plan", Place(component=f"plan {short(stored.plan)}"), stored.label, "planned")
    for note in stored.content.get("notes", ()):
        yield Finding("the plan has a note", Place(component=f"plan {short(stored.plan)}"), note, "none")
    told = intact(connection, (each for each in newest_of_each(connection) if each.plan == before.plan), now)
    old = {each.command.controller: each.command for each in told}
    new = {command.controller: command for command in commands_in(stored)}
    for name in sorted(set(old) ^ set(new)):
        yield Finding("the device has a command in one of the plans only", Place(component=name))
    for name in sorted(name for name, command in old.items() if command.action != "apply"):
        yield Finding("somebody has taken back the device's orders", Place(component=name), old[name].action, "a plan in force")
    for name in sorted(set(old) & set(new)):
        yield from _changes(new[name], old[name], rule, orders.get(name))
    for user, shortage in stored.content["shortages"].items():
        if not shortage <= rule.greatest_shortage:
            allowed = f"at most {rule.greatest_shortage:g}"
            yield Finding("the user goes short", Place(component=user), f"{shortage:.3g}", allowed)


def _changes(new: Command, old: Command, rule: AutomaticApproval, order: Override | None) -> Iterator[Finding]:
    if (new.structure, new.mode) != (old.structure, old.mode):
        found, allowed = (f"{each.mode} of {each.structure}" for each in (new, old))
        yield Finding("the device was described anew", Place(component=new.controller), found, allowed)
        return
    closes = order is not None and order.closes_by_rule and new.mode in _CLOSED_AT_ZERO
    mean, greatest = (mean_rise, greatest_rise) if closes else (mean_change, greatest_change)
    for change, most in ((mean, rule.greatest_change), (greatest, rule.at_any_hour)):
        share = change(new, old) / new.limits.most
        if not share <= most:
            remedy = None if order is None else f"AN ORDER WAITS FOR THIS APPROVAL, and the device goes on as it was: {order}"
            where, allowed = Place(component=new.controller), f"at most {most:g}"
            yield Finding("the change is too great", where, f"{share:.3g}", allowed, remedy)
            return


def _too_low(stored: StoredPlan, rule: AutomaticApproval) -> Iterator[Finding]:
    rung = int(stored.content.get("rung", 0))
    if rung > rule.lowest_rung:
        allowed = f"at most {rule.lowest_rung} (automatic_approval.lowest_rung)"
        where = Place(component=f"plan {short(stored.plan)}")
        yield Finding("the plan stands on too low a rung of the ladder", where, f"{rung}, {RUNGS[rung]}", allowed)
