"""How far the running round of turns has come at each field, and when it comes to those that are behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.report.turns import cause_of

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.report.row import Row
    from waterbalance.report.turns import FieldTurn
    from waterbalance.schedule.rounds import Round

ROUND_COLUMNS = ("zone", "turnout", "turns.since", "turns.until_now", "turns.ordered", "turns.lateness")


@dataclass(frozen=True)
class FieldRound:
    """One turnout in the round that runs as its orders begin. Volumes at the field in [m3]."""

    turnout: str
    zone: str
    begin: str
    """When the round began there, local time with its offset."""

    planned: float
    """Up to now, with what lacked as the round began."""

    ordered: float
    """Up to now."""

    whole: float
    """Planned up to the end of the round, as far as the orders reach."""

    behind: float
    """Planned less ordered; below 0 where it is ahead."""

    is_behind: bool
    """By more than a hundredth of the round."""

    turn: str | None
    """When the water comes that makes up for it, local time with its offset; None where these orders bring none."""


def field_rounds(planned: Planned) -> tuple[FieldRound, ...]:
    """One for each turnout of a canal with turns."""
    rounds = () if planned.turns is None else planned.turns.rounds
    return tuple(_told(each) for each in rounds)


def _told(each: Round) -> FieldRound:
    turn = None if each.turn is None else each.turn.isoformat()
    volumes = each.planned, each.ordered, each.whole, each.behind
    return FieldRound(each.turnout, each.zone, each.begin.isoformat(), *volumes, each.is_behind, turn)


def round_rows(rounds: tuple[FieldRound, ...], fields: tuple[FieldTurn, ...], network: Network, say: Wording) -> list[Row]:
    """Zone, turnout, begin of the round, planned and ordered up to now, and how far it is behind and until when."""
    causes = {each.turnout: cause_of(each, say) for each in fields}
    return [
        (
            say.name(network, each.zone),
            say.printable(each.turnout),
            say.moment(each.begin),
            say.volume(each.planned),
            say.volume(each.ordered),
            _lateness(each, causes[each.turnout], say),
        )
        for each in rounds
    ]


def _lateness(each: FieldRound, cause: str, say: Wording) -> str:
    if not each.is_behind:
        return "–"
    volume = say.volume(each.behind)
    if each.turn is None:
        return say("turns.behind_for", volume=volume, cause=cause)
    return say("turns.behind_until", volume=volume, moment=say.moment(each.turn))
