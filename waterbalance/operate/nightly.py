"""The nightly job: one night at a time, never twice the same, never an empty morning, always an end that tells what came of it.

same day, configuration and readings as a night that is done   nothing is planned again; what was agreed to since is issued
anything that is old                                           is forgotten once the night is done, as `keep` says
two at once                                                    the second says who works, and leaves (75)
days that were missed                                          are named; only the latest is planned
a day that is over                                             is planned, and never issued
anything that goes wrong                                       what is left of the last plan, else the declared fallback (10)
the lock is lost                                               nothing leaves, and the night ends (69)
told to end                                                    it ends where it stands (75); the next start begins anew
"""

from __future__ import annotations

import datetime as dt
import traceback
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding, NoPlanError, UsageError, WaterBalanceError
from waterbalance.operate.configuring.events import Event, Listener, unheard
from waterbalance.operate.configuring.stages import Stages
from waterbalance.operate.day import Job, night, observed_tonight
from waterbalance.operate.night.issue_tonight import THE_MACHINES, Clock, issue_tonight, issue_what_is_left
from waterbalance.operate.night.keep_night import configuration_of
from waterbalance.operate.night.night import Issuance, Night, exit_code_of
from waterbalance.operate.night.night_events import night_events
from waterbalance.operate.remembering.forget import forget, forget_alerts, forget_strays
from waterbalance.operate.remembering.lost_store import lost_store
from waterbalance.operate.stoppable import StoppedError, stoppable
from waterbalance.operate.telling.report_night import report_again, report_night, try_forecasters
from waterbalance.operate.telling.warn import warned
from waterbalance.scenario.read import read_scenario
from waterbalance.store import nights
from waterbalance.store.alarms import ring
from waterbalance.store.database import open_store
from waterbalance.store.lock import LostError, held
from waterbalance.store.nights import NightKey
from waterbalance.store.plans import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.configuring.stages import Stage
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store
    from waterbalance.store.lock import Lock

ONE_DAY = dt.timedelta(days=1)

TURNED_DOWN = frozenset({"rejected", "withdrawn"})

LATEST = 60
"""How many nights are looked back to."""


def nightly(
    settings: NightSettings,
    date: dt.date | None = None,
    *,
    clock: Clock = THE_MACHINES,
    on_stage: Callable[[Stage], None] | None = None,
    on_event: Listener = unheard,
) -> Night:
    """Do one night; returns what came of it, also where that is a fallback.

    Raises `InputError` where the scenario cannot be read, `StoreError` where there is no memory, `TryLaterError` where somebody
    else is at it or the job was told to end, and `UsageError` for a day that cannot be planned yet.
    """
    with stoppable():
        scenario = read_scenario(settings.scenario_folder)
        day = _day(settings, scenario, date, clock)
        with closing(open_store(settings.store_url)) as store, held(store, scenario.name) as lock:
            lost = lost_store(store, scenario.name, settings.results_folder, clock.now())
            return _Attempt(settings, scenario, store, lock, lost, day, clock, on_stage or _silent, on_event).made()


def _day(settings: NightSettings, scenario: Scenario, date: dt.date | None, clock: Clock) -> dt.date:
    today = clock.now().astimezone(ZoneInfo(scenario.time_zone)).date()
    if date is None:
        return today if settings.file.plan_for == "today" else today + ONE_DAY
    if date > today + ONE_DAY:
        finding = Finding("the day is too far ahead", found=str(date), allowed=f"up to {today + ONE_DAY}")
        raise UsageError("no night", (finding,))
    return date


