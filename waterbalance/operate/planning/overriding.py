"""What a person orders for some days against the plan's own judgement, with name and reason.

    set        a given of a component (capacity, demand, inflow, minimum, ...) has this value on these days
    at_least   a flow or a storage keeps above, as the first goal of all     quantity + below >= value
    at_most    a flow or a storage keeps below, as the first goal of all     quantity - above <= value
    exactly    both

Orders about flows and storages are goals, the first ones, and no walls: what physics does not allow is told as a distance from
the order (measures `below` and `above`), and there is a plan all the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance import units
from waterbalance.errors import Finding, Findings, InputError, Place, UnitError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.network.network import Network
from waterbalance.network.rules.flow_range import FlowRange
from waterbalance.network.rules.target_range import TargetRange
from waterbalance.optimise.givens import plain_given
from waterbalance.policy.goal import Goal, Term
from waterbalance.scenario.needs import needs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component
    from waterbalance.scenario.scenario import Scenario

GOAL = "orders of people"
"""Name of the goal that stands before all others while there is an order about a flow or a storage."""

ONE_DAY = dt.timedelta(days=1)


class Override(BaseModel):
    """One order."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    what: str = Field(pattern=r"^[^.]+\.[^.]+$")
    """`component.quantity`."""

    how: Literal["set", "at_least", "at_most", "exactly"]
    """A given that is set; or a bound of a flow or a storage."""

    value: str
    """With its unit, as `3 m3/s` or `120 Mm3`."""

    first: dt.date = Field(alias="from")
    """First day."""

    last: dt.date = Field(alias="until")
    """Last day."""

    author: str = Field(min_length=1)
    """Who orders it."""

    reason: str = Field(min_length=1)
    """Why."""

    closes_by_rule: bool = Field(default=False, strict=True)
    """Whether the rule for automatic approval lets devices close for it, however far; how far they open is still measured."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before it begins on {self.first}; give a last day that is not earlier")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """Component and quantity."""
        component, _, quantity = self.what.partition(".")
        return component, quantity

    def __str__(self) -> str:
        """One line for reports."""
        when = f"{self.first} to {self.last}"
        return f"{self.what} {self.how} {self.value}, {when}, by {self.author}: {self.reason}"


@dataclass(frozen=True)
class Overridden:
    """A scenario and its forecasts with the orders of people in them."""

    scenario: Scenario
    forecasts: Forecasts
    in_force: tuple[Override, ...]
    """Those that touch the horizon."""


def with_overrides(scenario: Scenario, forecasts: Forecasts, overrides: Iterable[Override]) -> Overridden:
    """Put every order that touches the horizon into effect.

    Raises `InputError` with a finding for every order about what does not exist, or with a value of another kind.
    """
    horizon = forecasts.horizon
    in_force = tuple(each for each in overrides if each.first < horizon.end and each.last >= horizon.start)
    findings = Findings()
    columns = needs_of(scenario.network).columns
    rules: list[Component] = []
    for each in in_force:
        try:
            if each.how == "set":
                forecasts = forecasts.merged({each.key: _set(scenario.network, forecasts, each)})
            else:
                rules.append(_bound(scenario.network, columns, each, f"order_{len(rules) + 1}"))
        except (UnitError, _CannotError) as error:
            place = Place(component=each.what)
            title = error.title if isinstance(error, UnitError) else str(error)
            findings.add(Finding(f"an override cannot be: {title}", place, each.value, "a value with its unit", str(each)))
    findings.raise_if_any(InputError, "the orders of people cannot be put into effect")
    if rules:
        goal = Goal(
            name=GOAL, terms=tuple(Term(measure=each, components=tuple(r.name for r in rules)) for each in ("below", "above"))
        )
        policy = scenario.policy.model_copy(update={"goals": (goal, *scenario.policy.goals)})
        scenario = replace(scenario, network=Network.of((*scenario.network, *rules)), policy=policy)
    return Overridden(scenario, forecasts, in_force)


class _CannotError(Exception):
    """An order about what does not exist."""


def cannot_be(network: Network, columns: set[tuple[str, str]], override: Override) -> str | None:
    """Why an order cannot be put into effect; None where it can. `columns` are those of `needs_of`."""
    try:
        if override.how == "set":
            _value(network, override)
        else:
            _bound(network, columns, override, "order")
    except (UnitError, _CannotError) as error:
        return error.title if isinstance(error, UnitError) else str(error)
    return None


def _value(network: Network, override: Override) -> tuple[float, str]:
    """What a given is set to, and its internal unit."""
    name, quantity = override.key
    if name not in network:
        raise _CannotError(f"there is no component {name!r}")
    component = network[name]
    if quantity not in component.varying_here():
        raise _CannotError(f"{quantity!r} cannot be set; it may be {', '.join(component.varying_here()) or 'nothing'}")
    unit = type(component).unit_of(quantity) or units.FRACTION
    return units.parse(override.value, unit), unit


def _set(network: Network, forecasts: Forecasts, override: Override) -> Forecast:
    """The given with another value on the days of the order; a step that is partly ordered takes each by its part."""
    name, quantity = override.key
    value, unit = _value(network, override)
    horizon = forecasts.horizon
    amounts = value * horizon.days if units.integrates_over_step(unit) else np.full(len(horizon), value)
    share = _share_within(horizon, override.first, override.last)
    before = forecasts.get(name, quantity)
    values = before.values if before is not None else plain_given(network[name], quantity, forecasts)[:, None]
    told = np.where(share[:, None] >= 1.0, amounts[:, None], _mixed(values, amounts[:, None], share[:, None]))
    return Forecast(told, f"ordered by {override.author}", notes=() if before is None else before.notes)


def _mixed(values: Floats, amounts: Floats, share: Floats) -> Floats:
    """Unlimited stays unlimited where only a part of the step is ordered."""
    finite = np.where(np.isfinite(values), values, 0.0)
    mixed: Floats = np.where(np.isfinite(values) | (share <= 0.0), share * amounts + (1.0 - share) * finite, np.inf)
    return np.where(share <= 0.0, values, mixed)


def _bound(network: Network, columns: set[tuple[str, str]], override: Override, name: str) -> Component:
    subject, quantity = override.key
    if subject not in network:
        raise _CannotError(f"there is no component {subject!r}")
    if override.key not in columns:
        allowed = ", ".join(sorted(each for owner, each in columns if owner == subject)) or "nothing"
        raise _CannotError(f"{subject} has no flow {quantity!r}; it has {allowed}")
    stock = quantity == "storage"
    kind: type[FlowRange | TargetRange] = TargetRange if stock else FlowRange
    value = units.parse(override.value, units.VOLUME if stock else units.FLOW)
    limits = {"lower": value} if override.how == "at_least" else {"upper": value}
    limits = {"lower": value, "upper": value} if override.how == "exactly" else limits
    service = {"in_service_from": override.first, "in_service_until": override.last}
    return kind.model_validate({"name": name, "subject": subject, "quantity": quantity, **limits, **service})


def _share_within(horizon: Horizon, first: dt.date, last: dt.date) -> Floats:
    """Share of every step that lies within the days from `first` to `last`. [-]."""
    begin, end = (horizon.offset(min(max(day, horizon.start), horizon.end)) for day in (first, last + ONE_DAY))
    share: Floats = np.diff(np.clip(horizon.offsets, begin, end)) / horizon.days
    return np.where(share > 1.0 - 1e-9, 1.0, share)
