"""What a scenario file may hold: frozen models; an unknown key is an error.

Components and rules are described by their own classes; `json_schema` puts both together for editors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from waterbalance.network.fields import Duration, Volume
from waterbalance.policy.goal import Policy
from waterbalance.policy.presets import PRESETS
from waterbalance.scenario.controller_settings import ControllerName, ControllerSettings
from waterbalance.scenario.dates import LocalDate
from waterbalance.scenario.issuing import IssuingSettings
from waterbalance.scenario.rating_settings import RatingSettings
from waterbalance.scenario.turn_settings import TurnSettings
from waterbalance.scenario.wording import listed, nearest

FILE_VERSION = 1


def _read_zone(value: str) -> str:
    names = available_timezones()
    if value not in names:
        raise ValueError(f"an IANA time zone, such as Asia/Taipei. {nearest(value, sorted(names), 'Look its name up.')}")
    return ZoneInfo(value).key


def _read_choice(value: object) -> str | float:
    """`mean`, `median` or a quantile between 0 and 1."""
    if isinstance(value, str) and value in {"mean", "median"}:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise ValueError("mean, median or a quantile between 0 and 1")


def _read_preset(value: str) -> str:
    if value not in PRESETS:
        raise ValueError(f"one of {listed(PRESETS)}. {nearest(value, PRESETS, 'Choose one of those.')}")
    return value


PlanningValue = Annotated[str | float, BeforeValidator(_read_choice, json_schema_input_type=str | float)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepLength(_Model):
    """So many days or so many calendar months: exactly one of the two."""

    days: int | None = Field(default=None, ge=1, le=366, strict=True)
    """[day]"""

    months: int | None = Field(default=None, ge=1, le=120, strict=True)
    """Calendar months; a simulation then begins on the first of one."""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("a step has exactly one of days and months; leave the other out")
        return self

    def after(self, day: dt.date) -> dt.date:
        """The day after a step that begins on a day."""
        if self.days is not None:
            return day + dt.timedelta(days=self.days)
        months = day.year * 12 + day.month - 1 + (self.months or 1)
        return dt.date(months // 12, months % 12 + 1, 1)


class ReportedSettings(_Model):
    """A series that a simulation reports under a name of its own: exactly one of `of` and `parameter`."""

    name: str
    """What it is called."""

    attribute: str
    """What it is, in a word such as flow, volume or recorder."""

    of: tuple[str, ...] = ()
    """`component.quantity` of what is added up."""

    minus: tuple[str, ...] = ()
    """`component.quantity` of what is taken off."""

    parameter: str | None = None
    """Name of the parameter that it is."""

    per_day: bool = False
    """Whether a volume over the step is told as a mean per day."""

    at_end: bool = False
    """Whether a parameter is worked out from how the step itself ended, not from how the one before did."""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if bool(self.of) == (self.parameter is not None):
            raise ValueError("a series is reported 'of' quantities or of a parameter; leave the other out")
        if self.at_end and self.parameter is None:
            raise ValueError("only a parameter is worked out 'at_end'; quantities are those of the step anyway")
        return self


class HorizonSettings(_Model):
    """Daily steps, then ten-day periods."""

    start: LocalDate
    """First day of the plan, local."""

    last_day: LocalDate | None = None
    """Last day of the plan; the end of the season (30 June or 31 December) when left out."""

    daily_steps: int = Field(default=14, ge=0, le=3660, strict=True)
    """Number of daily steps before the ten-day periods begin."""

    step: StepLength | None = None
    """Length of the steps of a simulation without a look ahead; one day when left out."""

    def step_after(self, day: dt.date) -> dt.date:
        """The day after the step of a simulation without a look ahead that begins on a day."""
        return day + dt.timedelta(days=1) if self.step is None else self.step.after(day)

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.last_day is not None and self.last_day < self.start:
            raise ValueError(f"last_day ({self.last_day}) lies before the start ({self.start}); give a later one")
        return self


class PresetChoice(_Model):
    """A ready order of preference."""

    preset: Annotated[str, AfterValidator(_read_preset), Field(json_schema_extra={"enum": list(PRESETS)})]
    """Name of the order."""


def _kind_of_policy(value: object) -> str:
    return "preset" if isinstance(value, PresetChoice) or (isinstance(value, Mapping) and "preset" in value) else "own"


PolicySettings = Annotated[Annotated[PresetChoice, Tag("preset")] | Annotated[Policy, Tag("own")], Discriminator(_kind_of_policy)]


class EndCondition(_Model):
    """What a storage should hold at the end of the horizon: exactly one of the three."""

    curve: str | None = None
    """Name of a curve of the storage, such as `lower_curve`; its value at the end is the target."""

    target: Volume | None = None
    """Storage wanted at the end. [m3]"""

    value: float | None = Field(default=None, gt=0)
    """Weight of a cubic metre that is kept, in a last goal."""

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        if sum(each is not None for each in (self.curve, self.target, self.value)) != 1:
            raise ValueError("an end condition has exactly one of curve, target and value; leave the others out")
        return self


class EnsembleSettings(_Model):
    """A plan for several members of the forecasts at once, with the same orders for all of them at first."""

    members: int = Field(default=5, ge=2, le=100, strict=True)
    """How many members stand for all; those that are equal count once."""

    common_days: int = Field(default=7, ge=1, le=366, strict=True)
    """For how many of the first days orders are the same whichever member comes. [day]"""

    compare: bool = Field(default=True, strict=True)
    """Whether it is told what this is worth beside a plan for one value, which takes three more plans."""


class TableSettings(_Model):
    """A CSV table of series."""

    file: str
    """Name of the file, inside the scenario's folder."""

    label: str | None = None
    """How the values came to be, for the report; the name of the file when left out."""

    source: str | None = None
    """Where the values come from, or `assumed`."""

    holds: bool = Field(default=False, strict=True)
    """For `from` tables: the last row holds until further notice, and the first one also before its date."""


