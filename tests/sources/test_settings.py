"""Settings as they stand in a file: the README's example, and mistakes told at their line without what may be secret."""

import re
import typing

import pytest
from pydantic import TypeAdapter, ValidationError

from repository import ROOT
from waterbalance.errors import Findings
from waterbalance.network.field_docs import field_docs
from waterbalance.scenario.document import Document, parse_document, plain
from waterbalance.scenario.wording import findings_of
from waterbalance.sources.http_settings import HttpSettings
from waterbalance.sources.registry import AnySource
from waterbalance.sources.source import SourceSettings

SOURCES: TypeAdapter[dict[str, SourceSettings]] = TypeAdapter(dict[str, AnySource])


def readme() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text[text.index("## Sources") : text.index("## Forecasts")]


def document(text: str) -> Document:
    findings = Findings()
    found = parse_document(text, "nightly.yaml", findings)
    assert found is not None, list(findings)
    return found


def complaints(text: str) -> list[str]:
    told = document(text)
    with pytest.raises(ValidationError) as error:
        SOURCES.validate_python(plain(told.root)["sources"], context={"from_file": True})
    return [str(finding) for finding in findings_of(error.value.errors(include_url=False), told, ("sources",))]


def test_the_example_of_the_readme_can_be_read() -> None:
    text, *_ = re.findall(r"```yaml\n(.*?)```", readme(), re.DOTALL)
    told = plain(document(text).root)
    sources = SOURCES.validate_python(told["sources"], context={"from_file": True})
    http = HttpSettings.model_validate(told["http"], context={"from_file": True})
    assert (http.timeout, http.oldest_kept) == (20.0, 2.0)
    assert {source.type for source in sources.values()} == {
        "csv_folder", "wra_daily_operation", "wra_condition", "cwa_daily_rain", "sensorthings",
    }  # fmt: skip
    assert sources["agency"].keys == (("upper_lake", "inflow"),)


def test_the_table_of_the_readme_names_every_adapter() -> None:
    kinds = typing.get_args(typing.get_args(AnySource)[0])
    types = {typing.get_args(kind.model_fields["type"].annotation)[0] for kind in kinds}
    rows = [line.split("|")[1] for line in readme().splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} - {"type"} == types


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("type: wra_dayly_operation", "nightly.yaml:3:11: unknown type; found 'wra_dayly_operation'"),
        ("url: https://user:SECRET@a.example/", "url holds a key, a user or a password; found a text that is not shown"),
        ("url: https://a.example/?Authorization=SECRET", "url holds a key, a user or a password; found a text that is not shown"),
        ("url: a.example/b", "nightly.yaml:4:10: 'url' cannot be read; found 'a.example/b'"),
        ("page_size: many", "nightly.yaml:4:16: 'page_size' cannot be read; found 'many'"),
        ("colour: blue", "nightly.yaml:4:5: unknown key; found 'colour'"),
        ('series: {dam: {station: "1", field: inflow, unit: m3/s}}', "component.quantity, such as upper_lake.inflow"),
        ('series: {dam.inflow: {station: "1", field: inflow, unit: m3/sec/s}}', "'m3/sec/s' is not a unit of anything"),
        ('series: {dam.inflow: {station: "1", field: inflow}}', "a key is missing; found no 'unit'"),
        ("series: {dam.inflow: {station: 30502, field: inflow, unit: m3/s}}", "'station' cannot be read; found 30502"),
        ('series: {dam.storage: {station: "1", field: capacity, unit: m3}}', "what the reservoir can hold, not what it holds"),
        ("series: {}", "'series' cannot be read; found {}"),
    ],
)
def test_a_mistake_is_told_at_its_line_without_what_may_be_secret(line: str, what: str) -> None:
    told = {
        "type": "type: wra_daily_operation",
        "url": "url: https://a.example/b",
        "series": 'series: {dam.inflow: {station: "1", field: inflow, unit: m3/s}}',
    }
    key = line.partition(":")[0]
    lines = told | {key: line} if key in told else {"type": told["type"], key: line, "url": told["url"], "series": told["series"]}
    found = complaints("\n".join(["sources:", "  agency:", *(f"    {each}" for each in lines.values())]))
    assert len(found) == 1
    assert what in found[0]
    assert "SECRET" not in found[0]


def test_every_adapter_and_its_settings_are_described() -> None:
    for kind in typing.get_args(typing.get_args(AnySource)[0]):
        assert kind.__doc__
        assert set(kind.model_fields) - {"type"} <= set(field_docs(kind)), kind
