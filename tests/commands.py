"""Commands and envelopes for tests."""

import datetime as dt

from waterbalance.schedule.command import Command, Fallback, Label, Limits, Row
from waterbalance.schedule.envelope import Approval, Envelope

TAIPEI = dt.timezone(dt.timedelta(hours=8))
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=TAIPEI)


def command(
    controller: str = "gate_a",
    *,
    plan: str = "0" * 64,
    start: dt.datetime = NOON,
    hours: int = 24,
    setpoints: tuple[float, ...] = (1.25, 0.5),
    label: Label = "planned",
) -> Command:
    """Equal parts of `hours`, one for each setpoint."""
    length = dt.timedelta(hours=hours) / len(setpoints)
    rows = tuple(
        Row(start + number * length, start + (number + 1) * length, setpoint) for number, setpoint in enumerate(setpoints)
    )
    return Command(
        controller=controller,
        structure="main_canal",
        plan=plan,
        action="apply",
        mode="flow",
        unit="m3/s",
        valid_from=start,
        valid_until=start + dt.timedelta(hours=hours),
        rows=rows,
        limits=Limits(0.0, 2.5, 1.0, 1800.0),
        fallback=Fallback(),
        label=label,
    )


def envelope(of: Command, sequence: int = 1, *, issued_at: dt.datetime = NOON) -> Envelope:
    """Not signed."""
    approval = Approval("chen", NOON - dt.timedelta(hours=1))
    return Envelope(of, sequence, sequence - 1 or None, issued_at, "lin", (approval,))
