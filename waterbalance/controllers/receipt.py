"""What the person at the gate hands back: the order's CSV, filled in, or a small JSON file from an app.

Spreadsheets may write it anew: in Big5, with semicolons and commas in numbers, with times to the minute.

A line counts where somebody's name stands in `by`; a receipt counts where every line of the order has one, and none says

    cmd_id, sequence, action, start, end, setpoint    something else than the order
    at                                                a time before the order was issued, or one that is still to come
    status                                            `done` at a time when the row had not ended
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import Acknowledgement, Status, UnreachableError
from waterbalance.controllers.order_file import number, zone_at_gate
from waterbalance.errors import Finding, Place
from waterbalance.scenario.spreadsheet_cell import safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from waterbalance.schedule.command import Row
    from waterbalance.schedule.envelope import Envelope

WORDS: Mapping[str, Status] = {
    "": "accepted",
    "accepted": "accepted",
    "done": "done",
    "rejected": "rejected",
    "已接受": "accepted",
    "已完成": "done",
    "拒絕": "rejected",
}
"""What may stand under `status`; a name alone accepts."""

LARGEST = 1_000_000
"""Most bytes of a receipt."""

WATCH = dt.timedelta(minutes=10)
"""How far the watch of the person at the gate may be off."""

MOST_STARTS = 5
"""Of rows that a complaint tells."""

ALL = "all"
"""The `start` of what stands for every row."""

_EXCEL = ("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %p %I:%M", "%Y/%m/%d %p %I:%M:%S")
"""How spreadsheets write a time that was typed into them, in Taiwan: 2026/11/23 06:05, 2026/11/23 上午 6:05:00."""


_ROC_YEAR = re.compile(r"^1\d\d(?=[/-])")
"""A year of the calendar of Taiwan's offices (民國), whose first is 1912."""


@dataclass(frozen=True)
class Receipt:
    """A person's word about an order."""

    acknowledgement: Acknowledgement
    rows: tuple[Row, ...]
    """As the person says that they were set."""


@dataclass(frozen=True)
class _Line:
    """One line of a receipt."""

    path: Path
    name: str
    """Where it stands, such as `line 3`."""

    cells: Mapping[str, str]

    def told(self, column: str) -> str:
        """What stands in a column; nothing where there is no such column."""
        return self.cells.get(column, "").strip()

    def wrong(self, column: str, allowed: str) -> UnreachableError:
        """The complaint about a cell."""
        return _unreadable(self.path, f"{self.name}: {column} {self.told(column)!r}", allowed)


def read_receipt(stem: Path, envelope: Envelope, now: dt.datetime, zone: dt.tzinfo | None = None) -> Receipt | None:
    """The receipt beside an order (`<stem>.receipt.csv` or `.receipt.json`); None where there is none for this very order.

    Of two receipts the one that was signed last. Times without an offset are those of `zone`; where that is not told, of the
    order's own offset.
    Raises `UnreachableError` where it cannot be read, lines are not signed, or one says what cannot be: it is looked for again.
    """
    found = []
    for ending, read in ((".receipt.csv", _from_csv), (".receipt.json", _from_json)):
        path = stem.with_name(stem.name + ending)
        try:
            if path.stat().st_size > LARGEST:
                raise _unreadable(path, f"{path.stat().st_size} bytes", f"at most {LARGEST}")
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _unreadable(path, str(error), "a text file") from None
        lines = read(path, content)
        if any(_is_of(line, envelope) for line in lines):
            found.append(_receipt(path, lines, envelope, now, zone_at_gate(envelope.command, zone)))
    return max(found, key=lambda each: each.acknowledgement.at, default=None)


def _is_of(line: _Line, envelope: Envelope) -> bool:
    """Whether a line means this order, by its name or by its number: an altered one is told, an earlier order's is not."""
    return line.told("cmd_id") == envelope.command.cmd_id or line.told("sequence") == str(envelope.sequence)


