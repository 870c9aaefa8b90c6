"""One attempt to tell one device: look, hand over, let it count, read back.

    altered, unsigned, beyond its limits        -> refused      nothing is sent
    valid_until has passed                      -> expired      nothing is sent
    Local, clock off by more than the limit     -> held         nothing is sent; looked at again later (a recall heeds no clock)
    no answer                                   -> waiting      again after first_retry 2^(n - 1), at most longest_retry
                                                -> dead         when patience, or that for people, has run out
                                                -> held         then, and looked at on, where it is a recall
    the device says no                          -> refused
    it says yes and holds something else        -> differs
    it says yes and holds what it was told      -> confirmed

An attempt changes nothing here: it returns what came of it. It may be made twice for the same command.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import AGREED, RefusedError, UnreachableError
from waterbalance.errors import Finding, WaterBalanceError
from waterbalance.schedule.guard_commands import wrong_with
from waterbalance.store.outbox import AlteredError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from waterbalance.controllers.controller import Controller, DeviceState, Held, Status
    from waterbalance.scenario.issuing import IssuingSettings
    from waterbalance.schedule.command import Row
    from waterbalance.schedule.device import Device
    from waterbalance.schedule.envelope import Envelope
    from waterbalance.store.outbox import CommandState, Queued

ENDED_AS: dict[Status, CommandState] = {"expired": "expired", "superseded": "superseded"}
"""What a device's other answers make of a command; all the rest are refusals."""

JITTER = 0.25
"""By how much of itself a wait is lengthened at most, so that a thousand devices do not ask at once."""


@dataclass(frozen=True)
class Sending:
    """What attempts go by."""

    settings: IssuingSettings
    devices: Mapping[str, Device]
    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)
    """Public keys that are trusted, by name; without any, signatures are not asked for."""


def attempt(queued: Queued, connect: Callable[[str], Controller], sending: Sending, clock: Callable[[], dt.datetime]) -> Outcome:
    """Try once; whatever the device or the way to it does, there is an outcome.

    `connect` gives the controller of a name, and raises `ControllerError`.
    """
    try:
        envelope = queued.envelope
    except AlteredError as error:
        return _outcome(queued, "refused", str(error))
    now = clock()
    try:
        wrong = _wrong(envelope, sending, now)
        if wrong is not None:
            return _not_sent(queued, envelope, wrong, now)
        controller = connect(queued.controller)
        held_back = _held_back(controller.state(), envelope, sending.settings, now)
        return (
            _held(queued, held_back, sending.settings, now) if held_back else _send(queued, envelope, controller, sending, clock)
        )
    except RefusedError as error:
        return _outcome(queued, "refused", str(error))
    except WaterBalanceError as error:
        # A password that is not in the environment, a certificate that cannot be read: this device waits, others do not.
        return _again(queued, envelope, str(error), sending, clock())
    except Exception as error:  # noqa: BLE001 (a fault of one adapter must not stop the gates of others; it ends as an alarm)
        return _again(queued, envelope, f"{type(error).__name__}: {error}", sending, clock())


def _not_sent(queued: Queued, envelope: Envelope, wrong: str, now: dt.datetime) -> Outcome:
    """A command whose time has passed is out of date before it is anything else."""
    if envelope.command.valid_until <= now:
        return _outcome(queued, "expired", f"valid until {envelope.command.valid_until.isoformat()}")
    return _outcome(queued, "refused", wrong)


def wait_before(attempts: int, cmd_id: str, settings: IssuingSettings) -> dt.timedelta:
    """How long to wait after so many attempts; the same for the same command, so that a run can be played again."""
    days = min(settings.first_retry * 2.0 ** min(attempts - 1, 60), settings.longest_retry)
    drawn = int.from_bytes(hashlib.sha256(f"{cmd_id}{attempts}".encode()).digest()[:4], "big") / 2**32
    return dt.timedelta(days=days * (1.0 + JITTER * drawn))


def _wrong(envelope: Envelope, sending: Sending, now: dt.datetime) -> str | None:
    """Why a command may not be sent at all."""
    device = sending.devices.get(envelope.command.controller)
    if device is None:
        return f"no device of the name {envelope.command.controller}"
    findings = list(wrong_with(envelope.command, device, now))
    if sending.keys:
        from waterbalance.schedule.signature import wrong_signature  # noqa: PLC0415 (needs the extra `signing`)

        signature = wrong_signature(envelope, sending.keys)
        findings.extend([] if signature is None else [signature])
    return "; ".join(str(finding) for finding in findings) or None


