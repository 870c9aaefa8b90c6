"""When a structure is out of service by plan: repair, maintenance, a test."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from waterbalance.network.fields import Fraction

if TYPE_CHECKING:
    from collections.abc import Sequence


def _only_a_date(value: object) -> object:
    """A date, or text that is one: a number would be read as seconds since 1970."""
    if type(value) is dt.date or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError(f"{value!r} is not a date; write year-month-day, such as 2026-03-01")


Day = Annotated[dt.date, BeforeValidator(_only_a_date, json_schema_input_type=str)]


class Outage(BaseModel):
    """A window in which only a share of a structure can be used: capacity in service = available x capacity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: Day
    """First day of the outage."""

    last_day: Day
    """Last day of the outage, which still belongs to it."""

    available: Fraction = 0.0
    """Share of the structure that stays in service. [-]"""

    reason: str = ""
    """What is done in this time; shown in the report."""

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"the outage ends on {self.last_day}, before it begins on {self.first_day}; exchange the two days")
        return self


def refuse_overlap(outages: Sequence[Outage]) -> None:
    """Raise `ValueError` where two outages hold on the same day: nobody could tell which share counts."""
    in_order = sorted(outages, key=lambda each: each.first_day)
    for earlier, later in pairwise(in_order):
        if later.first_day <= earlier.last_day:
            raise ValueError(
                f"two outages overlap: {earlier.first_day} to {earlier.last_day} and {later.first_day} to {later.last_day};"
                " write windows that follow each other, each with the share that is available"
            )
