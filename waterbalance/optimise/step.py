"""The words of `network/step.py`, written in Pyomo: one block that holds one step of a network.

Columns are Pyomo variables; givens are Pyomo variables too, which the compiler treats as data. Bounds are kept beside
the block (the compiler refuses givens there), and links are columns that `optimise/links.py` ties to other steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo
from pyomo.core.base.var import IndexedVar, VarData

from waterbalance import units
from waterbalance.errors import Finding, InputError, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.network.step import Window

Key = tuple[str, str]

DAYS: Key = ("step", "days")
DAYS_BEFORE: Key = ("step", "days before")


@dataclass(frozen=True)
class Before:
    """The link to the end of the step before."""


@dataclass(frozen=True)
class Delayed:
    """The link to what entered earlier."""

    travel_time: float
    """[day]"""


@dataclass(frozen=True)
class Total:
    """The link to all that flowed in a window that ends with the step."""

    window: Window


@dataclass(frozen=True)
class Recent:
    """The link to all steps that began not long ago, this one included."""

    days: float
    """[day]"""

    switch: Key | None = None
    """Of what happened before the plan only the last counts, and only if this still is `left_at`; all of it without."""

    left_at: float = 1.0


LinkKind = Before | Delayed | Total | Recent


@dataclass(frozen=True)
class LinkedColumn:
    """`column` equals a linear function of `source` at other steps."""

    column: Key
    source: Key
    kind: LinkKind


@dataclass(frozen=True)
class Derived:
    """A given that numpy computes from other givens."""

    function: Callable[..., Floats]
    arguments: tuple[Key, ...]


class StepColumn(VarData):  # type: ignore[misc]  # (Pyomo is untyped)
    """A Pyomo variable that knows how to link itself to other steps."""

    __slots__ = ()

    @property
    def before(self) -> StepColumn:
        """Its value at the end of the step before."""
        return self._linked(Before())

    def delayed(self, travel_time: float) -> StepColumn:
        """What entered `travel_time` [day] ago."""
        return self if travel_time == 0 else self._linked(Delayed(travel_time))

    def total(self, window: Window) -> StepColumn:
        """The sum over a window that ends with this step."""
        return self._linked(Total(window))

    def recent(self, days: float, *, switch: StepColumn | None = None, left_at: float = 1.0) -> StepColumn:
        """The sum over the steps that began less than `days` [day] before this one, itself included."""
        return self._linked(Recent(days, None if switch is None else switch.index(), left_at))

    def _linked(self, kind: LinkKind) -> StepColumn:
        family: ColumnFamily = self.parent_component()
        return family.writer.link(self.index(), kind)


class ColumnFamily(IndexedVar):  # type: ignore[misc]
    """All columns of a step, by component and quantity."""

    _ComponentDataClass = StepColumn

    def __init__(self, writer: StepWriter) -> None:
        self.writer = writer
        super().__init__(pyo.Any, dense=False)


@dataclass
class Balance:
    """What a place gains and loses in the step, as it is being said."""

    gains: list[Any] = field(default_factory=list)
    losses: list[Any] = field(default_factory=list)
    brought: list[Any] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    stocks: list[StepColumn] = field(default_factory=list)


class StepWriter:
    """Writes one step of a network into a Pyomo block, and keeps what Pyomo has no place for."""

    def __init__(self, block: Any) -> None:  # noqa: ANN401 (Pyomo is untyped)
        self.block = block
        block.column = self.column = ColumnFamily(self)
        block.given_value = self.given_value = pyo.Var(pyo.Any, dense=False)
        block.row = self.row = pyo.Constraint(pyo.Any)
        self.bounds: dict[Key, tuple[Any, Any]] = {}
        self.links: dict[tuple[Key, LinkKind], LinkedColumn] = {}
        self.derivations: dict[Key, Derived] = {}
        self.switches: set[Key] = set()
        self.season_switches: set[Key] = set()
        self.numbers: set[Key] = set()
        self.units: dict[Key, str] = {}
        self.stocks: list[Key] = []
        self.readings: dict[Key, Any] = {}
        self.measures: dict[Key, str] = {}
        self.balances: dict[str, Balance] = {}
        self.arrivals: dict[str, StepColumn] = {}
        self.departures: dict[str, StepColumn] = {}
        self.additions: dict[Key, list[Any]] = {}
        self.user_classes: dict[str, str | None] = {}

    @property
    def days(self) -> Any:  # noqa: ANN401
        """See `Step.days`."""
        return self.given_value[DAYS]

    @property
    def days_before(self) -> Any:  # noqa: ANN401
        """See `Step.days_before`."""
        return self.given_value[DAYS_BEFORE]

    def write(self, network: Network) -> None:
        """Let every component speak, then every rule, then close the balances."""
        self.user_classes = {component.name: component.user_class_name for component in network}
        for component in sorted(network, key=lambda each: each.is_rule):
            if component.is_place:
                self.balances.setdefault(component.name, Balance())
            component.formulate(self)
        for place, balance in self.balances.items():
            self._close(place, balance)
        for key, parts in self.additions.items():
            self._sum_up(key, parts)

    def stock(self, component: Component, name: str, *, lower: Any = 0.0, upper: Any = None) -> StepColumn:  # noqa: ANN401
        """See `Step.stock`."""
        column = self._new_column((component.name, name), lower, upper)
        self.stocks.append((component.name, name))
        self.units[component.name, name] = units.VOLUME
        self._balance(component.name).stocks.append(column)
        return column

    def flow(
        self,
        component: Component,
        name: str,
        *,
        lower: Any = 0.0,  # noqa: ANN401
        upper: Any = None,  # noqa: ANN401
        number: bool = False,
        unit: str | None = None,
    ) -> StepColumn:
        """See `Step.flow`."""
        if number:
            self.numbers.add((component.name, name))
        if number or unit is not None:
            self.units[component.name, name] = unit or units.FRACTION
        return self._new_column((component.name, name), lower, upper)

    def switch(self, component: Component, name: str, *, season: bool = False) -> StepColumn:
        """See `Step.switch`."""
        self.switches.add((component.name, name))
        self.units[component.name, name] = units.FRACTION
        if season:
            self.season_switches.add((component.name, name))
        return self._new_column((component.name, name), 0.0, 1.0)

    def given(self, component: Component | str, name: str) -> Any:  # noqa: ANN401
        """See `Step.given`."""
        owner = component if isinstance(component, str) else component.name
        return self.given_value[owner, name]

    def derived(self, component: Component, name: str, function: Callable[..., Floats], *givens: Any) -> Any:  # noqa: ANN401
        """See `Step.derived`."""
        key = (component.name, name)
        self.derivations[key] = Derived(function, tuple(given.index() for given in givens))
        return self.given_value[key]

    def gain(self, component: Component, name: str, expression: Any, *, at: str | None = None) -> None:  # noqa: ANN401
        """See `Step.gain`."""
        self._read(component, name, expression)
        place = at or component.name
        balance = self._balance(place)
        (balance.gains if place == component.name else balance.brought).append(expression)

    def loss(self, component: Component, name: str, expression: Any, *, at: str | None = None) -> None:  # noqa: ANN401
        """See `Step.loss`."""
        self._read(component, name, expression)
        place = at or component.name
        balance = self._balance(place)
        (balance.losses if place == component.name else balance.taken).append(expression)

    def arriving(self, component: Component, name: str, *, upper: Any = None) -> StepColumn:  # noqa: ANN401
        """See `Step.arriving`."""
        column = self.arrivals[component.name] = self._new_column((component.name, name), 0.0, upper)
        return column

    def leaving(self, component: Component, name: str, *, upper: Any = None) -> StepColumn:  # noqa: ANN401
        """See `Step.leaving`."""
        column = self.departures[component.name] = self._new_column((component.name, name), 0.0, upper)
        return column

    def added(self, component: Component, name: str) -> StepColumn:
        """See `Step.added`."""
        key = (component.name, name)
        self.additions[key] = []
        self.numbers.add(key)
        return self._new_column(key, None, None)

    def add(self, component: Component, name: str, expression: Any, *, to: str) -> None:  # noqa: ANN401, ARG002
        """See `Step.add`."""
        self.additions[to, name].append(expression)

    def constraint(self, component: Component, name: str, relation: Any) -> None:  # noqa: ANN401
        """See `Step.constraint`."""
        self.row[component.name, name] = relation

    def measure(self, component: Component, name: str, expression: Any, *, unit: str = "m3") -> None:  # noqa: ANN401
        """See `Step.measure`."""
        key = (component.name, name)
        self.measures[key] = unit
        # A measure is always compiled, also where a column has its name: goals add up measures, not columns.
        self.readings[key] = expression

    def reading(self, component: str, quantity: str) -> Any:  # noqa: ANN401
        """See `Step.reading`."""
        said = self.readings.get((component, quantity))
        return self.of(component, quantity) if said is None else said

    def has(self, component: str, quantity: str) -> bool:
        """See `Step.has`."""
        return (component, quantity) in self.bounds

    def of(self, component: str, quantity: str) -> StepColumn:
        """See `Step.of`."""
        key = (component, quantity)
        if key not in self.column:
            known = sorted(name for owner, name in self.column if owner == component)
            raise InputError(
                "a rule speaks about a quantity that does not exist",
                (
                    Finding(
                        "unknown quantity",
                        Place(component=component),
                        quantity,
                        ", ".join(known) or "none",
                        "Choose one of those.",
                    ),
                ),
            )
        column: StepColumn = self.column[key]
        return column

    def user_class(self, component: str) -> str | None:
        """See `Step.user_class`."""
        return self.user_classes[component]

    def link(self, source: Key, kind: LinkKind) -> StepColumn:
        """The column that equals `source` at other steps; made once for each kind."""
        known = self.links.get((source, kind))
        if known is None:
            column = (source[0], f"{source[1]} {_words(kind)}")
            known = self.links[source, kind] = LinkedColumn(column, source, kind)
        linked: StepColumn = self.column[known.column]
        return linked

    def _new_column(self, key: Key, lower: Any, upper: Any) -> StepColumn:  # noqa: ANN401
        if key in self.bounds:
            raise InputError(f"{key[0]} declares {key[1]!r} twice; every quantity of a component needs its own name")
        self.bounds[key] = (lower, upper)
        column: StepColumn = self.column[key]
        return column

    def _read(self, component: Component, name: str, expression: Any) -> None:  # noqa: ANN401
        """Keep an expression under a name for the plan, unless a column already has that name."""
        key = (component.name, name)
        if key not in self.bounds and not (isinstance(expression, StepColumn) and expression.index() == key):
            self.readings[key] = expression

    def _balance(self, place: str) -> Balance:
        return self.balances.setdefault(place, Balance())

    def _close(self, place: str, balance: Balance) -> None:
        """Close a balance: losses + taken + storage - storage before - gains - brought = 0."""
        brought, taken = sum(balance.brought), sum(balance.taken)
        if place in self.arrivals:
            self.row[place, "arrivals"] = self.arrivals[place] - brought == 0.0
            brought = self.arrivals[place]
        if place in self.departures:
            self.row[place, "departures"] = self.departures[place] - taken == 0.0
            taken = self.departures[place]
        change = sum(stock - stock.before for stock in balance.stocks)
        body = sum(balance.losses) + taken + change - sum(balance.gains) - brought
        if not isinstance(body, int | float):
            self.row[place, "balance"] = body == 0.0

    def _sum_up(self, key: Key, parts: list[Any]) -> None:
        """A number is the sum of what rules add to it; without a rule it is zero and needs no row."""
        if parts:
            self.row[key] = self.column[key] - sum(parts) == 0.0
        else:
            self.bounds[key] = (0.0, 0.0)


def _words(kind: LinkKind) -> str:
    """A link in words, for names in reports and exported models."""
    if isinstance(kind, Before):
        return "before"
    if isinstance(kind, Delayed):
        return f"delayed {kind.travel_time:g} days"
    if isinstance(kind, Recent):
        return f"begun in {kind.days:g} days"
    return f"total over {kind.window:g} days" if isinstance(kind.window, int | float) else f"total since {kind.window}"
