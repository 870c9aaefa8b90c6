"""From occasions to messages: what is new, what has changed, what goes on, and what is over.

nothing told yet, or it has expired      Alert
told, and another fact                   Update that names the messages before
told, and the same fact                  nothing; an Update the last night before it expires
told, and no longer there                Cancel that names the messages before
told of a plan that waits, now agreed    Update that says so; of one that was agreed already, nothing

A plan that waits for somebody ends nothing and makes nothing milder: devices follow the plan before, whose flood may still come
and whose cuts still hold. What it would end or make milder is withheld until it is in force, but for what was read off the gauges
alone. What it adds or makes worse is told at once, as possible.

The messages told before are the whole memory: a night that is done again tells nothing twice, and one that lost its folder gives
its messages the same identifiers again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waterbalance.report.cap.occasion import line
from waterbalance.report.language import LANGUAGES, Language, Wording
from waterbalance.scenario.cap import CERTAINTIES, SEVERITIES, Area, Information, Message, cleaned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from waterbalance.report.cap.occasion import Occasion, OccasionKind
    from waterbalance.report.cap.settings import AlertsOut
    from waterbalance.scenario.cap import Status

FACT = "fact"
"""Parameter with what is told, by which another night knows whether it has changed."""

ONCE_AGREED = "certainty once the plan is approved"
"""Parameter of what a plan tells that nobody has agreed to yet."""

ONE_DAY = dt.timedelta(days=1)
TAGS: dict[Language, str] = {"zh-TW": "zh-TW", "en": "en-GB"}
"""Languages of the two parts of a message, in their order."""

_LONGEST = 120


@dataclass(frozen=True)
class Teller:
    """Who tells what, when."""

    settings: AlertsOut
    name: str
    """Of the job."""

    day: dt.date
    """Of the night."""

    now: dt.datetime
    """With the offset of the place."""

    status: Status

    @property
    def sent(self) -> dt.datetime:
        """When it tells, to the second, as the standard writes times."""
        return self.now.replace(microsecond=0)


def messages(
    teller: Teller, occasions: Iterable[Occasion], looked_at: Collection[OccasionKind], earlier: Iterable[Message]
) -> tuple[Message, ...]:
    """What has to be told tonight. `looked_at`: kinds of which all occasions are there; others are neither told nor ended."""
    before = [each for each in earlier if _is_ours(each, teller)]
    current = {each.incident: each for each in occasions if each.kind in looked_at}
    told = {incident for each in before for incident in each.incidents if incident.partition(".")[0] in looked_at}
    return tuple(_messages(teller, current, sorted({*current, *told}), before))


def _messages(teller: Teller, current: dict[str, Occasion], incidents: list[str], before: list[Message]) -> Iterator[Message]:
    for incident in incidents:
        thread = [each for each in before if incident in each.incidents]
        alive = _alive(teller, thread)
        occasion = current.get(incident)
        if occasion is None:
            if alive is not None:
                yield _over(teller, incident, alive, thread)
        elif alive is None:
            yield _told(teller, occasion, None, thread)
        elif not _says(alive, occasion) or (occasion.ends is None and _ends(alive) <= teller.now + ONE_DAY):
            yield _told(teller, occasion, alive, thread)


def agreed_to(teller: Teller, earlier: Iterable[Message]) -> tuple[Message, ...]:
    """What has to be told once somebody has agreed to the plan that waited, of which `earlier` messages tell."""
    before = [each for each in earlier if _is_ours(each, teller)]
    threads = {name: [each for each in before if name in each.incidents] for each in before for name in each.incidents}
    alive = ((incident, _alive(teller, thread), thread) for incident, thread in sorted(threads.items()))
    return tuple(
        _agreed(teller, incident, last, thread)
        for incident, last, thread in alive
        if last is not None and any(each.parameter(ONCE_AGREED) not in {None, each.certainty} for each in last.information)
    )


def _agreed(teller: Teller, incident: str, before: Message, thread: list[Message]) -> Message:
    message = _empty(teller, incident, before, thread)
    return replace(message, kind="Update", information=tuple(_once_agreed(teller, each) for each in before.information))


def _once_agreed(teller: Teller, told: Information) -> Information:
    language: Language = next((each for each in LANGUAGES if TAGS[each] == told.language), "en")
    once = next((each for each in CERTAINTIES if each == told.parameter(ONCE_AGREED)), told.certainty)
    return replace(
        told,
        certainty=once,
        effective=teller.sent,
        description=told.description.removesuffix(Wording(language)("alert.unagreed")).rstrip(),
        parameters=tuple(each for each in told.parameters if each[0] != ONCE_AGREED),
    )


def until_in_force(
    told: Iterable[Message], earlier: Iterable[Message], read: Collection[str]
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Of what a plan that waits would tell: what may be told, and what is withheld. `read`: incidents that gauges decide."""
    known = {each.reference: each for each in earlier}
    free: list[Message] = []
    withheld: list[Message] = []
    for each in told:
        before = known.get(each.references[-1]) if each.references else None
        by_plan = not {*each.incidents} & {*read} and not any(name.startswith("failure.") for name in each.incidents)
        (withheld if before is not None and by_plan and _ends_or_is_milder(each, before) else free).append(each)
    return tuple(free), tuple(withheld)


def _ends_or_is_milder(message: Message, before: Message) -> bool:
    """Whether it takes something back: all of it, of its severity, or of a flood the days before a later one."""
    if message.kind == "Cancel":
        return True
    new, old = message.information[0], before.information[0]
    if new.severity != old.severity:
        return SEVERITIES.index(new.severity) < SEVERITIES.index(old.severity)
    flood = any(name.startswith("release.") for name in message.incidents)
    return flood and new.onset is not None and old.onset is not None and new.onset > old.onset


