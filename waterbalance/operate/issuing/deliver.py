"""From the outbox to the devices: claim, try many at once, write down, until nothing more can be done.

What came of attempts is written in batches: a sender that dies in between leaves claims behind, and whoever takes them over tells
the devices the same commands again, which they take for the same.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.operate.issuing.attempt import Sending, attempt
from waterbalance.store.alarms import clear, ring
from waterbalance.store.outbox import claim, next_due, settle, states_of
from waterbalance.store.plans import find, move

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from waterbalance.controllers.controller import Controller
    from waterbalance.store.database import Store
    from waterbalance.store.outbox import Outcome, Queued

AT_ONCE = 64
"""Devices that are told at the same time."""

BATCH = 256
"""Commands of one claim."""

ALARMING = frozenset({"held", "refused", "differs", "expired", "dead"})
"""States of a command that somebody has to look at."""


@dataclass(frozen=True)
class Delivered:
    """How many attempts ended how."""

    outcomes: Mapping[str, int]

    @property
    def attempts(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())


def deliver(
    store: Store,
    connect: Callable[[str], Controller],
    sending: Sending,
    *,
    clock: Callable[[], dt.datetime],
    wait: dt.timedelta = dt.timedelta(0),
    sleep: Callable[[float], None] = time.sleep,
) -> Delivered:
    """Send what is due to the devices of `sending`, and what becomes due within `wait`. `connect` gives the controller of a name.

    Other devices' commands may lie in the same store; they are for whoever knows these devices.
    Raises `StoreError` where the store does not answer; whatever was not written down is sent again by the next call.
    """
    counted: Counter[str] = Counter()
    until = clock() + wait
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        while True:
            now, lease = clock(), dt.timedelta(days=sending.settings.lease)
            with store.writing() as connection:
                # A device that answers more slowly than it is asked again would always be due once more.
                taken = claim(connection, sending.devices, now, lease, BATCH, min(now, until))
            if taken:
                outcomes = tuple(pool.map(lambda queued: attempt(queued, connect, sending, clock), taken))
                counted.update(outcome.state for outcome in outcomes)
                _write_down(store, taken, outcomes, clock())
                continue
            with store.reading() as connection:
                due = next_due(connection, sending.devices)
            if due is None or due > until:
                return Delivered(dict(sorted(counted.items())))
            sleep(max((due - clock()).total_seconds(), 0.01))


def _write_down(store: Store, taken: tuple[Queued, ...], outcomes: tuple[Outcome, ...], now: dt.datetime) -> None:
    with store.writing() as connection:
        lost = frozenset(settle(connection, outcomes, now, "engine"))
        for queued, outcome in zip(taken, outcomes, strict=True):
            if outcome.cmd_id in lost:
                continue
            if outcome.state in ALARMING:
                ring(connection, queued.controller, outcome.state, outcome.detail, now)
            elif outcome.state == "confirmed":
                clear(connection, queued.controller, now)
        for plan in sorted({queued.plan for queued in taken}):
            _sent_if_all_confirmed(connection, plan, now)


def _sent_if_all_confirmed(connection: Connection, plan: str, now: dt.datetime) -> None:
    if states_of(connection, plan) <= {"confirmed", "superseded"} and find(connection, plan).state == "current":
        move(connection, plan, "sent", "engine", now)
