"""The sections of a scenario file, each read on its own, so that a mistake in one does not hide those in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import TypeAdapter, ValidationError

from waterbalance.errors import Finding, Findings
from waterbalance.network.field_docs import field_docs
from waterbalance.scenario.document import Document, Entries, Scalar, plain
from waterbalance.scenario.schema import ScenarioFile
from waterbalance.scenario.wording import findings_of, listed, nearest
from waterbalance.units import MONEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


def currency_of(document: Document) -> str:
    """The scenario's own word for money; the neutral one where it tells none."""
    node = document.node(("currency",))
    return node.text.strip() if isinstance(node, Scalar) and node.text.strip() else MONEY


def from_file(document: Document) -> dict[str, Any]:
    """Context for pydantic: a quantity without a unit is an error, and money is in the scenario's currency."""
    return {"from_file": True, "currency": currency_of(document)}


def read_sections(document: Document, findings: Findings, schema: type[BaseModel] = ScenarioFile) -> Mapping[str, Any]:
    """The sections that could be read, by name; defaults for those that are left out. `schema` has a field for each."""
    fields = schema.model_fields
    if not isinstance(document.root, Entries):
        allowed = listed(fields)
        findings.add(
            Finding("the file is no mapping", document.place(()), "a list or a word", allowed, "Write 'key: value' lines.")
        )
        return {}
    for name, key, _ in document.root:
        if name not in fields:
            place = document.key_place((key.text,))
            findings.add(Finding("unknown key", place, repr(name), listed(fields), nearest(name, fields, "Remove it.")))
    return {name: value for name in fields if (value := _section(document, name, schema, findings)) is not None}


def _section(document: Document, name: str, schema: type[BaseModel], findings: Findings) -> Any:  # noqa: ANN401 (of all kinds)
    """One section, validated; None where it is missing or wrong."""
    node, info = document.node((name,)), schema.model_fields[name]
    if node is None:
        if info.is_required():
            remedy = f"Add '{name}: ...': {field_docs(schema).get(name, '')}"
            findings.add(Finding("a key is missing", document.place(()), f"no {name!r}", f"a value for {name!r}", remedy))
            return None
        return info.get_default(call_default_factory=True, validated_data={})
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", Annotated[info.annotation, info]))
    try:
        return adapter.validate_python(plain(node), context=from_file(document))
    except ValidationError as error:
        findings.extend(findings_of(error.errors(include_url=False), document, (name,)))
        return None
