"""Planned floods as occasions: spills and releases of the plan's next days that are larger than somebody has declared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.report.cap.occasion import Occasion, Words
from waterbalance.report.language import LANGUAGES, Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.report.cap.occasion import Places
    from waterbalance.report.cap.settings import ReleaseLimit

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class _Flow:
    """A flow of the next days, and its days above the limit."""

    name: str
    limit: ReleaseLimit
    flows: Floats
    """By step. [m3/day]"""

    over: tuple[int, ...]
    """Steps."""

    @property
    def component(self) -> str:
        return self.name.partition(".")[0]

    @property
    def most(self) -> float:
        return float(self.flows.max())


def releases(
    plan: Plan, network: Network, places: Places, zone: ZoneInfo, limits: Mapping[str, ReleaseLimit], days: float, *, agreed: bool
) -> Iterator[Occasion]:
    """One for each flow above its limit on one of the first `days` days of the plan; `agreed`: whether its orders are out."""
    ahead = [t for t, start in enumerate(plan.horizon.starts) if (start - plan.horizon.start).days < days]
    for name, limit in limits.items():
        component, _, quantity = name.partition(".")
        values = plan.values.get((component, quantity))
        if values is None:
            continue
        flows = values[ahead] / plan.horizon.days[ahead]
        over = tuple(np.flatnonzero(flows > limit.above).tolist())
        if over:
            yield _release(plan.horizon, network, places, zone, _Flow(name, limit, flows, over), agreed=agreed)


def _release(horizon: Horizon, network: Network, places: Places, zone: ZoneInfo, flow: _Flow, *, agreed: bool) -> Occasion:
    first, last = horizon.starts[flow.over[0]], horizon.ends[flow.over[-1]]
    severe = flow.limit.severe is not None and flow.most > flow.limit.severe
    lead = (first - horizon.start).days
    return Occasion(
        kind="release",
        subject=flow.name,
        fact=f"{first} {last} {'severe' if severe else 'moderate'}",
        words={language: _words(Wording(language), horizon, network, flow) for language in LANGUAGES},
        areas=places.of(network, flow.component),
        categories=("Safety", "Infra"),
        responses=("Avoid",),
        urgency="Immediate" if lead == 0 else "Expected" if lead == 1 else "Future",
        severity="Severe" if severe else "Moderate",
        certainty="Likely" if agreed and lead <= 1 else "Possible",
        onset=dt.datetime.combine(first, dt.time(), zone),
        ends=dt.datetime.combine(last, dt.time(), zone),
        parameters=(("quantity", flow.name), ("most [m3/s]", f"{flow.most / units.SECONDS_PER_DAY:.2f}")),
    )


def _words(say: Wording, horizon: Horizon, network: Network, flow: _Flow) -> Words:
    days = (
        say("alert.release.day", date=say.date(str(horizon.starts[t])), flow=say.flow(float(flow.flows[t]))) for t in flow.over
    )
    told = {
        "name": say.name(network, flow.component),
        "most": say.flow(flow.most),
        "first": say.date(str(horizon.starts[flow.over[0]])),
        "last": say.date(str(horizon.ends[flow.over[-1]] - ONE_DAY)),
        "above": say.flow(flow.limit.above),
        "days": say("alert.and").join(days),
    }
    return Words(*(say(f"alert.release.{part}", **told) for part in ("headline", "text", "do")))
