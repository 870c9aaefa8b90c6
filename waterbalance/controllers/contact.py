"""The contract of a contact: somebody who is called when a night goes wrong. Its settings are the contact itself.

- `call` returns when the other side has taken the call, and raises `ContactError` where it has not; nobody is called by halves.
- What it says holds no key, user or password; those are named as environment variables.
- It waits no longer than its `timeout`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waterbalance.errors import Finding, Place, WaterBalanceError
from waterbalance.network.fields import Duration
from waterbalance.scenario.controller_quantities import Seconds, is_variable

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

LONGEST_AFTER = 0.5
"""Whoever is called later than half a day after a deadline is called too late. [day]"""


class ContactError(WaterBalanceError):
    """A contact cannot be reached."""

    exit_code = 69


@dataclass(frozen=True)
class Call:
    """What somebody is told."""

    subject: str
    """One line; the reason first."""

    text: str
    at: dt.datetime
    facts: dict[str, str | float | None]
    """The same for programs."""

    def content(self, to: str) -> dict[str, Any]:
        """Ready for JSON."""
        told = {"schema": "waterbalance.call/1", "to": to, "at": self.at.isoformat(timespec="seconds")}
        return {**told, "subject": self.subject, "text": self.text, "facts": self.facts}


class ContactSettings(BaseModel, ABC):
    """One contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    """Who, for the log; different for each contact."""

    kind: str
    """How it is called."""

    after: Duration = Field(default=0.0, ge=0, le=LONGEST_AFTER)
    """How long after the first call, as long as nobody has answered. [day]"""

    timeout: Seconds = Field(default=20.0, gt=0)
    """How long the other side may say nothing. [s]"""

    @abstractmethod
    def call(self, call: Call, folder: Path) -> None:
        """Tell it. `folder`: of the configuration. Raises `ContactError`, and `UsageError` where a variable is not set."""

    def unreached(self, found: str, file: str | None = None) -> ContactError:
        """What is said where nobody takes the call."""
        remedy = "Look at the contact's settings and at the other side; the next contact is called in its place."
        finding = Finding("nobody takes the call", Place(file, component=f"contact {self.name}"), found, remedy=remedy)
        return ContactError("a contact cannot be reached", (finding,))


def _variable(name: str) -> str:
    if not is_variable(name):
        raise ValueError("the name of an environment variable, in capitals; the value itself never stands in a file")
    return name


VariableName = Annotated[str, AfterValidator(_variable)]
