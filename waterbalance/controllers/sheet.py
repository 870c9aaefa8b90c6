"""The gatekeeper's sheet of a canal: every order in force, to be printed, read at the gate and signed.

First what is to be done in order of time, where the canal has several gates; then the order of each gate, to be signed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.controllers.order_file import number, zone_at_gate
from waterbalance.controllers.sheet_texts import TEXTS, Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import jinja2

    from waterbalance.schedule.command import Command, Row
    from waterbalance.schedule.envelope import Envelope

NO_OFFSET = dt.timedelta(0)


@dataclass(frozen=True)
class SheetRow:
    """One setting, as it is read at the gate."""

    start: str
    end: str
    setpoint: str
    is_closed: bool
    """Whether nothing passes then."""


@dataclass(frozen=True)
class SheetStep:
    """One gate that is to be set at one time."""

    moment: dt.datetime
    start: str
    gate: str
    setpoint: str
    unit: str
    is_closed: bool


@dataclass(frozen=True)
class SheetOrder:
    """The orders of one gate."""

    gate: str
    facts: tuple[tuple[str, str], ...]
    """Names and values, in the sheet's language."""

    told: str
    urgent: bool
    unit: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Sheet:
    """All that is printed, in one language."""

    language: Language
    heading: str
    issued: str
    """When the newest order was issued: a later sheet takes the place of this one."""

    steps: tuple[SheetStep, ...]
    """Of all gates in order of time, where there are several; what stays as it was set is left out."""

    orders: tuple[SheetOrder, ...]
    """By gate; those that are withdrawn or to close at once come first."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The words of its language."""
        return TEXTS[self.language]


def sheet_of(
    canal: str,
    envelopes: tuple[Envelope, ...],
    titles: Mapping[str, Mapping[str, str]],
    language: Language,
    zone: dt.tzinfo | None = None,
) -> Sheet:
    """The sheet of a canal; `titles` are names for people, by structure (or canal) and language; `zone` is that of its clocks."""
    heading = f"{TEXTS[language]['title']} · {_title(canal, titles, language)}"
    urgent_first = sorted(envelopes, key=lambda envelope: envelope.command.action == "apply")
    orders = tuple(_order(envelope, titles, language, zone) for envelope in urgent_first)
    steps = sorted((step for each in envelopes for step in _steps(each, titles, language, zone)), key=lambda step: step.moment)
    newest = max(envelopes, key=lambda envelope: envelope.issued_at, default=None)
    issued = "" if newest is None else _minute(newest.issued_at, zone_at_gate(newest.command, zone))
    return Sheet(language, heading, issued, tuple(steps) if len({step.gate for step in steps}) > 1 else (), orders)


def sheet_html(sheet: Sheet) -> str:
    """One page that opens and prints without a network; all that is filled in is escaped."""
    return _template().render(sheet=sheet, texts=sheet.texts)


def _order(envelope: Envelope, titles: Mapping[str, Mapping[str, str]], language: Language, zone: dt.tzinfo | None) -> SheetOrder:
    texts, command = TEXTS[language], envelope.command
    here = zone_at_gate(command, zone)
    approved = ", ".join(f"{each.by} ({_minute(each.at, here)})" for each in envelope.approvals)
    facts = [
        (texts["order"], f"{envelope.sequence} ({texts[command.label]})"),
        (texts["code"], command.cmd_id[:8]),
        (texts["issued"], f"{_minute(envelope.issued_at, here)} ({envelope.issued_by})"),
        (texts["valid"], f"{_minute(command.valid_from, here)} {texts['to']} {_minute(command.valid_until, here)}"),
        (texts["times"], _zone(command, here)),
        (texts["approved"], approved or "-"),
    ]
    # A gate that is closed until told otherwise does nothing by itself.
    if command.action != "stop":
        then = _fallback(command, texts)
        after = texts["after"].format(until=_minute(command.valid_until, here), then=then)
        facts.append((texts["if_nothing"], after if command.action == "apply" else then))
    unit = f"{command.unit} ({texts['mode_' + command.mode]})"
    rows = tuple(
        SheetRow(_day(row.start, here, texts), _day(row.end, here, texts), number(row.setpoint), _is_closed(command, row))
        for row in command.rows
    )
    return SheetOrder(
        _gate(command, titles, language), tuple(facts), texts[command.action], command.action != "apply", unit, rows
    )


def _steps(
    envelope: Envelope, titles: Mapping[str, Mapping[str, str]], language: Language, zone: dt.tzinfo | None
) -> Iterator[SheetStep]:
    command, held = envelope.command, None
    here, gate = zone_at_gate(command, zone), _gate(command, titles, language)
    for row in command.rows:
        if (setpoint := number(row.setpoint)) != held:
            start = _day(row.start, here, TEXTS[language])
            yield SheetStep(row.start, start, gate, setpoint, command.unit, _is_closed(command, row))
        held = setpoint


def _gate(command: Command, titles: Mapping[str, Mapping[str, str]], language: Language) -> str:
    return f"{_title(command.structure, titles, language)} ({command.controller})"


def _is_closed(command: Command, row: Row) -> bool:
    """A level of nothing is none of a closed gate."""
    return command.mode in {"flow", "position"} and number(row.setpoint) == "0"


def _day(moment: dt.datetime, here: dt.tzinfo, texts: Mapping[str, str]) -> str:
    """As a clock and a calendar at the gate show it."""
    return f"{texts['days'].split()[moment.astimezone(here).weekday()]} {_minute(moment, here)}"


def _minute(moment: dt.datetime, here: dt.tzinfo) -> str:
    """As a clock at the gate shows it."""
    return f"{moment.astimezone(here):%Y-%m-%d %H:%M}"


def _zone(command: Command, here: dt.tzinfo) -> str:
    """Its name and offset; both offsets where clocks are put forward or back while the command holds."""
    ends = (moment.astimezone(here) for moment in (command.valid_from, command.valid_until))
    offsets = ", ".join(dict.fromkeys(str(dt.timezone(moment.utcoffset() or NO_OFFSET)) for moment in ends))
    return f"{here.key} ({offsets})" if isinstance(here, ZoneInfo) else offsets


def _fallback(command: Command, texts: Mapping[str, str]) -> str:
    words = texts[command.fallback.mode]
    if command.fallback.setpoint is None or command.fallback.mode != "flow":
        return words
    return f"{words} {number(command.fallback.setpoint)} {command.unit}"


def _title(name: str, titles: Mapping[str, Mapping[str, str]], language: Language) -> str:
    told = titles.get(name, {})
    return told.get(language, told.get("en", name))


@cache
def _template() -> jinja2.Template:
    import jinja2  # noqa: PLC0415 (only where a sheet is written)

    loader = jinja2.PackageLoader("waterbalance.controllers", "")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("sheet.html.j2")
