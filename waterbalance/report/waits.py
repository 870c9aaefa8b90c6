"""What waits for whom: plans, devices, sources, and all other alarms, each for those who look after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from waterbalance.report.language import Wording
    from waterbalance.store.alarms import Alarm
    from waterbalance.store.outbox import Queued
    from waterbalance.store.plans import StoredPlan

Whom = Literal["approver", "gates", "gauges", "duty"]

_OF_GAUGES = frozenset({"silent", "missing", "jump"})


@dataclass(frozen=True)
class Wait:
    """One thing that somebody has to do."""

    whom: Whom
    what: Literal["plan", "device", "gate", "alarm"]
    name: str
    """Hash of the plan, name of the device, number of the alarm."""

    text: str
    kind: str = ""
    """Of the alarm; state of the device's command; day of the plan."""

    def words(self, say: Wording) -> str:
        """For people."""
        kinds = {"alarm": say.known("alarm_kind", self.kind), "device": say.known("command_state", self.kind)}
        name = short(self.name) if self.what == "plan" else self.name
        return say(f"status.wait.{self.what}", name=name, kind=kinds.get(self.what, ""), text=self.text, day=self.kind)


def waits(
    plans: Collection[StoredPlan],
    commands: Collection[Queued],
    alarms: Collection[Alarm],
    unset: Collection[str],
    now: dt.datetime,
) -> Iterator[Wait]:
    """Everything; `unset`: gates whose dispatcher is not alive. An alarm that somebody has acknowledged waits for nobody."""
    for plan in plans:
        if plan.state in {"run", "reviewed"} and plan.valid_until > now:
            yield Wait("approver", "plan", plan.plan, plan.scenario, plan.start)
    open_commands = {each.controller: each for each in commands if each.state != "confirmed" and each.valid_until > now}
    for name, command in sorted(open_commands.items()):
        yield Wait("gates", "device", name, command.detail or "", command.state)
    for name in sorted(unset):
        yield Wait("gates", "gate", name, "")
    for alarm in alarms:
        if alarm.state == "active" and alarm.subject not in open_commands:
            whom: Whom = "gauges" if alarm.kind in _OF_GAUGES else "duty"
            yield Wait(whom, "alarm", str(alarm.alarm), f"{alarm.subject}: {alarm.text}", alarm.kind)
