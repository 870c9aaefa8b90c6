"""Planned floods as occasions: spills and releases of the plan's next days that are larger than somebody has declared."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units
from waterbalance.report.cap.occasion import Occasion, Words
from waterbalance.report.language import LANGUAGES, Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.report.cap.occasion import Places
    from waterbalance.report.cap.settings import ReleaseLimit

ONE_DAY = dt.timedelta(days=1)


def releases(
    plan: Plan, network: Network, places: Places, zone: ZoneInfo, limits: Mapping[str, ReleaseLimit], days: float, *, agreed: bool
) -> Iterator[Occasion]:
    """One for each flow that exceeds its limit on one of the first `days` days of the plan; `agreed`: whether its orders are out."""
    for name, limit in limits.items():
        component, _, quantity = name.partition(".")
        values = plan.values.get((component, quantity))
        if values is None:
            continue
        ahead = [t for t, start in enumerate(plan.horizon.starts) if (start - plan.horizon.start).days < days]
        flows = values[ahead] / plan.horizon.days[ahead]
        over = np.flatnonzero(flows > limit.above)
        if len(over):
            yield _release(plan, network, places, zone, name, limit, flows, over, agreed)


def _release(
    plan: Plan,
    network: Network,
    places: Places,
    zone: ZoneInfo,
    name: str,
    limit: ReleaseLimit,
    flows: np.ndarray,
    over: np.ndarray,
    agreed: bool,
) -> Occasion:
    component = name.partition(".")[0]
    first, last = plan.horizon.starts[int(over[0])], plan.horizon.ends[int(over[-1])]
    most = float(flows[over].max())
    severe = limit.severe is not None and most > limit.severe
    lead = (first - plan.horizon.start).days

    def words(say: Wording) -> Words:
        told = {"name": say.name(network, component), "most": say.flow(most), "first": say.date(str(first))}
        told |= {"last": say.date(str(last - ONE_DAY)), "above": say.flow(limit.above)}
        days = say("alert.and").join(
            say("alert.release.day", date=say.date(str(plan.horizon.starts[t])), flow=say.flow(float(flows[t])))
            for t in map(int, over)
        )
        key = "alert.release"
        return Words(say(f"{key}.headline", **told), say(f"{key}.text", days=days, **told), say(f"{key}.do", **told))

    return Occasion(
        kind="release",
        subject=name,
        fact=f"{first} {last} {'severe' if severe else 'moderate'}",
        words={language: words(Wording(language)) for language in LANGUAGES},
        areas=places.of(network, component),
        categories=("Safety", "Infra"),
        responses=("Avoid",),
        urgency="Immediate" if lead == 0 else "Expected" if lead == 1 else "Future",
        severity="Severe" if severe else "Moderate",
        certainty="Likely" if agreed and lead <= 1 else "Possible",
        onset=dt.datetime.combine(first, dt.time(), zone),
        ends=dt.datetime.combine(last, dt.time(), zone),
        parameters=(("quantity", name), ("most [m3/s]", f"{most / units.SECONDS_PER_DAY:.2f}")),
    )
