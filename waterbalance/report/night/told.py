"""What came of one night as plain values: `night.json`, and all that its page is made of."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from waterbalance.report.corrections import Correction
from waterbalance.report.json_text import json_text
from waterbalance.report.lights import AreaLights
from waterbalance.report.night.plain import Plain
from waterbalance.report.night.scores_told import BacktestTold, ScoreTold, SkillTold
from waterbalance.report.right_accounts import RightAccount


class Verdict(Plain):
    """Whether the night went well, and what is in force."""

    outcome: str
    """What became of the orders, a word of `operate.night.night.Outcome`."""

    exit_code: int
    """Of the job."""

    plan: str | None = None
    """Hash of tonight's plan."""

    commands: int = 0
    """New commands."""

    waits_for: tuple[str, ...] = ()
    """Why somebody has to look before anything is issued."""

    unconfirmed: tuple[str, ...] = ()
    """Devices."""

    silent: tuple[str, ...] = ()
    """Sources of which nothing could be had."""

    missing: tuple[str, ...] = ()
    """Critical series of which nothing usable was measured."""

    missed: tuple[dt.date, ...] = ()
    """Days since the last night of which there was none."""

    trouble: tuple[str, ...] = ()
    """What else went wrong, the worst first, in the engine's own words."""


class PlanInForce(Plain):
    """The plan that devices follow, or are being told to."""

    plan: str
    start: dt.date
    valid_until: dt.datetime
    label: str


class SourceTold(Plain):
    """One source tonight."""

    name: str
    readings: int
    series: int
    newest: dt.date | None = None
    """Day of its newest reading."""

    silent: bool = False


class GapTold(Plain):
    """Days in a row of which nothing is known."""

    component: str
    quantity: str
    first: dt.date
    last: dt.date


class StockTold(Plain):
    """A storage at the midnight with which the day begins. [m3]."""

    component: str
    taken: float
    """With what the plan begins."""

    expected: float | None = None
    """By the plan of an earlier night."""

    observed: bool = False
    completed: str | None = None
    """Whether `taken` was read, or else by which method of the gap ladder it was completed, such as `hold`."""

    jumps: bool = False
    """Whether the two lie farther apart than somebody has said is usual."""


