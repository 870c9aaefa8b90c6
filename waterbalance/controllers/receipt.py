"""What the person at the gate hands back: the order's CSV, filled in, or a small JSON file from an app.

A line counts where somebody's name stands in `by`; a receipt counts where every line of the order has one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.controller import Acknowledgement, Status, UnreachableError
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
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


@dataclass(frozen=True)
class Receipt:
    """A person's word about an order."""

    acknowledgement: Acknowledgement
    rows: tuple[Row, ...]
    """As the person says that they were set."""


def read_receipt(stem: Path, envelope: Envelope) -> Receipt | None:
    """The receipt beside an order (`<stem>.receipt.csv` or `.receipt.json`); None where there is none for this very order.

    Raises `UnreachableError` where it cannot be read or lines are not signed: it is looked for again.
    """
    for ending, read in ((".receipt.csv", _from_csv), (".receipt.json", _from_json)):
        path = stem.with_name(stem.name + ending)
        try:
            if path.stat().st_size > LARGEST:
                raise _unreadable(path, f"{path.stat().st_size} bytes", f"at most {LARGEST}")
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, str(error), "a text file in UTF-8") from None
        lines = [line for line in read(path, text) if str(line.get("cmd_id", "")).strip() == envelope.command.cmd_id]
        if lines:
            return _receipt(path, lines, envelope)
    return None


def _from_csv(path: Path, text: str) -> list[dict[str, Any]]:
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return [dict(line) for line in csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")]
    except csv.Error as error:
        raise _unreadable(path, str(error), "the order's CSV, filled in") from None


def _from_json(path: Path, text: str) -> list[dict[str, Any]]:
    """`{cmd_id, by, at, status, remark, rows: [{start, set_to}]}`; rows only where they were set otherwise."""
    try:
        told = json.loads(text)
        signed = {key: "" if told.get(key) is None else str(told[key]) for key in ("cmd_id", "by", "at", "status", "remark")}
        rows = [{**signed, "start": str(row["start"]), "set_to": str(row["set_to"])} for row in told.get("rows", ())]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, repr(error), "{cmd_id, by, at, status, remark, rows}") from None
    return [{**signed, "start": "all"}, *rows]


def _receipt(path: Path, lines: list[dict[str, Any]], envelope: Envelope) -> Receipt:
    by_start = {str(line.get("start") or ""): line for line in lines}
    for_all = by_start.get("all")
    wanted = [row.start.isoformat() for row in envelope.command.rows] or [""]
    told = [by_start.get(start, for_all) for start in wanted]
    signed = [line for line in told if line is not None and str(line.get("by") or "").strip()]
    if len(signed) < len(wanted):
        missing = [start or "the order" for start, line in zip(wanted, told, strict=True) if line not in signed]
        raise _unreadable(path, f"nobody's name beside {', '.join(missing)}", "a name under 'by' in every line")
    statuses = [_status(path, line) for line in signed]
    status: Status = "rejected" if "rejected" in statuses else "done" if set(statuses) == {"done"} else "accepted"
    remarks = [str(line.get("remark") or "").strip() for line in signed]
    code = "; ".join(dict.fromkeys(remark for remark in remarks if remark)) or None
    at = max(_time(path, line, envelope) for line in signed)
    rows = tuple(_set(path, row, line) for row, line in zip(envelope.command.rows, signed, strict=False))
    return Receipt(Acknowledgement(envelope.command.cmd_id, envelope.sequence, status, code, at), rows)


def _status(path: Path, line: dict[str, Any]) -> Status:
    word = str(line.get("status") or "").strip().lower()
    if word not in WORDS:
        raise _unreadable(path, f"status {word!r}", ", ".join(filter(None, WORDS)))
    return WORDS[word]


def _time(path: Path, line: dict[str, Any], envelope: Envelope) -> dt.datetime:
    """When it was signed; a time without offset is local at the gate."""
    text = str(line.get("at") or "").strip()
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable(path, f"at {text!r}", "a time such as 2026-11-23T06:05") from None
    return at if at.utcoffset() is not None else at.replace(tzinfo=envelope.command.valid_from.tzinfo)


def _set(path: Path, row: Row, line: dict[str, Any]) -> Row:
    text = str(line.get("set_to") or "").strip()
    try:
        set_to = float(text) if text else row.setpoint
    except ValueError:
        set_to = math.nan
    if not math.isfinite(set_to):
        raise _unreadable(path, f"set_to {text!r}", "a number, or nothing where it was set as ordered")
    return replace(row, setpoint=set_to)


def _unreadable(path: Path, found: str, allowed: str) -> UnreachableError:
    finding = Finding("the receipt is not complete", Place(str(path)), found, allowed, "Fill it in and put it back.")
    return UnreachableError("there is no receipt yet", (finding,))
