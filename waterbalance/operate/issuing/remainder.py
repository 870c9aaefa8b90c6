"""When there is no plan for today: what is left of the last one, else the declared fallback; labelled, with an alarm.

    remainder   the rows of the plan in force that are still to come, as they were ordered and approved; a device that may not be
                told them any more (it was described anew since) has an alarm, and others are served
    fallback    each device's own declared fallback for a day: close, or a fixed flow; `hold_last` is told nothing

Never an empty schedule: a device that hears nothing keeps to what it was last told, and then to its fallback by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from waterbalance.errors import InputError
from waterbalance.operate.issuing.intact import intact
from waterbalance.operate.issuing.issue import Issuer, put
from waterbalance.operate.issuing.midday import still_to_begin
from waterbalance.schedule.command import Command, Row
from waterbalance.schedule.guard_commands import guard_commands
from waterbalance.schedule.passing import open_within
from waterbalance.store.alarms import ring
from waterbalance.store.outbox import newest_of_each
from waterbalance.store.plans import NewPlan, StoredPlan, approvals_of, approve, in_force, move, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store

DECLARED = "declared fallback"
"""The rule that approves a fallback: it was agreed to when it was written into the scenario."""

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class FellBack:
    """What was issued instead of a plan."""

    rung: Literal["remainder", "fallback"]
    commands: tuple[str, ...]
    """Names of the commands that are new."""


def issue_remainder(store: Store, scenario: str, issuer: Issuer, now: dt.datetime, why: str) -> FellBack:
    """Issue what is left of the plan in force, or the devices' declared fallback; rings the alarm of that name, with `why`."""
    now = now.replace(microsecond=0)
    with store.writing() as connection:
        stored = in_force(connection, scenario)
        left = () if stored is None else tuple(_left(connection, stored, issuer, now))
        if stored is not None and left:
            fell = FellBack("remainder", put(connection, left, approvals_of(connection, stored.plan), issuer, now))
        else:
            fell = FellBack("fallback", _declared(connection, scenario, stored, issuer, now))
        ring(
            connection,
            scenario,
            fell.rung,
            f"{why.removesuffix('.')}. {len(fell.commands)} devices are told what is instead of a plan",
            now,
        )
    return fell


def remainder_of(command: Command, now: dt.datetime) -> Command | None:
    """The rows of a command from `now` on, with the time that a valve is open still; None where there are none."""
    here = now.astimezone(command.valid_from.tzinfo).replace(microsecond=0)
    rows = tuple(
        Row(max(row.start, here), row.end, _open_still(row, here, command) if command.mode == "duration" else row.setpoint)
        for row in command.rows
        if row.end > here
    )
    return replace(command, rows=rows, valid_from=max(command.valid_from, here), label="remainder") if rows else None


def _open_still(row: Row, now: dt.datetime, command: Command) -> float:
    """How long a valve is open yet, 0 where that is less than it may be. [s]."""
    left = open_within(row, now, row.end)
    return left if left >= command.limits.least else 0.0


def _left(connection: Connection, stored: StoredPlan, issuer: Issuer, now: dt.datetime) -> Iterator[Command]:
    for each in intact(connection, (each for each in newest_of_each(connection) if each.plan == stored.plan), now):
        rest = remainder_of(each.command, now)
        if rest is None:
            continue
        if rest.controller in issuer.devices:
            rest = still_to_begin(rest, issuer.devices[rest.controller], now)
        try:
            yield from guard_commands((rest,), issuer.devices, now)
        except InputError as error:
            ring(connection, rest.controller, "refused", f"the rest of its orders is not told once more: {error}", now)


def _declared(
    connection: Connection, scenario: str, before: StoredPlan | None, issuer: Issuer, now: dt.datetime
) -> tuple[str, ...]:
    commands = [command for _, device in sorted(issuer.devices.items()) if (command := _fallback(device, now)) is not None]
    if not commands:
        return ()
    content = {"scenario": scenario, "commands": [command.content() for command in commands]}
    new = NewPlan(scenario, now.date().isoformat(), now, now + DAY, content, "fallback")
    plan = record(connection, new, {"time_zone": str(now.tzinfo)}, issuer.by, now)
    approve(connection, plan, "engine", now, DECLARED)
    told = put(connection, [replace(each, plan=plan) for each in commands], approvals_of(connection, plan), issuer, now)
    if before is not None:
        move(connection, before.plan, "superseded", issuer.by, now, successor=plan)
    move(connection, plan, "current", issuer.by, now, commands=len(told))
    return told


def _fallback(device: Device, now: dt.datetime) -> Command | None:
    """A day of the declared fallback; None for a device that holds what it was told last."""
    fallback = device.fallback
    if fallback.mode == "hold_last":
        return None
    setpoint = fallback.setpoint if fallback.mode == "flow" and fallback.setpoint is not None else device.closed
    return Command(
        controller=device.controller,
        structure=device.structure,
        plan="",
        action="apply",
        mode=device.mode,
        unit=device.unit,
        valid_from=now,
        valid_until=now + DAY,
        rows=(Row(now, now + DAY, setpoint),),
        limits=device.limits,
        fallback=fallback,
        label="fallback",
    )