class SeriesAhead(Plain):
    """What is expected of one series. Lists are over the steps of the plan."""

    component: str
    quantity: str
    unit: str
    """Internal unit; what is per day comes as its amount over the step."""

    rung: int
    """Of the ladder of forecasts; 0 is fresh."""

    label: str
    members: int
    filled: int
    """Days of the record that were missing."""

    notes: tuple[str, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    planned: tuple[float, ...]


class AlertTold(Plain):
    """One message of the Common Alerting Protocol that was written tonight."""

    identifier: str
    kind: str
    """`Alert`, `Update` or `Cancel`."""

    status: str
    """`Actual`, `Exercise` or `Test`."""

    headlines: dict[str, str]
    """By language."""

    expires: dt.datetime | None


class StorageAhead(Plain):
    """One storage over the plan. [m3]."""

    component: str
    start: float
    least: float
    least_on: dt.date
    end: float
    capacity: float


class ClassAhead(Plain):
    """All users of one class over the plan. [m3]."""

    user_class: str
    demand: float
    shortage: float
    worst_period: dt.date | None
    """First day of the ten days that are shortest of water."""

    worst_share: float
    """Shortage / demand then. [-]"""


class AttemptTold(Plain):
    """One rung of the ladder of plans."""

    rung: int
    came: Literal["taken", "failed", "left out"]
    why: tuple[str, ...]
    seconds: float


class ComparedTold(Plain):
    """The plan that differences are from."""

    standing: Literal["in_force", "approved", "made"]
    """Whether devices follow it, somebody agreed to it, or it was only made."""

    start: dt.date
    """Its first day."""


class DifferenceTold(Plain):
    """One structure that is told otherwise than by the plan before."""

    component: str
    quantity: str
    date: dt.date
    """The day on which the two lie farthest apart."""

    before: float
    """[m3/day]"""

    now: float
    """[m3/day]"""

    moved: float
    """Sum of all differences over the days that both plans have. [m3]"""


class OverrideTold(Plain):
    """What a person orders for some days."""

    component: str
    quantity: str
    how: str
    value: str
    first: dt.date
    last: dt.date
    author: str
    reason: str


class DeviceOrder(Plain):
    """What one device was told last."""

    device: str
    structure: str
    state: str | None = None
    """Of its newest command, a word of `store.outbox.CommandState`; None where it was never told anything."""

    label: str = ""
    """Of the command, such as `planned` or `remainder`."""

    unit: str = ""
    now: float | None = None
    """Setpoint at the moment of the report; None where none holds."""

    next: float | None = None
    """The next other setpoint."""

    next_at: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    detail: str = ""
    is_altered: bool = False
    """Whether its command was changed in the store: what it ordered is not known from it."""


class NightTold(Plain):
    """One night; what it did not come to is None or empty."""

    layout: Literal["waterbalance.night/1"] = Field(default="waterbalance.night/1", alias="schema")
    """Of this file."""

    name: str
    """Of the job."""

    scenario: str
    day: dt.date
    """First day of the plan."""

    run: str
    time_zone: str
    began_at: dt.datetime
    told_at: dt.datetime
    """When this was written: what devices say is of then."""

    verdict: Verdict
    in_force: PlanInForce | None = None
    planned: bool = False
    """Whether there is a plan, and a report of it beside this file."""

    rung: int | None = None
    """Of the plan; 0 is the full one."""

    sources: tuple[SourceTold, ...] = ()
    complaints: tuple[str, ...] = ()
    """Of sources."""

    corrections: tuple[Correction, ...] = ()
    gaps: tuple[GapTold, ...] = ()
    start: str | None = None
    """`warm`, `backup warm` or `cold`."""

    expected_on: dt.date | None = None
    """First day of the plan that expected this midnight."""

    stocks: tuple[StockTold, ...] = ()
    accounts: tuple[RightAccount, ...] = ()
    edges: tuple[dt.date, ...] = ()
    """Begin of every step of the plan, and the end of the last."""

    forecasts: tuple[SeriesAhead, ...] = ()
    tables: int = 0
    """Series that nobody forecasts: tables of the scenario."""

    lights: tuple[AreaLights, ...] = ()
    alerts: tuple[AlertTold, ...] = ()
    """What was told to others."""

    storages: tuple[StorageAhead, ...] = ()
    supply: tuple[ClassAhead, ...] = ()
    attempts: tuple[AttemptTold, ...] = ()
    kept_program: str | None = None
    """File in the folder of the run with the program that had no plan."""

    compared: ComparedTold | None = None
    differences: tuple[DifferenceTold, ...] = ()
    """The largest first."""

    overrides: tuple[OverrideTold, ...] = ()
    orders: tuple[DeviceOrder, ...] = ()
    scores: tuple[ScoreTold, ...] = ()
    skill: tuple[SkillTold, ...] = ()
    skill_nights: int = 0
    """Over how many nights `skill` looks back at most."""

    backtests: tuple[BacktestTold, ...] = ()
    seconds: dict[str, float] = Field(default_factory=dict)
    """Time of each stage. [s]"""

    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nobody has to look."""
        verdict = self.verdict
        told = verdict.silent, verdict.missing, verdict.missed, verdict.trouble, *(each for each in self.stocks if each.jumps)
        return verdict.exit_code == 0 and not any(told)


def night_json(told: NightTold) -> str:
    """The file's text."""
    return json_text(told.model_dump(mode="json", by_alias=True))


def read_night(text: str) -> NightTold:
    """A file's text read back. Raises pydantic's `ValidationError` where it is none."""
    return NightTold.model_validate_json(text)
