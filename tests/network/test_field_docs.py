"""The texts under the fields of a model, as somebody reads them who asks."""

from typing import ClassVar

import pytest
from pydantic import BaseModel, Field

from waterbalance.network.component import component_types
from waterbalance.network.field_docs import DescribedSchema, field_docs


class Basin(BaseModel):
    """A hole."""

    shape: ClassVar[str] = "round"
    """No field."""

    depth: float = 1.0
    """How deep it is.

    At its middle.
    """

    name: str = Field(default="", alias="called", description="As people call it.")
    """Not this."""

    silent: int = 0


class Lake(Basin):
    """With water."""

    level: float = 0.0
    """How full it is."""


def test_texts_stand_under_fields_also_of_bases() -> None:
    assert field_docs(Lake) == {
        "depth": "How deep it is.\n\nAt its middle.",
        "name": "As people call it.",
        "level": "How full it is.",
    }


def test_a_schema_tells_them() -> None:
    properties = Lake.model_json_schema(schema_generator=DescribedSchema)["properties"]
    told = {name: field.get("description") for name, field in properties.items()}
    assert told == {
        "depth": "How deep it is.\n\nAt its middle.",
        "called": "As people call it.",
        "silent": None,
        "level": "How full it is.",
    }


def test_a_model_without_source_has_none() -> None:
    made = type("Made", (BaseModel,), {"__annotations__": {"field": int}})
    assert field_docs(made) == {}


@pytest.mark.parametrize("kind", component_types().values())
def test_every_field_of_every_component_has_one(kind: type[BaseModel]) -> None:
    assert set(kind.model_fields) <= set(field_docs(kind))
