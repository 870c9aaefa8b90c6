"""What a night orders: of devices, otherwise than the plan before, and by word of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.report.night.reader import NOTHING
from waterbalance.report.section import Section

if TYPE_CHECKING:
    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.told import AlertTold, DeviceOrder, NightTold


def ordered(told: NightTold, reader: Reader) -> tuple[Section, ...]:
    """Orders of people and alerts only where there are any."""
    return (
        *([_overrides(told, reader)] if told.overrides else []),
        *([_differences(told, reader)] if told.planned else []),
        _orders(told, reader),
        *([_alerts(told, reader)] if told.alerts else []),
    )


def _overrides(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            reader.series(each.component, each.quantity),
            f"{say(f'night.override.{each.how}')} {say.printable(each.value)}",
            reader.period(each.first, each.last),
            say.printable(each.author),
            say.printable(each.reason),
        )
        for each in told.overrides
    )
    columns = tuple(say(f"night.overrides.{name}") for name in ("series", "order", "dates", "author", "reason"))
    return Section(say("night.overrides"), columns, rows, words=5)


def _differences(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            reader.series(each.component, each.quantity),
            reader.date(each.date),
            *reader.amounts((each.before, each.now, each.now - each.before), units.FLOW),
            say.volume(each.moved),
        )
        for each in told.differences
    )
    columns = tuple(say(f"night.differences.{name}") for name in ("series", "date", "before", "now", "change", "moved"))
    compared = told.compared
    beside = "" if compared is None else say(f"night.compared.{compared.standing}", start=reader.date(compared.start))
    return Section(
        say("night.differences"),
        columns,
        rows,
        words=2,
        note=" ".join(filter(None, (beside, say("night.differences.note") if rows else ""))),
        nothing=say("night.differences.nothing" if beside else "night.differences.none"),
    )


def _orders(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(_order(each, reader) for each in told.orders)
    columns = tuple(say(f"night.orders.{name}") for name in ("device", "structure", "state", "now", "next", "at", "until"))
    note = say("night.orders.note", moment=reader.moment(told.told_at)) if rows else ""
    return Section(say("night.orders"), columns, rows, words=3, note=note, nothing=say("night.orders.nothing"))


def _alerts(told: NightTold, reader: Reader) -> Section:
    say = reader.say
    rows = tuple(
        (
            say.printable(_headline(each, say.language[:2])),
            say.known("night.alert", each.kind),
            say.known("night.alert", each.status),
            reader.moment(each.expires),
            say.printable(each.identifier),
        )
        for each in told.alerts
    )
    columns = tuple(say(f"night.alerts.{name}") for name in ("headline", "kind", "status", "expires", "identifier"))
    return Section(say("night.alerts"), columns, rows, words=5)


def _headline(alert: AlertTold, language: str) -> str:
    """In the reader's language, else in the first one."""
    own = (text for name, text in alert.headlines.items() if name.lower().startswith(language))
    return next(own, next(iter(alert.headlines.values()), alert.identifier))


def _order(each: DeviceOrder, reader: Reader) -> tuple[str, ...]:
    say = reader.say
    state = say("night.orders.never") if each.state is None else say(f"command_state.{each.state}")
    if each.is_altered:
        state += say("night.aside", text=say("alarm_kind.altered"))
    if each.label not in ("", "planned", "replanned"):
        state += say("night.aside", text=say.known("label", each.label))
    if each.state not in (None, "confirmed") and each.detail:
        state = say("pair", name=state, value=say.told(each.detail))
    setpoints = (
        NOTHING if value is None else f"{say.number(value, 3)} {each.unit.replace('m3', 'm³')}" for value in (each.now, each.next)
    )
    times = (reader.moment(each.next_at), reader.moment(each.valid_until))
    return say.printable(each.device), reader.name(each.structure), state, *setpoints, *times
