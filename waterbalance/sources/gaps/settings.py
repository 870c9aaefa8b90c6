"""The section `gaps` of the nightly configuration: the ladder of each series, best rung first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from waterbalance.sources.gaps.climatology import Climatology
from waterbalance.sources.gaps.hold import Hold
from waterbalance.sources.gaps.interpolate import Interpolate
from waterbalance.sources.gaps.ratio import Ratio
from waterbalance.sources.gaps.recede import Recede

DEFAULT: Final = "default"

Rung = Annotated[Interpolate | Ratio | Recede | Hold | Climatology, Field(discriminator="method")]
Ladder = tuple[Rung, ...]


def _named(settings: Mapping[str, Ladder]) -> Mapping[str, Ladder]:
    wrong = [name for name in settings if name != DEFAULT and name.count(".") != 1]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no series; write component.quantity, or 'default' for all others")
    return settings


GapSettings = Annotated[Mapping[str, Ladder], Field(default_factory=dict), AfterValidator(_named)]
"""`component.quantity` or `default` -> rungs; a series without a ladder keeps its gaps."""


def ladder_of(settings: Mapping[str, Ladder], name: str) -> Ladder:
    """The rungs for the series `component.quantity`."""
    return settings.get(name, settings.get(DEFAULT, ()))
