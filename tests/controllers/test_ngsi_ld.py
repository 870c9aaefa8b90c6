"""The export against the published fields of AgriParcelOperation 0.0.3 (smart-data-models/dataModel.Agrifood, schema.json)."""

import datetime as dt
import json
import math
import uuid
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from controllers.orders import changed, order, rows_of
from waterbalance.controllers.fit import UnfitError
from waterbalance.controllers.ngsi_ld import operations, upsert

ENUMS = {
    "operationType": ["fertiliser", "inspection", "pesticide", "water", "other"],
    "status": ["planned", "ongoing", "finished", "scheduled", "cancelled"],
    "waterSource": ["borehole", "rainfall", "river", "rainwater capture", "water dam", "commercial supply"],
}
TIMES = ("plannedStartAt", "plannedEndAt", "startedAt", "endedAt", "reportedAt")

# The fields of the data model that are used, in key-values form.
SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uri"},
        "type": {"enum": ["AgriParcelOperation"]},
        "hasAgriParcel": {"type": "string", "format": "uri"},
        "hasOperator": {"type": "string", "format": "uri"},
        "workOrder": {"type": "string", "format": "uri"},
        "description": {"type": "string"},
        "quantity": {"type": "number", "minimum": 0},
        **{name: {"type": "string", "enum": words} for name, words in ENUMS.items()},
        **{name: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"} for name in TIMES},
    },
    "required": ["id", "type", "hasAgriParcel", "plannedStartAt", "plannedEndAt"],
    "additionalProperties": False,
}


def key_values(entity: dict[str, Any]) -> dict[str, Any]:
    """The simplified form of NGSI-LD: the value of a property, the object of a relationship."""
    simple: dict[str, Any] = {}
    for name, field in entity.items():
        if name == "@context":
            continue
        value = field
        if isinstance(field, dict):
            value = field["object"] if field["type"] == "Relationship" else field["value"]
        simple[name] = value["@value"] if isinstance(value, dict) else value
    return simple


def test_an_operation_keeps_the_data_model() -> None:
    entities = operations(order("G1"), "fields", status="scheduled", water_source="river")
    for entity in entities:
        jsonschema.validate(key_values(entity), SCHEMA)
        assert entity["@context"][-1] == "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
        assert {field["type"] for field in entity.values() if isinstance(field, dict)} <= {"Property", "Relationship"}
    assert json.loads(json.dumps(entities)) == entities


def test_the_quantity_is_litres_by_hand() -> None:
    """1.25 m3/s over one hour are 4,500 m3, 4,500,000 litres; a row of zero is no operation."""
    entities = operations(order("G1", (1.25, 0.0, 0.8)), "fields")
    assert [key_values(entity)["quantity"] for entity in entities] == [4_500_000.0, 2_880_000.0]
    assert entities[0]["quantity"]["unitCode"] == "LTR"


def test_what_tells_no_volume_has_no_quantity() -> None:
    (entity,) = operations(order("G1", (0.4,), mode="position"), "fields")
    assert "quantity" not in entity
    assert "waterSource" not in entity


def test_times_are_utc() -> None:
    envelope = order("G1", (1.0,))
    simple = key_values(operations(envelope, "fields")[0])
    start = envelope.command.rows[0].start
    assert start.utcoffset() is not None
    assert simple["plannedStartAt"] == f"{start.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_the_same_row_has_the_same_id_and_another_another() -> None:
    envelope = order("G1")
    ids = [entity["id"] for entity in operations(envelope, "fields")]
    assert ids == [entity["id"] for entity in operations(replace(envelope, sequence=9), "fields")]
    assert len(set(ids)) == len(ids)
    assert ids[0] != operations(order("G1", (1.26, 0.8)), "fields")[0]["id"]
    assert str(uuid.UUID(ids[0].rsplit(":", 1)[1])) in ids[0]


def test_names_of_any_script_are_uris() -> None:
    entity = operations(order("G1"), "<b>三號 支線</b>")[0]
    parcel = entity["hasAgriParcel"]["object"]
    assert parcel == "urn:ngsi-ld:AgriParcel:%3Cb%3E%E4%B8%89%E8%99%9F%20%E6%94%AF%E7%B7%9A%3C%2Fb%3E"
    jsonschema.validate(key_values(entity), SCHEMA)


def test_many_commands_are_one_body() -> None:
    assert len(upsert([(order("G1"), "east"), (order("G2", (1.0,)), "west")])) == 3


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    envelope = order("G1")
    with pytest.raises(UnfitError, match="no quantity"):
        operations(changed(envelope, rows=rows_of((value,), envelope.command.valid_from)), "fields")
