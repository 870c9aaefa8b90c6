"""The contract of components and rules, on one page.

To add a component or a rule, write one file in `network/components/` or `network/rules/` with one class:

- fields with units (`network/fields.py`), each with a docstring that ends in `[unit]`;
- the balance as equations in the class docstring;
- `formulate(step)`: the same equations in the words of `Step` (`network/step.py`);
- `check(ledger)`: the same physics again in plain numpy, written from the field descriptions, for the audit;
- if it needs values from the last pass (hedging, head, surface area): `revise(ledger)`;
- if a plan shall tell what is not linear (a level): `readings(ledger)`.

A scenario file knows the class by its name in snake case (`IrrigationZone` is `irrigation_zone`).
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance.network.fields import Neighbour, metadata_inside, unit_inside
from waterbalance.network.outage import Outage, refuse_overlap

if TYPE_CHECKING:
    from waterbalance.errors import Finding
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.network import Network
    from waterbalance.network.state import Past
    from waterbalance.network.step import Step


class Component(BaseModel):
    """A thing that exists: fields that never change, and what happens to its water in one step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_place: ClassVar[bool] = False
    """Whether water can be brought here and taken from here (the engine closes a balance)."""

    is_rule: ClassVar[bool] = False
    """Whether this is a rule: it has no water of its own and speaks about components."""

    needs_supply: ClassVar[bool] = False
    """Whether this is a user that some source must be able to reach."""

    is_source: ClassVar[bool] = False
    """Whether water can enter the network here."""

    varying: ClassVar[tuple[str, ...]] = ()
    """Fields and quantities that reach the step as givens and may be tables by date."""

    varying_by_name: ClassVar[Mapping[str, str]] = {}
    """Fields that are mappings by name, each with the word before the name that makes a quantity which may vary by date."""

    idle_zero: ClassVar[tuple[str, ...]] = ()
    """Givens that are zero while the component is out of service."""

    shortage_of: ClassVar[str | None] = None
    """For users: the quantity that counts as demand; its shortage is measured against it."""

    stands_alone: ClassVar[bool] = False
    """Whether it may be a dead end, or be joined to nothing: a node of a bare flow network, in which that does no harm."""

    absorbs_all: ClassVar[bool] = False
    """Whether any amount of water that is brought here has a way out (an outfall, a spillway)."""

    cuts: ClassVar[tuple[str, ...]] = ()
    """For rules: fields that name whom or what the rule cuts; no lifeline may depend on it."""

    name: str
    """Name in the scenario, unique in the network."""

    title: Mapping[str, str] = {}
    """Name for people, by language (`en`, `zh-TW`)."""

    in_service_from: dt.date | None = None
    """First day in service; always in service before, when left out."""

    in_service_until: dt.date | None = None
    """Last day in service; none when left out."""

    outages: tuple[Outage, ...] = ()
    """Windows of maintenance and repair: `{first_day, last_day, available, reason}`; nothing is available unless said."""

    sources: Mapping[str, str] = {}
    """Where each figure comes from: field name -> source, or the word `assumed`."""

    @model_validator(mode="after")
    def _outages_of_what_can_be_out_of_service(self) -> Self:
        if self.outages and not self.idle_zero:
            raise ValueError(f"a {self.type_name()} has no capacity that an outage could take away; give it to the links here")
        refuse_overlap(self.outages)
        return self

    @classmethod
    def type_name(cls) -> str:
        """The word for this type in a scenario file."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def unit_of(cls, quantity: str) -> str | None:
        """Internal unit of a field, or None when there is no such field or it has no unit."""
        field = cls.model_fields.get(quantity)
        if field is None:
            return None
        return unit_inside(field)

    @property
    def user_class_name(self) -> str | None:
        """The user class for policies and reports; None for what is no user."""
        return getattr(self, "user_class", None)

    def neighbours(self) -> Iterator[tuple[str, str, str]]:
        """All other components named in fields, as (field, role, name)."""
        for field_name, field in type(self).model_fields.items():
            role = next((item.role for item in field.metadata if isinstance(item, Neighbour)), _role_inside(field.annotation))
            value = getattr(self, field_name)
            if role is None or value is None:
                continue
            for name in (value,) if isinstance(value, str) else value:
                yield field_name, role, name

    def closings(self) -> tuple[frozenset[str], ...]:
        """For rules: what is cut at the same time, once for each state of the rule; all that `cuts` names by default."""
        named = frozenset(name for field, _, name in self.neighbours() if field in self.cuts)
        return (named,) if named else ()

    def varying_here(self) -> tuple[str, ...]:
        """Quantities of this very component that may vary by date."""
        named = (word + name for field, word in self.varying_by_name.items() for name in getattr(self, field))
        return (*self.varying, *named)

    def misfits(self, network: Network) -> Iterator[Finding]:  # noqa: ARG002 (overridden where it matters)
        """What only a look at the whole network shows to be wrong; nothing by default."""
        return iter(())

    def label(self, language: str = "en") -> str:
        """Name for people in a language, the plain name where there is no title."""
        return self.title.get(language, self.title.get("en", self.name))

    def default_given(self, name: str) -> float | None:
        """Value of a given that neither forecasts nor tables know: the field; None is unlimited."""
        value: float | None = getattr(self, name, None)
        return value

    def past_flows(self, day: dt.date, time_zone: str = "UTC") -> Mapping[str, tuple[Past, ...]]:  # noqa: ARG002 (overridden where it matters)
        """What the component's own fields tell of its flows before a day; nothing by default."""
        return {}

    def given_by_date(self, name: str, horizon: Horizon) -> Floats | None:  # noqa: ARG002 (overridden where it matters)
        """Values over the steps of a given that the calendar alone decides (a season, a turn); None for all others."""
        return None

    def formulate(self, step: Step) -> None:
        """Say what happens in one step, in the words of the contract."""
        raise NotImplementedError

    def check(self, ledger: Ledger) -> None:
        """Say the same again in plain arithmetic on a finished plan; what does not hold becomes a finding."""
        raise NotImplementedError

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:  # noqa: ARG002 (overridden where it matters)
        """New values for givens of this component that depend on the last pass; nothing by default."""
        return {}

    def readings(self, ledger: Ledger) -> Mapping[str, tuple[str, Floats]]:  # noqa: ARG002 (overridden where it matters)
        """What a finished plan also tells, as (unit, values), where no linear expression can: levels; nothing by default."""
        return {}

    def decided(self, ledger: Ledger) -> Mapping[str, Floats]:  # noqa: ARG002 (overridden where it matters)
        """Givens that hold a plan's decisions, by name: what the day as it happens may not decide again; nothing by default."""
        return {}


def _role_inside(annotation: object) -> str | None:
    """Role of a neighbour field written as `Upstream | None` or `tuple[Upstream, ...]`."""
    return next((item.role for item in metadata_inside(annotation) if isinstance(item, Neighbour)), None)


def component_types() -> Mapping[str, type[Component]]:
    """All known types by name: every file in `components/` and `rules/`, and classes that others have defined."""
    from waterbalance.network import components, rules  # noqa: PLC0415 (they import this module)

    for package in (components, rules):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return {kind.type_name(): kind for kind in sorted(_descendants(Component), key=lambda kind: kind.type_name())}


def _descendants(kind: type[Component]) -> Iterator[type[Component]]:
    """Subclasses at any depth; a leading underscore marks a base that is no type of its own."""
    for child in kind.__subclasses__():
        if not child.__name__.startswith("_"):
            yield child
        yield from _descendants(child)
