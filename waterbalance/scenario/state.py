"""The state at the start of a plan: observed stocks, and what is known or assumed of the flows before it."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.horizon import Horizon
from waterbalance.network.season import Season
from waterbalance.network.state import Past, State
from waterbalance.scenario.needs import Needs, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from waterbalance.network.step import Window
    from waterbalance.scenario.document import Document
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]


def state_at(scenario: Scenario, day: dt.date) -> State:
    """The state at the midnight at which `day` begins.

    A stock is the observation of the day, else the latest one that is not older than the scenario allows; the latter
    counts as assumed. Flows under way are taken as steady for as long as the links look back; where the scenario says
    nothing of them, nothing is under way, and that is marked as assumed. Switches are off unless observed; what was
    started or stopped lately stands in the rows before `day`, each of which tells of the day that it ends.

    Raises `InputError` with a finding for every stock without an observation.
    """
    needs = needs_of(scenario.network)
    where = Place(scenario.folder, date=str(day))
    findings = Findings((*_missing_stocks(scenario, needs, day, where), *_missing_flows(scenario, needs, where)))
    findings.raise_if_any(InputError, f"the state on {day} is incomplete")
    stocks: dict[Key, float] = {}
    assumed: set[Key] = set()
    for key in (*needs.stocks, *needs.carried_switches):
        value, observed_on = _observed(scenario, key, day)
        stocks[key] = 0.0 if value is None else value
        if observed_on != day:
            assumed.add(key)
    past, guessed = past_at(scenario, day)
    return State(day, stocks, past, frozenset(assumed | guessed))


def past_at(scenario: Scenario, day: dt.date) -> tuple[dict[Key, tuple[Past, ...]], frozenset[Key]]:
    """What flowed before `day`, for every flow whose past counts; and of which nobody knows, so that zero stands there."""
    needs = needs_of(scenario.network)
    known = _observed_events(scenario, needs, day) | _known_past(scenario, day)
    past = {key: known[key] if key in known else _past(scenario, key, day, _reach(needs, key, day)) for key in needs.past_flows}
    return past, frozenset(key for key in past if key not in scenario.under_way and key not in known)


def unknown_past(state: State) -> tuple[str, ...]:
    """A line that names every flow whose past counts, of which nothing is given and zero is taken; none where all is known."""
    since = {key: min(each.start for each in past) for key, past in sorted(state.past.items()) if key in state.assumed and past}
    if not since:
        return ()
    flows = ", ".join(f"{component}.{flow} (since {first})" for (component, flow), first in since.items())
    told = f"nothing is given of the past before {state.day}, and zero is taken, for {flows}."
    return (f"{told} Add 'under_way' with their flows; starts and stops are rows in the table of the state.",)


def _known_past(scenario: Scenario, day: dt.date) -> dict[Key, tuple[Past, ...]]:
    """What components know of their past by their own fields."""
    told = ((each.name, each.past_flows(day, scenario.time_zone)) for each in scenario.network)
    return {(name, flow): past for name, flows in told for flow, past in flows.items()}


def _observed_events(scenario: Scenario, needs: Needs, day: dt.date) -> dict[Key, tuple[Past, ...]]:
    """What was started or stopped on the days before, as the table of the state has it."""
    found = {}
    for key in sorted(needs.events & set(scenario.observations)):
        series = scenario.observations[key]
        rows = zip(series.dates, series.values, strict=True)
        found[key] = tuple(Past(date - dt.timedelta(days=1), date, float(value)) for date, value in rows if date <= day)
    return found


def missing_from_state(scenario: Scenario, needs: Needs, document: Document, *, observed: bool) -> Iterable[Finding]:
    """Stocks and flows that the first day's plan needs and nobody gives.

    `observed` is false where the table of the state could not be read: then what it lacks is not told besides.
    """
    path = ("state", "file") if document.node(("state", "file")) is not None else ()
    where = document.place(path)
    if observed:
        yield from _missing_stocks(scenario, needs, scenario.horizon.start, where)
    yield from _missing_flows(scenario, needs, where)


def _missing_stocks(scenario: Scenario, needs: Needs, day: dt.date, where: Place) -> Iterator[Finding]:
    for component, quantity in needs.stocks:
        value, _ = _observed(scenario, (component, quantity), day)
        if value is None:
            place = Place(where.file, where.line, where.column, component, str(day))
            known = (component, quantity) in scenario.observations
            remedy = f"Add a column '{component}.{quantity} [m3]' to the table of the state ('state: {{file: ...}}')."
            found = f"no observation from {scenario.oldest:g} days before {day}" if known else f"no column for its {quantity}"
            yield Finding(
                f"the {quantity} of {component} is not known",
                place,
                found,
                f"an observation on {day}, or at most {scenario.oldest:g} days older",
                f"Add a row for {day}." if known else remedy,
            )


def _missing_flows(scenario: Scenario, needs: Needs, where: Place) -> Iterator[Finding]:
    known = _known_past(scenario, scenario.horizon.start)
    for component, quantity in needs.flows_before:
        if (component, quantity) not in scenario.under_way and (component, quantity) not in known:
            remedy = f"Add 'under_way: {{{component}.{quantity}: 0 m3/s}}' with the flow of the day before."
            place = Place(where.file, component=component)
            yield Finding(f"the {quantity} of {component} before the first step is not known", place, "nothing", "a flow", remedy)


def _observed(scenario: Scenario, key: Key, day: dt.date) -> tuple[float | None, dt.date | None]:
    """The latest observation that is not too old, and its day; zero for what is not in service yet."""
    first = scenario.network[key[0]].in_service_from
    series = scenario.observations.get(key)
    if series is not None:
        rows = [row for row, date in enumerate(series.dates) if date <= day and (day - date).days <= scenario.oldest]
        if rows:
            return float(series.values[rows[-1]]), series.dates[rows[-1]]
    return (0.0, None) if first is not None and first > day else (None, None)


def _reach(needs: Needs, key: Key, day: dt.date) -> int:
    """How many days back the links look at a flow."""
    days = [math.ceil(needs.delays.get(key, 0.0)), 1 if key in needs.flows_before else 0]
    days += [_length(window, day) for window in needs.totals.get(key, ())]
    return max(days)


def _length(window: Window, day: dt.date) -> int:
    if isinstance(window, int | float):
        return math.ceil(window)
    if isinstance(window, Season):
        return (day - window.begins(day)).days
    if window == "month":
        return day.day - 1
    first_month = 7 if window == "season" and day.month > 6 else 1
    return (day - dt.date(day.year, first_month, 1)).days


def _past(scenario: Scenario, key: Key, day: dt.date, reach: int) -> tuple[Past, ...]:
    """A steady flow over the days that count, by their true length; none where they do not reach back."""
    if reach <= 0:
        return ()
    first = day - dt.timedelta(days=reach)
    return (Past(first, day, scenario.under_way.get(key, 0.0) * float(Horizon((first, day), scenario.time_zone).days[0])),)
