"""The JSON Schema of scenario files, for completion and checks in editors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from waterbalance import units
from waterbalance.network.component import Component, component_types
from waterbalance.network.field_docs import DescribedSchema
from waterbalance.network.fields import rows_inside, unit_inside
from waterbalance.scenario.forecasters import FORECASTERS
from waterbalance.scenario.rows_file import FILE, columns_of
from waterbalance.scenario.schema import ScenarioFile
from waterbalance.scenario.told_by_crops import CROPS, DAMAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_DATE = r"^\d{4}-\d{2}-\d{2}$"


def json_schema() -> Schema:
    """The schema of `scenario.yaml`, JSON Schema 2020-12; built from the same classes that read the file."""
    schema = ScenarioFile.model_json_schema(schema_generator=DescribedSchema)
    definitions: Schema = schema.pop("$defs", {})
    types = component_types()
    sections = {
        "components": {name: kind for name, kind in types.items() if not kind.is_rule},
        "rules": {name: kind for name, kind in types.items() if kind.is_rule},
    }
    for section, kinds in sections.items():
        entries = {name: _component_schema(name, kind, definitions) for name, kind in kinds.items()}
        schema["properties"][section] |= {"additionalProperties": _chosen_by("type", entries, definitions)}
    recipes = {name: _plain(kind, definitions) for name, kind in FORECASTERS.items()}
    for name, recipe in recipes.items():
        recipe["properties"]["forecaster"] = {"const": name}
    schema["properties"]["forecasts"] |= {"additionalProperties": _chosen_by("forecaster", recipes, definitions)}
    return {"$schema": DIALECT, **schema, "$defs": definitions}


def _component_schema(name: str, kind: type[Component], definitions: Schema) -> Schema:
    """The schema of one type: quantities are texts with a unit, and what varies may be given by date or month."""
    schema = _plain(kind, definitions)
    properties: Schema = schema["properties"]
    del properties["name"]
    schema["required"] = ["type", *(field for field in schema.get("required", ()) if field not in {"name", *kind.varying})]
    for field in properties:
        if field in kind.varying:
            properties[field] = _by_date(properties[field])
        elif columns_of(kind, field):
            properties[field] = _or_file(properties[field])
    if DAMAGE in properties:
        properties[DAMAGE]["anyOf"].append({"const": CROPS, "description": "As the crops of the demand's forecast tell it."})
    schema["properties"] = {"type": {"const": name}, **properties}
    return schema


def _plain(kind: type[BaseModel], definitions: Schema) -> Schema:
    """A model's own schema, its definitions moved to the common place; texts with units are shown as such."""
    schema = kind.model_json_schema(schema_generator=DescribedSchema)
    definitions.update(schema.pop("$defs", {}))
    if issubclass(kind, Component):
        _show_units(kind, schema)
    for row in (row for field in kind.model_fields.values() for row in rows_inside(field.annotation)):
        _show_units(row, definitions[row.__name__])
    return schema


def _show_units(kind: type[BaseModel], schema: Schema) -> None:
    """How each quantity may be written; the default is a number in the internal unit, which a file may not write."""
    for name, field in schema.get("properties", {}).items():
        unit = unit_inside(kind.model_fields[name])
        if unit not in {None, units.FRACTION}:
            field.pop("default", None)
            field["examples"] = re.findall(r"'([^']+)'", units.examples(str(unit)))


def _or_file(field: Mapping[str, Any]) -> Schema:
    """Rows may stand in a file."""
    rows = {name: value for name, value in field.items() if name not in {"description", "title"}}
    kept = {name: value for name, value in field.items() if name in {"description", "title"}}
    file: Schema = {"type": "object", "properties": {FILE: {"type": "string"}}, "required": [FILE], "additionalProperties": False}
    return {**kept, "anyOf": [rows, {"description": "CSV table with a column for each quantity.", **file}]}


def _by_date(field: Mapping[str, Any]) -> Schema:
    one = {name: value for name, value in field.items() if name not in {"description", "title", "default", "examples"}}
    by_date = {
        "type": "object",
        "description": "Value in force from each date on.",
        "propertyNames": {"pattern": _DATE},
        "additionalProperties": one,
        "minProperties": 1,
    }
    by_month: Schema = {"type": "array", "description": "One value for each month, January first.", "items": one}
    by_month |= {"minItems": 12, "maxItems": 12}
    kept = {name: value for name, value in field.items() if name in {"description", "title", "examples"}}
    return {**kept, "anyOf": [one, by_date, by_month]}


def _chosen_by(key: str, schemas: Mapping[str, Schema], definitions: Schema) -> Schema:
    """One of several schemas, chosen by the word under `key`: editors complete better than with a bare choice."""
    definitions.update({f"{key}:{name}": schema for name, schema in schemas.items()})
    cases = [
        {"if": {"properties": {key: {"const": name}}, "required": [key]}, "then": {"$ref": f"#/$defs/{key}:{name}"}}
        for name in schemas
    ]
    return {"type": "object", "required": [key], "properties": {key: {"enum": list(schemas)}}, "allOf": cases}
