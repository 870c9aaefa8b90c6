"""The gatekeeper's sheet of a canal: every order in force, to be printed, read at the gate and signed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.controllers.order_file import number, zone_at_gate
from waterbalance.controllers.sheet_texts import TEXTS, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

    from waterbalance.schedule.command import Command
    from waterbalance.schedule.envelope import Envelope

NO_OFFSET = dt.timedelta(0)


@dataclass(frozen=True)
class SheetRow:
    """One setting, as it is read at the gate."""

    start: str
    end: str
    setpoint: str


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
    orders: tuple[SheetOrder, ...]

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
    return Sheet(language, heading, tuple(_order(envelope, titles, language, zone) for envelope in envelopes))


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
        (texts["valid"], f"{_minute(command.valid_from, here)} {texts['to']} {_minute(command.valid_until, here)}"),
        (texts["times"], _zone(command, here)),
        (texts["approved"], approved or "-"),
    ]
    # A gate that is closed until told otherwise does nothing by itself.
    if command.action != "stop":
        facts.append((texts["if_nothing"], _fallback(command, texts)))
    gate = f"{_title(command.structure, titles, language)} ({command.controller})"
    unit = f"{command.unit} ({texts['mode_' + command.mode]})"
    rows = tuple(SheetRow(_minute(row.start, here), _minute(row.end, here), number(row.setpoint)) for row in command.rows)
    return SheetOrder(gate, tuple(facts), texts[command.action], command.action != "apply", unit, rows)


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
