"""Members of a scenario: the same water system with series that are larger or smaller.

    member,inflow0,upper_lake.inflow
    dry,0.6,0.6
    wet,1.4,1.3

A column is a named parameter of the scenario, or a component and a quantity; each row holds the factors of one member.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.scenario.csv_file import CsvComplaints, cell_number, csv_rows
from waterbalance.scenario.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from waterbalance.horizon import Floats
    from waterbalance.scenario.csv_file import Row

MOST_MEMBERS = 10_000
LARGEST_FACTOR = 1000.0
"""Whoever multiplies a series by more means another series. [-]"""

MEMBER = "member"


@dataclass(frozen=True)
class Members:
    """Names, and by what series are multiplied in each."""

    names: tuple[str, ...]
    factors: Mapping[str, Floats] = field(default_factory=dict)
    """Name of a parameter, or `component.quantity` -> shape (members,). [-]"""

    def __len__(self) -> int:
        return len(self.names)

    def some(self, which: slice) -> Self:
        """Only these members."""
        return type(self)(self.names[which], {name: factors[which] for name, factors in self.factors.items()})


AS_IT_IS = Members(("",))
"""The scenario itself."""


def read_members(path: Path) -> Members:
    """Read a file of members. Raises `InputError` with everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        finding = Finding("the file cannot be read", Place(str(path)), str(error), "a CSV file in UTF-8")
        raise InputError("the members are not known", (finding,)) from None
    complaints, findings = CsvComplaints(str(path)), Findings()
    rows = csv_rows(text, complaints)
    if len(rows) < 2 and not len(complaints):
        complaints.add("there are no members", 1, None, f"{len(rows)} rows", "a header, and a row for each", "Add rows.")
    members = _members(rows, complaints) if len(rows) > 1 else AS_IT_IS
    complaints.hand_over(findings)
    findings.raise_if_any(InputError, "the members are not known")
    return members


def _members(rows: list[Row], complaints: CsvComplaints) -> Members:
    header, *body = rows
    if header.cells[0] != MEMBER or len(header.cells) < 2 or len(set(header.cells)) < len(header.cells):
        allowed = f"{MEMBER!r}, then each parameter or component.quantity once"
        complaints.add("the header names no factors", header.line, None, shown(",".join(header.cells)), allowed, "Mend it.")
        return AS_IT_IS
    if len(body) > MOST_MEMBERS:
        complaints.add("there are too many members", 1, None, str(len(body)), f"at most {MOST_MEMBERS}", "Use several files.")
        return AS_IT_IS
    seen: set[str] = set()
    factors = np.ones((len(header.cells) - 1, len(body)))
    for number, row in enumerate(body):
        if not row.cells[0] or row.cells[0] in seen:
            found, allowed = shown(row.cells[0]), "another name for each member"
            complaints.add("a member has no name of its own", row.line, 1, found, allowed, "Rename it.")
        seen.add(row.cells[0])
        for place, cell in enumerate(row.cells[1:]):
            value = cell_number(cell, row.line, place + 2, complaints, "Write 1 where the series stays as it is.")
            if value is not None and not 0.0 <= value <= LARGEST_FACTOR:
                allowed = f"0 to {LARGEST_FACTOR:g}"
                complaints.add("this is no factor of a series", row.line, place + 2, shown(cell), allowed, "Mend it.")
            factors[place, number] = np.nan if value is None else value
    names = tuple(row.cells[0] for row in body)
    return Members(names, dict(zip(header.cells[1:], factors, strict=True)))
