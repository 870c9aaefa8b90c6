"""Every component and rule keeps the contract: words, equations, units, tables, neighbours."""

import importlib
import inspect
import pkgutil
import re

import pytest
from pydantic import ValidationError

from network.examples import EXAMPLES
from waterbalance.network import components, rules
from waterbalance.network.component import Component, component_types
from waterbalance.network.field_docs import field_docs
from waterbalance.network.fields import Unit
from waterbalance.units import MONEY_PER_VOLUME

TYPES = [pytest.param(kind, id=name) for name, kind in component_types().items()]

COMMON = set(Component.model_fields)


def own_fields(kind: type[Component]) -> dict[str, str]:
    """Fields that a type does not share with all others, and their descriptions."""
    return {name: field_docs(kind).get(name, "") for name in kind.model_fields if name not in COMMON}


def test_every_file_holds_one_type_of_its_own_name() -> None:
    names = [
        importlib.import_module(f"{package.__name__}.{module.name}").__name__.rsplit(".", 1)[1]
        for package in (components, rules)
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    ]
    assert sorted(names) == sorted(component_types())


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_stands_in_the_file_of_its_name(kind: type[Component]) -> None:
    assert kind.__module__.rsplit(".", 1)[1] == kind.type_name()
    assert kind.is_rule == (".rules." in kind.__module__)


@pytest.mark.parametrize("kind", TYPES)
def test_the_docstring_says_the_equations(kind: type[Component]) -> None:
    assert re.search(r"^    \S.* (=|<=|>=) \S", inspect.getdoc(kind).replace("\n", "\n    "), re.MULTILINE)


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_is_described_and_every_quantity_ends_with_its_unit(kind: type[Component]) -> None:
    wrong = {}
    for name, description in own_fields(kind).items():
        unit = kind.unit_of(name)
        ending = description.rsplit(" ", 1)[-1]
        expected = "[-]" if unit == "1" else f"[{unit}]"
        if not description or (unit is not None and ending != expected):
            wrong[name] = description
    assert wrong == {}


@pytest.mark.parametrize("kind", TYPES)
def test_what_varies_is_a_field(kind: type[Component]) -> None:
    assert set(kind.varying) <= set(kind.model_fields)


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_that_reaches_the_step_as_a_given_may_vary(kind: type[Component]) -> None:
    example = EXAMPLES[kind.type_name()]
    for component in example.network:
        if isinstance(component, kind):
            asked = {name for owner, name in example.plan.givens if owner == component.name}
            assert asked & set(kind.model_fields) <= set(kind.varying)


@pytest.mark.parametrize("kind", TYPES)
def test_an_unknown_key_is_refused(kind: type[Component]) -> None:
    component = next(each for each in EXAMPLES[kind.type_name()].network if type(each) is kind)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        kind.model_validate({**component.model_dump(), "capasity": "1 m3"})


@pytest.mark.parametrize("kind", TYPES)
def test_a_negative_quantity_and_a_wrong_unit_are_refused(kind: type[Component]) -> None:
    component = next(each for each in EXAMPLES[kind.type_name()].network if type(each) is kind)
    for name, field in kind.model_fields.items():
        if not any(isinstance(item, Unit) for item in field.metadata):
            continue
        negative = () if kind.unit_of(name) == MONEY_PER_VOLUME else (-1.0,)
        for wrong in (*negative, "3 candela", "fast", True, float("nan"), float("inf")):
            with pytest.raises(ValidationError):
                kind.model_validate({**component.model_dump(), name: wrong})


@pytest.mark.parametrize("kind", TYPES)
def test_a_component_is_frozen(kind: type[Component]) -> None:
    component = next(each for each in EXAMPLES[kind.type_name()].network if type(each) is kind)
    with pytest.raises(ValidationError, match="frozen"):
        component.name = "other"


@pytest.mark.parametrize("kind", TYPES)
def test_a_component_survives_its_own_text(kind: type[Component]) -> None:
    for component in EXAMPLES[kind.type_name()].network:
        assert type(component).model_validate_json(component.model_dump_json()) == component


@pytest.mark.parametrize("kind", TYPES)
def test_the_json_schema_can_be_made(kind: type[Component]) -> None:
    schema = kind.model_json_schema()
    assert schema["additionalProperties"] is False
    assert set(own_fields(kind)) <= set(schema["properties"])
