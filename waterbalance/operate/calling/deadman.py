"""The dead man's alarm: no approved schedule for the day at the deadline, and somebody is called; also where the job never ran.

It is started every few minutes by whatever starts the job, and looks at the store alone:

    before the deadline, or half a day after it     nothing
    an approved schedule is there                   nothing; an alarm of it returns to normal
    none                                            an alarm, and calls by the list until somebody acknowledges it
    the store or the scenario cannot be read        everybody is called, once a day

The night before its own deadline belongs to the deadline of the day before.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from waterbalance.controllers.contact import LONGEST_AFTER, Call
from waterbalance.errors import Finding, Place, UsageError, WaterBalanceError
from waterbalance.operate.calling.called import InFile, InStore
from waterbalance.operate.calling.escalate import Called, escalate
from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.plan.short_name import short
from waterbalance.report.language import Wording
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.time_zone import zone_of
from waterbalance.schedule.agreed import lacking
from waterbalance.store import nights
from waterbalance.store.alarms import clear, ring, ringing
from waterbalance.store.database import open_store
from waterbalance.store.lock import HeldError, held
from waterbalance.store.plans import approvals_of, of_day

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.plan.life_cycle import PlanState
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store

KIND = "no schedule"
"""Of the alarm."""

EVERYBODY = dt.timedelta(days=LONGEST_AFTER)

_AGREED: frozenset[PlanState] = IN_FORCE | {"approved"}

Found = Literal["early", "schedule", "acknowledged", "none", "unknown"]


@dataclass(frozen=True)
class Watch:
    """What one look found, and who was called."""

    found: Found
    day: dt.date | None = None
    """Of the schedule that is looked for; None before the deadline."""

    called: tuple[Called, ...] = ()
    why: str = ""

    @property
    def exit_code(self) -> int:
        """0 where all is well; 11 without a schedule; 69 where nothing is known, or a contact was not reached."""
        if self.found in {"early", "schedule"}:
            return 0
        return 69 if self.found == "unknown" or any(each.failed for each in self.called) else 11


def deadman(settings: NightSettings, now: dt.datetime) -> Watch:
    """Look once. Raises `UsageError` where there is no deadline or nobody to call, `HeldError` while another one looks."""
    if settings.file.deadline is None or not settings.file.contacts:
        remedy = 'Add `deadline: "04:30"` and a list of `contacts` to it.'
        finding = Finding("no deadline, or no contact", Place(str(settings.path)), remedy=remedy)
        raise UsageError("there is nothing to watch", (finding,))
    deadline = _last_deadline(settings.file.deadline, now.astimezone(zone_of(settings.scenario_folder)))
    try:
        scenario = read_scenario(settings.scenario_folder)
        deadline = _last_deadline(settings.file.deadline, now.astimezone(ZoneInfo(scenario.time_zone)))
        if deadline is None:
            return Watch("early")
        with closing(open_store(settings.store_url, make=False)) as store, held(store, f"deadman {scenario.name}"):
            return _look(settings, store, scenario, deadline, now)
    except HeldError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever keeps it from looking is a reason to call)
        why = str(error) if isinstance(error, WaterBalanceError) else repr(error)
        return Watch("early") if deadline is None else _unknown(settings, deadline, now, why)


def _last_deadline(at: dt.time, here: dt.datetime) -> dt.datetime | None:
    """The deadline that has passed, at most half a day ago; None where there is none."""
    for days in (0, 1):
        deadline = dt.datetime.combine(here.date() - dt.timedelta(days=days), at, here.tzinfo)
        if dt.timedelta(0) <= here.astimezone(dt.UTC) - deadline.astimezone(dt.UTC) < EVERYBODY:
            return deadline
    return None


def _look(settings: NightSettings, store: Store, watched: Scenario, deadline: dt.datetime, now: dt.datetime) -> Watch:
    day = deadline.date() + dt.timedelta(days=0 if settings.file.plan_for == "today" else 1)
    scenario = watched.name
    matter = f"{scenario} {day}"
    with store.reading() as connection:
        agreed = of_day(connection, scenario, str(day), _AGREED)
        if agreed is not None and agreed.state == "approved":
            approvals = approvals_of(connection, agreed.plan)
            agreed = None if lacking(agreed.plan, approvals, settings.file.issuing.by, watched.issuing.approvals) else agreed
        mine = [each for each in ringing(connection) if each.kind == KIND and each.subject.startswith(f"{scenario} ")]
        why = _why(connection, settings, scenario, day)
    if agreed is not None:
        if mine:
            with store.writing() as connection:
                for each in mine:
                    clear(connection, each.subject, now)
        return Watch("schedule", day)
    if any(each.subject == matter and each.state == "acknowledged" for each in mine):
        return Watch("acknowledged", day, why=why)
    with store.writing() as connection:
        ring(connection, matter, KIND, why, now)
    call = _call(settings, "call.deadline", str(day), why, now)
    called = escalate(settings.file.contacts, InStore(store, f"deadline {matter}"), call, now - deadline, settings.folder)
    return Watch("none", day, called, why)


def _unknown(settings: NightSettings, deadline: dt.datetime, now: dt.datetime, why: str) -> Watch:
    day = deadline.date()
    memory = InFile(settings.folder / f".{settings.path.stem}.called.json", f"unknown {day}")
    call = _call(settings, "call.unknown", str(day), why, now)
    return Watch("unknown", day, escalate(settings.file.contacts, memory, call, EVERYBODY, settings.folder), why)


def _why(connection: Connection, settings: NightSettings, scenario: str, day: dt.date) -> str:
    """What is known of the night, and what waits for somebody."""
    say = Wording(settings.file.language)
    last = next((each for each in nights.last(connection, scenario, 5) if each.key.date == day), None)
    if last is None:
        told = say("call.night.none")
    else:
        told = say(f"call.night.{last.state}", code=last.exit_code, host=last.host, detail=last.detail or "")
    waiting = of_day(connection, scenario, str(day), frozenset({"run", "reviewed", "approved"}))
    return told if waiting is None else f"{told}\n{say('call.waiting', plan=short(waiting.plan))}"


def _call(settings: NightSettings, key: str, day: str, why: str, now: dt.datetime) -> Call:
    say = Wording(settings.file.language)
    subject = say(key, name=settings.file.name, day=day, deadline=f"{settings.file.deadline:%H:%M}")
    text = f"{subject}\n\n{why}\n\n{say('call.what_to_do')}\n"
    return Call(subject, text, now, {"job": settings.file.name, "day": day, "reason": key.removeprefix("call."), "why": why})
