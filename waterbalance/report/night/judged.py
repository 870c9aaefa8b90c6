"""How good the nights before were: yesterday's forecast and plan against what came, the last weeks, and the past years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.forecast.backtest import NO_RECORD
from waterbalance.report.night.reader import NOTHING
from waterbalance.report.section import Section

if TYPE_CHECKING:
    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.scores_told import BacktestTold, LeadTold, ScoreTold
    from waterbalance.report.night.told import NightTold

FEW_LEADS = 5
"""Leads of a backtest that are shown; backtests.json has all."""


def judged(told: NightTold, reader: Reader) -> tuple[Section, ...]:
    """Backtests only where forecasters have been tried."""
    return (
        *([_yesterday(told, reader), _skill(told, reader)] if told.planned else []),
        *([_backtests(told, reader)] if told.backtests else []),
    )


def _yesterday(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    names = ("series", "of", "date", "expected", "observed", "error", "crps", "climatology", "inside")
    return Section(
        say("night.scores"),
        tuple(say(f"night.scores.{name}") for name in names),
        tuple(_score(each, reader) for each in told.scores),
        words=3,
        note=say("night.scores.note") if told.scores else "",
        nothing=say("night.scores.nothing"),
    )


def _score(each: ScoreTold, reader: Reader) -> tuple[str, ...]:
    say = reader.say
    values = each.expected, each.observed, each.expected - each.observed, each.crps, each.climatology
    inside = NOTHING if each.inside is None else say("night.scores.yes" if each.inside else "night.scores.no")
    return (
        reader.series(each.component, each.quantity),
        say(f"night.scores.of.{each.of}"),
        reader.date(each.date),
        *reader.amounts(values, each.unit),
        inside,
    )


def _skill(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            reader.series(each.component, each.quantity),
            say.number(each.days, 0),
            *reader.amounts((each.crps, each.climatology, each.bias), each.unit),
            reader.skill(1.0 - each.crps / each.climatology if each.climatology else None),
            reader.share(each.inside),
        )
        for each in told.skill
    )
    return Section(
        say("night.skill", nights=told.skill_nights),
        tuple(say(f"night.skill.{name}") for name in ("series", "days", "crps", "climatology", "bias", "skill", "inside")),
        rows,
        note=say("night.skill.note"),
        nothing=say("night.skill.nothing"),
    )


def _backtests(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    without = sum(each.reason == NO_RECORD for each in told.backtests)
    unknown = say("night.backtests.unknown", count=without) if without else ""
    names = ("series", "forecaster", "made_on", "leads", "climatology", "seasonal_naive", "inside", "bias")
    return Section(
        say("night.backtests"),
        tuple(say(f"night.backtests.{name}") for name in names),
        tuple(_backtest(each, reader) for each in told.backtests if each.reason != NO_RECORD),
        words=4,
        note=f"{say('night.backtests.note')} {unknown}".rstrip(),
        nothing=say("night.backtests.nothing"),
    )


def _backtest(each: BacktestTold, reader: Reader) -> tuple[str, ...]:
    say = reader.say
    named = say.printable(each.forecaster)
    return (
        reader.series(each.component, each.quantity),
        f"{named} · {_reason(each.reason, reader)}" if each.reason else named,
        reader.date(each.made_on),
        " · ".join(say("night.backtests.lead", lead=one.lead, skill=reader.skill(one.skill)) for one in _few(each.leads))
        or NOTHING,
        reader.skill(each.skill_climatology),
        reader.skill(each.skill_seasonal_naive),
        reader.share(each.coverage_80),
        reader.share(each.accumulated_bias),
    )


def _reason(reason: str, reader: Reader) -> str:
    """In the night's own words where it has some, else as the forecaster's complaint tells it."""
    known = reason.replace(" ", "_")
    told = reader.say.known("night.backtest", known)
    return reader.say.finding(reason) if told == known else told


def _few(leads: tuple[LeadTold, ...]) -> tuple[LeadTold, ...]:
    """The first, the last, and some evenly between."""
    most = len(leads) - 1
    shown = sorted({round(most * number / (FEW_LEADS - 1)) for number in range(FEW_LEADS)}) if leads else []
    return tuple(leads[number] for number in shown)
