"""The judge: every balance added up again in plain arithmetic, without the model.

Each component checks its own physics in `check(ledger)` and books what it takes and brings; here the books are added up:

    brought + own gains - taken - own losses - change in storage = 0   at every place and step.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, Findings, Place, UsageError
from waterbalance.horizon import Horizon
from waterbalance.units import integrates_over_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.network.season import Season
    from waterbalance.network.state import Past
    from waterbalance.network.step import Window
    from waterbalance.plan.plan import Plan

RELATIVE_TOLERANCE = 1e-6
"""Of the largest number in a comparison. [-]"""

ABSOLUTE_TOLERANCE = 0.5
"""Half a cubic metre over a step: below what any gate can set. [m3]"""


def audit(plan: Plan, network: Network, forecasts: Forecasts | None = None) -> tuple[Finding, ...]:
    """Everything that does not hold in a plan; empty when it is sound.

    With `forecasts` the givens of the plan are compared with them too, so that a plan made from other numbers is found.
    """
    if forecasts is not None and forecasts.horizon != plan.horizon:
        raise UsageError("the forecasts are on another horizon than the plan")
    book = Book(network, plan)
    # Two rounds: in the first every component books, in the second all bookings are there to be compared.
    for judges in (False, True):
        book.turn_page(judges=judges)
        for component in network:
            book.open(component)
            component.check(book)
    findings = Findings(book.findings)
    findings.extend(_balances(book))
    findings.extend(_not_numbers(plan))
    findings.extend(_used_out_of_service(plan, network))
    if forecasts is not None:
        findings.extend(_other_givens(plan, network, forecasts))
    return tuple(findings)


class Book:
    """A finished plan as components read it, and the double entries that they make."""

    def __init__(self, network: Network, plan: Plan, earlier: Mapping[tuple[str, str], Floats] | None = None) -> None:
        self.network = network
        self.plan = plan
        self.horizon = plan.horizon
        self.passes = plan.passes
        self._earlier = earlier or {}
        self.findings: list[Finding] = []
        self.entries: dict[str, Floats] = {}
        self._brought: dict[str, Floats] = {}
        self._taken: dict[str, Floats] = {}
        self._complete: tuple[dict[str, Floats], dict[str, Floats]] = ({}, {})
        self._additions: dict[tuple[str, str], Floats] = {}
        self._all_additions: dict[tuple[str, str], Floats] = {}
        self._author = ""
        self._judges = True

    def turn_page(self, *, judges: bool = True) -> None:
        """Start the books again, keeping the last page for `brought` and `taken`; only one that `judges` compares anything."""
        self._judges = judges
        self._complete, self._all_additions = (self._brought, self._taken), self._additions
        self._additions = {}
        self._brought, self._taken, self.entries, self.findings = {}, {}, {}, []

    def open(self, component: Component) -> None:
        """From here on `component` is speaking."""
        self._author = component.name
        if component.is_place:
            self._add(self.entries, component.name, self._zeros())

    def component(self, name: str) -> Component:
        """See `Ledger.component`."""
        return self.network[name]

    def takers(self, place: str) -> tuple[Component, ...]:
        """See `Ledger.takers`."""
        return tuple(component for component in self.network if getattr(component, "source", None) == place)

    def user_class(self, component: str) -> str | None:
        """See `Ledger.user_class`."""
        return self.network[component].user_class_name

    def has(self, component: Component | str, quantity: str) -> bool:
        """See `Ledger.has`."""
        return (_name(component), quantity) in self.plan.values

    def value(self, component: Component | str, quantity: str) -> Floats:
        """See `Ledger.value`."""
        name = _name(component)
        values = self.plan.values.get((name, quantity))
        if values is None:
            self.findings.append(Finding(f"the plan lacks {quantity}", Place(component=name)))
            return self._zeros()
        return values

    def given(self, component: Component | str, name: str) -> Floats:
        """See `Ledger.given`."""
        key = (_name(component), name)
        if key in self.plan.givens:
            return self.plan.givens[key]
        component = self.network[key[0]]
        value = component.default_given(name)
        unit = type(component).unit_of(name)
        length = self.horizon.days if unit is not None and integrates_over_step(unit) else np.ones(len(self.horizon))
        return np.full(len(self.horizon), np.inf) if value is None else float(value) * length

    def given_earlier(self, component: Component | str, name: str) -> Floats | None:
        """See `Ledger.given_earlier`."""
        return self._earlier.get((_name(component), name))

    def before(self, component: Component | str, quantity: str) -> Floats:
        """See `Ledger.before`."""
        key = (_name(component), quantity)
        opening = self.plan.opening.stocks.get(key)
        if opening is None:
            last = max(self.plan.opening.past.get(key, ()), key=lambda each: each.end, default=None)
            opening = 0.0 if last is None else last.volume / Horizon((last.start, last.end), self.horizon.time_zone).days[0]
        return np.concatenate([[opening], self.value(component, quantity)[:-1]])

    def delayed(self, component: Component | str, quantity: str, travel_time: float) -> Floats:
        """See `Ledger.delayed`."""
        moments, cumulative = self._cumulative(_name(component), quantity)
        arrived = np.interp(self.horizon.offsets - travel_time, moments, cumulative)
        return np.diff(arrived)

    def total(self, component: Component | str, quantity: str, window: Window) -> Floats:
        """See `Ledger.total`."""
        moments, cumulative = self._cumulative(_name(component), quantity)
        ends = self.horizon.offsets[1:]
        if isinstance(window, int | float):
            starts = ends - window
        else:
            days = [_days_of_window(window, end - dt.timedelta(days=1)) for end in self.horizon.ends]
            starts = np.array([self.horizon.offset(first) for first, _ in days])
            ends = np.array([self.horizon.offset(last + dt.timedelta(days=1)) for _, last in days])
        return np.interp(ends, moments, cumulative) - np.interp(starts, moments, cumulative)

    def recent(
        self, component: Component | str, quantity: str, days: float, *, switch: str | None = None, left_at: float = 1.0
    ) -> Floats:
        """See `Ledger.recent`."""
        past = self.plan.opening.past.get((_name(component), quantity), ())
        if switch is not None:
            last = max((each for each in past if each.volume > 0.5), key=lambda each: each.start, default=None)
            past = (last,) if last is not None and round(self.before(component, switch)[0]) == left_at else ()
        begun = [*(each.start for each in past), *self.horizon.starts]
        amount = np.array([each.volume for each in past] + list(self.value(component, quantity)))
        ago = np.array([[(start - first).days for first in begun] for start in self.horizon.starts])
        counted: Floats = ((ago >= 0) & (ago < days)) @ amount
        return counted

    def equal(self, component: Component, what: str, found: Floats, expected: Floats) -> None:
        """See `Ledger.equal`."""
        if not self._judges:
            return
        with np.errstate(invalid="ignore"):
            if (np.abs(found - expected) <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * np.abs(expected)).all():
                return
        wrong = ~np.isclose(found, expected, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)
        for t in np.flatnonzero(wrong):
            self._complain(component.name, f"{what} does not add up", int(t), found[t], f"{expected[t]:.6g}")

    def within(self, component: Component, what: str, found: Floats, lower: Floats | float, upper: Floats | float) -> None:
        """See `Ledger.within`."""
        if not self._judges:
            return
        least, most = np.broadcast_to(lower, found.shape), np.broadcast_to(upper, found.shape)
        room = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * np.abs(found)
        for t in np.flatnonzero((found < least - room) | (found > most + room)):
            self._complain(
                component.name, f"{what} is outside of its limits", int(t), found[t], f"{least[t]:.6g} to {most[t]:.6g}"
            )

    def whole(self, component: Component, what: str, found: Floats, *, season: bool = False) -> None:
        """See `Ledger.whole`. Steps in which the plan relaxed the switch are left out: all of them where it decided none."""
        decided = len(self.horizon) if season and self.plan.switch_steps else self.plan.switch_steps
        for t in np.flatnonzero(np.abs(found - np.round(found)) > RELATIVE_TOLERANCE):
            if t < decided:
                self._complain(component.name, f"{what} is neither on nor off", int(t), found[t], "0 or 1")

    def gains(self, place: Component | str, amount: Floats) -> None:
        """See `Ledger.gains`."""
        name = _name(place)
        self._add(self.entries, name, amount)
        if name != self._author:
            self._add(self._brought, name, amount)

    def loses(self, place: Component | str, amount: Floats) -> None:
        """See `Ledger.loses`."""
        name = _name(place)
        self._add(self.entries, name, -amount)
        if name != self._author:
            self._add(self._taken, name, amount)

    def stores(self, place: Component, storage: Floats, before: Floats) -> None:
        """See `Ledger.stores`."""
        self._add(self.entries, place.name, before - storage)

    def brought(self, place: Component) -> Floats:
        """See `Ledger.brought`."""
        return self._complete[0].get(place.name, self._zeros())

    def taken(self, place: Component) -> Floats:
        """See `Ledger.taken`."""
        return self._complete[1].get(place.name, self._zeros())

    def adds(self, component: Component | str, name: str, amount: Floats) -> None:
        """See `Ledger.adds`."""
        key = (_name(component), name)
        self._additions[key] = self._additions.get(key, self._zeros()) + amount

    def added(self, component: Component, name: str) -> Floats:
        """See `Ledger.added`."""
        return self._all_additions.get((component.name, name), self._zeros())

    def turnover(self, place: str) -> Floats:
        """How much water goes through a place: what a balance is judged against."""
        moved = self._brought.get(place, self._zeros()) + self._taken.get(place, self._zeros())
        stored = self.plan.values.get((place, "storage"), self._zeros())
        return np.maximum(moved, np.abs(stored))

    def _cumulative(self, component: str, quantity: str) -> tuple[Floats, Floats]:
        """Cumulative volume since the first past interval, at every known moment (offset from the start). [day], [m3]."""
        past = sorted(self.plan.opening.past.get((component, quantity), ()), key=lambda each: each.start)
        moments: list[float] = []
        volumes: list[float] = []
        for each in past:
            begin, finish = self._offset(each)
            if not moments or begin > moments[-1]:
                moments.append(begin)
                volumes.append(0.0)
            moments.append(finish)
            volumes.append(each.volume)
        if not moments or moments[-1] < 0.0:
            moments.append(0.0)
            volumes.append(0.0)
        moments.extend(self.horizon.offsets[1:])
        volumes.extend(self.value(component, quantity))
        return np.array(moments), np.cumsum(volumes)

    def _offset(self, past: Past) -> tuple[float, float]:
        return self.horizon.offset(past.start), self.horizon.offset(past.end)

    def _complain(self, component: str, what: str, t: int, found: float, allowed: str) -> None:
        place = Place(component=component, date=str(self.horizon.starts[t]))
        self.findings.append(Finding(what, place, f"{found:.6g}", allowed))

    def _add(self, book: dict[str, Floats], place: str, amount: Floats) -> None:
        book[place] = book.get(place, self._zeros()) + amount

    def _zeros(self) -> Floats:
        return np.zeros(len(self.horizon))


def _balances(book: Book) -> list[Finding]:
    """Every place and step where water is lost or made."""
    findings = []
    for place, rest in book.entries.items():
        room = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * book.turnover(place)
        for t in np.flatnonzero(np.abs(rest) > room):
            what = "water is lost" if rest[t] > 0 else "water is made from nothing"
            where = Place(component=place, date=str(book.horizon.starts[t]))
            findings.append(Finding(f"the balance does not close: {what}", where, f"{abs(rest[t]):.6g} m3", "0 m3"))
    return findings


def _not_numbers(plan: Plan) -> list[Finding]:
    return [
        Finding(f"{quantity} is not a number", Place(component=component))
        for (component, quantity), values in plan.values.items()
        if not np.isfinite(values).all()
    ]


def _used_out_of_service(plan: Plan, network: Network) -> list[Finding]:
    """Givens that are not idle while their component is out of service, day by day; where a field says how much, in part too."""
    findings = []
    for key, used in plan.givens.items():
        if key[0] not in network or key[1] not in type(network[key[0]]).idle_zero:
            continue
        component, horizon = network[key[0]], plan.horizon
        if not plan.ranks and component.in_service_from is component.in_service_until is None and not component.outages:
            continue
        days = [_days_in_service(component, *step) for step in zip(horizon.starts, horizon.ends, strict=True)]
        first = np.cumsum([0, *map(len, days[:-1])])
        share = np.add.reduceat(np.concatenate(days) * horizon.day_by_day.days, first) / horizon.days
        most = np.where(share > 0, np.inf, 0.0)
        # A series may hold anything, and plans that were joined do not tell which givens were one.
        if plan.ranks and key not in plan.labels and component.given_by_date(key[1], horizon) is None:
            field, unit = component.default_given(key[1]), type(component).unit_of(key[1])
            whole = horizon.days if unit is not None and integrates_over_step(unit) else np.ones(len(horizon))
            most = np.where(share > 0, np.inf if field is None else field * whole * share, 0.0)
        for t in np.flatnonzero(used > most * (1.0 + RELATIVE_TOLERANCE)):
            where = Place(component=component.name, date=str(horizon.starts[t]))
            findings.append(Finding(f"{key[1]} is used out of service", where, f"{used[t]:.6g}", f"at most {most[t]:.6g}"))
    return findings


def _days_in_service(component: Component, first: dt.date, after: dt.date) -> list[float]:
    """What share of a component is in service on each day from `first` to the day before `after`. [-]."""
    begins, ends = component.in_service_from or dt.date.min, component.in_service_until or dt.date.max
    days = [first + dt.timedelta(days=number) for number in range((after - first).days)]
    kept = [[each.available for each in component.outages if each.first_day <= day <= each.last_day] for day in days]
    return [float(begins <= day <= ends) * (shares[0] if shares else 1.0) for day, shares in zip(days, kept, strict=True)]


def _other_givens(plan: Plan, network: Network, forecasts: Forecasts) -> list[Finding]:
    """Givens that are not what the forecasts say, for the time in which the component is in service."""
    findings = []
    for key, forecast in forecasts.series.items():
        used = plan.givens.get(key)
        if used is None or forecast.members != 1:
            continue
        component, expected = network[key[0]], forecast.values[:, 0]
        if key[1] in type(component).idle_zero:
            expected = _in_service(component, plan.horizon, expected)
        findings.extend(_others(key, plan.horizon, used, expected, "the forecast says"))
    for (name, quantity), used in plan.givens.items():
        if name not in network or (name, quantity) in forecasts.series:
            continue
        component = network[name]
        if quantity in type(component).idle_zero:
            expected = _in_service(component, plan.horizon, _field(component, quantity, plan.horizon))
            findings.extend(_others((name, quantity), plan.horizon, used, expected, "its field and its time in service say"))
    return findings


def _others(key: tuple[str, str], horizon: Horizon, used: Floats, expected: Floats, source: str) -> list[Finding]:
    what = f"{key[1]} is not what {source}"
    return [
        Finding(what, Place(component=key[0], date=str(horizon.starts[t])), f"{used[t]:.6g}", f"{expected[t]:.6g}")
        for t in np.flatnonzero(~np.isclose(used, expected, rtol=RELATIVE_TOLERANCE))
    ]


def _field(component: Component, name: str, horizon: Horizon) -> Floats:
    """What a field says over every step; infinite where it is left out."""
    by_date = component.given_by_date(name, horizon)
    if by_date is not None:
        return by_date
    value, unit = component.default_given(name), type(component).unit_of(name)
    length = horizon.days if unit is not None and integrates_over_step(unit) else np.ones(len(horizon))
    return np.full(len(horizon), np.inf) if value is None else float(value) * length


def _in_service(component: Component, horizon: Horizon, values: Floats) -> Floats:
    """Values as far as the component is in service, apart from the engine's own arithmetic: day by day, with true lengths."""
    daily = horizon.day_by_day
    days = np.array(daily.starts, dtype="datetime64[D]")
    available = np.ones(len(days))
    for outage in component.outages:
        available[(days >= np.datetime64(outage.first_day)) & (days <= np.datetime64(outage.last_day))] = outage.available
    if component.in_service_from is not None:
        available[days < np.datetime64(component.in_service_from)] = 0.0
    if component.in_service_until is not None:
        available[days > np.datetime64(component.in_service_until)] = 0.0
    firsts = np.flatnonzero(np.isin(days, np.array(horizon.starts, dtype="datetime64[D]")))
    share = np.add.reduceat(available * daily.days, firsts) / np.add.reduceat(daily.days, firsts)
    found: Floats = np.where(share > 0, values, 0.0) * np.where(share > 0, share, 1.0)
    return found


def _days_of_window(window: str | Season, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last counted day of the calendar month, half-year season or year up to a day, or of the latest season."""
    if isinstance(window, str):
        months = {"month": day.month, "season": 1 if day.month < 7 else 7, "year": 1}
        return dt.date(day.year, months[window], 1), day
    # Walked day by day, apart from the season's own arithmetic.
    first, last = day, day
    while f"{first:%m-%d}" != window.first_day:
        first -= dt.timedelta(days=1)
        if f"{first:%m-%d}" == window.last_day:
            last = first
    return first, last


def _name(component: Component | str) -> str:
    return component if isinstance(component, str) else component.name
