"""Take back what was issued: devices forget their rows and go by their fallback, or stop at once.

A recall is a command like any other: numbered, signed, acknowledged and read back. It needs nobody's approval, because closing
must never wait; the audit log says who did it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from waterbalance.errors import Finding, UsageError
from waterbalance.operate.issuing.intact import intact
from waterbalance.operate.issuing.issue import Issued, Issuer, put
from waterbalance.schedule.command import Command
from waterbalance.store.outbox import FAILED, newest_of_each
from waterbalance.store.plans import in_force, move

if TYPE_CHECKING:
    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store
    from waterbalance.store.outbox import Queued

AT_LEAST = dt.timedelta(days=1)
"""How long a recall is tried to be told, and holds."""


def recall(
    store: Store,
    scenario: str,
    issuer: Issuer,
    now: dt.datetime,
    *,
    controllers: frozenset[str] = frozenset(),
    action: Literal["withdraw", "stop"] = "withdraw",
) -> Issued:
    """Withdraw the commands of the plan in force from some controllers, or from all when none is named.

    What devices were told last is withdrawn, whether its plan is in force still or not: to stop must always be possible. When all
    are withdrawn the plan in force is withdrawn, too. A device that was told the same already, and has not failed to take it, is
    told nothing new: a receipt may be on its way. Raises `UsageError` where nothing was issued, or nothing to a controller.
    """
    now = now.replace(microsecond=0)
    with store.writing() as connection:
        stored = in_force(connection, scenario)
        told = {each.controller: each for each in newest_of_each(connection) if each.controller in issuer.devices}
        if not told:
            raise UsageError("nothing to recall", (Finding(f"no device of {scenario!r} was ever told anything"),))
        unknown = sorted(controllers - set(told))
        if unknown:
            finding = Finding("nothing was issued to it", found=", ".join(unknown), allowed=", ".join(sorted(told)))
            raise UsageError("nothing is recalled", (finding,))
        chosen = [told[name] for name in sorted(controllers or told)]
        sound = {each.command.controller: each.command for each in intact(connection, chosen, now)}
        on_its_way = {name for name, each in told.items() if each.state not in FAILED and each.valid_until > now}
        known = {name for name, each in sound.items() if each.action == action and name in on_its_way}
        last = [
            sound.get(each.controller) or _unread(each, issuer.devices[each.controller])
            for each in chosen
            if each.controller not in known
        ]
        new = put(connection, [_taken_back(command, action, now) for command in last], (), issuer, now)
        if stored is not None and not controllers:
            move(connection, stored.plan, "withdrawn", issuer.by, now, action=action)
    return Issued(chosen[0].plan, new, len(chosen) - len(new))


def _unread(queued: Queued, device: Device) -> Command:
    """In the place of a command that was changed in the store: what the scenario tells of its device."""
    return Command(
        controller=device.controller,
        structure=device.structure,
        plan=queued.plan,
        action="apply",
        mode=device.mode,
        unit=device.unit,
        valid_from=queued.valid_from,
        valid_until=queued.valid_until,
        rows=(),
        limits=device.limits,
        fallback=device.fallback,
    )


def _taken_back(command: Command, action: Literal["withdraw", "stop"], now: dt.datetime) -> Command:
    here = now.astimezone(command.valid_from.tzinfo)
    until = max(command.valid_until, here + AT_LEAST)
    return replace(command, action=action, rows=(), label="by_hand", valid_from=here, valid_until=until)
