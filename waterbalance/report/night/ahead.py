"""What a night expects and plans: drought lights, the plan in brief, forecasts with the fans of the largest inflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.horizon import Horizon
from waterbalance.report.figures.fan import fan_figure
from waterbalance.report.forecast_table import ForecastRow
from waterbalance.report.light_words import change_words, reason_words, stage_words
from waterbalance.report.night.reader import NOTHING
from waterbalance.report.section import Lamp, Section

if TYPE_CHECKING:
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.told import NightTold, SeriesAhead

MOST_FANS = 6


def ahead(told: NightTold, reader: Reader, beside: str) -> tuple[Section, ...]:
    """Nothing where there is no plan."""
    if not told.edges:
        return ()
    return (
        *([_lights(told, reader)] if told.lights else []),
        *([_storages(told, reader), _supply(told, reader, beside)] if told.planned else []),
        _forecasts(told, reader),
        *_fans(told, reader),
    )


def _lights(told: NightTold, reader: Reader) -> Section:
    say, network = reader.say, reader.network
    rows = []
    for each in told.lights:
        worst = max(each.spells, key=lambda spell: (spell.number, -spell.first.toordinal()))
        rows.append(
            (
                reader.name(each.area),
                Lamp(stage_words(say, each.today), each.today.light),
                Lamp(stage_words(say, worst), worst.light),
                reader.date(worst.first) if worst.number != each.today.number else NOTHING,
                change_words(say, each, network),
                reason_words(say, each, each.today, network),
                say("night.lights.announced" if each.announced else "night.lights.own"),
            )
        )
    columns = tuple(say(f"night.lights.{name}") for name in ("area", "today", "worst", "from", "change", "why", "by"))
    return Section(say("night.lights"), columns, tuple(rows), words=7, note=say("light.note"))


def _storages(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            reader.name(each.component),
            reader.date(each.least_on),
            say.volume(each.start),
            reader.share(each.start / each.capacity if each.capacity > 0 else None),
            say.volume(each.least),
            say.volume(each.end),
        )
        for each in told.storages
    )
    names = ("storage", "least_on", "start", "full", "least", "end")
    columns = tuple(say(f"night.storages.{name}") for name in names)
    return Section(say("night.storages"), columns, rows, words=2)


def _supply(told: NightTold, reader: Reader, beside: str) -> Section:
    say = reader.say
    rows = tuple(
        (
            say.known("class", each.user_class),
            reader.date(each.worst_period),
            say.volume(each.demand),
            say.volume(each.shortage),
            say.percent(each.shortage / each.demand if each.demand > 0 else 0.0),
            say.percent(each.worst_share),
        )
        for each in told.supply
    )
    columns = tuple(say(f"night.supply.{name}") for name in ("class", "worst_on", "demand", "shortage", "share", "worst"))
    link = (f"{beside}report.html", say("night.link.report"))
    return Section(say("night.supply"), columns, rows, words=2, link=link)


def _forecasts(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    days = float((told.edges[-1] - told.edges[0]).days)
    rows = tuple(
        (
            reader.series(each.component, each.quantity),
            say(f"night.forecast.{each.rung}"),
            say.origin(each.label),
            *reader.amounts([_mean(values, each.unit, days) for values in (each.low, each.median, each.high)], each.unit),
            say.number(each.members, 0),
            say.number(each.filled, 0),
        )
        for each in told.forecasts
    )
    names = ("series", "rung", "origin", "low", "median", "high", "members", "filled")
    return Section(
        say("night.forecasts"),
        tuple(say(f"night.forecasts.{name}") for name in names),
        rows,
        words=3,
        note=_note(told, reader) if told.forecasts else "",
        nothing=say("night.forecasts.nothing"),
    )


def _note(told: NightTold, reader: Reader) -> str:
    say = reader.say
    tables = say("night.forecasts.tables", tables=told.tables) if told.tables else ""
    return f"{say('night.forecasts.note')} {tables}".rstrip()


def _mean(values: tuple[float, ...], unit: str, days: float) -> float:
    """Amounts as means by the day, stocks at the end, other values as means over the steps."""
    if units.integrates_over_step(unit):
        return sum(values) / days
    return values[-1] if unit == units.VOLUME else sum(values) / len(values)


def _fans(told: NightTold, reader: Reader) -> tuple[Section, ...]:
    """The largest inflows."""
    inflows = [each for each in told.forecasts if each.quantity == "inflow"]
    largest = sorted(inflows, key=lambda each: (-sum(each.median), each.component))[:MOST_FANS]
    if not largest:
        return ()
    pictures = tuple((reader.name(each.component), _fan(told, each, reader)) for each in largest)
    return (Section(reader.say("night.fans"), (), (), note=reader.say("night.fans.note"), pictures=pictures),)


def _fan(told: NightTold, series: SeriesAhead, reader: Reader) -> Figure:
    row = ForecastRow(
        component=series.component,
        quantity=series.quantity,
        low=np.array(series.low),
        median=np.array(series.median),
        high=np.array(series.high),
        planned=np.array(series.planned),
        unit=series.unit,
        members=series.members,
        label=series.label,
        filled=series.filled,
        notes=series.notes,
    )
    return fan_figure(row, Horizon(told.edges, told.time_zone), reader.say)
