"""One day of issuing to bad devices over bad lines, with senders that die: what must hold afterwards.

Everything is drawn from the seed: which faults each device meets, after how many words to a device or the store the sender dies,
how often, and whether a new plan comes in between.
"""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_device import FakeDevice, drawn_faults
from operate.issuing import Works, works
from waterbalance.controllers.controller import Controller
from waterbalance.operate.issuing import deliver as delivering
from waterbalance.operate.issuing.attempt import Sending
from waterbalance.operate.issuing.deliver import deliver
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import verify
from waterbalance.store.database import Store
from waterbalance.store.outbox import OPEN, Outcome, Queued, of_plan

HOUR = dt.timedelta(hours=1)
GATES = tuple(f"gate_{number}" for number in range(6))


class Killed(BaseException):
    """The sender is gone: nothing after this line has happened."""


class Fuse:
    """Burns down with every word that is said; then the sender dies."""

    def __init__(self, words: int | None) -> None:
        self.words = words

    def burn(self) -> None:
        if self.words is not None:
            self.words -= 1
            if self.words < 0:
                raise Killed


class Wired:
    """A device behind a line on which the sender may die before or after every word."""

    def __init__(self, peer: FakeDevice, fuse: Fuse) -> None:
        self.peer, self.fuse = peer, fuse
        self.name, self.setpoint_step, self.most_rows = peer.name, peer.setpoint_step, peer.most_rows

    def __getattr__(self, word: str) -> Callable[..., Any]:
        said = getattr(self.peer, word)

        def say(*arguments: object) -> object:
            self.fuse.burn()
            answer = said(*arguments)
            self.fuse.burn()
            return answer

        return say


def fault_run(seed: int, folder: Path) -> tuple[str, ...]:
    """Everything that is wrong after the day; empty when nothing was lost, doubled or silently changed."""
    chance = random.Random(seed)  # noqa: S311 (faults are no secret)
    made = works(folder, names=GATES)
    for number, name in enumerate(GATES):
        made.peers[name].faults = drawn_faults(1000 * seed + number, most=5)
    plans = [made.approved((1.25, 0.5))]
    made.issue()
    for _ in range(chance.randint(0, 3)):
        _send(made, Fuse(chance.randint(0, 40)))
        made.clock.now += dt.timedelta(minutes=chance.randint(0, 10))
    if chance.random() < 0.5:
        plans.append(made.approved((1.0, 0.75)))
        made.issue()
    for _ in range(chance.randint(0, 2)):
        _send(made, Fuse(chance.randint(0, 40)))
        made.clock.now += dt.timedelta(minutes=chance.randint(0, 10))
    _send(made, Fuse(None))
    wrong = tuple(_wrong(made, plans))
    made.store.close()
    return wrong


def _send(made: Works, fuse: Fuse) -> None:
    """A sender works until all is done, or until it dies."""

    def connect(name: str) -> Controller:
        return Wired(made.peers[name], fuse)  # type: ignore[return-value]

    def write_down(store: Store, taken: tuple[Queued, ...], outcomes: tuple[Outcome, ...], now: dt.datetime) -> None:
        fuse.burn()
        written(store, taken, outcomes, now)
        fuse.burn()

    written = delivering._write_down
    delivering._write_down = write_down
    try:
        deliver(
            made.store, connect, Sending(made.settings, made.devices), clock=made.clock, wait=8 * HOUR, sleep=made.clock.sleep
        )
    except Killed:
        pass
    finally:
        delivering._write_down = written


def _wrong(made: Works, plans: list[str]) -> list[str]:
    with made.store.reading() as connection:
        rows = [row for plan in plans for row in of_plan(connection, plan)]
        ringing_for = {each.subject for each in ringing(connection)}
        wrong = [str(finding) for finding in verify(connection)]
    by_gate: dict[str, list[Queued]] = {name: [row for row in rows if row.controller == name] for name in GATES}
    for name, told in by_gate.items():
        peer = made.peers[name]
        if len(told) != len(plans):
            wrong.append(f"{name}: {len(told)} commands of {len(plans)} plans")
        wrong.extend(f"{name}: {row.sequence} is {row.state} still" for row in told if row.state in OPEN)
        wrong.extend(f"{name}: {each} moved twice" for each in set(peer.effects) if peer.effects.count(each) > 1)
        wrong.extend(f"{name}: heard what nobody issued" for each in peer.heard if each not in {row.payload for row in told})
        wrong.extend(_about_the_last(peer, told[-1], ringing_for))
    return wrong


def _about_the_last(peer: FakeDevice, last: Queued, ringing_for: set[str]) -> list[str]:
    holds = peer.applied is not None and peer.applied.command.cmd_id == last.cmd_id
    if last.state == "confirmed":
        whole = holds and peer.clamped is None and peer.applied is not None and peer.applied.payload() == last.payload
        return [] if whole else [f"{peer.name}: told as confirmed, but holds something else"]
    if peer.name not in ringing_for:
        return [f"{peer.name}: {last.state} without an alarm"]
    return []