def _held_back(state: DeviceState, envelope: Envelope, settings: IssuingSettings, now: dt.datetime) -> str | None:
    """Why a device is not told now."""
    if not state.online:
        raise UnreachableError(f"{envelope.command.controller} is offline")
    if not state.remote:
        return state.hindrance or "the device is in Local or maintenance mode"
    # Without rows there is no time that a wrong clock could miss: a stop does not wait for it.
    timed = bool(envelope.command.rows)
    if timed and state.clock is not None and abs(state.clock - now) > dt.timedelta(days=settings.greatest_clock_skew):
        return f"the device's clock tells {state.clock.isoformat()}, ours {now.isoformat()}"
    newest = max(state.applied or 0, state.told or 0)
    if newest > envelope.sequence:
        remedy = "Another store or engine has told it: find out whether one is at work, then `waterbalance issue --take-over`."
        finding = Finding(
            "a later command is there", found=f"command {newest}", allowed=f"up to {envelope.sequence}", remedy=remedy
        )
        raise RefusedError("the device listens to somebody else", (finding,))
    return None


def _send(
    queued: Queued, envelope: Envelope, controller: Controller, sending: Sending, clock: Callable[[], dt.datetime]
) -> Outcome:
    controller.stage(envelope)
    if envelope.command.valid_until <= clock():
        return _outcome(queued, "expired", "its time ran out while it was handed over")
    answer = controller.commit(envelope)
    if answer.cmd_id != queued.cmd_id or answer.sequence != queued.sequence:
        raise UnreachableError(f"the answer is for command {answer.cmd_id}, sequence {answer.sequence}")
    if answer.status == "received":
        raise UnreachableError("the device has it, but does not say that it will follow it")
    told = f"the device answers {answer.status}: {answer.code or 'no reason'}"
    if answer.status not in AGREED:
        return _outcome(queued, ENDED_AS.get(answer.status, "refused"), told)
    device = sending.devices[envelope.command.controller]
    remark = f": {answer.code}" if device.keeper and answer.code else ""
    other = _difference(envelope, controller.read_back(), device)
    if other is not None:
        return _outcome(queued, "differs", f"{other}{remark}")
    return _outcome(queued, "confirmed", f"{answer.status} at {answer.at.isoformat()}{remark}")


def _difference(envelope: Envelope, held: Held, device: Device) -> str | None:
    """How what the device holds lies off what it was told."""
    if held.sequence is not None and held.sequence != envelope.sequence:
        return f"it holds command {held.sequence}, not {envelope.sequence}"
    told = envelope.command.rows
    if len(held.rows) != len(told):
        return f"it holds {len(held.rows)} rows, not {len(told)}"
    for number, (own, its) in enumerate(zip(told, held.rows, strict=True), 1):
        if (own.start, own.end) != (its.start, its.end):
            return f"row {number}: {_span(its)}, not {_span(own)}"
        # NaN lies off everything.
        if not abs(own.setpoint - its.setpoint) <= device.setpoint_step / 2:
            return f"row {number}: {its.setpoint:g} {device.unit}, not {own.setpoint:g}"
    return None


def _span(row: Row) -> str:
    return f"{row.start.isoformat()} to {row.end.isoformat()}"


def _again(queued: Queued, envelope: Envelope, why: str, sending: Sending, now: dt.datetime) -> Outcome:
    next_try = now + wait_before(queued.attempts, queued.cmd_id, sending.settings)
    give_up = _give_up(envelope, sending.settings, keeper=sending.devices[queued.controller].keeper, now=now)
    if next_try >= queued.valid_until:
        return _outcome(queued, "expired", f"no answer in its time: {why}")
    if now >= give_up and envelope.command.action != "apply":
        # A device that comes back would go on by what it was told before.
        return _held(queued, f"not told in {queued.attempts} attempts, tried on: {why}", sending.settings, now)
    if now >= give_up:
        return _outcome(queued, "dead", f"given up after {queued.attempts} attempts: {why}")
    return _outcome(queued, "waiting", why, next_try)


def _give_up(envelope: Envelope, settings: IssuingSettings, *, keeper: bool, now: dt.datetime) -> dt.datetime:
    """Until when a device is asked; a person sets the gate first, and signs on the way home."""
    begin = envelope.command.valid_from
    if keeper and settings.keepers_patience is None:
        first = max(envelope.issued_at, begin).astimezone(begin.tzinfo)
        return (first + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    patience = settings.keepers_patience if keeper and settings.keepers_patience is not None else settings.patience
    return max(envelope.issued_at, min(begin, now)) + dt.timedelta(days=patience)


def _held(queued: Queued, why: str, settings: IssuingSettings, now: dt.datetime) -> Outcome:
    return _outcome(queued, "held", why, now + dt.timedelta(days=settings.longest_retry))


def _outcome(queued: Queued, state: CommandState, detail: str, next_try: dt.datetime | None = None) -> Outcome:
    """What a device says may hold what no database keeps (NUL, halves of characters); nothing else of the batch shall be lost."""
    kept = "".join(each for each in detail if each.isprintable() or each == "\n")
    return Outcome(queued.cmd_id, str(queued.claim), state, kept, next_try)
