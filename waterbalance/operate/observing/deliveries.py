"""What was really delivered, in place of what was planned: metered volumes in the state, and the account of each right.

    past(d) = metered(d) where a meter tells, else what was planned
    account = expected account + sum over metered days of (planned - metered) use
    left    = volume - use since the window began, or the account itself

A right that was used less than planned has more left for the next plan, and the other way round.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance import units
from waterbalance.forecast.readings import Origin
from waterbalance.network.components.canal import Canal
from waterbalance.network.components.pipeline import Pipeline
from waterbalance.network.rules.water_right import WaterRight
from waterbalance.network.season import Season
from waterbalance.network.state import Past, State
from waterbalance.optimise.links import window_start
from waterbalance.report.right_accounts import RightAccount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from waterbalance.forecast.readings import Key, Reading
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan

_DAY = dt.timedelta(days=1)

Metered = dict["Key", dict[dt.date, float]]
"""Volume of each day that a meter tells, by component and quantity. [m3]"""

_NOTHING: Mapping[Key, tuple[Past, ...]] = {}


def metered_volumes(readings: Iterable[Reading], network: Network, time_zone: str = "UTC") -> Metered:
    """Volumes of whole days from usable flows that somebody measured, and those at the intakes of zones with a single one.

    A zone that a single canal or pipe serves took inflow = delivery / (share that arrives), so many whole days earlier as
    the water travels. Where the canal takes water for itself, or travels for part of a day, only a meter at its head can
    tell; and that meter goes before a reckoned value.
    """
    found: Metered = {}
    for each in sorted(readings, key=lambda reading: (reading.date, reading.known_at, reading.source, reading.value)):
        if each.usable and each.unit == units.FLOW and each.origin is not Origin.COMPLETED:
            found.setdefault(each.key, {})[each.date] = each.value * _length(each.date, time_zone)
    for (component, quantity), volumes in tuple(found.items()):
        intake = _own_intake(network, component) if quantity == "delivery" else None
        if intake is not None:
            link, share, days = intake
            reckoned = {date - days * _DAY: volume / share for date, volume in volumes.items()}
            found[link, "inflow"] = {**reckoned, **found.get((link, "inflow"), {})}
    return found


def with_metered(
    state: State,
    metered: Metered,
    network: Network,
    *,
    expected_with: Mapping[Key, tuple[Past, ...]] = _NOTHING,
) -> State:
    """The state whose past holds metered volumes where there are some, and whose accounts of rights say the same.

    `expected_with` are the flows of the plan that expected this state (`first_steps`): an account is mended by what they
    differ from the meters. Meters that tell of days before that plan come too late for an account that is carried over;
    windows of other rights see them all the same.
    """
    asked = {key: {day: volume for day, volume in metered.get(key, {}).items() if day < state.day} for key in state.past}
    past = {key: _replaced(own, asked[key]) for key, own in state.past.items()}
    stocks = dict(state.stocks)
    for right in network.rules:
        key = (right.name, "account")
        if isinstance(right, WaterRight) and key in stocks:
            stocks[key] = max(0.0, stocks[key] + _not_taken(right, state.day, metered, expected_with))
    told = {key for key, own in past.items() if own and all(each.start in asked[key] for each in own)}
    return replace(state, past=past, stocks=stocks, assumed=state.assumed - told)


def first_steps(plan: Plan, day: dt.date) -> Mapping[Key, tuple[Past, ...]]:
    """The flows that a plan reckoned with until the midnight at which `day` begins."""
    steps = [step for step, end in enumerate(plan.horizon.ends) if end <= day]
    starts, ends = plan.horizon.starts, plan.horizon.ends
    return {
        key: tuple(Past(starts[step], ends[step], float(values[step])) for step in steps) for key, values in plan.values.items()
    }


def accounts(
    network: Network, state: State, metered: Metered, volumes: Mapping[str, float] | None = None
) -> tuple[RightAccount, ...]:
    """The account of every right with a volume, by name, from a state that `with_metered` gave.

    `volumes` [m3] are those of rights whose volume is a table; others have it in a field.
    """
    found = []
    for right in sorted(network.rules, key=lambda each: each.name):
        volume = (volumes or {}).get(right.name, right.volume) if isinstance(right, WaterRight) else None
        if isinstance(right, WaterRight) and volume is not None:
            found.append(_account(right, float(volume), state, metered))
    return tuple(found)


def _account(right: WaterRight, volume: float, state: State, metered: Metered) -> RightAccount:
    since, until = _counted(right, state.day)
    told = planned = 0.0
    for subject in right.subjects:
        key = (subject, right.quantity)
        for each in state.past.get(key, ()):
            share = _overlap(each, since, until)
            if each.start in metered.get(key, {}):
                told += each.volume * share
            else:
                planned += each.volume * share
    left = state.stocks.get((right.name, "account"), volume - told - planned)
    return RightAccount(right.name, since, state.day, volume, told, planned, left)


def _counted(right: WaterRight, day: dt.date) -> tuple[dt.date, dt.date]:
    """First day that counts, and the day after the last, of what a window holds that goes on to `day`."""
    window = right.window
    if isinstance(window, Season):
        begins = window_start(window, day)
        return begins, min(day, window.ends(begins))
    return (day - dt.timedelta(days=window) if isinstance(window, int | float) else window_start(window, day)), day


def _not_taken(right: WaterRight, day: dt.date, metered: Metered, planned: Mapping[Key, tuple[Past, ...]]) -> float:
    """What was planned and not taken within the period, on days that a meter tells. [m3]."""
    since, until = _counted(right, day)
    rest = 0.0
    for key in ((subject, right.quantity) for subject in right.subjects):
        for date, volume in metered.get(key, {}).items():
            then = sum(each.volume * _overlap(each, date, date + _DAY) for each in planned.get(key, ()))
            known = any(each.start <= date < each.end for each in planned.get(key, ()))
            if known and since <= date < until:
                rest += then - volume
    return rest


def _replaced(past: tuple[Past, ...], metered: Mapping[dt.date, float]) -> tuple[Past, ...]:
    """Metered days cut out of what was planned, and put in its place."""
    kept = [piece for each in past for piece in _without(each, sorted(metered))]
    days = [Past(day, day + _DAY, volume) for day, volume in metered.items()]
    return tuple(sorted((*kept, *days), key=lambda each: each.start))


def _without(each: Past, days: Iterable[dt.date]) -> Iterator[Past]:
    """What is left of an interval without some of its days."""
    start = each.start
    for day in (day for day in days if each.start <= day < each.end):
        if start < day:
            yield Past(start, day, each.volume * _overlap(each, start, day))
        start = day + _DAY
    if start < each.end:
        yield Past(start, each.end, each.volume * _overlap(each, start, each.end))


def _overlap(each: Past, start: dt.date, end: dt.date) -> float:
    """Share of an interval that lies between two days. [-]."""
    days = (min(end, each.end) - max(start, each.start)).days
    return max(0, days) / (each.end - each.start).days


def _length(day: dt.date, time_zone: str) -> float:
    """True length of a local day. [day]."""
    zone = ZoneInfo(time_zone)
    begins, ends = (dt.datetime.combine(each, dt.time(), zone).timestamp() for each in (day, day + _DAY))
    return (ends - begins) / units.SECONDS_PER_DAY


def _own_intake(network: Network, place: str) -> tuple[str, float, int] | None:
    """The single link that brings water to a place: its name, the share that arrives, and whole days on the way."""
    links = [link for link in network.links() if link.downstream == place and link.owner != place]
    owner = network[links[0].owner] if len(links) == 1 else None
    if isinstance(owner, Canal) and not owner.fill_volume and not owner.seepage_when_running:
        share, travel_time = owner.share_kept, owner.travel_time
    elif isinstance(owner, Pipeline) and not owner.two_way:
        share, travel_time = 1.0 - owner.leakage, 0.0
    else:
        return None
    return (owner.name, share, round(travel_time)) if share > 0 and travel_time == round(travel_time) else None
