"""Envelopes for one controller, as the engine would issue them; nothing here is signed."""

import datetime as dt
from dataclasses import replace

from waterbalance.schedule.command import Action, Command, Fallback, Limits, Mode, Row
from waterbalance.schedule.envelope import Approval, Envelope

TAIPEI = dt.timezone(dt.timedelta(hours=8))

UNITS: dict[Mode, str] = {"flow": "m3/s", "level": "m", "position": "m", "duration": "s"}


def next_hour() -> dt.datetime:
    """A full hour in Taipei, one to two hours from now."""
    return dt.datetime.now(TAIPEI).replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=2)


def rows_of(setpoints: tuple[float, ...], start: dt.datetime, hours: float = 1.0) -> tuple[Row, ...]:
    step = dt.timedelta(hours=hours)
    return tuple(Row(start + number * step, start + (number + 1) * step, value) for number, value in enumerate(setpoints))


def order(
    controller: str,
    setpoints: tuple[float, ...] = (1.25, 0.8, 0.0),
    *,
    sequence: int = 1,
    action: Action = "apply",
    mode: Mode = "flow",
    most: float = 2.5,
    fallback: Fallback | None = None,
    start: dt.datetime | None = None,
) -> Envelope:
    begin = next_hour() if start is None else start
    command = Command(
        controller=controller,
        structure="lateral_3",
        plan="ab" * 32,
        action=action,
        mode=mode,
        unit=UNITS[mode],
        valid_from=begin,
        valid_until=begin + dt.timedelta(hours=max(len(setpoints), 1)),
        rows=rows_of(setpoints, begin) if action == "apply" else (),
        limits=Limits(0.0, most),
        fallback=fallback or Fallback(),
    )
    issued = dt.datetime.now(TAIPEI).replace(microsecond=0)
    return Envelope(command, sequence, None, issued, "ops", (Approval("chief", issued),))


def changed(envelope: Envelope, **fields: object) -> Envelope:
    """The same envelope with another command."""
    return replace(envelope, command=replace(envelope.command, **fields))  # type: ignore[arg-type]
