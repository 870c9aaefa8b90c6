"""What a controller is told at a moment: the setpoint that holds, and the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.store.outbox import AlteredError

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.report.language import Wording
    from waterbalance.schedule.command import Action, Row
    from waterbalance.store.outbox import Queued


@dataclass(frozen=True)
class Orders:
    """A controller's orders at one moment."""

    action: Action | None
    """None where the command was changed in the store: what it ordered is not known from it."""

    unit: str | None
    now: Row | None
    """None between rows, and when the last one is over."""

    next: Row | None

    def words(self, say: Wording) -> tuple[str, str]:
        """Now and next, for people."""
        if self.action is None:
            return say("alarm_kind.altered"), ""
        if self.action != "apply":
            return say(f"status.action.{self.action}"), ""
        if self.now is None and self.next is None:
            return say("status.over"), ""
        now = "" if self.now is None else self._told(say, "status.setpoint", self.now)
        return now, "" if self.next is None else self._told(say, "status.setpoint_from", self.next)

    def _told(self, say: Wording, key: str, row: Row) -> str:
        return say(key, setpoint=f"{row.setpoint:.6g}", unit=self.unit, start=_clock(row.start), until=_clock(row.end))


def orders_at(command: Queued, moment: dt.datetime) -> Orders:
    """Read them off a command of the outbox."""
    try:
        told = command.envelope.command
    except AlteredError:
        return Orders(None, None, None, None)
    now = next((row for row in told.rows if row.start <= moment < row.end), None)
    later = next((row for row in told.rows if row.start > moment), None)
    return Orders(told.action, told.unit, now, later)


def order_json(orders: Orders) -> dict[str, Any]:
    """Ready for JSON."""
    return {"action": orders.action, "unit": orders.unit, "now": _row(orders.now), "next": _row(orders.next)}


def _row(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"start": row.start.isoformat(), "end": row.end.isoformat(), "setpoint": row.setpoint}


def _clock(moment: dt.datetime) -> str:
    """By the clock at the gate."""
    return f"{moment:%m-%d %H:%M}"