class StateSettings(_Model):
    """Observed stocks by date."""

    file: str
    """Name of the CSV table, inside the scenario's folder."""

    oldest: Duration = 10.0
    """How old a row may be that stands for the first day of the plan. [day]"""

    source: str | None = None
    """Where the values come from, or `assumed`."""


class RecordSettings(_Model):
    """Recorded stocks and flows by date."""

    file: str
    """Name of the CSV table, inside the scenario's folder."""

    source: str | None = None
    """Where the values come from, or `assumed`."""

    note: Mapping[str, str] = {}
    """What a reader must know of the record to compare a plan with it, by language (`en`, `zh-TW`)."""


class FileSettings(_Model):
    """A CSV table for one purpose."""

    file: str
    """Name of the file, inside the scenario's folder."""


class ForecastSettings(_Model):
    """A series that a forecaster makes. The forecaster's own settings stand beside these keys."""

    forecaster: str
    """Name of the forecaster."""

    label: str | None = None
    """How the values came to be, for the report; the forecaster's own words when left out."""

    source: str | None = None
    """Where the settings come from, or `assumed`."""

    members: int = Field(default=100, ge=1, le=10_000, strict=True)
    """Number of equally likely members."""

    seed: int = Field(default=0, ge=0, strict=True)
    """Seed of the random numbers; the same seed gives the same members."""


class ScenarioFile(_Model):
    """A scenario: what exists, what is expected, what is preferred, and when."""

    waterbalance: int = Field(strict=True, ge=FILE_VERSION, le=FILE_VERSION)
    """Version of the file format."""

    name: str = Field(pattern=r"^[\w-]+$")
    """Short name: letters, digits, `_` and `-`."""

    title: Mapping[str, str] = {}
    """Name for people, by language (`en`, `zh-TW`)."""

    description: str = ""
    """What the scenario is about."""

    time_zone: Annotated[str, AfterValidator(_read_zone)]
    """IANA name of the time zone whose days the plan counts."""

    currency: str = "currency"
    """Name of the currency of all prices."""

    horizon: HorizonSettings
    """When."""

    sources_required: bool = Field(default=False, strict=True)
    """Whether every figure needs a source."""

    policy: PolicySettings
    """What is preferred: a preset, or goals in ranked order."""

    planning_values: Mapping[str, PlanningValue] = {}
    """Which value of the members a deterministic plan uses, by quantity: mean, median or a quantile."""

    planning_ensemble: EnsembleSettings | None = None
    """Plan for several members at once instead of one value of them."""

    end_conditions: Mapping[str, EndCondition] = {}
    """By storage."""

    components: dict[str, dict[str, Any]] = Field(min_length=1)
    """Places and links by name."""

    rules: dict[str, dict[str, Any]] = {}
    """Rules by name."""

    state: StateSettings | None = None
    """Observed stocks."""

    issuing: IssuingSettings = IssuingSettings()
    """How orders leave: ages, retries, approvals."""

    record: tuple[RecordSettings, ...] = ()
    """What really happened, for past dates: the report shows it beside the plan, which never uses it."""

    under_way: dict[str, Any] = {}
    """`component.quantity` -> the steady flow of the last days before the start."""

    tables: tuple[TableSettings, ...] = ()
    """Series in CSV tables."""

    forecasts: dict[str, dict[str, Any]] = {}
    """`component.quantity` -> a forecaster and its settings."""

    parameters: dict[str, Any] = {}
    """Values that are worked out when a step begins, by name: a number, the name of another one, or a kind and its fields."""

    set_by: dict[str, Any] = {}
    """`component.quantity` -> the parameter that gives it, by name or in its place."""

    reported: tuple[ReportedSettings, ...] = ()
    """Series that a simulation reports under names of their own."""

    not_carried_over: dict[str, str] = {}
    """Where it stood in the model that was imported -> what the scenario lacks; told with every plan until it is removed."""

    ratings: dict[ControllerName, RatingSettings] = {}
    """How settings and discharges of structures hang together, by name; controllers name them."""

    controllers: dict[ControllerName, ControllerSettings] = {}
    """Devices at gates, pumps and valves, by name."""

    turns: TurnSettings | None = None
    """Canals whose gates are set within the day; even daily orders when left out."""
