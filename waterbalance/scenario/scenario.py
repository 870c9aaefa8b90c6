"""A scenario: what exists, what is expected, what is preferred and when, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError, Place
from waterbalance.horizon import Horizon, plan_horizon
from waterbalance.parameter.parameters import Parameters
from waterbalance.scenario.issuing import IssuingSettings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from waterbalance.network.network import Network
    from waterbalance.policy.goal import Policy
    from waterbalance.scenario.controller_settings import AnyController
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.rating_settings import RatingSettings
    from waterbalance.scenario.schema import EndCondition, EnsembleSettings, HorizonSettings, ReportedSettings
    from waterbalance.scenario.series import Series
    from waterbalance.scenario.turn_settings import TurnSettings

Key = tuple[str, str]


@dataclass(frozen=True)
class Scenario:
    """Everything that a scenario folder says; no file is read after it."""

    name: str
    time_zone: str
    horizon: HorizonSettings
    network: Network
    policy: Policy
    """With the goal for the value of stored water, where end conditions ask for one."""

    folder: str = "."
    """Where it was read, as the user gave it."""

    title: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    currency: str = "currency"
    planning_values: Mapping[str, str | float] = field(default_factory=dict)
    """Which value of the members a deterministic plan uses, by quantity."""

    planning_ensemble: EnsembleSettings | None = None
    """Whether plans are made for several members at once."""

    end_conditions: Mapping[str, EndCondition] = field(default_factory=dict)
    series: Mapping[Key, Series] = field(default_factory=dict)
    """What tables and dated fields say, by component and quantity."""

    forecasts: Mapping[Key, Recipe] = field(default_factory=dict)
    """What forecasters make."""

    observations: Mapping[Key, Series] = field(default_factory=dict)
    """Observed stocks by date."""

    record: Mapping[Key, Series] = field(default_factory=dict)
    """What really happened: recorded stocks and flows, which no plan uses."""

    record_notes: tuple[Mapping[str, str], ...] = ()
    """What must be known of the record to compare a plan with it, by language."""

    oldest: float = 10.0
    """How old an observation may be that stands for the first day. [day]"""

    under_way: Mapping[Key, float] = field(default_factory=dict)
    """Steady flows of the last days before the start. [m3/day]"""

    parameters: Parameters = field(default_factory=Parameters)
    """What is worked out when a step begins."""

    reported: tuple[ReportedSettings, ...] = ()
    """What a simulation reports under names of its own."""

    not_carried_over: Mapping[str, str] = field(default_factory=dict)
    """What a model of another tool had and this scenario lacks, by its place there."""

    issuing: IssuingSettings = field(default_factory=IssuingSettings)
    """How orders leave."""
    ratings: Mapping[str, RatingSettings] = field(default_factory=dict)
    """How settings and discharges hang together, by name."""

    controllers: Mapping[str, AnyController] = field(default_factory=dict)
    """Devices at gates, pumps and valves, by name."""

    turns: TurnSettings | None = None
    """Canals whose gates are set within the day."""

    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every file that was read, by its name in the folder."""

    def label(self, language: str = "en") -> str:
        """Name for people in a language, the plain name where there is no title."""
        return self.title.get(language, self.title.get("en", self.name))

    def starting(self, start: dt.date) -> Scenario:
        """The same scenario from another day on."""
        return replace(self, horizon=self.horizon.model_copy(update={"start": start}))


def horizon_of(scenario: Scenario, start: dt.date | None = None) -> Horizon:
    """The steps of a plan that begins on `start`, or on the scenario's own first day.

    Raises `InputError` when the scenario's last day lies before `start`.
    """
    settings = scenario.horizon
    first = settings.start if start is None else start
    if settings.last_day is not None and settings.last_day < first:
        finding = Finding(
            "the plan would end before it starts",
            Place(scenario.folder),
            f"start {first}, last_day {settings.last_day}",
            "a start up to the last_day",
            "Choose an earlier start, or change 'horizon: last_day' of the scenario.",
        )
        raise InputError("the horizon has no steps", (finding,))
    return plan_horizon(first, last_day=settings.last_day, daily_steps=settings.daily_steps, time_zone=scenario.time_zone)
