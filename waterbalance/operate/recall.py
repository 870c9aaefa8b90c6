"""Take back what was issued: devices forget their rows and go by their fallback, or stop at once.

A recall is a command like any other: numbered, signed, acknowledged and read back. It needs nobody's approval, because closing
must never wait; the audit log says who did it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from waterbalance.errors import Finding, UsageError
from waterbalance.operate.issue import Issued, Issuer, put
from waterbalance.store.outbox import newest_of_each
from waterbalance.store.plans import in_force, move

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.store.database import Store


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

    When all are withdrawn the plan is withdrawn, too. Raises `UsageError` where no plan is in force or a controller has none of
    its commands.
    """
    with store.writing() as connection:
        stored = in_force(connection, scenario)
        if stored is None:
            raise UsageError("nothing to recall", (Finding(f"no plan of {scenario!r} is in force"),))
        told = {each.controller: each for each in newest_of_each(connection) if each.plan == stored.plan}
        unknown = sorted(controllers - set(told))
        if unknown:
            finding = Finding("no command of the plan in force", found=", ".join(unknown), allowed=", ".join(sorted(told)))
            raise UsageError("nothing is recalled", (finding,))
        chosen = [told[name] for name in sorted(controllers or told)]
        commands = [
            replace(each.envelope.command, action=action, rows=(), label="by_hand", valid_from=now)
            for each in chosen
            if each.envelope.command.valid_until > now
        ]
        new = put(connection, commands, (), issuer, now)
        if not controllers:
            move(connection, stored.plan, "withdrawn", issuer.by, now, action=action)
    return Issued(stored.plan, new, len(chosen) - len(new))
