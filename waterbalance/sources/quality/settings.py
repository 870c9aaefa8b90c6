"""The section `quality` of the nightly configuration: by `component.quantity`, and `default` for all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waterbalance.sources.quality.at_most import AtMost
from waterbalance.sources.quality.balance import Balance
from waterbalance.sources.quality.capacity import Capacity
from waterbalance.sources.quality.change import RateOfChange
from waterbalance.sources.quality.copied import Copied
from waterbalance.sources.quality.datum import Datum
from waterbalance.sources.quality.day_labels import DayLabels
from waterbalance.sources.quality.dead_storage import DeadStorage
from waterbalance.sources.quality.known_range import KnownRange
from waterbalance.sources.quality.limits import HardLimits, SoftLimits
from waterbalance.sources.quality.numbers import Numbers
from waterbalance.sources.quality.oscillation import Oscillation
from waterbalance.sources.quality.repeated import Repeated
from waterbalance.sources.quality.shift import TemporaryShift
from waterbalance.sources.quality.spike import Spike
from waterbalance.sources.quality.stuck import Stuck
from waterbalance.sources.quality.unit_slip import UnitSlip

if TYPE_CHECKING:
    from waterbalance.sources.quality.rule import Rule

DEFAULT: Final = "default"


class SeriesQuality(BaseModel):
    """The rules for one series, in the order in which they speak; `null` leaves out one that `default` has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers: Numbers = Numbers()
    """Finite, and not below zero."""

    repeated: Repeated | None = Repeated()
    """Days told twice."""

    days: DayLabels | None = DayLabels()
    """Days that were not over, or slipped."""

    unit: UnitSlip | None = UnitSlip()
    """Another unit."""

    datum: Datum | None = None
    """Another zero of the gauge."""

    known: KnownRange | None = KnownRange()
    """Orders of magnitude from all that was ever known; limits, where there are any, take its place."""

    hard: HardLimits | None = None
    """Limits beyond which nothing is used."""

    capacity: Capacity | None = Capacity()
    """Storages above what the lake holds."""

    dead: DeadStorage | None = DeadStorage()
    """Storages far below the lowest outlet."""

    soft: SoftLimits | None = None
    """Limits beyond which a reading is doubtful."""

    change: RateOfChange | None = None
    """How fast it rises and falls."""

    stuck: Stuck | None = None
    """The same value for days."""

    spike: Spike | None = None
    """A day apart from its neighbours."""

    oscillation: Oscillation | None = None
    """To and fro."""

    shift: TemporaryShift | None = None
    """A jump and, days later, the jump back."""

    copied: Copied | None = None
    """The same as another series."""

    at_most: AtMost | None = None
    """More than another series."""

    balance: Balance | None = None
    """Of a storage: its gains and losses."""

    def rules(self) -> Mapping[str, Rule]:
        """The rules by the names of their fields, in the order in which they speak."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        if (self.hard or self.soft) and "known" not in self.model_fields_set:
            del named["known"]
        return {name: rule for name, rule in named.items() if rule is not None}

    def over(self, default: SeriesQuality) -> SeriesQuality:
        """What is said here, and of the rest what is said by default."""
        return default.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


def _named(settings: Mapping[str, SeriesQuality]) -> Mapping[str, SeriesQuality]:
    wrong = [name for name in settings if name != DEFAULT and name.count(".") != 1]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no series; write component.quantity, or 'default' for all others")
    return settings


QualitySettings = Annotated[Mapping[str, SeriesQuality], Field(default_factory=dict), AfterValidator(_named)]
"""What the configuration says; a series without a word of its own goes by `default`."""


def quality_of(settings: Mapping[str, SeriesQuality], name: str) -> SeriesQuality:
    """The rules for the series `component.quantity`."""
    default = settings.get(DEFAULT, SeriesQuality())
    return settings[name].over(default) if name in settings else default
