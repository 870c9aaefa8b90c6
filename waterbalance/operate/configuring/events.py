"""What a night tells while it runs: plain values to whoever listens. The engine itself writes no log.

night_began     run, scenario, day
stage_began     stage
stage_ended     stage, seconds, came (done | failed)
finding         of (store | sources | state | issue | night), text
rung            rung, came, why, seconds
device          device, state, detail: one that has not confirmed
engine_failed   trace: an error of the engine itself, for those who mend it
signal_failed   signal, why: a metrics file, a ping or a contact; never the night itself
called          contact, why
night_ended     run, outcome, rung, exit_code
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.operate.planning.ladder import Laddered

Level = Literal["info", "warning", "error"]
Told = Mapping[str, str | float | None]


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    what: str
    told: Told = field(default_factory=dict)
    level: Level = "info"


Listener = Callable[[Event], None]


def unheard(_: Event) -> None:
    """Nobody listens."""


def rung_events(laddered: Laddered) -> Iterator[Event]:
    """Every rung that was looked at."""
    for each in laddered.attempts:
        told: Told = {"rung": each.rung, "came": each.came, "why": "; ".join(each.why), "seconds": round(each.seconds, 3)}
        yield Event("rung", told, "info" if each.came == "taken" and each.rung == 0 else "warning")
