"""What alerts of others order: time-bounded overrides whose author is the sender, and whose reason is the alert.

An alert begins on the local day of its onset (else when it takes effect, else when it was sent) and ends on that of its expiry.
A storage has to be low when the alert begins: the day before counts, and the plan lowers it as much earlier as it needs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding, Findings, InputError, Place, SourceError, UsageError
from waterbalance.operate.planning.overriding import Override
from waterbalance.scenario.cap import CERTAINTIES, SEVERITIES
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.sources.cap.in_force import covers, expiry, in_force, known, spoken, unexpired
from waterbalance.sources.http_client import HttpClient
from waterbalance.sources.source import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waterbalance.operate.configuring.alert_settings import AlertAction, AlertSettings, AlertsIn
    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.scenario.cap import Information, Message
    from waterbalance.scenario.scenario import Scenario

ONE_DAY = dt.timedelta(days=1)
INSTANT = dt.timedelta(microseconds=1)


def with_alerts(observed: Observed, night: NightSettings, scenario: Scenario, day: dt.date, now: dt.datetime) -> Observed:
    """What is known tonight, with what alerts in force order; other alerts are another night."""
    heard = night.file.alerts.heard
    if heard is None:
        return observed
    zone = ZoneInfo(scenario.time_zone)
    messages, findings, silent = _messages(night, heard, zone, now)
    counted = known(messages, now, heard.senders, heard.statuses)
    life = dt.timedelta(days=heard.life)
    alive = in_force(counted, now, life)
    asked = (night.file.alerts, day, zone, night.file.language)
    # One that somebody has ended counts, too: the plan that it changed has to be made again.
    concerning = [[str(each.reference), each in alive] for each in unexpired(counted, now, life) if alert_orders((each,), *asked)]
    return replace(
        observed,
        orders=alert_orders(alive, *asked),
        findings=(*observed.findings, *findings),
        silent=(*observed.silent, *silent),
        issue=sha256(canonical({"readings": observed.issue, "alerts": concerning})) if concerning else observed.issue,
    )


def alert_orders(
    alive: Iterable[Message], settings: AlertSettings, day: dt.date, zone: ZoneInfo, language: str
) -> tuple[Override, ...]:
    """The orders of alerts in force that touch `day` or later, each once."""
    found: dict[tuple[str, str, str, dt.date, dt.date], Override] = {}
    heard = settings.heard
    for message in alive if heard is not None else ():
        for told in message.information:
            for action in heard.actions.values() if heard is not None else ():
                if _calls(told, action):
                    for each in _orders(settings, message, told, action, day, zone, language):
                        found.setdefault((each.what, each.how, each.value, each.first, each.last), each)
    return tuple(found.values())


def _orders(
    settings: AlertSettings,
    message: Message,
    told: Information,
    action: AlertAction,
    day: dt.date,
    zone: ZoneInfo,
    language: str,
) -> Iterator[Override]:
    life = dt.timedelta(days=settings.heard.life if settings.heard is not None else 1.0)
    begins = (told.onset or told.effective or message.sent).astimezone(zone).date()
    last = (expiry(message, told, life) + dt.timedelta(days=action.stays) - INSTANT).astimezone(zone).date()
    words = next(iter(spoken(message, language)), told)
    reason = f"{words.headline or words.event} ({message.identifier})"

    def order(what: str, how: str, value: str, first: dt.date) -> Override:
        dates = {"from": max(day, first), "until": last}
        told = {"what": what, "how": how, "value": value, "author": message.sender, "reason": reason, **dates}
        return Override.model_validate({**told, "closes_by_rule": action.closes_by_rule})

    if last < day or last < begins:
        return
    for component in action.suspend:
        if _lies_in(settings, component, told):
            yield order(f"{component}.demand", "set", "0 m3/day", begins)
    for what, value in action.at_most.items():
        component, _, quantity = what.partition(".")
        if _lies_in(settings, component, told):
            yield order(what, "at_most", value, begins - ONE_DAY if quantity == "storage" else begins)


def _calls(told: Information, action: AlertAction) -> bool:
    """Whether a part of an alert calls for an action."""
    texts = [told.event.lower(), *(code.lower() for _, code in told.event_codes)]
    return (
        any(word.lower() in text for word in action.events for text in texts)
        and SEVERITIES.index(told.severity) >= SEVERITIES.index(action.least_severity)
        and CERTAINTIES.index(told.certainty) >= CERTAINTIES.index(action.least_certainty)
        and told.urgency != "Past"
        and "AllClear" not in told.responses
    )


def _lies_in(settings: AlertSettings, component: str, told: Information) -> bool:
    names = {settings.geocode, *(settings.heard.geocodes if settings.heard is not None else ())}
    codes = [code for area in told.areas for name, code in area.geocodes if name in names]
    return any(covers(code, township) for code in codes for township in settings.areas.get(component, ()))


def _messages(
    night: NightSettings, heard: AlertsIn, zone: ZoneInfo, now: dt.datetime
) -> tuple[list[Message], list[Finding], list[str]]:
    """All that the sources have; one of which nothing can be had is named and costs only itself."""
    client = HttpClient(night.file.http, night.folder)
    messages: list[Message] = []
    findings, silent = Findings(), []
    for name, source in heard.sources.items():
        try:
            told = source.read(Surroundings(name, night.folder, zone, now, client))
        except (SourceError, InputError, UsageError) as error:
            silent.append(name)
            findings.extend(error.findings or (Finding(error.title, Place(component=f"alerts {name}")),))
            continue
        messages.extend(told.messages)
        findings.extend(told.findings)
    return messages, list(findings), silent
