"""What a night knows of the past: its sources, what is thought of readings, gaps, and with what the day begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.corrections import corrections
from waterbalance.report.night.reader import NOTHING
from waterbalance.report.right_accounts import right_accounts
from waterbalance.report.section import Section

if TYPE_CHECKING:
    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.told import GapTold, NightTold


def past(told: NightTold, reader: Reader) -> tuple[Section, ...]:
    """All of it; quality, gaps and accounts only where there is something to say."""
    quality = corrections(told.corrections, reader.say, reader.network)
    return (
        _sources(told, reader),
        *([_complaints(told, reader)] if told.complaints else []),
        *([quality] if told.corrections else []),
        *([_gaps(told, reader)] if told.gaps else []),
        *([_state(told, reader)] if told.stocks else []),
        *([right_accounts(told.accounts, reader.network, reader.say)] if told.accounts else []),
    )


def _sources(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    clean = not told.corrections and any(each.readings for each in told.sources)
    return Section(
        say("night.sources"),
        tuple(say(f"night.sources.{name}") for name in ("name", "state", "readings", "series", "newest")),
        tuple(
            (
                say.printable(each.name),
                say("night.sources.silent" if each.silent else "night.sources.told" if each.readings else "night.sources.none"),
                say.number(each.readings, 0),
                say.number(each.series, 0),
                reader.date(each.newest),
            )
            for each in told.sources
        ),
        words=2,
        note=say("night.sources.clean") if clean else "",
        nothing=say("night.sources.nothing"),
    )


def _complaints(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    return Section(say("night.complaints"), (say("night.complaint"),), tuple((say.finding(each),) for each in told.complaints))


def _gaps(told: NightTold, reader: Reader) -> Section:
    """A row for each series, with the newest of its gaps."""
    say = reader.say
    by_series: dict[str, list[GapTold]] = {}
    for each in told.gaps:
        by_series.setdefault(reader.series(each.component, each.quantity), []).append(each)
    rows = []
    for name, gaps in by_series.items():
        newest = max(gaps, key=lambda gap: gap.last)
        days = sum((gap.last - gap.first).days + 1 for gap in gaps)
        rows.append((name, reader.period(newest.first, newest.last), say.number(len(gaps), 0), say.number(days, 0)))
    columns = tuple(say(f"night.gaps.{name}") for name in ("series", "newest", "count", "days"))
    return Section(say("night.gaps"), columns, tuple(rows), words=2, note=say("night.gaps.note"))


def _state(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = []
    for each in told.stocks:
        apart = NOTHING if each.expected is None else say.volume(each.taken - each.expected)
        how = say("night.state.observed" if each.observed else "night.state.carried")
        if each.completed is not None:
            how = say("night.state.completed", method=each.completed)
        told_how = f"{how}{say('night.state.jumps')}" if each.jumps else how
        rows.append((reader.name(each.component), told_how, say.volume(each.taken), reader.amount(each.expected, "m3"), apart))
    start = (told.start or "cold").replace(" ", "_")
    return Section(
        say("night.state"),
        tuple(say(f"night.state.{name}") for name in ("storage", "how", "taken", "expected", "apart")),
        tuple(rows),
        words=2,
        note=say(f"night.start.{start}", day=reader.date(told.expected_on)),
    )
