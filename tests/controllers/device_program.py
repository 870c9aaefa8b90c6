"""The program of a reference device: reads the JSON of a schedule with nothing of the engine's own code, follows it, keeps state.

Written from the README's description of the message, so that it judges what the engine sends.
"""

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controllers.peer import Faults

ENVELOPE = {"cmd_id", "sequence", "supersedes", "issued_at", "issued_by", "approvals", "key_id", "signature"}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def uuid_8(content: bytes) -> str:
    octets = bytearray(hashlib.sha256(content).digest()[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass
class DeviceProgram:
    """One device."""

    name: str
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    """Where there are any, an order without a valid signature of one of them is rejected."""

    faults: Faults = field(default_factory=Faults)
    applied: int | None = None
    cmd_id: str | None = None
    action: str = "apply"
    rows: list[dict[str, Any]] = field(default_factory=list)
    fallback: dict[str, Any] = field(default_factory=lambda: {"mode": "hold_last", "setpoint": None, "after": 93_600.0})
    taken: list[int] = field(default_factory=list)
    last_beat: dt.datetime = field(default_factory=now)
    last_setpoint: float = 0.0

    def hear(self, payload: bytes) -> dict[str, Any] | None:
        """Take a schedule in, or not; the acknowledgement, or None for what is none."""
        try:
            told = json.loads(payload)
            command = {key: value for key, value in told.items() if key not in ENVELOPE}
            answer = {"cmd_id": told["cmd_id"], "sequence": told["sequence"]}
            status, code = self._judge(told, command)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if status == "accepted":
            self._apply(told)
        return {**answer, "status": status, "code": code, "at": self.clock().isoformat()}

    def state(self) -> dict[str, Any]:
        return {
            "schema": "waterbalance.state/1",
            "online": True,
            "remote": not self.faults.local,
            "clock": self.clock().isoformat(),
            "applied": self.applied,
            "rows": self.rows,
        }

    def clock(self) -> dt.datetime:
        return now() + dt.timedelta(seconds=self.faults.fast)

    def setpoint(self, at: dt.datetime) -> float:
        """What the gate is set to: rows while they hold and the engine lives, the fallback after them."""
        if self.action == "stop":
            return 0.0
        silent = (at - self.last_beat).total_seconds() > self.fallback["after"]
        for row in () if silent else self.rows:
            if dt.datetime.fromisoformat(row["start"]) <= at < dt.datetime.fromisoformat(row["end"]):
                self.last_setpoint = row["setpoint"]
                return self.last_setpoint
        ended = silent or self.action == "withdraw" or all(dt.datetime.fromisoformat(row["end"]) <= at for row in self.rows)
        if not ended or self.fallback["mode"] == "hold_last":
            return self.last_setpoint
        return 0.0 if self.fallback["mode"] == "close" else self.fallback["setpoint"]

    def _judge(self, told: dict[str, Any], command: dict[str, Any]) -> tuple[str, str | None]:
        checks: tuple[tuple[bool, str, str | None], ...] = (
            (bool(self.keys) and not self._is_signed(told), "rejected", "signature"),
            (told["controller"] != self.name, "rejected", "not for me"),
            (uuid_8(rfc8785.dumps(command)) != told["cmd_id"], "rejected", "cmd_id"),
            (told["cmd_id"] == self.cmd_id, "duplicate", None),
            (self.applied is not None and told["sequence"] <= self.applied, "rejected", "sequence"),
            (dt.datetime.fromisoformat(told["valid_until"]) <= self.clock(), "expired", None),
            (self.faults.local, "rejected", "local"),
        )
        return next(((status, code) for is_so, status, code in checks if is_so), ("accepted", None))

    def _is_signed(self, told: dict[str, Any]) -> bool:
        key = self.keys.get(str(told.get("key_id")))
        if key is None or told.get("signature") is None:
            return False
        signed = rfc8785.dumps({name: value for name, value in told.items() if name != "signature"})
        try:
            key.verify(base64.b64decode(told["signature"]), signed)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _apply(self, told: dict[str, Any]) -> None:
        most = self.faults.most
        self.rows = [{**row, "setpoint": row["setpoint"] if most is None else min(row["setpoint"], most)} for row in told["rows"]]
        self.applied, self.cmd_id, self.action, self.fallback = told["sequence"], told["cmd_id"], told["action"], told["fallback"]
        self.taken.append(told["sequence"])
