"""What a network must be told about the past, and which of its words lead nowhere.

Both are found by letting every component speak to a listener that builds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.step import Window

Key = tuple[str, str]


@dataclass(frozen=True)
class UnknownQuantity:
    """A rule speaks about a quantity that its subject has not declared before."""

    rule: str
    subject: str
    quantity: str
    allowed: tuple[str, ...]
    """Columns that the subject has."""


@dataclass
class Needs:
    """Which opening values and past flows the links of a network ask for, what it measures, and what it lacks."""

    stocks: list[Key] = field(default_factory=list)
    switches: list[Key] = field(default_factory=list)
    compared: set[Key] = field(default_factory=set)
    """Columns that are compared with the step before."""

    delays: dict[Key, float] = field(default_factory=dict)
    """Columns that arrive later -> the longest travel time. [day]"""

    totals: dict[Key, tuple[Window, ...]] = field(default_factory=dict)
    """Columns that are added up over windows."""

    events: set[Key] = field(default_factory=set)
    """Columns of which it counts in which steps before they were one: starts and stops."""

    measures: set[Key] = field(default_factory=set)

    columns: set[Key] = field(default_factory=set)
    """Everything that components declare."""

    other_units: dict[Key, str] = field(default_factory=dict)
    """Columns beside stocks and switches that are no flows."""

    readings: set[Key] = field(default_factory=set)
    """Gains and losses that components name."""

    unknown: list[UnknownQuantity] = field(default_factory=list)
    """What rules ask for in vain."""

    unknown_givens: list[UnknownQuantity] = field(default_factory=list)
    """Givens of others that rules ask for in vain, such as the natural inflow of a town."""

    @property
    def carried_switches(self) -> tuple[Key, ...]:
        """Switches that are compared with the step before."""
        return tuple(key for key in self.switches if key in self.compared)

    @property
    def flows_before(self) -> tuple[Key, ...]:
        """Flows whose mean rate before the first step must be known."""
        return tuple(sorted(self.compared - {*self.stocks, *self.switches}))

    @property
    def past_flows(self) -> tuple[Key, ...]:
        """All columns whose flow before the first step counts."""
        return tuple(sorted({*self.delays, *self.totals, *self.flows_before}))


def needs_of(components: Iterable[Component]) -> Needs:
    """Let components say their step, then rules, and note what they ask of the past and of each other."""
    speakers = sorted(components, key=lambda each: each.is_rule)
    listener = Listener({each.name: each for each in speakers})
    for component in speakers:
        listener.speaker = component.name
        component.formulate(listener)
    return listener.needs


class Word:
    """Stands for any expression; a column's word notes which links it is asked for."""

    def __init__(self, needs: Needs, key: Key | None = None) -> None:
        self._needs = needs
        self._key = key

    @property
    def before(self) -> Word:
        """The step before is asked for."""
        if self._key is not None:
            self._needs.compared.add(self._key)
        return Word(self._needs)

    def delayed(self, travel_time: float) -> Word:
        """What entered earlier is asked for."""
        if self._key is not None and travel_time > 0:
            self._needs.delays[self._key] = max(travel_time, self._needs.delays.get(self._key, 0.0))
        return Word(self._needs)

    def total(self, window: Window) -> Word:
        """A sum over the past is asked for."""
        if self._key is not None:
            self._needs.totals[self._key] = (*self._needs.totals.get(self._key, ()), window)
        return Word(self._needs)

    def recent(self, days: float, *, switch: object = None, left_at: float = 1.0) -> Word:  # noqa: ARG002
        """What began lately is asked for."""
        if self._key is not None:
            self._needs.events.add(self._key)
        return self.total(days)

    def _expression(self, _other: object = None) -> Word:
        return Word(self._needs)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = _expression
    __le__ = __ge__ = _expression

    # A relation of two words is a word, as in the modelling language; words are therefore told apart by identity.
    def __eq__(self, _other: object) -> Any:  # noqa: ANN401
        return Word(self._needs)

    __hash__ = object.__hash__


