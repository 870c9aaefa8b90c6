"""One night with its signals: a ping, the file of metrics, and calls where it did not go well.

No signal can fail the night. One that cannot be given is an event of its own, and the next night gives it again.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.controllers.contact import Call
from waterbalance.errors import WaterBalanceError
from waterbalance.operate.calling.called import InFile, InStore
from waterbalance.operate.calling.escalate import escalate
from waterbalance.operate.calling.ring_gauges import ring_gauges
from waterbalance.operate.calling.ring_untold import UNTOLD, ring_untold, why
from waterbalance.operate.configuring.events import Event, Listener, unheard
from waterbalance.operate.night.issue_tonight import THE_MACHINES, Clock
from waterbalance.operate.nightly import ONE_DAY, nightly
from waterbalance.operate.telling.metrics import Ended, write_metrics
from waterbalance.operate.telling.report_no_night import report_no_night
from waterbalance.report.language import Wording
from waterbalance.scenario.time_zone import zone_of
from waterbalance.sources.ping import ping
from waterbalance.store.database import open_store
from waterbalance.store.lock import HeldError
from waterbalance.store.outbox import newest_of_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from waterbalance.operate.calling.escalate import Called
    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.night.night import Night
    from waterbalance.store.outbox import Queued


INTERNAL = 1
"""Exit code of a process that dies of an error of the engine itself, before or after its night."""


def signalled(
    settings: NightSettings,
    date: dt.date | None = None,
    *,
    clock: Clock = THE_MACHINES,
    on_event: Listener = unheard,
) -> Night:
    """`nightly`, and tell everybody what came of it. Raises what `nightly` raises, after that was told.

    Where somebody else is at the night, he tells what comes of it.
    """
    signals = _Signals(settings, clock, on_event, clock.now(), date)
    try:
        done = nightly(settings, date, clock=clock, on_event=signals.hear)
    except HeldError:
        raise
    except WaterBalanceError as error:
        signals.end(error.exit_code, str(error))
        raise
    except Exception as error:
        signals.end(INTERNAL, f"{type(error).__name__}: {error}")
        raise
    signals.end(done.exit_code, "\n".join(done.trouble), done)
    return done


@dataclass(frozen=True)
class _Signals:
    settings: NightSettings
    clock: Clock
    on_event: Listener
    began: dt.datetime
    date: dt.date | None

    def hear(self, event: Event) -> None:
        """Pass an event on; a night that begins is pinged."""
        self.on_event(event)
        if event.what == "night_began":
            self._ping("start")

    def end(self, exit_code: int, why: str, night: Night | None = None) -> None:
        """Tell what came of the night."""
        file = self.settings.file
        if night is None:
            self.on_event(Event("night_ended", {"exit_code": exit_code, "why": why}, "error"))
            self._give("page", lambda: report_no_night(self.settings, self.clock.now(), exit_code, why))
        else:
            self._give("store", lambda: self._tell_devices(night))
            self._give("contacts", lambda: self._call_about_untold(night))
        if file.metrics is not None:
            path = self.settings.folder / file.metrics
            ended = Ended(file.name, self.began, self.clock.now(), exit_code, night)
            self._give("metrics", lambda: write_metrics(path, ended, self.settings.results_folder))
        self._ping("" if exit_code == 0 else str(exit_code))
        if exit_code and file.contacts:
            self._give("contacts", lambda: self._call(exit_code, why, night))

    def _give(self, signal: str, given: Callable[[], None]) -> None:
        try:
            given()
        except Exception as error:  # noqa: BLE001 (no signal fails the night; it is told that it was not given)
            self._failed(signal, str(error) or type(error).__name__)

    def _failed(self, signal: str, why: str) -> None:
        self.on_event(Event("signal_failed", {"signal": signal, "why": " ".join(why.split())}, "warning"))

    def _ping(self, what: str) -> None:
        address = self.settings.file.ping
        if address is not None:
            self._give("ping", lambda: ping(address, what, self.settings.file.http, self.settings.folder))

    def _tell_devices(self, night: Night) -> None:
        """Silent sources and storages that jump ring an alarm; devices that have not confirmed are told with what they say."""
        with closing(open_store(self.settings.store_url, make=False)) as store:
            if night.observed is not None:
                jumps = () if night.opening is None else night.opening.jumps
                ring_gauges(store, night.scenario, night.observed, jumps, self.clock.now())
            ring_untold(store, night, self.clock.now())
            with store.reading() as connection:
                commands = {each.controller: each for each in newest_of_each(connection)}
        for event in _device_events(night, commands):
            self.on_event(event)

    def _call_about_untold(self, night: Night) -> None:
        """Whoever is called first, once for each device."""
        settings, untold = self.settings, night.issuance.untold
        if not untold or not settings.file.contacts:
            return
        with closing(open_store(settings.store_url, make=False)) as store:
            for device, structure in untold.items():
                memory = InStore(store, f"untold {night.scenario} {device}")
                call = _call_of_untold(settings, night, device, structure, self.clock.now())
                for each in escalate(settings.file.contacts, memory, call, dt.timedelta(0), settings.folder):
                    self.on_event(_call_event(each))

    def _call(self, exit_code: int, why: str, night: Night | None) -> None:
        """Whoever is called first, once a day for each exit code; also where the store cannot be asked who was called already."""
        settings, day = self.settings, self._day(night)
        matter = f"night {settings.file.name} {day} {exit_code}"
        call = _call_of(settings, day, exit_code, why, night, self.clock.now())
        first = dt.timedelta(0)
        try:
            with closing(open_store(settings.store_url, make=False)) as store:
                called = escalate(settings.file.contacts, InStore(store, matter), call, first, settings.folder)
        except WaterBalanceError:
            memory = InFile(settings.folder / f".{settings.path.stem}.failed.json", matter)
            called = escalate(settings.file.contacts, memory, call, first, settings.folder)
        for each in called:
            self.on_event(_call_event(each))

    def _day(self, night: Night | None) -> str:
        if night is not None:
            return str(night.day)
        today = self.began.astimezone(zone_of(self.settings.scenario_folder)).date()
        return str(self.date or (today if self.settings.file.plan_for == "today" else today + ONE_DAY))


def _device_events(night: Night, commands: dict[str, Queued]) -> Iterator[Event]:
    for name in night.issuance.unconfirmed:
        told = commands.get(name)
        state, detail = (None, None) if told is None else (told.state, told.detail)
        yield Event("device", {"device": name, "state": state, "detail": detail}, "warning")
    for name, structure in night.issuance.untold.items():
        yield Event("device", {"device": name, "state": UNTOLD, "detail": why(structure)}, "warning")


def _call_of_untold(settings: NightSettings, night: Night, device: str, structure: str, now: dt.datetime) -> Call:
    say = Wording(settings.file.language)
    subject = say("call.untold", device=device, structure=structure, name=settings.file.name)
    told: dict[str, str | float | None] = {"job": settings.file.name, "day": str(night.day), "reason": UNTOLD, "why": device}
    return Call(subject, f"{subject}\n\n{say('call.untold.why')}\n{say('call.what_to_do')}\n", now, told)


def _call_event(called: Called) -> Event:
    if called.failed is None:
        return Event("called", {"contact": called.contact}, "warning")
    return Event("signal_failed", {"signal": f"contact {called.contact}", "why": called.failed}, "error")


def _call_of(settings: NightSettings, day: str, exit_code: int, why: str, night: Night | None, now: dt.datetime) -> Call:
    """The reason first, in the language of the configuration."""
    say = Wording(settings.file.language)
    if night is None:
        reason = say.known("exit_code", str(exit_code))
    else:
        devices = ", ".join(night.issuance.unconfirmed)
        reason = say(
            f"night.outcome.{night.issuance.outcome}", commands=night.issuance.commands, devices=len(night.issuance.unconfirmed)
        )
        why = "\n".join(part for part in (*(str(each) for each in night.issuance.waits_for), devices, why) if part)
    subject = say("call.night", reason=reason, name=settings.file.name, day=day)
    told = "\n".join(say.finding(line) for line in why.splitlines())
    text = f"{subject}\n\n{told}\n\n{say('call.exit_code', code=exit_code)}\n{say('call.what_to_do')}\n"
    facts: dict[str, str | float | None] = {
        "job": settings.file.name,
        "day": day,
        "reason": "night",
        "exit_code": exit_code,
        "outcome": None if night is None else night.issuance.outcome,
        "rung": None if night is None else night.rung,
        "run": None if night is None else night.run,
        "why": why,
    }
    return Call(subject, text, now, facts)
