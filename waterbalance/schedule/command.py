"""What one controller is told: rows of setpoints, how long they hold, and what to do when nothing more arrives.

    cmd_id = UUID (version 8) of the SHA-256 of the canonical JSON of all that follows

The same plan gives the same commands under the same names, so that telling them twice has one effect (RFC 9562, version 8: free
use of the bits). Sequence number, time of issue and signature belong to the envelope.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from waterbalance.schedule.canonical import canonical
from waterbalance.schedule.told import bound, moment, number, word

Action = Literal["apply", "withdraw", "stop"]
"""Follow the rows; forget rows and go by the fallback; close now and until told otherwise."""

Mode = Literal["flow", "level", "position", "speed", "duration"]
"""Discharge [m3/s], water level [m], opening [m], share of the rated speed [-] or the time a valve is open in a row [s]."""

Label = Literal["planned", "replanned", "remainder", "fallback", "by_hand"]
"""From the plan of the day; from one that replaces another while the day runs; what is left of an earlier plan; the declared
fallback; somebody's own decision."""


FallbackMode = Literal["hold_last", "close", "flow"]


def elapsed(start: dt.datetime, end: dt.datetime) -> float:
    """Seconds between two moments; the difference of local times of one zone lacks the hour by which its clock is put back."""
    return (end.astimezone(dt.UTC) - start.astimezone(dt.UTC)).total_seconds()


@dataclass(frozen=True)
class Row:
    """One setpoint and when it holds."""

    start: dt.datetime
    """With its offset."""

    end: dt.datetime
    setpoint: float
    """In the unit of the command's mode."""

    @property
    def seconds(self) -> float:
        """How long it holds. [s]."""
        return elapsed(self.start, self.end)


@dataclass(frozen=True)
class Limits:
    """What the device may be asked for, in the unit of the command's mode."""

    least: float
    most: float
    greatest_step: float | None = None
    """Between neighbouring rows."""

    least_dwell: float = 0.0
    """How long a setpoint holds at least. [s]"""

    daily_volume: float | None = None
    """Most that may pass on one local day. [m3]"""

    def closed(self, mode: Mode) -> float:
        """The setpoint that lets least through: zero; of a crest, whose level is told, the highest. [unit of the mode]."""
        return self.most if mode == "level" else 0.0

    def allow(self, setpoint: float, mode: Mode) -> bool:
        """Whether a setpoint is closed, or from least to most; NaN is neither."""
        return setpoint == self.closed(mode) or self.least <= setpoint <= self.most

    def told(self, mode: Mode, unit: str) -> str:
        """What they allow, in words."""
        zero = "" if mode == "level" else "0, or "
        return f"{zero}{self.least:g} to {self.most:g} {unit}"

    def within(self, other: Limits) -> Limits:
        """What keeps to both."""
        return Limits(
            max(self.least, other.least),
            min(self.most, other.most),
            _lower(self.greatest_step, other.greatest_step),
            max(self.least_dwell, other.least_dwell),
            _lower(self.daily_volume, other.daily_volume),
        )


@dataclass(frozen=True)
class Fallback:
    """What the device does by itself when the last row has ended, or the engine's heartbeat has been silent for `after`."""

    mode: FallbackMode = "hold_last"
    setpoint: float | None = None
    """For `flow`. [unit of the command]"""

    after: float = 93_600.0
    """Silence of the engine that calls it; 26 hours by default. [s]"""


@dataclass(frozen=True)
class Command:
    """A controller's orders from one plan."""

    controller: str
    structure: str
    plan: str
    """SHA-256 of the plan that was approved."""

    action: Action
    mode: Mode
    unit: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    rows: tuple[Row, ...]
    limits: Limits
    fallback: Fallback
    label: Label = "planned"

    def content(self) -> dict[str, Any]:
        """All that the command says, ready for JSON; times as ISO 8601 with their offset."""
        return {
            "schema": "waterbalance.command/1",
            "controller": self.controller,
            "structure": self.structure,
            "plan": self.plan,
            "action": self.action,
            "label": self.label,
            "mode": self.mode,
            "unit": self.unit,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "rows": [{"start": row.start.isoformat(), "end": row.end.isoformat(), "setpoint": row.setpoint} for row in self.rows],
            "limits": {
                "least": self.limits.least,
                "most": self.limits.most,
                "greatest_step": self.limits.greatest_step,
                "least_dwell": self.limits.least_dwell,
                "daily_volume": self.limits.daily_volume,
            },
            "fallback": {"mode": self.fallback.mode, "setpoint": self.fallback.setpoint, "after": self.fallback.after},
        }

    @cached_property
    def cmd_id(self) -> str:
        """Name of the command, from its content alone. Raises `InputError` where a number is none."""
        return str(uuid.UUID(bytes=_version_8(hashlib.sha256(canonical(self.content())).digest()[:16])))

    def in_zone(self, zone: dt.tzinfo) -> Command:
        """The same command with the times of its rows in a zone, whose days may have 23 or 25 hours."""
        rows = (Row(row.start.astimezone(zone), row.end.astimezone(zone), row.setpoint) for row in self.rows)
        return replace(self, rows=tuple(rows))

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Command:
        """The command of a content. Raises `LookupError`, `TypeError` or `ValueError` where it tells none."""
        limits, fallback = content["limits"], content["fallback"]
        return cls(
            controller=str(content["controller"]),
            structure=str(content["structure"]),
            plan=str(content["plan"]),
            action=word(content["action"], Action),
            mode=word(content["mode"], Mode),
            unit=str(content["unit"]),
            valid_from=moment(content["valid_from"]),
            valid_until=moment(content["valid_until"]),
            rows=tuple(Row(moment(row["start"]), moment(row["end"]), number(row["setpoint"])) for row in content["rows"]),
            limits=Limits(
                number(limits["least"]),
                number(limits["most"]),
                bound(limits["greatest_step"]),
                number(limits["least_dwell"]),
                bound(limits["daily_volume"]),
            ),
            fallback=Fallback(word(fallback["mode"], FallbackMode), bound(fallback["setpoint"]), number(fallback["after"])),
            label=word(content["label"], Label),
        )


def _lower(one: float | None, other: float | None) -> float | None:
    """The lower of two bounds; None is no bound."""
    return min((each for each in (one, other) if each is not None), default=None)


def _version_8(octets: bytes) -> bytes:
    """Sets the bits of version and variant (RFC 9562, section 5.8)."""
    changed = bytearray(octets)
    changed[6] = changed[6] & 0x0F | 0x80
    changed[8] = changed[8] & 0x3F | 0x80
    return bytes(changed)
