"""The texts under the fields of a model, read from its source only when somebody asks for them.

Pydantic can take them into its fields while a class is made (`use_attribute_docstrings`); it then parses the source of every
model at each start, a third of a second of every command.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core.core_schema import ModelSchema


@cache
def field_docs(kind: type[BaseModel]) -> Mapping[str, str]:
    """The text under each field that has one, the fields of its bases too; none where the source cannot be read."""
    bases = [base for base in reversed(kind.__mro__) if issubclass(base, BaseModel) and base is not BaseModel]
    told = {field: text for base in bases for field, text in _texts(base) if field in kind.model_fields}
    given = {field: info.description for field, info in kind.model_fields.items() if info.description is not None}
    return told | given


def _texts(kind: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """What stands under the annotated names of one class body."""
    try:
        source = textwrap.dedent(inspect.getsource(kind))
    except (OSError, TypeError):  # made while running, or in an interactive session
        return
    (body,) = ast.parse(source).body
    if not isinstance(body, ast.ClassDef):
        return
    for field, text in pairwise(body.body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            yield field.target.id, inspect.cleandoc(text.value.value)


class DescribedSchema(GenerateJsonSchema):
    """Pydantic's JSON Schema with these texts as descriptions: `kind.model_json_schema(schema_generator=DescribedSchema)`."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """That of one model."""
        told = super().model_schema(schema)
        kind: Any = schema["cls"]
        properties = told.get("properties", {})
        for field, text in field_docs(kind).items():
            name = kind.model_fields[field].alias or field
            if name in properties:
                properties[name].setdefault("description", text)
        return told