class Listener:
    """Hears the words of `network/step.py`."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self.components = components
        self.needs = Needs()
        self.speaker = ""

    @property
    def days(self) -> Word:
        """See `Step.days`."""
        return Word(self.needs)

    @property
    def days_before(self) -> Word:
        """See `Step.days_before`."""
        return Word(self.needs)

    def stock(self, component: Component, name: str, *, lower: object = 0.0, upper: object = None) -> Word:  # noqa: ARG002
        """See `Step.stock`."""
        self.needs.stocks.append((component.name, name))
        return self._column(component, name)

    def flow(
        self,
        component: Component,
        name: str,
        *,
        lower: object = 0.0,  # noqa: ARG002
        upper: object = None,  # noqa: ARG002
        number: bool = False,  # noqa: ARG002
        unit: str | None = None,
    ) -> Word:
        """See `Step.flow`."""
        if unit is not None:
            self.needs.other_units[component.name, name] = unit
        return self._column(component, name)

    def switch(self, component: Component, name: str, *, season: bool = False) -> Word:  # noqa: ARG002
        """See `Step.switch`."""
        self.needs.switches.append((component.name, name))
        return self._column(component, name)

    def given(self, component: Component | str, name: str) -> Word:
        """See `Step.given`."""
        owner = self.components.get(component) if isinstance(component, str) else None
        if owner is not None and name not in {*owner.varying, *type(owner).model_fields} and owner.default_given(name) is None:
            self.needs.unknown_givens.append(UnknownQuantity(self.speaker, owner.name, name, owner.varying))
        return Word(self.needs)

    def derived(self, component: Component, name: str, function: Callable[..., Floats], *givens: object) -> Word:  # noqa: ARG002
        """See `Step.derived`."""
        return Word(self.needs)

    def gain(self, component: Component, name: str, expression: object, *, at: str | None = None) -> None:  # noqa: ARG002
        """Gains ask nothing of the past beyond the links in their expression."""
        self.needs.readings.add((component.name, name))

    def loss(self, component: Component, name: str, expression: object, *, at: str | None = None) -> None:  # noqa: ARG002
        """Losses ask nothing of the past beyond the links in their expression."""
        self.needs.readings.add((component.name, name))

    def arriving(self, component: Component, name: str, *, upper: object = None) -> Word:  # noqa: ARG002
        """See `Step.arriving`."""
        return self._column(component, name)

    def leaving(self, component: Component, name: str, *, upper: object = None) -> Word:  # noqa: ARG002
        """See `Step.leaving`."""
        return self._column(component, name)

    def added(self, component: Component, name: str) -> Word:
        """See `Step.added`."""
        return self._column(component, name)

    def add(self, component: Component, name: str, expression: object, *, to: str) -> None:
        """What rules add asks nothing of the past beyond the links in its expression."""

    def constraint(self, component: Component, name: str, relation: object) -> None:
        """Constraints ask nothing of the past beyond the links in their expression."""

    def measure(self, component: Component, name: str, expression: object, *, unit: str = "m3") -> None:  # noqa: ARG002
        """See `Step.measure`."""
        self.needs.measures.add((component.name, name))

    def reading(self, component: str, quantity: str) -> Word:
        """See `Step.reading`."""
        said = (component, quantity) in self.needs.readings | self.needs.measures
        return Word(self.needs) if said else self.of(component, quantity)

    def has(self, component: str, quantity: str) -> bool:
        """See `Step.has`."""
        return (component, quantity) in self.needs.columns

    def of(self, component: str, quantity: str) -> Word:
        """See `Step.of`."""
        if (component, quantity) in self.needs.columns:
            return Word(self.needs, (component, quantity))
        allowed = tuple(sorted(name for owner, name in self.needs.columns if owner == component))
        self.needs.unknown.append(UnknownQuantity(self.speaker, component, quantity, allowed))
        # A word without a key: what does not exist has no past that anybody could be asked for.
        return Word(self.needs)

    def user_class(self, component: str) -> str | None:
        """See `Step.user_class`."""
        # A subject that does not exist has a finding of its own.
        return self.components[component].user_class_name if component in self.components else None

    def _column(self, component: Component, name: str) -> Word:
        self.needs.columns.add((component.name, name))
        return Word(self.needs, (component.name, name))
