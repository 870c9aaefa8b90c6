"""The published schema says what the reader says, and the descriptions name every field."""

from pathlib import Path

import jsonschema
import pytest

from repository import ROOT
from scenario.folders import TUTORIAL, changed
from waterbalance import units
from waterbalance.errors import Findings
from waterbalance.network.component import component_types
from waterbalance.network.fields import rows_inside, unit_inside
from waterbalance.scenario import json_schema
from waterbalance.scenario.document import parse_document, plain

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def values_of(folder: Path) -> object:
    document = parse_document((folder / "scenario.yaml").read_text(encoding="utf-8"), "scenario.yaml", Findings())
    assert document is not None
    return plain(document.root)


def test_the_schema_is_one_of_json_schema_2020_12() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all("description" in field for field in SCHEMA["properties"].values())


@pytest.mark.parametrize("folder", [TUTORIAL, ROOT / "waterbalance" / "scenario" / "starter"], ids=["tutorial", "starter"])
def test_good_scenarios_fit(folder: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(values_of(folder))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dead_storage: 100000 m3\n", "ded_storage: 100000 m3\n"),
        ("type: reservoir", "type: resevoir"),
        ("type: canal\n", "type: minimum_flow\n"),
        ("time_zone:", "time_zon:"),
        ("    source: lake\n    target: town\n", "    source: lake\n"),
        ("preset: drought_practice", "preset: drout"),
        ("demand: 40000 CMD", "demand: {soon: 40000 CMD}"),
    ],
)
def test_mistakes_do_not_fit(tutorial: Path, old: str, new: str) -> None:
    assert list(VALIDATOR.iter_errors(values_of(changed(tutorial, old, new))))


def test_values_by_date_fit_where_they_may_stand(tutorial: Path) -> None:
    changed(tutorial, "demand: 40000 CMD", "demand: {2026-03-01: 40000 CMD}")
    assert list(VALIDATOR.iter_errors(values_of(tutorial))) == []
    changed(tutorial, "{2026-03-01: 40000 CMD}", f"[{', '.join(['40000 CMD'] * 12)}]")
    assert list(VALIDATOR.iter_errors(values_of(tutorial))) == []


@pytest.mark.parametrize("name", component_types())
def test_rows_are_described_with_their_units(name: str) -> None:
    for info in component_types()[name].model_fields.values():
        for row in rows_inside(info.annotation):
            schema = SCHEMA["$defs"][row.__name__]
            assert schema["description"]
            for field, inner in row.model_fields.items():
                told = schema["properties"][field]
                assert told["description"]
                unit = unit_inside(inner)
                assert bool(told.get("examples")) == (unit not in {None, units.FRACTION})
