"""What a night's plan begins from: what was observed, before what last night expected, before what the files say.

    warm          the state that last night's plan expects of this midnight
    backup warm   the same by an older night, at most `oldest_warm` before
    cold          the scenario's own state: its observations, and the steady flows that it tells

An observed stock of this midnight takes the place of an expected one; where the two lie far apart, somebody is told. What nobody
observed is carried over: water under way in reaches and canals, what licences have used, which pumps run.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from waterbalance.errors import Finding, Place
from waterbalance.network.state import State
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.state import past_at, state_at
from waterbalance.scenario.storages import capacity_on

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from waterbalance.operate.configuring.state_settings import StateSettings
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]
Start = Literal["warm", "backup warm", "cold"]


@dataclass(frozen=True)
class Expected:
    """What an earlier plan expects of a midnight."""

    state: State
    made_on: dt.date
    """First day of that plan."""

    run: str = ""


@dataclass(frozen=True)
class Opening:
    """The state of this midnight, and how it came about."""

    state: State
    start: Start
    made_on: dt.date | None
    """First day of the plan that expected it; None for a cold start."""

    jumps: tuple[Finding, ...]
    """Observations far from what was expected."""

    notes: tuple[str, ...]
    expected: Mapping[Key, float] = field(default_factory=dict)
    """Storages of this midnight as an earlier plan expects them. [m3]"""


def open_day(scenario: Scenario, day: dt.date, expected: Expected | None, settings: StateSettings) -> Opening:
    """The state with which `day` begins, for a scenario that knows tonight's readings (`scenario/informed.py`).

    Raises `InputError` where a stock is neither observed, nor expected by an earlier plan, nor told by the scenario.
    """
    if expected is None or expected.state.day != day or (day - expected.made_on).days > settings.oldest_warm:
        cold = state_at(scenario, day)
        return Opening(cold, "cold", None, (), (f"cold start: no plan of the last {settings.oldest_warm:g} days is at hand",))
    warm = expected.state
    missing = _missing(scenario, warm)
    # Only a network that has grown since asks the files once more.
    told = state_at(scenario, day) if missing else None
    observed = _observed_on(scenario, day)
    filled = {key: told.stocks[key] for key in missing} if told is not None else {}
    past, unknown = past_at(scenario, day)
    new = {key: flows for key, flows in past.items() if key not in warm.past}
    state = State(
        day,
        {**{key: value for key, value in warm.stocks.items() if key[0] in scenario.network}, **filled, **observed},
        {**{key: flows for key, flows in warm.past.items() if key[0] in scenario.network}, **new},
        frozenset(key for key in (*warm.stocks, *filled) if key not in observed) | (unknown & set(new)),
    )
    start: Start = "warm" if (day - expected.made_on).days == 1 else "backup warm"
    notes = [f"backup warm start: from the plan of {expected.made_on}"] if start == "backup warm" else []
    notes += [f"{'.'.join(key)} is new: taken from the scenario's own state" for key in (*missing, *sorted(new))]
    storages = {key: value for key, value in warm.stocks.items() if key[1] == "storage" and key[0] in scenario.network}
    jumps = tuple(_jumps(scenario, day, warm, observed, settings))
    return Opening(state, start, expected.made_on, jumps, tuple(notes), storages)


def with_past(opening: Opening, state: State) -> Opening:
    """The same opening with another account of what flowed before."""
    return replace(opening, state=state)


def _missing(scenario: Scenario, warm: State) -> tuple[Key, ...]:
    needs = needs_of(scenario.network)
    return tuple(key for key in (*needs.stocks, *needs.carried_switches) if key not in warm.stocks)


def _observed_on(scenario: Scenario, day: dt.date) -> dict[Key, float]:
    """Stocks that were read at this midnight."""
    return {
        key: float(series.values[series.dates.index(day)])
        for key, series in sorted(scenario.observations.items())
        if day in series.dates
    }


def _jumps(
    scenario: Scenario, day: dt.date, warm: State, observed: Mapping[Key, float], settings: StateSettings
) -> list[Finding]:
    found = []
    for (component, quantity), value in observed.items():
        before = warm.stocks.get((component, quantity))
        if before is None or quantity != "storage":
            continue
        capacity = capacity_on(scenario, component, day)
        allowed = settings.jumps.get(component, settings.greatest_jump * (max(before, value) if capacity is None else capacity))
        if abs(value - before) > allowed:
            told = f"{value:.6g} m3 observed, {before:.6g} m3 expected"
            remedy = "Look at the gauge, and at what flowed yesterday; the observation is used."
            place = Place(component=component, date=str(day))
            found.append(Finding("the storage jumps", place, told, f"at most {allowed:.4g} m3 apart", remedy))
    return found
