"""Gates and works that did not do what they were told, as occasions: the alarms of the store about devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.cap.occasion import Occasion, Words, line
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.scenario.cap import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from waterbalance.report.cap.occasion import Places
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.alarms import Alarm

LONGEST = 2_000
"""Most characters of an alarm that are told."""


def failures(alarms: Iterable[Alarm], scenario: Scenario, places: Places, zone: ZoneInfo) -> Iterator[Occasion]:
    """One for each device of the scenario with an alarm that has not returned to normal; the newest of several alarms."""
    told: set[str] = set()
    for alarm in alarms:
        if alarm.subject in scenario.controllers and alarm.subject not in told:
            told.add(alarm.subject)
            yield _failure(alarm, scenario, places, zone)


def _failure(alarm: Alarm, scenario: Scenario, places: Places, zone: ZoneInfo) -> Occasion:
    structure = scenario.controllers[alarm.subject].structure
    since = alarm.at.astimezone(zone)

    def words(say: Wording) -> Words:
        name = say.name(scenario.network, structure)
        kind = say.known("alert.failure.kind", alarm.kind)
        at = f"{say.date(str(since.date()))} {since:%H:%M}"
        text = cleaned(alarm.text)[:LONGEST]
        return Words(
            line(say("alert.failure.headline", name=name, kind=kind)),
            say("alert.failure.text", name=name, device=alarm.subject, kind=kind, since=at, text=text),
            say("alert.failure.do"),
        )

    return Occasion(
        kind="failure",
        subject=alarm.subject,
        fact=f"{alarm.kind} {alarm.alarm}",
        words={language: words(Wording(language)) for language in LANGUAGES},
        areas=places.of(scenario.network, structure),
        categories=("Infra",),
        responses=("Assess",),
        urgency="Immediate",
        severity="Moderate",
        certainty="Observed",
        onset=since,
        parameters=(("device", alarm.subject), ("alarm", alarm.kind)),
    )