def _from_csv(path: Path, content: bytes) -> list[_Line]:
    """In UTF-8, or in Big5 as Excel saves it in Taiwan (code page 950)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp950")
        except UnicodeDecodeError as error:
            raise _unreadable(path, str(error), "a text file in UTF-8 or Big5") from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    # Where a comma stands within numbers, spreadsheets put semicolons between cells.
    text = re.sub(r"(?<=\d),(?=\d)", ".", text) if delimiter == ";" else text
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    try:
        # Cells beyond the header have no name; lines without anything are none.
        named = [(reader.line_num, {key: cell for key, cell in line.items() if isinstance(cell, str)}) for line in reader]
    except csv.Error as error:
        raise _unreadable(path, str(error), "the order's CSV, filled in") from None
    return [_Line(path, f"line {number}", cells) for number, cells in named if any(cell.strip() for cell in cells.values())]


def _from_json(path: Path, content: bytes) -> list[_Line]:
    """`{cmd_id, by, at, status, remark, rows: [{start, set_to}]}`; rows only where they were set otherwise."""
    try:
        told = json.loads(content.decode("utf-8-sig"))
        signed = {key: "" if told.get(key) is None else str(told[key]) for key in ("cmd_id", "by", "at", "status", "remark")}
        rows = [{**signed, "start": str(row["start"]), "set_to": str(row["set_to"])} for row in told.get("rows", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, repr(error), "{cmd_id, by, at, status, remark, rows}") from None
    own = [_Line(path, f"row {number}", row) for number, row in enumerate(rows, start=1)]
    return [_Line(path, "the receipt", {**signed, "start": ALL}), *own]


def _receipt(path: Path, lines: list[_Line], envelope: Envelope, now: dt.datetime, here: dt.tzinfo) -> Receipt:
    rows = envelope.command.rows
    by_row = _by_row(lines, envelope, here)
    wanted = range(len(rows)) if rows else (None,)
    told = [by_row.get(number, by_row.get(ALL)) for number in wanted]
    signed = [line for line in told if line is not None and line.told("by")]
    if len(signed) < len(told):
        names = [_minute(row.start, here) for row in rows] or ["the order"]
        missing = [name for name, line in zip(names, told, strict=True) if line is None or not line.told("by")]
        raise _unreadable(path, f"nobody's name beside {', '.join(missing)}", "a name under 'by' in every line")
    statuses, times = [], []
    for line, row in zip(signed, rows or (None,), strict=True):
        times.append(_time(line, envelope, now, here))
        statuses.append(_status(line, row, times[-1], here))
    status: Status = "rejected" if "rejected" in statuses else "done" if set(statuses) == {"done"} else "accepted"
    code = "; ".join(dict.fromkeys(remark for line in signed if (remark := line.told("remark")))) or None
    set_to = tuple(replace(row, setpoint=_set_to(line, row)) for row, line in zip(rows, signed, strict=False))
    return Receipt(Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, max(times)), set_to)


def _by_row(lines: list[_Line], envelope: Envelope, here: dt.tzinfo) -> dict[int | str | None, _Line]:
    """Each line by the number of its row; by `all` where it stands for every row, by None where the order has no rows."""
    rows = envelope.command.rows
    numbers = {moment: number for number, row in enumerate(rows) for moment in _shown(row.start)}
    found: dict[int | str | None, _Line] = {}
    for line in lines:
        _require_same(line, envelope)
        start = line.told("start")
        moment = _moment(start, here)
        key: int | str | None = ALL if start == ALL else None if moment is None else numbers.get(moment)
        if key is None and (numbers or start):
            starts = [_minute(row.start, here) for row in rows] or ["nothing"]
            allowed = ", ".join(starts if len(starts) <= MOST_STARTS else [*starts[: MOST_STARTS - 1], "...", starts[-1]])
            raise line.wrong("start", f"{allowed}, as in the order")
        if key in found:
            raise line.wrong("start", "each row once")
        if isinstance(key, int):
            _require_same_row(line, rows[key], here)
        found[key] = line
    return found


def _require_same(line: _Line, envelope: Envelope) -> None:
    command = envelope.command
    same = {
        "structure": safe_cell(command.structure),
        "sequence": str(envelope.sequence),
        "action": command.action,
        "cmd_id": command.cmd_id,
    }
    for column, value in same.items():
        if column in line.cells and line.told(column) != value:
            raise line.wrong(column, f"{value}, as in the order")


def _require_same_row(line: _Line, row: Row, here: dt.tzinfo) -> None:
    setpoint = number(row.setpoint)
    if "end" in line.cells and _moment(line.told("end"), here) not in _shown(row.end):
        raise line.wrong("end", f"{_minute(row.end, here)}, as in the order")
    if "setpoint" in line.cells and _number(line.told("setpoint")) != float(setpoint):
        raise line.wrong("setpoint", f"{setpoint}, as in the order; what was set otherwise stands under 'set_to'")


def _status(line: _Line, row: Row | None, at: dt.datetime, here: dt.tzinfo) -> Status:
    word = line.told("status").lower()
    if word not in WORDS:
        raise line.wrong("status", ", ".join(filter(None, WORDS)))
    if WORDS[word] == "done" and row is not None and at + WATCH < row.end:
        raise line.wrong("status", f"accepted, for at {line.told('at')} the row was to hold until {_minute(row.end, here)} still")
    return WORDS[word]


def _time(line: _Line, envelope: Envelope, now: dt.datetime, here: dt.tzinfo) -> dt.datetime:
    """When it was signed."""
    at = _moment(line.told("at"), here)
    if at is None:
        raise line.wrong("at", "a time such as 2026-11-23 06:05")
    if not envelope.issued_at - WATCH <= at <= now + WATCH:
        first, last = _minute(envelope.issued_at, here), _minute(now, here)
        raise line.wrong("at", f"from {first}, when the order was issued, to {last}")
    return at


def _shown(moment: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """To the minute, as a spreadsheet shows it, and to the second, as the order tells it."""
    return moment.replace(second=0, microsecond=0), moment.replace(microsecond=0)


def _minute(moment: dt.datetime, here: dt.tzinfo) -> str:
    """As the person at the gate may write it."""
    return f"{moment.astimezone(here):%Y-%m-%d %H:%M}"


def _moment(text: str, here: dt.tzinfo) -> dt.datetime | None:
    """A time to the second; without offset it is local at the gate."""
    text = text.replace("上午", "AM").replace("下午", "PM")
    text = _ROC_YEAR.sub(lambda found: f"{int(found[0]) + 1911}", text)
    readers: list[Callable[[str], dt.datetime]] = [dt.datetime.fromisoformat, *(partial(_by_form, form) for form in _EXCEL)]
    for read in readers:
        try:
            moment = read(text).replace(microsecond=0)
        except ValueError:
            continue
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=here)
    return None


def _by_form(form: str, text: str) -> dt.datetime:
    return dt.datetime.strptime(text, form)  # noqa: DTZ007 (local at the gate)


def _set_to(line: _Line, row: Row) -> float:
    text = line.told("set_to")
    set_to = _number(text) if text else row.setpoint
    if not math.isfinite(set_to):
        raise line.wrong("set_to", "a number, or nothing where it was set as ordered")
    return set_to


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _unreadable(path: Path, found: str, allowed: str) -> UnreachableError:
    finding = Finding("it has a mistake", Place(str(path)), found, allowed, "Mend it and put it back.")
    return UnreachableError("the receipt does not count", (finding,))
