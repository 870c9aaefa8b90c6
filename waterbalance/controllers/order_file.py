"""An order as files: JSON for programs, CSV for people, who fill it in and hand it back as their receipt."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from waterbalance.controllers.controller import UnreachableError
from waterbalance.errors import Finding, Place
from waterbalance.scenario.spreadsheet_cell import safe_cell
from waterbalance.schedule.envelope import Envelope

if TYPE_CHECKING:
    from waterbalance.schedule.command import Command, Row

COLUMNS = (
    "cmd_id", "sequence", "action", "structure", "start", "end", "setpoint", "unit", "set_to", "status", "by", "at", "remark",
)  # fmt: skip
"""The last five are left empty for the person at the gate."""


def order_csv(envelope: Envelope, here: dt.tzinfo) -> str:
    """One line a row, its times with the offset of `here`; a command without rows has one line without times."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    command = envelope.command
    rows: tuple[Row | None, ...] = command.rows or (None,)
    for row in rows:
        told = ("", "", "") if row is None else (*span(row, here), number(row.setpoint))
        names = command.cmd_id, envelope.sequence, command.action, safe_cell(command.structure)
        writer.writerow((*names, *told, safe_cell(command.unit), "", "", "", "", ""))
    return out.getvalue()


def span(row: Row, here: dt.tzinfo) -> tuple[str, str]:
    """Start and end as ISO 8601 to the second, as a clock at the gate shows them."""
    start, end = (moment.astimezone(here).isoformat(timespec="seconds") for moment in (row.start, row.end))
    return start, end


def zone_at_gate(command: Command, zone: dt.tzinfo | None = None) -> dt.tzinfo:
    """The zone in which people are told a command: the scenario's; where that is not known, the offset of the command's ends."""
    last = command.rows[0].end if command.rows else command.valid_until
    return zone or last.tzinfo or dt.UTC


def number(value: float) -> str:
    """Six digits, more than a gate's scale shows; minus zero is zero."""
    return f"{value + 0.0:.6g}"


def read_order(path: Path) -> Envelope | None:
    """The order that a file holds; None where there is no file. Raises `UnreachableError` where it holds none."""
    try:
        return Envelope.from_payload(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        finding = Finding("the file cannot be read", Place(str(path)), error.strerror, remedy="Mend the folder and try again.")
        raise UnreachableError("an order cannot be read", (finding,)) from None
    except ValueError as error:
        finding = Finding("the file is no order", Place(str(path)), str(error), remedy="Take the file away; it is written again.")
        raise UnreachableError("an order cannot be read back", (finding,)) from None


def write(path: Path, content: bytes) -> None:
    """Write beside the file, then put it in its place. Raises `UnreachableError` where the folder does not take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        finding = Finding("the file cannot be written", Place(str(path)), error.strerror, remedy="Mend the folder and try again.")
        raise UnreachableError("an order could not be written", (finding,)) from None
