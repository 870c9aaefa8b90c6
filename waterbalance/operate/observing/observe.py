"""What is known tonight: every source is asked, every reading is judged, gaps are completed, and all of it is kept.

    sources -> readings -> quality control (flags) -> memory -> all that was ever known -> gap ladder -> memory -> derived series

A source that fails costs its own series only; a later source of the configuration gives what an earlier one lacks. What a
source has taken back (`Fetched.whole`) is not used any more: the newest that is known of it is that it is withdrawn. Nothing
is known of a flow before its day is over; a stock is known at the midnight at which the day begins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance import units
from waterbalance.errors import Finding, Findings, InputError, Place, SourceError, TryLaterError, UsageError
from waterbalance.forecast.readings import WITHDRAWN, Origin, Trust
from waterbalance.operate.observing.strange import doubts, records, strange
from waterbalance.scenario.measured import is_kind, units_of
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.sources.derived import with_derived
from waterbalance.sources.gaps.fill import completed, open_gaps
from waterbalance.sources.http_client import HttpClient
from waterbalance.sources.quality.check import checked
from waterbalance.sources.source import Surroundings, key_of
from waterbalance.store import readings as memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.forecast.readings import Key, Reading
    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.planning.overriding import Override
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.sources.gaps.method import Gap
    from waterbalance.store.database import Store

EARLIEST = dt.date(1900, 1, 1)
"""Nothing is read of days before it."""

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Observed:
    """What a night knows of the past."""

    readings: tuple[Reading, ...]
    """All that was ever known, as it is known tonight; completed values included."""

    tonight: tuple[Reading, ...]
    """What the sources gave tonight, judged; and what was completed."""

    findings: tuple[Finding, ...]
    """What sources complained of."""

    silent: tuple[str, ...]
    """Sources of which nothing could be had."""

    gaps: tuple[Gap, ...]
    """Days of the last weeks of which nothing is known."""

    missing: tuple[Key, ...]
    """Critical series of whose last day nobody has measured anything usable; a completed value is none."""

    issue: str
    """Hash of all that is known: the same again is the same night."""

    orders: tuple[Override, ...] = ()
    """What alerts of others order."""

    doubts: tuple[Finding, ...] = ()
    """Readings used for the first time that are far beyond all that was known: no rule approves what rests on them."""


def observe(night: NightSettings, store: Store, scenario: Scenario, day: dt.date, now: dt.datetime) -> Observed:
    """Ask, judge, complete and keep. Raises `TryLaterError` where a critical series is missing and the night has to stop."""
    since = day - dt.timedelta(days=round(night.file.observing.look_back))
    due = units_of(scenario, night.file.feeds)
    with store.reading() as connection:
        before = memory.told_since(connection, since)
    asked = _asked(night, scenario, (since, day), now, due, before)
    with store.reading() as connection:
        keys = _asked_for(night, memory.keys_from(connection, night.file.sources), asked.readings)
        past = memory.known(connection, keys, EARLIEST, day, now)
    # What an older engine has taken for another kind of thing is left aside.
    past = tuple(each for each in past if each.unit == due.get(each.key, each.unit) or is_kind(each.unit, due[each.key]))
    withdrawn = _withdrawn(past, asked, day, now)
    past = _newest(past, withdrawn)
    quality, tables = night.file.quality, scenario.series
    judged = checked(
        asked.readings,
        quality,
        scenario.network,
        past=past,
        tables=tables,
        history=records(scenario, asked.readings, day),
        time_zone=scenario.time_zone,
    )
    with store.writing() as connection:
        known = _newest(past, memory.keep(connection, (*judged, *withdrawn)))
    # What completes a day stands behind what could not be used of it, and takes its place.
    whole = _newest((), _completed(night, known, keys, since, day))
    there = set(known)
    added = tuple(each for each in whole if each not in there)
    with store.writing() as connection:
        memory.keep(connection, added)
    whole = with_derived(whole, night.file.derived)
    gaps = tuple(gap for keys_of, last in _last_days(whole, keys, day) for gap in open_gaps(whole, keys_of, since, last))
    missing = _missing(whole, night.file.critical, day)
    if missing and night.file.when_missing == "stop":
        raise _stopped(missing, day, asked.silent)
    findings = (*asked.findings, *strange(judged))
    tonight = (*judged, *withdrawn, *added)
    unsure = doubts(known, now, scenario.time_zone)
    return Observed(whole, tonight, findings, asked.silent, gaps, missing, _issue(whole), doubts=unsure)


def _asked_for(night: NightSettings, told_before: Iterable[Key], fetched: Iterable[Reading]) -> tuple[Key, ...]:
    """Every series that the configuration names, or a source tells or told of: a table read by its headings names its own."""
    named = (name for names in (night.file.critical, night.file.gaps, night.file.quality) for name in names if "." in name)
    declared = (key for source in night.file.sources.values() for key in source.keys)
    return tuple(sorted({*map(key_of, named), *declared, *told_before, *(each.key for each in fetched)}))


@dataclass(frozen=True)
class _Asked:
    """What the sources said."""

    readings: tuple[Reading, ...]
    whole: Mapping[tuple[str, Key], tuple[dt.date, dt.date]]
    """By source and series: the days of which it has told all that it has."""

    findings: tuple[Finding, ...]
    silent: tuple[str, ...]


def _asked(
    night: NightSettings,
    scenario: Scenario,
    days: tuple[dt.date, dt.date],
    now: dt.datetime,
    due: Mapping[Key, str],
    before: Mapping[str, tuple[Key, ...]],
) -> _Asked:
    first, day = days
    client, zone = HttpClient(night.file.http, night.folder), ZoneInfo(scenario.time_zone)
    found: dict[tuple[Key, dt.date], list[Reading]] = {}
    whole: dict[tuple[str, Key], tuple[dt.date, dt.date]] = {}
    findings = Findings()
    silent = []
    for name, source in night.file.sources.items():
        try:
            surroundings = Surroundings(name, night.folder, zone, now, client, due, before.get(name, ()))
            answer = source.read(first, day, surroundings)
        except (SourceError, InputError, UsageError) as error:
            silent.append(name)
            findings.extend(error.findings or (Finding(error.title, Place(component=f"source {name}")),))
            continue
        findings.extend(answer.findings)
        whole |= {(name, key): days for key, days in answer.whole.items()}
        known_before = set(found)
        for reading in answer.readings:
            if _is_over(reading, day) and (reading.key, reading.date) not in known_before:
                found.setdefault((reading.key, reading.date), []).append(reading)
    return _Asked(tuple(each for rows in found.values() for each in rows), whole, tuple(findings), tuple(silent))


def _withdrawn(past: Iterable[Reading], asked: _Asked, day: dt.date, now: dt.datetime) -> tuple[Reading, ...]:
    """What a source told of days that it has told whole tonight, without this; nor does another source tell it."""
    told = {(each.key, each.date) for each in asked.readings}
    line = f"{WITHDRAWN}: its source does not tell it any more"
    found = []
    for each in past:
        first, last = asked.whole.get((each.source, each.key), (dt.date.max, dt.date.min))
        stands = (each.key, each.date) in told or each.origin is Origin.COMPLETED or each.withdrawn
        if first <= each.date <= last and _is_over(each, day) and not stands:
            found.append(replace(each, known_at=now, trust=Trust.UNRELIABLE, why=(*each.why, line)))
    return tuple(found)


def _newest(known: Iterable[Reading], kept: Iterable[Reading]) -> tuple[Reading, ...]:
    """What is known of each series and day after something new was kept, as the memory would tell it."""
    newest = {(each.key, each.date): each for each in known}
    for each in kept:
        before = newest.get((each.key, each.date))
        if before is None or before.known_at <= each.known_at:
            newest[each.key, each.date] = each
    return tuple(newest[place] for place in sorted(newest))


def _is_over(reading: Reading, day: dt.date) -> bool:
    return reading.date <= day if _is_stock(reading) else reading.date < day


def _is_stock(reading: Reading) -> bool:
    return reading.unit == units.VOLUME


def _last_days(known: Iterable[Reading], keys: tuple[Key, ...], day: dt.date) -> tuple[tuple[tuple[Key, ...], dt.date], ...]:
    """Series and the last day of which they can tell: stocks this midnight, all others yesterday."""
    stocks = {each.key for each in known if _is_stock(each)}
    return (
        (tuple(key for key in keys if key in stocks), day),
        (tuple(key for key in keys if key not in stocks), day - ONE_DAY),
    )


def _completed(
    night: NightSettings, known: tuple[Reading, ...], keys: tuple[Key, ...], since: dt.date, day: dt.date
) -> tuple[Reading, ...]:
    for keys_of, last in _last_days(known, keys, day):
        known = completed(known, night.file.gaps, keys_of, since, last)
    return known


def _missing(known: tuple[Reading, ...], critical: tuple[str, ...], day: dt.date) -> tuple[Key, ...]:
    asked = tuple(map(key_of, critical))
    last = {key: date for keys_of, date in _last_days(known, asked, day) for key in keys_of}
    there = {(each.key, each.date) for each in known if each.usable and each.origin is not Origin.COMPLETED}
    return tuple(key for key in asked if (key, last[key]) not in there)


def _stopped(missing: tuple[Key, ...], day: dt.date, silent: tuple[str, ...]) -> TryLaterError:
    told = f"silent tonight: {', '.join(silent)}" if silent else "no source failed"
    remedy = "Run again when it has come, or set 'when_missing: degrade'."
    return TryLaterError(
        "a critical reading is missing",
        tuple(
            Finding("nothing usable was measured", Place(component=".".join(key), date=str(day)), told, remedy=remedy)
            for key in missing
        ),
    )


def _issue(known: tuple[Reading, ...]) -> str:
    """Hash of values and trusts, whenever and from wherever they came."""
    rows = sorted([*each.key, str(each.date), repr(each.value), each.trust.value] for each in known)
    return sha256(canonical({"readings": rows}))
