"""What a type writes into a plan, heard from its own `formulate`: every quantity, its unit, and which field brings it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from waterbalance import units
from waterbalance.horizon import Horizon
from waterbalance.scenario.needs import Listener, Word
from waterbalance.scenario.quantities import varying_quantities
from waterbalance.scenario.specimen import specimens

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger
    from waterbalance.scenario.needs import Needs

_NUMBERED = re.compile(r"_\d+$")


@dataclass
class Quantity:
    """One quantity of a type in a plan."""

    kind: str
    """`stock`, `flow`, `switch` or `reading`."""

    unit: str
    is_measure: bool = False
    """Whether a policy may rank it."""

    one_of: tuple[str, ...] = ()
    """Fields each of which brings it; none where it is always there, or where it takes several."""

    all_of: tuple[str, ...] = ()
    """Fields that it takes together."""


@dataclass
class Spoken:
    """Everything that a type says."""

    quantities: dict[str, Quantity] = field(default_factory=dict)
    givens: dict[str, str] = field(default_factory=dict)
    """What tables and forecasts may give, with the unit."""

    state: dict[str, str] = field(default_factory=dict)
    """Columns of the table of the state, with the unit."""

    under_way: list[str] = field(default_factory=list)
    """Flows before the plan, which `under_way` gives."""


def spoken_by(kind: type[Component]) -> Spoken:
    """Let examples of a type speak, with few and with many fields."""
    made = specimens(kind)
    fewest, most = _heard(made.fewest), _heard(made.most)
    one_more = {told: _heard(each) for told, each in made.one_more.items()}
    one_less = {told: _heard(each) for told, each in made.one_less.items()}
    spoken = Spoken(givens=_givens(kind, made.most))
    for scribe in (fewest, *one_more.values(), most, *one_less.values()):
        for name, quantity in scribe.heard.items():
            known = spoken.quantities.setdefault(name, quantity)
            known.is_measure |= quantity.is_measure
        _remember(spoken, scribe)
    for name, quantity in spoken.quantities.items():
        if name not in fewest.heard:
            quantity.one_of = tuple(told for told, scribe in one_more.items() if name in scribe.heard)
        if name not in fewest.heard and not quantity.one_of:
            quantity.all_of = tuple(told for told, scribe in one_less.items() if name not in scribe.heard)
    return spoken


def _heard(specimen: Component) -> _Scribe:
    """All that an example says, whether or not the components that it speaks about have switches."""
    scribe = _Scribe(specimen)
    for scribe.subjects_have_all in (False, True):
        specimen.formulate(scribe)
    for name, (unit, _) in specimen.readings(cast("Ledger", _OpenBook())).items():
        scribe.note(name, "reading", unit)
    return scribe


def _remember(spoken: Spoken, scribe: _Scribe) -> None:
    """What the state has to tell."""
    needs, own = scribe.needs, scribe.speaker
    spoken.state |= {name: scribe.heard[name].unit for owner, name in _observed(needs) if owner == own}
    past = sorted(name if owner == own else f"{owner}.{name}" for owner, name in {*needs.past_flows} - needs.events)
    spoken.under_way += [name for name in past if name not in spoken.under_way]


def _observed(needs: Needs) -> tuple[tuple[str, str], ...]:
    """Stocks, switches that are compared with the step before, and starts and stops of the last days."""
    return (*needs.stocks, *needs.carried_switches, *sorted(needs.events))


def _givens(kind: type[Component], example: Component) -> dict[str, str]:
    """What may vary by date; where the type has no unit for it the header of the table has a plain number."""
    known = varying_quantities(kind)
    found = ((name, known.get(name)) for name in example.varying_here())
    return {name: units.FRACTION if quantity is None or quantity.unit is None else quantity.unit for name, quantity in found}


class _Scribe(Listener):
    """Writes down what one component says of its own quantities."""

    def __init__(self, component: Component) -> None:
        super().__init__({component.name: component})
        self.speaker = component.name
        self.heard: dict[str, Quantity] = {}
        self.subjects_have_all = False

    def note(self, name: str, kind: str, unit: str = units.VOLUME) -> None:
        """Keep a quantity under its first kind."""
        self.heard.setdefault(_NUMBERED.sub("_<n>", name), Quantity(kind, unit))

    def stock(self, component: Component, name: str, *, lower: object = 0.0, upper: object = None) -> Word:
        self.note(name, "stock")
        return super().stock(component, name, lower=lower, upper=upper)

    def flow(
        self,
        component: Component,
        name: str,
        *,
        lower: object = 0.0,
        upper: object = None,
        number: bool = False,
        unit: str | None = None,
    ) -> Word:
        self.note(name, "flow", unit or (units.FRACTION if number else units.VOLUME))
        return super().flow(component, name, lower=lower, upper=upper, number=number, unit=unit)

    def switch(self, component: Component, name: str, *, season: bool = False) -> Word:
        self.note(name, "switch", units.FRACTION)
        return super().switch(component, name, season=season)

    def gain(self, component: Component, name: str, expression: object, *, at: str | None = None) -> None:
        self.note(name, "flow")
        super().gain(component, name, expression, at=at)

    def loss(self, component: Component, name: str, expression: object, *, at: str | None = None) -> None:
        self.note(name, "flow")
        super().loss(component, name, expression, at=at)

    def arriving(self, component: Component, name: str, *, upper: object = None) -> Word:
        self.note(name, "flow")
        return super().arriving(component, name, upper=upper)

    def leaving(self, component: Component, name: str, *, upper: object = None) -> Word:
        self.note(name, "flow")
        return super().leaving(component, name, upper=upper)

    def added(self, component: Component, name: str) -> Word:
        self.note(name, "flow")
        return super().added(component, name)

    def measure(self, component: Component, name: str, expression: object, *, unit: str = units.VOLUME) -> None:
        self.note(name, "reading", unit)
        heard = self.heard[_NUMBERED.sub("_<n>", name)]
        heard.is_measure, heard.unit = True, unit if heard.kind != "switch" else heard.unit
        super().measure(component, name, expression, unit=unit)

    def has(self, component: str, quantity: str) -> bool:
        return super().has(component, quantity) or (component != self.speaker and self.subjects_have_all)

    def of(self, component: str, quantity: str) -> Word:
        """Subjects are not here, and have whatever a rule asks them for."""
        return Word(self.needs, (component, quantity))

    def reading(self, component: str, quantity: str) -> Word:
        return self.of(component, quantity)

    def user_class(self, component: str) -> str | None:  # noqa: ARG002
        return "agriculture"


class _OpenBook:
    """A plan of one day in which everything is one, for readings that no linear expression can tell."""

    horizon = Horizon((dt.date(2001, 1, 1), dt.date(2001, 1, 2)))

    def value(self, component: Component | str, quantity: str) -> Floats:  # noqa: ARG002
        return np.ones(1)

    given = before = value
