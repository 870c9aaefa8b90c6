"""How a plan differs from what happened, place by place, in words.

With S the storage and W the water let out since the plan began, planned less recorded, on the day on which S differs most:

    dS = - dW + rest,

so that `rest` is what flowed in, evaporated or seeped otherwise.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.scenario.read_record import TOTAL_OUTFLOW

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording
    from waterbalance.report.recorded import Recorded

SMALL = 0.05
"""A share of a difference, or of a recorded mean, that needs no words. [-]"""

UNEVEN = 2.0
"""One course that varies by this much more than the other is told as uneven. [-]"""


def differences(compared: tuple[Recorded, ...], network: Network, say: Wording) -> list[str]:
    """One paragraph for every storage: how far the plan is from the record, by what, and how evenly water was let out."""
    outflows = {each.component: each for each in compared if each.quantity in {TOTAL_OUTFLOW, "release"}}
    return [_paragraph(each, outflows.get(each.component), network, say) for each in compared if each.is_stock]


def _paragraph(storage: Recorded, outflow: Recorded | None, network: Network, say: Wording) -> str:
    sentences = [_storage(storage, network, say)]
    if outflow is not None:
        sentences += [_account(storage, outflow, say), _evenness(outflow, say)]
    return say("recorded.between").join(text for text in sentences if text)


def _storage(storage: Recorded, network: Network, say: Wording) -> str:
    worst = _worst(storage)
    mean = storage.mean_planned - storage.mean_recorded
    key = "recorded.stored.same" if abs(mean) <= SMALL * storage.mean_recorded else _sign("recorded.stored", mean)
    return say(
        key,
        place=say.name(network, storage.component),
        mean=say.volume(abs(mean)),
        day=say.day(storage.days[worst]),
        planned=say.volume(storage.planned[worst]),
        recorded=say.volume(storage.recorded[worst]),
    )


def _account(storage: Recorded, outflow: Recorded, say: Wording) -> str:
    """What of the largest difference was let out; nothing where the record of what was let out does not reach so far."""
    worst = _worst(storage)
    let_out = _until(outflow, dt.date.fromisoformat(storage.days[worst]))
    if let_out is None:
        return ""
    rest = storage.planned[worst] - storage.recorded[worst] + let_out
    return say(_sign("recorded.let_out", let_out), volume=say.volume(abs(let_out))) + say(
        _sign("recorded.rest", rest), volume=say.volume(abs(rest))
    )


def _evenness(outflow: Recorded, say: Wording) -> str:
    """How far both courses range, where one varies much more than the other."""
    spread = [float(np.std(values)) for values in (outflow.planned, outflow.recorded)]
    if max(spread) < UNEVEN * min(spread) or max(spread) < SMALL * outflow.mean_recorded:
        return ""
    ends = {"least": min(outflow.recorded), "most": max(outflow.recorded)}
    ends |= {"planned_least": min(outflow.planned), "planned_most": max(outflow.planned)}
    return say("recorded.evenness", **{name: say.flow(value) for name, value in ends.items()})


def _worst(storage: Recorded) -> int:
    return int(np.argmax(np.abs(np.subtract(storage.planned, storage.recorded))))


def _until(outflow: Recorded, day: dt.date) -> float | None:
    """Planned less recorded water let out before a day; None where the record has a gap before it. [m3]."""
    total, end = 0.0, dt.date.fromisoformat(outflow.days[0])
    for first, planned, recorded, length in zip(outflow.days, outflow.planned, outflow.recorded, outflow.lengths, strict=True):
        begin = dt.date.fromisoformat(first)
        if begin >= day:
            break
        if begin != end:
            return None
        end = begin + dt.timedelta(days=round(length))
        total += (planned - recorded) * min((day - begin).days, length)
    return total if end >= day else None


def _sign(key: str, value: float) -> str:
    return f"{key}.more" if value > 0 else f"{key}.less"
