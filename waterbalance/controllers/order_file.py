"""An order as files: JSON for programs, CSV for people, who fill it in and hand it back as their receipt."""

from __future__ import annotations

import csv
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
    import datetime as dt

    from waterbalance.schedule.command import Command, Row

COLUMNS = (
    "cmd_id", "sequence", "action", "structure", "start", "end", "setpoint", "unit", "set_to", "status", "by", "at", "remark",
)  # fmt: skip
"""The last five are left empty for the person at the gate."""


def order_csv(envelope: Envelope) -> str:
    """One line a row; a command without rows has one line without times."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    command = envelope.command
    rows: tuple[Row | None, ...] = command.rows or (None,)
    for row in rows:
        told = ("", "", "") if row is None else (*span(row), number(row.setpoint))
        names = command.cmd_id, envelope.sequence, command.action, safe_cell(command.structure)
        writer.writerow((*names, *told, safe_cell(command.unit), "", "", "", "", ""))
    return out.getvalue()


def span(row: Row) -> tuple[str, str]:
    """Start and end as ISO 8601 to the second, both with the offset of the end.

    Ends are the plan's, in its own zone; a start may be the very moment of a change, as the engine's clock tells it.
    """
    here = row.end.tzinfo
    return row.start.astimezone(here).isoformat(timespec="seconds"), row.end.isoformat(timespec="seconds")


def zone_at_gate(command: Command) -> dt.tzinfo | None:
    """The offset in which a command is told to people: that of its rows' ends, without rows that of its own end."""
    return command.rows[0].end.tzinfo if command.rows else command.valid_until.tzinfo


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
    except (KeyError, TypeError, ValueError) as error:
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
