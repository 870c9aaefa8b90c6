"""A command on its way: numbered, dated, approved and signed.

What is signed is the canonical JSON of everything but the signature itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.errors import InputError
from waterbalance.schedule.canonical import canonical
from waterbalance.schedule.command import Command
from waterbalance.schedule.told import moment

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class Approval:
    """Who agreed to the plan, and when."""

    by: str
    at: dt.datetime
    rule: str | None = None
    """Name of the declared envelope where nobody was asked."""


@dataclass(frozen=True)
class Envelope:
    """A command with what makes it safe to send."""

    command: Command
    sequence: int
    """Counts the commands of one controller; a lower one than the device has applied is refused."""

    supersedes: int | None
    """Sequence of the command that this one takes the place of."""

    issued_at: dt.datetime
    issued_by: str
    approvals: tuple[Approval, ...]
    key_id: str | None = None
    signature: str | None = None
    """Ed25519 over `signed()`, in Base64; None before it is signed, and where no key is declared."""

    def content(self) -> dict[str, Any]:
        """Everything but the signature, ready for JSON."""
        return {
            **self.command.content(),
            "cmd_id": self.command.cmd_id,
            "sequence": self.sequence,
            "supersedes": self.supersedes,
            "issued_at": self.issued_at.isoformat(),
            "issued_by": self.issued_by,
            "approvals": [{"by": each.by, "at": each.at.isoformat(), "rule": each.rule} for each in self.approvals],
            "key_id": self.key_id,
        }

    def signed(self) -> bytes:
        """What the signature is made of."""
        return canonical(self.content())

    def payload(self) -> bytes:
        """What is sent: canonical JSON, the signature included."""
        return canonical({**self.content(), "signature": self.signature})

    @classmethod
    def from_payload(cls, payload: bytes) -> Envelope:
        """Read what was sent. Raises `ValueError` where it is not, byte for byte."""
        try:
            envelope = cls._read(json.loads(payload))
            same = envelope.payload() == payload
        except (AttributeError, InputError, LookupError, OverflowError, RecursionError, TypeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        # Spellings that mean the same, and words that nobody reads, are no part of what was signed.
        if not same:
            raise ValueError("the payload is not the canonical JSON of an envelope")
        return envelope

    @classmethod
    def _read(cls, content: dict[str, Any]) -> Envelope:
        command = Command.from_content(content)
        if command.cmd_id != content["cmd_id"]:
            raise ValueError(f"the cmd_id {content['cmd_id']} is not that of the command, {command.cmd_id}")
        return cls(
            command=command,
            sequence=int(content["sequence"]),
            supersedes=None if content["supersedes"] is None else int(content["supersedes"]),
            issued_at=moment(content["issued_at"]),
            issued_by=str(content["issued_by"]),
            approvals=tuple(Approval(str(each["by"]), moment(each["at"]), each["rule"]) for each in content["approvals"]),
            key_id=content["key_id"],
            signature=content["signature"],
        )
