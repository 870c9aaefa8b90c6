"""The contract of a rule, on one page: settings, and `judge`.

To add a rule, write one file with one class: its settings as fields, a `word` that names it in `Reading.why` and in reports,
`judge`; and give it a place among the fields of `SeriesQuality` (settings.py), in whose order rules speak. A rule sees what
is believed after the rules before it, and says verdicts of tonight's readings; it changes nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from waterbalance.forecast.readings import Key, Trust

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.sources.quality.evidence import Evidence
    from waterbalance.sources.quality.verdict import Verdict

Flag = Literal[Trust.DOUBTFUL, Trust.UNRELIABLE]


def _series_name(text: str) -> str:
    if text.count(".") != 1:
        raise ValueError(f"{text!r} is no series; write component.quantity")
    return text


SeriesName = Annotated[str, AfterValidator(_series_name)]
"""`component.quantity`."""


class Rule(BaseModel):
    """What readings are held against."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: ClassVar[str]
    """Name of the rule in `why`, before a colon, and in reports."""

    def judge(self, key: Key, evidence: Evidence) -> Iterator[Verdict]:
        """Verdicts of tonight's readings of a series; nothing for those that are well."""
        raise NotImplementedError


def spoken(value: float, unit: str) -> str:
    """A number as people read it, with its internal unit."""
    return f"{value:,.0f} {unit}" if abs(value) >= 1000 else f"{value:.4g} {unit}"


def key_of(name: str) -> Key:
    """Component and quantity of a series name."""
    component, _, quantity = name.partition(".")
    return component, quantity
