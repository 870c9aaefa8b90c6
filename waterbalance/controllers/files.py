"""Orders as files in a canal's folder, for people at gates: the adapter that needs nothing.

    stage    <controller>.staged.json
    commit   <controller>.json and .csv take its place, the canal's sheets are written anew;
             then the receipt of the person at the gate is looked for

A written file is not acceptance. Where the receipt of a person is asked for (the default), none means `UnreachableError`, and the
caller looks again later. Where `acceptance` is `delivered`, the canal's office has agreed that an order counts as accepted once
it lies in the folder; its acknowledgement says so in its code.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from waterbalance.controllers.controller import Acknowledgement, DeviceState, Held, RefusedError, UnreachableError
from waterbalance.controllers.fit import now, require_fit
from waterbalance.controllers.order_file import order_csv, read_order, write, zone_at_gate
from waterbalance.controllers.receipt import Receipt, read_receipt
from waterbalance.controllers.sheet import sheet_html, sheet_of
from waterbalance.controllers.sheet_excel import sheet_excel
from waterbalance.controllers.sheet_texts import LANGUAGES
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from waterbalance.schedule.envelope import Envelope

Acceptance = Literal["receipt", "delivered"]

_LOOK_AGAIN = 0.05
"""How long between two looks for a receipt. [s]"""


@dataclass(frozen=True)
class Files:
    """One gate whose keeper reads files or a printed sheet."""

    name: str
    folder: Path
    """Of the canal; the controllers of one canal share it."""

    acceptance: Acceptance = "receipt"
    patience: float = 0.0
    """How long `commit` waits for a receipt. [s]"""

    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names for people by structure (or canal, the folder's name) and language."""

    excel: bool = False
    """Whether a workbook is written too (extra `excel`)."""

    zone: dt.tzinfo | None = None
    """Of the clocks at the gate; where it is not told, the offset of each order's own times."""

    setpoint_step: float = 0.001
    most_rows: int = 1000
    clock: Callable[[], dt.datetime] = now

    def state(self) -> DeviceState:
        """See `Controller`; a file `<controller>.local` says that somebody is at work on the gate."""
        if not self.folder.is_dir():
            raise UnreachableError(f"{self.name}: the folder of its orders is not there", (self._at("no such folder"),))
        order = read_order(self._beside(".json"))
        remote, told = not self._beside(".local").exists(), None if order is None else order.sequence
        return DeviceState(online=True, remote=remote, clock=None, applied=self._applied(order), told=told)

    def stage(self, envelope: Envelope) -> None:
        """See `Controller`."""
        require_fit(envelope, self.name, self.clock(), most_rows=self.most_rows)
        if not self._is_told(envelope):
            write(self._beside(".staged.json"), envelope.payload())

    def commit(self, envelope: Envelope) -> Acknowledgement:
        """See `Controller`; waits `patience` seconds for the receipt."""
        if not self._is_told(envelope):
            staged = read_order(self._beside(".staged.json"))
            if staged is None or staged.command.cmd_id != envelope.command.cmd_id or staged.sequence != envelope.sequence:
                raise RefusedError(f"{self.name}: the order has not been staged; stage it first")
            write(self._beside(".csv"), b"\xef\xbb\xbf" + order_csv(envelope, zone_at_gate(envelope.command, self.zone)).encode())
            write(self._beside(".json"), envelope.payload())
        self._beside(".staged.json").unlink(missing_ok=True)
        self._write_sheets()
        if self.acceptance == "delivered":
            code = "delivered: the file lies in the folder, and no receipt is asked for"
            return Acknowledgement(envelope.command.cmd_id, envelope.sequence, "accepted", code, self.clock())
        # Its receipt is dated by what lies in the folder, also where the same order is sent once more.
        return self._receipt(read_order(self._beside(".json")) or envelope).acknowledgement

    def read_back(self) -> Held:
        """See `Controller`: what the person says was set; where no receipt is asked for, what lies in the folder."""
        order = read_order(self._beside(".json"))
        return Held(None, ()) if order is None else self._held(order)

    def _applied(self, order: Envelope | None) -> int | None:
        try:
            return None if order is None else self._held(order).sequence
        except UnreachableError:
            # A receipt that does not count is told to whoever asks for it; a later order does not wait for it.
            return None

    def _held(self, order: Envelope) -> Held:
        if self.acceptance == "delivered":
            return Held(order.sequence, order.command.rows)
        receipt = read_receipt(self._beside(""), order, self.clock(), self.zone)
        return Held(None, ()) if receipt is None else Held(order.sequence, receipt.rows)

    def _is_told(self, envelope: Envelope) -> bool:
        """Whether this very order is the one in force. Raises `RefusedError` where a later one is, or another of its number."""
        order = read_order(self._beside(".json"))
        if order is None or order.sequence < envelope.sequence:
            return False
        if order.sequence > envelope.sequence or order.command.cmd_id != envelope.command.cmd_id:
            finding = self._at("a later order is in force", f"sequence {envelope.sequence}", f"more than {order.sequence}")
            raise RefusedError(f"{self.name}: the order is superseded", (finding,))
        return True

    def _receipt(self, envelope: Envelope) -> Receipt:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                receipt = read_receipt(self._beside(""), envelope, self.clock(), self.zone)
            except UnreachableError:
                # Somebody may be writing it at this moment.
                if time.monotonic() >= deadline:
                    raise
                receipt = None
            if receipt is not None:
                return receipt
            if time.monotonic() >= deadline:
                remedy = f"Its CSV, filled in, is to be put beside it as {self.name}.receipt.csv."
                finding = Finding("nobody has signed the order", Place(str(self.folder.parent)), remedy=remedy)
                raise UnreachableError(f"{self.name}: there is no receipt yet", (finding,))
            time.sleep(min(_LOOK_AGAIN, max(deadline - time.monotonic(), 0.0)))

    def _write_sheets(self) -> None:
        """Write the canal's sheets from all orders in its folder; again where another order came in meanwhile."""
        seen: dict[str, int] = {}
        while seen != (found := self._orders()):
            seen = found
            orders = tuple(order for name in sorted(seen) if (order := read_order(self.folder / name)) is not None)
            sheets = [sheet_of(self.folder.name, orders, self.titles, language, self.zone) for language in LANGUAGES]
            for sheet in sheets:
                write(self.folder / f"sheet.{sheet.language}.html", sheet_html(sheet).encode())
            if self.excel:
                write(self.folder / "sheet.xlsx", sheet_excel(sheets))

    def _orders(self) -> dict[str, int]:
        """Files of orders in force, and when they were written. [ns]."""
        suffixes = (".staged.json", ".receipt.json")
        paths = (path for path in self.folder.glob("*.json") if not path.name.endswith(suffixes))
        return {path.name: path.stat().st_mtime_ns for path in paths if not path.name.startswith(".")}

    def _beside(self, ending: str) -> Path:
        return self.folder / f"{self.name}{ending}"

    def _at(self, what: str, found: str | None = None, allowed: str | None = None) -> Finding:
        return Finding(what, Place(str(self.folder), component=self.name), found, allowed)
