"""Complaints: every problem found is collected, named and placed; a run raises once, with all of them.

A `Finding` answers five questions: what is wrong, where, what was found, what is allowed, and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Place:
    """Where something is: a file position, a component, a date; whatever is known of them."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    component: str | None = None
    date: str | None = None

    def __str__(self) -> str:
        position = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ", ".join(part for part in (position, self.component, self.date) if part)


@dataclass(frozen=True)
class Finding:
    """One problem, told so that its reader can mend it."""

    what: str
    where: Place = field(default_factory=Place)
    found: str | None = None
    allowed: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        """One line: place, what, found, allowed, remedy."""
        place = str(self.where)
        parts = [f"{place}: {self.what}" if place else self.what]
        if self.found is not None:
            parts.append(f"found {self.found}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        text = "; ".join(parts)
        return f"{text}. {self.remedy}" if self.remedy else text


class Findings:
    """A growing list of findings; `raise_if_any` raises them all at once."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._findings = list(findings)

    def add(self, finding: Finding) -> None:
        """Keep one more finding."""
        self._findings.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keep several more findings."""
        self._findings.extend(findings)

    def raise_if_any(self, error: type[WaterBalanceError], title: str) -> None:
        """Raise `error` with every finding so far, or return when there is none."""
        if self._findings:
            raise error(title, tuple(self._findings))

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)


class WaterBalanceError(Exception):
    """The family of errors that a user may meet; each kind has its exit code."""

    exit_code: ClassVar[int] = 1

    def __init__(self, title: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(title, findings)
        self.title = title
        self.findings = findings

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {finding}" for finding in self.findings)])


class UsageError(WaterBalanceError):
    """The command or the call itself is wrong."""

    exit_code = 2


class InputError(WaterBalanceError):
    """A file or a value that was handed in is wrong."""

    exit_code = 65


class UnitError(InputError):
    """A quantity has no unit, an unknown unit, or a unit of another kind."""


class NoPlanError(WaterBalanceError):
    """No plan satisfies the physics, or the solver gave none."""

    exit_code = 11


class OutputError(WaterBalanceError):
    """The place that the command names for its files cannot be written: the command is wrong, not the scenario."""

    exit_code = 2


class ApprovalError(WaterBalanceError):
    """Somebody has to agree first, or somebody else has to do it."""

    exit_code = 12


class TryLaterError(WaterBalanceError):
    """Nothing is wrong with what was asked; it may succeed later."""

    exit_code = 75


class SourceError(WaterBalanceError):
    """A server is silent, refuses, or fails, and nothing kept of it is young enough."""

    exit_code = 69