@dataclass(frozen=True)
class _Attempt:
    """One attempt at one night, under the lock."""

    settings: NightSettings
    scenario: Scenario
    store: Store
    lock: Lock
    lost: str | None
    day: dt.date
    clock: Clock
    on_stage: Callable[[Stage], None]
    on_event: Listener

    def made(self) -> Night:
        """The night, told to the end."""
        stages = Stages(self.settings.file.limits, self.on_stage, self.on_event)
        job = Job(self.settings, self.scenario, self.store, self.day, str(uuid.uuid4()), self.clock, stages, self.lock, self.lost)
        stages.tell([Event("night_began", {"run": job.run, "scenario": self.scenario.name, "day": str(self.day)})])
        if self.lost is not None:
            stages.tell([Event("finding", {"of": "store", "text": self.lost}, "error")])
        done = self._done(job)
        stages.tell(night_events(done))
        return done

    def _done(self, job: Job) -> Night:
        stages = job.stages
        begun: nights.Night | None = None
        observed: Observed | None = None
        missed = self._missed()
        try:
            agreed = self._agreed_to()
            if agreed is not None:
                return report_again(job, warned(job, self._known(agreed)))
            observed = observed_tonight(job)
            begun = self._begun(observed.issue)
            if begun.state == "done" and self._was_turned_down(begun):
                begun = self._begun(observed.issue, anew=True)
            if begun.state == "done":
                return report_again(job, warned(job, self._known(begun, missing=bool(observed.missing))))
            job = replace(job, stages=replace(stages, on_stage=self._keeping(begun)))
            done = night(job, observed)
        except StoppedError as error:
            self._end(begun or self._begun(""), "failed", error.exit_code, str(error))
            raise
        except LostError as error:
            # Somebody else may be at this night already, and have told of this one that it failed.
            with suppress(WaterBalanceError):
                if begun is not None:
                    self._end(begun, "failed", error.exit_code, str(error))
            raise
        except WaterBalanceError as error:
            done = self._fallen(job, str(error), error.exit_code)
        except Exception as error:  # noqa: BLE001 (a night has an end, whatever happens; the trace is kept)
            self.on_event(Event("engine_failed", {"trace": traceback.format_exc()}, "error"))
            done = self._fallen(job, f"an error of the engine itself: {error!r}", NoPlanError.exit_code)
        begun = begun or self._begun("")
        if self.lost is not None:
            done = replace(done, store_lost=True, trouble=(self.lost, *done.trouble))
        done = warned(job, replace(done, missed=missed, observed=observed, seconds=stages.by_name))
        done = report_night(job, replace(done, seconds=stages.by_name))
        why = "\n".join((*map(str, done.issuance.waits_for), *done.trouble))
        self._end(begun, "done" if done.laddered is not None else "failed", done.exit_code, why, done)
        done = try_forecasters(replace(job, stages=stages), done)
        return done if done.laddered is None else self._forgotten(done)

    def _forgotten(self, done: Night) -> Night:
        """Old results leave; where they cannot, the night is as good as it was, and says so."""
        try:
            self._forget()
        except StoppedError:
            return done
        except Exception as error:  # noqa: BLE001 (what is old can go tomorrow)
            return replace(done, trouble=(*done.trouble, f"old results could not be forgotten: {error}"))
        return done

    def _forget(self) -> None:
        file, now, results = self.settings.file, self.clock.now(), self.settings.results_folder
        forget(self.store, file.keep, now, results)
        forget_strays(self.store, self.scenario.name, file.keep, now, results)
        if file.alerts.out is not None:
            forget_alerts(self.settings.folder / file.alerts.out.folder, file.alerts.out.sender, file.keep, now)

    def _agreed_to(self) -> nights.Night | None:
        """The night of this day whose plan was agreed to and never left: it is issued, whatever was read since."""
        configuration = configuration_of(self.settings, self.scenario)
        with self.store.reading() as connection:
            same = (
                each
                for each in nights.last(connection, self.scenario.name, LATEST)
                if (each.key.date, each.key.configuration, each.state) == (self.day, configuration, "done")
            )
            return next((each for each in same if each.plan and find(connection, each.plan).state == "approved"), None)

    def _keeping(self, begun: nights.Night) -> Callable[[Stage], None]:
        """How far the night has come, in the store as it happens."""

        def hear(stage: Stage) -> None:
            self.on_stage(stage)
            with self.store.writing() as connection:
                nights.step(connection, begun.night, stage, self.clock.now())

        return hear

    def _missed(self) -> tuple[dt.date, ...]:
        """Days since the last night that came to an end, of which there was none."""
        with self.store.reading() as connection:
            before = [each.key.date for each in nights.last(connection, self.scenario.name, LATEST) if each.state == "done"]
        last = max((date for date in before if date < self.day), default=self.day - ONE_DAY)
        return tuple(last + ONE_DAY * number for number in range(1, (self.day - last).days))

    def _begun(self, issue: str, *, anew: bool = False) -> nights.Night:
        self.lock.require_held()
        key = NightKey(self.scenario.name, self.day, configuration_of(self.settings, self.scenario), issue)
        with self.store.writing() as connection:
            return nights.begin(connection, key, self.clock.now(), anew=anew)

    def _was_turned_down(self, done: nights.Night) -> bool:
        """Whether somebody has said no to its plan: then there has to be another one."""
        with self.store.reading() as connection:
            return done.plan is not None and find(connection, done.plan).state in TURNED_DOWN

    def _known(self, done: nights.Night, *, missing: bool = False) -> Night:
        """A night that is done already: what was agreed to since is issued, and nothing else happens."""
        plan = done.plan
        self.lock.require_held()
        issuance = (
            Issuance("nothing")
            if plan is None
            else issue_tonight(self.settings, self.store, self.scenario, plan, self.day, self.clock, lost=self.lost is not None)
        )
        ended = "" if done.ended_at is None else f"{done.ended_at.astimezone(ZoneInfo(self.scenario.time_zone)):%Y-%m-%d %H:%M}"
        note = f"this night is done already (run {done.run}, {ended}); nothing was planned again"
        return Night(
            self.settings.file.name,
            self.scenario.name,
            self.day,
            self.clock.now(),
            done.run or "",
            issuance,
            trouble=(note,),
            exit_code=exit_code_of(issuance, done.rung or 0, missing=missing),
        )

    def _fallen(self, job: Job, why: str, exit_code: int) -> Night:
        """What is issued without a plan, and an alarm; where even that fails, the night says so."""
        now = self.clock.now()
        trouble = [why]
        issuance = Issuance("nothing")
        self.lock.require_held()
        try:
            with self.store.writing() as connection:
                ring(connection, self.scenario.name, "no plan", why, now)
            if self.day >= now.astimezone(ZoneInfo(self.scenario.time_zone)).date():
                issuance = issue_what_is_left(self.settings, self.store, self.scenario, why, self.clock)
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the night is still to be told)
            trouble.append(f"nothing could be issued either: {error if isinstance(error, WaterBalanceError) else repr(error)}")
        code = exit_code if issuance.outcome == "nothing" else exit_code_of(issuance, 0)
        return Night(
            self.settings.file.name,
            self.scenario.name,
            self.day,
            now,
            job.run,
            issuance,
            trouble=tuple(trouble),
            exit_code=code or NoPlanError.exit_code,
        )

    def _end(self, begun: nights.Night, state: str, exit_code: int, detail: str, done: Night | None = None) -> None:
        told: dict[str, str | int | None] = {}
        if done is not None and done.laddered is not None:
            told = {"rung": done.rung, "run": done.run, "plan": done.issuance.plan}
        with self.store.writing() as connection:
            nights.end(
                connection,
                begun.night,
                "done" if state == "done" else "failed",
                self.clock.now(),
                exit_code,
                detail=detail[:4000] or None,
                **told,
            )


def _silent(_: Stage) -> None:
    """Nobody listens."""
