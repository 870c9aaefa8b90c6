"""What the configuration of a nightly job may hold: its sections, one field each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from waterbalance.controllers.contacts import Contacts
from waterbalance.network.fields import Duration
from waterbalance.operate.configuring.alert_settings import AlertSettings
from waterbalance.operate.configuring.backtest_settings import BacktestSettings
from waterbalance.operate.configuring.expect_settings import ExpectSettings
from waterbalance.operate.configuring.stages import TimeLimits
from waterbalance.operate.configuring.state_settings import StateSettings
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.overriding import Override
from waterbalance.scenario.issuing import SECONDS
from waterbalance.sources.address import Address
from waterbalance.sources.derived import DerivedSettings
from waterbalance.sources.gaps.settings import GapSettings
from waterbalance.sources.http_settings import HttpSettings
from waterbalance.sources.quality.settings import QualitySettings
from waterbalance.sources.registry import AnySource
from waterbalance.store.keep_settings import KeepSettings


class NightIssuing(BaseModel):
    """What a night does with a plan that may be issued."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    send: bool = Field(default=True, strict=True)
    """Whether approved plans are issued and sent; a rehearsal leaves it at the plan."""

    by: str = Field(default="nightly", min_length=1)
    """Who issues: nobody who approves plans."""

    key: str | None = None
    """File of the Ed25519 key that signs commands."""

    public_keys: str | None = None
    """Folder of the public keys that are trusted."""

    wait: Duration = Field(default=300 * SECONDS, ge=0)
    """How long devices that do not answer are asked again. [day]"""


class ObserveSettings(BaseModel):
    """How sources are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_back: Duration = Field(default=14.0, ge=1)
    """How far back every night asks again: readings come late, and are mended by those who publish them. [day]"""


def _read_time(value: object) -> object:
    """`04:30`, also where YAML takes it for a number."""
    try:
        return dt.time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"{value!r} is no time of the day; write for example '04:30'") from None


TimeOfDay = Annotated[dt.time, BeforeValidator(_read_time)]


class NightFile(BaseModel):
    """What the file may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waterbalance_nightly: Literal[1]
    """Version of the file."""

    name: str = Field(min_length=1, max_length=100)
    """Name of the job."""

    scenario: str = "."
    """Folder of the scenario."""

    store: str = "sqlite:///nightly.sqlite"
    """Its memory. The environment's WATERBALANCE_STORE goes before it."""

    results: str = "results"
    """Folder in which every run has one of its own."""

    plan_for: Literal["today", "tomorrow"] = "today"
    """First day of the plan, seen from the day on which the job runs."""

    language: Literal["en", "zh-TW"] = "en"
    """Of pages and messages."""

    http: HttpSettings = Field(default_factory=HttpSettings)
    """How servers are asked."""

    sources: Mapping[str, AnySource] = Field(default_factory=dict)
    """Where readings come from; of one series the first source counts that has a day."""

    observing: ObserveSettings = Field(default_factory=ObserveSettings)
    """How far back sources are asked again."""

    critical: tuple[str, ...] = ()
    """Series without which a night is no good one."""

    when_missing: Literal["stop", "degrade"] = "degrade"
    """What a night does without one of them: leave it at the rest of the last plan, or go on and tell."""

    quality: QualitySettings
    """What is thought of readings."""

    gaps: GapSettings
    """What is put where nothing was read."""

    derived: DerivedSettings
    """Series that follow from those that are read."""

    feeds: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Weather station -> forecasts (`component.quantity`) whose tables of weather its readings continue."""

    state: StateSettings = Field(default_factory=StateSettings)
    """With what a night begins."""

    limits: TimeLimits = Field(default_factory=TimeLimits)
    """How long a night and its stages may take."""

    issuing: NightIssuing = Field(default_factory=NightIssuing)
    """What is done with a plan that may be issued."""

    forecasts: ExpectSettings = Field(default_factory=ExpectSettings)
    """The ladder of forecasts."""

    backtest: BacktestSettings = Field(default_factory=BacktestSettings)
    """How often forecasters are tried on their past."""

    ladder: LadderSettings = Field(default_factory=LadderSettings)
    """The ladder of plans."""

    keep: KeepSettings = Field(default_factory=KeepSettings)
    """How long things are kept."""

    overrides: tuple[Override, ...] = ()
    """What people order for some days."""

    alerts: AlertSettings = Field(default_factory=AlertSettings)
    """What is told to others as alerts, and what their alerts do."""

    deadline: TimeOfDay | None = None
    """Local time, on the day on which the job runs, by which there has to be an approved plan; later somebody is called."""

    contacts: Contacts = ()
    """Who is called when a night fails, and when the deadline has passed."""

    metrics: str | None = None
    """File in which Prometheus finds the numbers of the night, such as `metrics.prom`."""

    ping: Address | None = None
    """Address of a service that watches jobs; its host has to stand under `http`."""
