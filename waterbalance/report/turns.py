"""What the turns bring to each field, and how near to the best they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.schedule.shortfall import NEARLY_NOTHING
from waterbalance.schedule.turn_fields import TOLERANCE

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.row import Row
    from waterbalance.schedule.shortfall import Limit
    from waterbalance.schedule.timetable import Timetable

TURN_COLUMNS = ("zone", "turnout", "turns.planned", "turns.before", "turns.brought", "turns.short", "turns.cause")


@dataclass(frozen=True)
class FieldTurn:
    """One turnout over the days that are scheduled. Volumes in [m3]."""

    turnout: str
    zone: str
    planned: float
    """By the plan, for these days."""

    brought: float
    short: float
    cause: str | None
    at: str | None
    gain: float
    others: tuple[Limit, ...]
    """Limits that would serve as well; where the cause is `several`, those that bind together."""

    before: float
    """What lacked before these days; below 0 where more was brought."""

    wanted: float
    """What is planned and what lacked before."""


@dataclass(frozen=True)
class TurnSearch:
    """How one tree of canals was scheduled."""

    canal: str
    """The canal at its head."""

    gap: float
    """Distance from the bound. [-]"""

    stopped_by: str | None
    """The limit that ended the search; None where it came near enough to the bound."""

    taken: float
    """Volume at the head. [m3]"""

    escaped: dict[str, float]
    """What runs over the escapes, by canal, where it is a hundredth of what is taken, or more. [m3]"""


def field_turns(planned: Planned) -> tuple[FieldTurn, ...]:
    """One for each turnout; none without turns."""
    fields = () if planned.turns is None else planned.turns.fields
    return tuple(
        FieldTurn(
            each.turnout,
            each.zone,
            each.planned,
            each.brought,
            each.short,
            each.cause,
            each.at,
            each.gain,
            each.others,
            each.before,
            each.wanted,
        )
        for each in fields
    )


def turn_searches(planned: Planned) -> tuple[TurnSearch, ...]:
    """One for each tree of canals; none without turns."""
    timetables = () if planned.turns is None else planned.turns.timetables
    return tuple(
        TurnSearch(each.tree.canals[0].name, each.gap, each.stopped_by, each.taken, _escaped(each)) for each in timetables
    )


def _escaped(timetable: Timetable) -> dict[str, float]:
    least = max(NEARLY_NOTHING, TOLERANCE * timetable.taken)
    return {name: volume for name, volume in timetable.escaped.items() if volume >= least}


def turn_rows(fields: tuple[FieldTurn, ...], network: Network, say: Wording) -> list[Row]:
    """Zone, turnout, planned, what lacked before, brought, shortfall, what prevents more."""
    return [
        (
            say.name(network, each.zone),
            say.printable(each.turnout),
            say.volume(each.planned),
            say.volume(each.before) if abs(each.before) >= NEARLY_NOTHING else "–",
            say.volume(each.brought),
            say.percent(each.short / each.wanted) if each.short > max(NEARLY_NOTHING, TOLERANCE * each.wanted) else say("none"),
            cause_of(each, say),
        )
        for each in fields
    ]


def search_notes(searches: tuple[TurnSearch, ...], say: Wording) -> list[str]:
    """A sentence on each tree of canals, and one on each canal with much water over its escapes."""
    found = []
    for each in searches:
        name = "turns.search" if each.stopped_by is None else "turns.stopped"
        canal, gap = say.printable(each.canal), say.percent(each.gap)
        found.append(say(name, canal=canal, gap=gap, volume=say.volume(each.taken)))
        for escaping, volume in each.escaped.items():
            found.append(say("turns.escaped", canal=say.printable(escaping), volume=say.volume(volume)))
    return found


def cause_of(each: FieldTurn, say: Wording) -> str:
    """What prevents more."""
    if each.cause is None:
        return "–"
    others = [_limit(limit.cause, limit.at, say) for limit in each.others]
    if each.cause == "several" and others:
        return say("turns.together", causes=say("turns.and").join(others))
    return say("turns.or").join([_limit(each.cause, each.at, say), *others])


def _limit(name: str, at: str | None, say: Wording) -> str:
    cause = say.known("turns.cause", name)
    return cause if at is None else say("turns.at", cause=cause, place=say.printable(at))
