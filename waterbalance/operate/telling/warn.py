"""The alerts of a night: lights, planned floods and failures, written beside the messages of the nights before, and handed on.

The folder is the memory. What a broker has taken has a file `IDENTIFIER.published` beside it; what it has not is tried again by
the next night, as long as it holds. What a plan that waits would end is kept with its run until it is in force. Whatever goes
wrong here is told, and spoils no night: its orders are out already.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.controllers.connect import way_to
from waterbalance.controllers.mqtt_alerts import Notice, published
from waterbalance.errors import Place, WaterBalanceError
from waterbalance.report.atomic import write_bytes, write_text, writing
from waterbalance.report.cap.compose import Teller, agreed_to, messages, now_in_force, plain, until_in_force
from waterbalance.report.cap.document import document
from waterbalance.report.cap.failure import failures
from waterbalance.report.cap.occasion import unagreed
from waterbalance.report.cap.release import releases
from waterbalance.report.cap.shortage import shortages
from waterbalance.sources.cap.alert_source import read_all
from waterbalance.store.alarms import clear, ring, ringing

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.operate.day import Job
    from waterbalance.operate.night.night import Night
    from waterbalance.report.cap.occasion import Occasion, OccasionKind
    from waterbalance.report.cap.settings import AlertBroker, AlertsOut
    from waterbalance.scenario.cap import Message, Status
    from waterbalance.sources.cap.alert_source import Told

HERE_AND_NOW = dt.timedelta(hours=1)
"""A clock that lies farther from that of the machine is a replay's."""

WITHHELD = "withheld_alerts"
"""Folder of a run: what its plan would end or make milder, until it is in force."""

_AGREED = frozenset({"sent", "unconfirmed"})
"""Outcomes of a night whose plan was agreed to; one that plans nothing has issued that of an earlier start."""


def warned(job: Job, night: Night) -> Night:
    """Tell what has to be told; returns the night with its messages, and with what went wrong. Raises nothing."""
    out = job.settings.file.alerts.out
    if out is None:
        return night
    subject = f"alerts of {job.scenario.name}"
    try:
        with job.stages.stage("report"):
            told, unread = _told(job, night, out)
            _hand_on(job, out)
    except Exception as error:  # noqa: BLE001 (its orders are out: no mistake here may bring them back)
        why = f"alerts are not all told: {error if isinstance(error, WaterBalanceError) else repr(error)}"
        with suppress(WaterBalanceError), job.store.writing() as connection:
            ring(connection, subject, "alerts", why, job.clock.now())
        return replace(night, trouble=(*night.trouble, why))
    with suppress(WaterBalanceError), job.store.writing() as connection:
        clear(connection, subject, job.clock.now())
    return replace(night, alerts=told, trouble=(*night.trouble, *unread))


def _told(job: Job, night: Night, out: AlertsOut) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """Tonight's messages, written; and what cannot be read of those before."""
    now = job.clock.now().astimezone(ZoneInfo(job.scenario.time_zone))
    folder = job.settings.folder / out.folder
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    earlier = _kept(folder)
    looked_at, occasions = _occasions(job, night, out)
    teller = Teller(out, job.settings.file.name, job.day, now, _status(job, out, now))
    told = messages(teller, occasions, looked_at, earlier.messages)
    later = job.settings.results_folder / night.run / WITHHELD
    if night.issuance.outcome == "waiting":
        told, withheld = until_in_force(told, earlier.messages, _read_off(night))
        for each in withheld:
            write_bytes(later / f"{each.identifier}.xml", document(each))
    if night.laddered is None and night.issuance.outcome in _AGREED:
        withheld = _kept(later).messages
        taken_back = {incident for each in withheld for incident in each.incidents}
        told += now_in_force(teller, withheld, earlier.messages)
        told += agreed_to(teller, (each for each in earlier.messages if not taken_back & {*each.incidents}))
    for each in told:
        write_bytes(folder / f"{each.identifier}.xml", document(each))
    return told, tuple(str(each) for each in earlier.findings)


def _read_off(night: Night) -> set[str]:
    """Lights that are no announcement, of reservoirs that were all read this morning."""
    assumed = set() if night.opening is None else night.opening.state.assumed
    own = (each for each in night.lights if not each.announced)
    return {f"shortage.{each.area}" for each in own if not any((name, "storage") in assumed for name in each.reservoirs)}


def _occasions(job: Job, night: Night, out: AlertsOut) -> tuple[list[OccasionKind], list[Occasion]]:
    """Kinds that can be told tonight, and what there is of them; a night without a plan knows failures only."""
    zone, network, places = ZoneInfo(job.scenario.time_zone), job.scenario.network, job.settings.file.alerts.places
    kinds: list[OccasionKind] = []
    found: list[Occasion] = []
    if out.failures:
        with job.store.reading() as connection:
            alarms = ringing(connection)
        kinds.append("failure")
        found += failures(alarms, job.scenario, places, zone)
    if night.laddered is not None:
        plan = night.laddered.planned.plan
        kinds += ["shortage", "release"]
        waits = night.issuance.outcome == "waiting"
        agreed = waits or night.issuance.outcome in _AGREED
        planned = [
            *shortages(night.lights, network, places, zone, out.supply_areas),
            *releases(plan, network, places, zone, out.releases, out.release_days, agreed=agreed),
        ]
        found += map(unagreed, planned) if waits else planned
    return kinds, found


def _status(job: Job, out: AlertsOut, now: dt.datetime) -> Status:
    """What is no night of today that sends its orders is never told as actual."""
    if job.day < now.date() or abs(now - dt.datetime.now(dt.UTC)) > HERE_AND_NOW:
        return "Exercise"
    return "Test" if out.status == "Actual" and not job.settings.file.issuing.send else out.status


def _kept(folder: Path) -> Told:
    """Messages of the nights before, and of this one."""
    with writing(folder):
        files = sorted(folder.glob("*.xml"))
        return read_all((Place(str(file)), file.read_bytes()) for file in files)


def _hand_on(job: Job, out: AlertsOut) -> None:
    """Give the broker what it has not got yet, the oldest first. Raises what `published` raises."""
    if out.mqtt is None:
        return
    folder, now = job.settings.folder / out.folder, job.clock.now()
    waiting = [each for each in _kept(folder).messages if _waits(each, out, folder, now)]
    if not waiting:
        return
    notices = [_notice(out.mqtt, each, folder, now) for each in sorted(waiting, key=lambda each: (each.sent, each.identifier))]
    for name in published(way_to(out.mqtt, job.settings.folder), notices):
        write_text(folder / f"{name}.published", f"{now.isoformat()} {out.mqtt.broker}\n")


def _waits(message: Message, out: AlertsOut, folder: Path, now: dt.datetime) -> bool:
    done = (folder / f"{message.identifier}.published").exists()
    return message.sender == out.sender and not done and (message.expires is None or message.expires > now)


def _notice(broker: AlertBroker, message: Message, folder: Path, now: dt.datetime) -> Notice:
    topic = "/".join([broker.topic, message.status.lower(), *map(plain, message.incidents)])
    seconds = 86_400 if message.expires is None else int((message.expires - now).total_seconds())
    return Notice(message.identifier, topic, (folder / f"{message.identifier}.xml").read_bytes(), seconds)
