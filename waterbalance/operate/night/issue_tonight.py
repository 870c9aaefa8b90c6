"""The orders of a night: agreed to by the declared rule or by people, issued, sent, and what devices say."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding
from waterbalance.operate.issuing.auto_approve import approve_automatically
from waterbalance.operate.issuing.closing import closing
from waterbalance.operate.issuing.issue import Issuer, issue
from waterbalance.operate.issuing.remainder import issue_remainder
from waterbalance.operate.issuing.send import field_of
from waterbalance.operate.night.night import Issuance
from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.report.status import status_of
from waterbalance.scenario.devices import devices_of
from waterbalance.schedule.agreed import lacking
from waterbalance.store.liveness import expect
from waterbalance.store.outbox import hurry
from waterbalance.store.plans import approvals_of, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.planning.overriding import Override
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store


@dataclass(frozen=True)
class Clock:
    """Time as the job sees it; a replay of an old night brings its own."""

    now: Callable[[], dt.datetime]
    sleep: Callable[[float], None]


THE_MACHINES = Clock(lambda: dt.datetime.now(dt.UTC), time.sleep)
"""The clock of a job that runs tonight."""


def issue_tonight(
    night: NightSettings,
    store: Store,
    scenario: Scenario,
    plan: str,
    day: dt.date,
    clock: Clock,
    *,
    lost: bool = False,
    orders: Iterable[Override] = (),
) -> Issuance:
    """Approve by the declared rule, issue what is approved, and send it.

    `lost`: the store is new although there were nights; `orders`: of people and alerts, that are in the plan.

    Raises what `issue` raises where an approved plan may not be issued.
    """
    local = _here(scenario, clock)
    if day < local.date():
        return Issuance("past", plan)
    if not night.file.issuing.send:
        return Issuance("rehearsed", plan)
    waits_for: tuple[Finding, ...] = ()
    with store.reading() as connection:
        state = find(connection, plan).state
    rule = scenario.issuing.automatic_approval
    if state in {"run", "reviewed"} and rule is not None:
        if lost and not rule.after_lost_store:
            told = "the store is new although earlier nights have left their results: no rule approves anything"
            waits_for = (Finding(told, remedy="Restore the store, or agree to the plan."),)
        else:
            waits_for = approve_automatically(store, plan, rule, clock.now(), closing(scenario, orders))
        state = "approved" if not waits_for else state
    if state == "approved":
        with store.reading() as connection:
            agreed = approvals_of(connection, plan)
        waits_for = lacking(plan, agreed, night.file.issuing.by, scenario.issuing.approvals)
    if waits_for or state not in IN_FORCE | {"approved"}:
        return Issuance("waiting", plan, waits_for=waits_for)
    keys = trusted(night)
    issued = issue(store, scenario.name, issuer(night, scenario), local, plan)
    return _sent(night, store, scenario, Issuance("sent", plan, len(issued.commands)), clock, keys)


def issue_what_is_left(night: NightSettings, store: Store, scenario: Scenario, why: str, clock: Clock) -> Issuance:
    """Without a plan: what is left of the last one, else the declared fallback of the devices."""
    if not night.file.issuing.send:
        return Issuance("nothing")
    keys = trusted(night)
    fell = issue_remainder(store, scenario.name, issuer(night, scenario), _here(scenario, clock), why)
    if fell.rung == "fallback" and not fell.commands:
        return Issuance("nothing")
    return _sent(night, store, scenario, Issuance(fell.rung, commands=len(fell.commands)), clock, keys)


def until_agreed(night: NightSettings, store: Store, scenario: Scenario, issuance: Issuance, rung: int, clock: Clock) -> Issuance:
    """While a plan waits on a rung that its rule does not reach: what is left of the last one, else the declared fallback."""
    rule = scenario.issuing.automatic_approval
    if issuance.outcome != "waiting" or rule is None or rung <= rule.lowest_rung:
        return issuance
    left = issue_what_is_left(night, store, scenario, f"the plan stands on rung {rung} and waits for somebody", clock)
    told = Finding("until somebody agrees to it, devices are told something else", found=left.outcome)
    return replace(left, outcome="waiting", plan=issuance.plan, waits_for=(*issuance.waits_for, told))


def issuer(night: NightSettings, scenario: Scenario) -> Issuer:
    """Who issues, signed with what. Raises `InputError` where the key cannot be read."""
    key = None
    if night.signing_key is not None:
        from waterbalance.schedule.signature import read_signing_key  # noqa: PLC0415 (needs the extra `signing`)

        key = read_signing_key(night.signing_key)
    return Issuer(night.file.issuing.by, scenario.issuing, devices_of(scenario), key)


def trusted(night: NightSettings) -> Mapping[str, Ed25519PublicKey]:
    """The public keys that signatures are held against; none where none are named. Raises `UsageError` where none are there."""
    if night.public_keys is None:
        return {}
    from waterbalance.schedule.signature import read_public_keys  # noqa: PLC0415 (needs the extra `signing`)

    return read_public_keys(night.public_keys)


def _sent(
    night: NightSettings,
    store: Store,
    scenario: Scenario,
    issuance: Issuance,
    clock: Clock,
    keys: Mapping[str, Ed25519PublicKey],
) -> Issuance:
    with field_of(scenario, clock.now) as field:
        with store.writing() as connection:
            hurry(connection, scenario.controllers, clock.now())
            expect(connection, scenario.name, field.gates)
        field.send(store, keys, dt.timedelta(days=night.file.issuing.wait), clock.sleep)
    told = status_of(store, clock.now()).commands
    late = tuple(
        sorted(each.controller for each in told if each.controller in scenario.controllers and each.state != "confirmed")
    )
    if issuance.outcome != "sent":
        return replace(issuance, unconfirmed=late)
    known = {each.controller for each in told}
    untold = {name: each.structure for name, each in sorted(scenario.controllers.items()) if name not in known}
    return replace(issuance, outcome="unconfirmed" if late else "sent", unconfirmed=late, untold=untold)


def _here(scenario: Scenario, clock: Clock) -> dt.datetime:
    return clock.now().astimezone(ZoneInfo(scenario.time_zone))
