"""The stages of a night, each with its time.

A stage that takes longer than it may raises where it stands: what was written in one transaction, or beside its place, is there
whole or not at all. Clocks only work in the main thread of a process; elsewhere limits are looked at between stages.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.errors import Finding, TryLaterError
from waterbalance.network.fields import Duration
from waterbalance.operate.configuring.events import Event, Listener, unheard
from waterbalance.scenario.issuing import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

Stage = Literal["observe", "open", "forecast", "plan", "record", "issue", "report", "backtest"]

DAY = 86_400.0


class TimeLimits(BaseModel):
    """How long a night, and each of its stages, may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: Duration = Field(default=3600 * SECONDS, gt=0)
    """The whole night. [day]"""

    observe: Duration = Field(default=300 * SECONDS, gt=0)
    """Sources and quality control. [day]"""

    forecast: Duration = Field(default=600 * SECONDS, gt=0)
    """All forecasts. [day]"""

    plan: Duration = Field(default=900 * SECONDS, gt=0)
    """Each rung of the ladder of plans. [day]"""

    issue: Duration = Field(default=900 * SECONDS, gt=0)
    """How long devices are asked. [day]"""

    report: Duration = Field(default=300 * SECONDS, gt=0)
    """Files and pages. [day]"""

    backtest: Duration = Field(default=20 * SECONDS, gt=0)
    """Forecasters on their past; those that were not reached follow on the next nights. [day]"""

    def seconds_of(self, stage: Stage) -> float:
        """Limit of a stage, the night's own where it has none. [s]."""
        return float(getattr(self, stage, self.total)) * DAY


class StageTimeoutError(TryLaterError):
    """A stage took longer than it may."""


@dataclass
class Stages:
    """The clock of one night."""

    limits: TimeLimits
    on_stage: Callable[[Stage], None]
    """Hears of each stage as it begins."""

    on_event: Listener = unheard
    """Hears of everything."""

    began: float = field(default_factory=time.monotonic)
    seconds: dict[Stage, float] = field(default_factory=dict)
    """How long each took. [s]"""

    @property
    def by_name(self) -> dict[str, float]:
        """How long each stage took, by its plain name. [s]."""
        return {str(name): seconds for name, seconds in self.seconds.items()}

    @property
    def left(self) -> float:
        """Until the night has to be over. [s]."""
        return self.limits.total * DAY - (time.monotonic() - self.began)

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Do one stage. Raises `StageTimeoutError` when it, or the whole night, has taken too long."""
        self.on_stage(name)
        self.on_event(Event("stage_began", {"stage": name}))
        allowed = min(self.limits.seconds_of(name), self.left)
        begin = time.monotonic()
        came = "failed"
        try:
            with _at_most(allowed, name):
                yield
            came = "done"
        finally:
            took = time.monotonic() - begin
            self.seconds[name] = self.seconds.get(name, 0.0) + took
            told = {"stage": name, "seconds": round(took, 3), "came": came}
            self.on_event(Event("stage_ended", told, "info" if came == "done" else "error"))

    def tell(self, events: Iterable[Event]) -> None:
        """Pass on what a stage has to say."""
        for event in events:
            self.on_event(event)


@contextmanager
def _at_most(seconds: float, stage: Stage) -> Iterator[None]:
    remedy = "Give it more time under 'limits', or look why it took so long."
    late = StageTimeoutError(
        f"the stage {stage!r} took too long", (Finding("time is over", found=f"{seconds:.0f} s", allowed="less", remedy=remedy),)
    )
    if seconds <= 0.0:
        raise late
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        end = time.monotonic() + seconds
        yield
        if time.monotonic() > end:
            raise late
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise late

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
