"""The configuration of a nightly job: one file that names everything else.

    waterbalance_nightly: 1
    name: reed_lake
    scenario: .
    store: sqlite:///nightly.sqlite
    sources: {...}

Paths are relative to the file. Every problem is told at once, with its line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from waterbalance.controllers.contacts import Contacts
from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.network.fields import Duration
from waterbalance.operate.configuring.alert_settings import AlertSettings
from waterbalance.operate.configuring.backtest_settings import BacktestSettings
from waterbalance.operate.configuring.expect_settings import ExpectSettings
from waterbalance.operate.configuring.fit import misfits
from waterbalance.operate.configuring.fit_series import written_series
from waterbalance.operate.configuring.stages import TimeLimits
from waterbalance.operate.configuring.state_settings import StateSettings
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.overriding import Override
from waterbalance.scenario.document import Document, parse_document
from waterbalance.scenario.issuing import SECONDS
from waterbalance.scenario.legible import legible
from waterbalance.scenario.read import SCENARIO_FILE, read_scenario
from waterbalance.scenario.sections import read_sections
from waterbalance.sources.address import Address
from waterbalance.sources.derived import DerivedSettings
from waterbalance.sources.gaps.settings import GapSettings
from waterbalance.sources.http_settings import HttpSettings
from waterbalance.sources.quality.settings import QualitySettings
from waterbalance.sources.registry import AnySource
from waterbalance.store.keep_settings import KeepSettings

if TYPE_CHECKING:
    from waterbalance.scenario.scenario import Scenario

NIGHTLY_FILE = "nightly.yaml"

STORE_VARIABLE = "WATERBALANCE_STORE"
"""What it says goes before the file's own store."""


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


@dataclass(frozen=True)
class NightSettings:
    """A configuration that was read."""

    path: Path
    file: NightFile
    sha256: str
    """Of the file's bytes."""

    document: Document = field(compare=False, repr=False)
    """Where every key stands, for complaints."""

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""
        return self.path.parent

    @property
    def scenario_folder(self) -> Path:
        """Of the scenario."""
        return self.folder / self.file.scenario

    @property
    def results_folder(self) -> Path:
        """Of all runs."""
        return self.folder / self.file.results

    @property
    def store_url(self) -> str:
        """Of the environment, else of the file; a relative SQLite file lies beside the configuration."""
        url = os.environ.get(STORE_VARIABLE) or self.file.store
        name = url.removeprefix("sqlite:///")
        return url if name == url or Path(name).is_absolute() else f"sqlite:///{self.folder / name}"


def read_night_settings(path: Path) -> NightSettings:
    """Read a configuration.

    Raises `InputError` with a finding for every problem; where there is one, also for those of its scenario, and for what does
    not fit it, so that all of them can be mended in one go.
    """
    settings, findings = _read(path)
    if settings is None or len(findings):
        findings.raise_if_any(InputError, f"{_file(path)} cannot be used")
        raise InputError(f"{_file(path)} cannot be used")
    return settings


def read_night(path: Path) -> tuple[NightSettings, Scenario]:
    """A configuration and its scenario, each held against the other. Raises `InputError` with a finding for every problem."""
    settings = read_night_settings(path)
    scenario = read_scenario(settings.scenario_folder)
    unfit = misfits(settings.file, settings.document, scenario)
    Findings(unfit).raise_if_any(InputError, f"{settings.path} does not fit its scenario")
    return settings, scenario


def beside(path: Path) -> Path | None:
    """The configuration in a folder, or a file that is one and no scenario; None where there is none."""
    file = _file(path)
    return file if file.is_file() and file.name != SCENARIO_FILE else None


def _file(path: Path) -> Path:
    return path / NIGHTLY_FILE if path.is_dir() else path


def _read(path: Path) -> tuple[NightSettings | None, Findings]:
    findings, file = Findings(), _file(path)
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "no UTF-8 text"
        raise InputError("no configuration", (Finding("the file cannot be read", Place(str(file)), found),)) from None
    document = parse_document(text, str(file), findings)
    if document is None:
        return None, findings
    sections = read_sections(document, findings, NightFile)
    settings = NightSettings(file, NightFile.model_construct(**sections), hashlib.sha256(content).hexdigest(), document)
    if len(findings) and "scenario" in sections:
        # What can be read of each section is held against the scenario in the same breath.
        rest = legible(document, NightFile)
        sections = {name: each for name, each in read_sections(rest, Findings(), NightFile).items() if _has(rest, document, name)}
        left = NightFile.model_construct(**sections)
        try:
            scenario = read_scenario(settings.scenario_folder)
            findings.extend(misfits(left, rest, scenario, frozenset(sections), written_series(document)))
        except InputError as error:
            findings.extend(error.findings)
    return settings, findings


def _has(rest: Document, document: Document, section: str) -> bool:
    """Whether anything is left of a section, or it was never there."""
    return rest.node((section,)) is not None or document.node((section,)) is None
