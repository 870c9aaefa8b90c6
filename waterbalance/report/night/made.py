"""How a night was made: the rungs that were tried, the time of each stage, and what is to be noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.night.reader import NOTHING
from waterbalance.report.section import Section

if TYPE_CHECKING:
    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.told import NightTold


def made(told: NightTold, reader: Reader) -> tuple[Section, ...]:
    """Notes only where there are any."""
    return (
        *([_attempts(told, reader)] if told.attempts else []),
        _seconds(told, reader),
        *([_notes(told, reader)] if _notes_of(told, reader) else []),
    )


def _attempts(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            say("night.rung", rung=each.rung, label=say(f"fallback.{each.rung}") if each.rung else say("night.rung.full")),
            say(f"night.came.{each.came.replace(' ', '_')}"),
            "; ".join(say.origin(why) for why in each.why) or NOTHING,
            say.number(each.seconds, 2),
        )
        for each in told.attempts
    )
    columns = tuple(say(f"night.attempts.{name}") for name in ("rung", "came", "why", "seconds"))
    note = "" if told.kept_program is None else say("night.attempts.kept", file=say.printable(told.kept_program))
    return Section(say("night.attempts"), columns, rows, words=3, note=note)


def _seconds(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple((say.known("night.stage_of", name), say.number(seconds, 2)) for name, seconds in told.seconds.items())
    total = (say("night.seconds.total"), say.number(sum(told.seconds.values()), 2))
    columns = say("night.seconds.stage"), say("night.seconds.seconds")
    return Section(say("night.seconds"), columns, (*rows, total), nothing="")


def _notes(told: NightTold, reader: Reader) -> Section:
    return Section(reader.say("notes"), (reader.say("night.note"),), _notes_of(told, reader))


def _notes_of(told: NightTold, reader: Reader) -> tuple[tuple[str], ...]:
    say = reader.say
    of_series = [(reader.series(each.component, each.quantity), each.notes) for each in told.forecasts]
    series = ((say("pair", name=name, value=say.origin(note)),) for name, notes in of_series for note in notes)
    return (*((say.finding(say.origin(note)),) for note in told.notes), *series)
