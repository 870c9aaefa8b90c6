"""What waits for whom: plans, devices, sources, and all other alarms, each for those who look after them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from waterbalance.report.language import Wording
    from waterbalance.store.alarms import Alarm
    from waterbalance.store.outbox import Queued
    from waterbalance.store.plans import StoredPlan

Whom = Literal["planner", "approver", "issuer", "gates", "gauges", "duty"]

LONGEST = 300
"""Characters of what is told in full elsewhere."""

NAME = "<name>"
"""In the place of a device's own name."""

_OF_GAUGES = frozenset({"silent", "missing", "jump"})


@dataclass(frozen=True)
class Agreed:
    """Who has agreed to a plan, but for those who issue it."""

    by: tuple[str, ...]
    """People, or the rule."""

    needed: int
    still_needed: int
    """How many more have to."""

    @property
    def is_partly(self) -> bool:
        """Whether somebody has, and somebody else still has to."""
        return bool(self.by) and self.still_needed > 0


@dataclass(frozen=True)
class Wait:
    """One thing that somebody has to do."""

    whom: Whom
    what: Literal["none", "plan", "agree", "issue", "device", "gate", "alarm"]
    name: str
    """Hash of the plan, name of the device, number of the alarm; scenario that has no plan."""

    text: str
    kind: str = ""
    """Of the alarm; state of the device's command; day of the plan."""

    agreed: Agreed | None = None
    """Of a plan that waits for several."""

    def words(self, say: Wording) -> str:
        """For people."""
        return _words((self,), say)

    @property
    def _same(self) -> tuple[str, ...]:
        """What waits with the same have in common; only devices are told together."""
        own = "" if self.what == "device" else self.name
        return self.whom, self.what, self.kind, own, self._text

    @property
    def _text(self) -> str:
        """Without the device's own name."""
        text = self.text.removeprefix(f"{self.name}: ")
        return re.sub(rf"(?<![\w-]){re.escape(self.name)}(?![\w-])", NAME, text) if self.what == "device" else text


def in_words(found: Iterable[Wait], say: Wording) -> Iterator[tuple[Whom, str]]:
    """For people: for whom, and what; what is the same for several devices is told once, with all their names."""
    alike: dict[tuple[str, ...], list[Wait]] = {}
    for each in found:
        alike.setdefault(each._same, []).append(each)  # noqa: SLF001 (its own kind)
    for several in alike.values():
        yield several[0].whom, _words(several, say)


def shortened(text: str) -> str:
    """What stands in full elsewhere."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"


def _words(alike: Sequence[Wait], say: Wording) -> str:
    one, several = alike[0], len(alike) > 1
    kinds = {"alarm": say.known("alarm_kind", one.kind), "device": say.known("command_state", one.kind)}
    name = short(one.name) if one.what in {"plan", "agree", "issue"} else ", ".join(each.name for each in alike)
    text = shortened(say.told(one._text)).replace(NAME, say("status.each") if several else one.name)  # noqa: SLF001 (its own kind)
    by, needed, lacking = ("", 1, 1) if one.agreed is None else _counted(one.agreed, say)
    told = {"kind": kinds.get(one.what, ""), "text": text, "day": one.kind, "by": by, "needed": needed, "lacking": lacking}
    return say(f"status.wait.{one.what}{'s' if several else ''}", name=name, **told)


def _counted(agreed: Agreed, say: Wording) -> tuple[str, int, int]:
    return ", ".join(agreed.by) or say("status.nobody"), agreed.needed, agreed.still_needed


def waits(
    plans: Collection[StoredPlan],
    agreed: Mapping[str, Agreed],
    commands: Collection[Queued],
    alarms: Collection[Alarm],
    unset: Collection[str],
    now: dt.datetime,
) -> Iterator[Wait]:
    """Everything; `unset`: gates whose dispatcher is not alive. An alarm that somebody has acknowledged waits for nobody."""
    for plan in plans:
        if plan.valid_until <= now or plan.damage is not None:
            continue
        told = agreed[plan.plan]
        if plan.state in {"run", "reviewed", "approved"} and told.still_needed and not _is_passed_over(plan, plans):
            several = told.needed > 1 or bool(told.by)
            yield Wait("approver", "agree" if several else "plan", plan.plan, plan.scenario, plan.start, told)
        elif plan.state == "approved" and not _is_passed_over(plan, plans):
            yield Wait("issuer", "issue", plan.plan, plan.scenario, plan.start)
    open_commands = {each.controller: each for each in commands if each.state != "confirmed" and each.valid_until > now}
    for name, command in sorted(open_commands.items()):
        yield Wait("gates", "device", name, command.detail or "", command.state)
    for name in sorted(unset):
        yield Wait("gates", "gate", name, "")
    for alarm in alarms:
        if alarm.state == "active" and alarm.subject not in open_commands:
            whom: Whom = "gauges" if alarm.kind in _OF_GAUGES else "gates" if alarm.kind == "untold" else "duty"
            # What was taken over is a command by its hash; the text names the device.
            text = alarm.text if alarm.kind == "taken_over" else f"{alarm.subject}: {alarm.text}"
            yield Wait(whom, "alarm", str(alarm.alarm), text, alarm.kind)


def _is_passed_over(plan: StoredPlan, plans: Collection[StoredPlan]) -> bool:
    """Whether devices follow a plan that was made later."""
    force = (each for each in plans if each.scenario == plan.scenario and each.state in IN_FORCE)
    return any(each.recorded_at > plan.recorded_at for each in force)