def now_in_force(teller: Teller, withheld: Iterable[Message], earlier: Iterable[Message]) -> tuple[Message, ...]:
    """What was withheld, once the plan is in force; nothing twice."""
    before = [each for each in earlier if _is_ours(each, teller)]
    return tuple(_let_go(teller, each, before) for each in withheld if _is_news(teller, each, before))


def _is_news(teller: Teller, withheld: Message, before: list[Message]) -> bool:
    alive = _alive(teller, _thread(withheld, before))
    if alive is None or withheld.kind == "Cancel":
        return alive is not None
    return any(each.parameter(FACT) != withheld.information[0].parameter(FACT) for each in alive.information)


def _let_go(teller: Teller, withheld: Message, before: list[Message]) -> Message:
    thread = _thread(withheld, before)
    message = _empty(teller, withheld.incidents[0], _alive(teller, thread), thread)
    least = teller.sent + (ONE_DAY if withheld.kind == "Cancel" else dt.timedelta(minutes=1))
    information = (_once_agreed(teller, each) for each in withheld.information)
    told = tuple(replace(each, expires=max(each.expires or least, least)) for each in information)
    return replace(message, kind=withheld.kind, information=told)


def _thread(message: Message, before: list[Message]) -> list[Message]:
    return [each for each in before if {*each.incidents} & {*message.incidents}]


def _alive(teller: Teller, thread: list[Message]) -> Message | None:
    """The last message of an incident, where it still holds."""
    named = {reference for each in thread for reference in each.references}
    last = max((each for each in thread if each.reference not in named), key=lambda each: each.sent, default=None)
    return last if last is not None and last.kind != "Cancel" and _ends(last) > teller.now else None


def _told(teller: Teller, occasion: Occasion, before: Message | None, thread: list[Message]) -> Message:
    ends = occasion.ends or teller.sent + dt.timedelta(days=teller.settings.lasts)
    message = _empty(teller, occasion.incident, before, thread)
    information = tuple(_information(teller, occasion, language, ends) for language in TAGS)
    return replace(message, kind="Alert" if before is None else "Update", information=information)


def _information(teller: Teller, occasion: Occasion, language: Language, ends: dt.datetime) -> Information:
    words = occasion.words[language]
    return Information(
        event=Wording(language)(f"alert.{occasion.kind}"),
        categories=occasion.categories,
        urgency=occasion.urgency,
        severity=occasion.severity,
        certainty=occasion.certainty,
        language=TAGS[language],
        responses=occasion.responses,
        effective=teller.sent,
        onset=occasion.onset.replace(microsecond=0),
        expires=max(ends.replace(microsecond=0), teller.sent + dt.timedelta(minutes=1)),
        sender_name=line(teller.settings.sender_name.get(language, "")),
        headline=line(words.headline),
        description=cleaned(words.description),
        instruction=cleaned(words.instruction),
        contact=cleaned(teller.settings.contact),
        parameters=(
            (FACT, line(occasion.fact)),
            *((line(key), line(value)) for key, value in occasion.parameters if line(value)),
            *([] if occasion.once_agreed is None else [(ONCE_AGREED, occasion.once_agreed)]),
        ),
        areas=(_clean(occasion.areas[language]),),
    )


def _over(teller: Teller, incident: str, before: Message, thread: list[Message]) -> Message:
    """The end of it, in the words of what is over."""

    def information(told: Information) -> Information:
        language: Language = next((each for each in LANGUAGES if TAGS[each] == told.language), "en")
        say = Wording(language)
        return replace(
            told,
            responses=("AllClear",),
            urgency="Past",
            severity="Minor",
            certainty="Observed",
            effective=teller.sent,
            onset=None,
            expires=teller.sent + ONE_DAY,
            headline=line(say("alert.over.headline", headline=told.headline)),
            description=say("alert.over.text", headline=told.headline),
            instruction=say("alert.over.do"),
            parameters=((FACT, "over"),),
        )

    message = _empty(teller, incident, before, thread)
    return replace(message, kind="Cancel", information=tuple(map(information, before.information)))


def _empty(teller: Teller, incident: str, before: Message | None, thread: list[Message]) -> Message:
    known = {each.identifier for each in thread}
    number = 1
    while (identifier := _identifier(teller, incident, number)) in known:
        number += 1
    return Message(
        identifier=identifier,
        sender=teller.settings.sender,
        sent=teller.sent,
        status=teller.status,
        kind="Alert",
        scope=teller.settings.scope,
        restriction=cleaned(teller.settings.restriction),
        references=() if before is None else (*before.references, before.reference),
        incidents=(incident,),
    )


def _identifier(teller: Teller, incident: str, number: int) -> str:
    """The same for the same night: job, day, incident; a second message of one night is numbered."""
    parts = [plain(teller.name), str(teller.day), plain(incident)]
    parts += [str(number)] if number > 1 else []
    parts += [teller.status.lower()] if teller.status != "Actual" else []
    return ".".join(parts)


def plain(text: str) -> str:
    """A text as a part of identifiers and file names; where that changes it, a hash keeps it apart from others."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", text)[:_LONGEST].strip(".")
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _is_ours(message: Message, teller: Teller) -> bool:
    return message.sender == teller.settings.sender and message.status == teller.status and message.sent <= teller.now


def _says(message: Message, occasion: Occasion) -> bool:
    same = all(each.parameter(FACT) == line(occasion.fact) for each in message.information)
    return same and (occasion.once_agreed is not None or all(each.parameter(ONCE_AGREED) is None for each in message.information))


def _ends(message: Message) -> dt.datetime:
    return message.expires or message.sent + ONE_DAY


def _clean(area: Area) -> Area:
    return Area(line(area.description) or "-", area.geocodes)
