"""Drought lights as occasions: each supply area that stands under one, with the reason and what is cut."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from waterbalance.network.rules._drought_stages import _DroughtStages
from waterbalance.report.cap.occasion import Occasion, Words
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.light_words import change_words, reason_words, stage_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from waterbalance.network.network import Network
    from waterbalance.report.cap.occasion import Places
    from waterbalance.report.drought_light import Light
    from waterbalance.report.lights import AreaLights
    from waterbalance.scenario.cap import Severity

SEVERITY: dict[Light, Severity] = {
    "blue": "Minor",
    "green": "Minor",
    "yellow": "Minor",
    "orange": "Moderate",
    "red": "Severe",
}


def shortages(
    lights: Iterable[AreaLights], network: Network, places: Places, zone: ZoneInfo, areas: tuple[str, ...] | None
) -> Iterator[Occasion]:
    """One for each supply area with a light announced or in force; of `areas`, else of drought rules."""
    for each in lights:
        told = each.announced if areas is None else each.area in areas
        if told and max(each.today.number, each.in_force) > 0:
            yield _shortage(each, network, places, zone)


def _shortage(lights: AreaLights, network: Network, places: Places, zone: ZoneInfo) -> Occasion:
    today = lights.today
    waits = (lights.in_force_from - today.first).days
    return Occasion(
        kind="shortage",
        subject=lights.area,
        fact=f"{today.number} {today.stage}",
        words={language: _words(Wording(language), lights, network) for language in LANGUAGES},
        areas=places.of(network, lights.area),
        categories=("Env", "Infra"),
        responses=("Prepare",) if waits > 0 else ("Execute",),
        urgency="Future" if waits > 1 else "Expected",
        severity=SEVERITY[today.light],
        certainty="Observed" if lights.announced or today.because == "below" else "Likely",
        onset=dt.datetime.combine(lights.in_force_from, dt.time(), zone),
        parameters=(
            ("stage", today.stage),
            ("light", today.light),
            ("announced", str(today.first)),
            *((("stored [m3]", f"{today.stored:.0f}"),) if today.stored is not None else ()),
            *((("limit [m3]", f"{today.limit:.0f}"),) if today.limit is not None else ()),
        ),
    )


def _words(say: Wording, lights: AreaLights, network: Network) -> Words:
    area = say.name(network, lights.area)
    today = lights.today
    told = [change_words(say, lights, network), reason_words(say, lights, today, network)]
    if lights.in_force_from > today.first:
        told.append(say("alert.shortage.from", date=say.date(str(lights.in_force_from))))
    if len(lights.spells) > 1:
        later = lights.spells[1]
        stage = stage_words(say, later)
        told.append(say("alert.shortage.later", light=stage, date=say.date(str(later.first))))
    if not lights.announced:
        told.append(say("alert.shortage.unannounced"))
    cuts = _cuts(say, lights, network)
    instruction = say("alert.shortage.cuts", cuts=cuts) if cuts else say("alert.shortage.save")
    return Words(say("alert.shortage.headline", area=area, light=stage_words(say, today)), "\n".join(told), instruction)


def _cuts(say: Wording, lights: AreaLights, network: Network) -> str:
    """What the stage takes away, by class of users."""
    rule = network[lights.area]
    if not isinstance(rule, _DroughtStages):
        return ""
    classes = dict.fromkeys(network[user].user_class_name for user in rule.users)
    cuts = {name: rule.cut(name, lights.today.number) for name in classes if name is not None}
    told = (f"{say.known('class', name)} {say.percent(share)}" for name, share in cuts.items() if share > 0)
    return say("alert.and").join(told)
