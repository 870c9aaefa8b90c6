"""What is left of a document when all that a schema refuses is cut out, so that the rest is judged in the same round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import TypeAdapter, ValidationError

from waterbalance.scenario.document import Document, Entries, Items, Node, plain
from waterbalance.scenario.sections import from_file

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from waterbalance.scenario.document import PathInside

DEEPEST = 8
"""Keys and numbers of the longest path that is cut at its end; of longer ones more goes."""


def legible(document: Document, schema: type[BaseModel]) -> Document:
    """The document without what stands in the way of a section: a value first, then the entry or item around it, and so on up.

    What is left stands in its old lines.
    """
    for name, info in schema.model_fields.items():
        for depth in range(DEEPEST, 0, -1):
            refused = _refused(document, name, info)
            if not refused:
                break
            document = Document(document.file, _without(document.root, {path[:depth] for path in refused}))
    return document


def _refused(document: Document, name: str, info: FieldInfo) -> set[PathInside]:
    """Paths of what the schema refuses in a section, as far as they exist."""
    node = document.node((name,))
    if node is None:
        return set()
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", Annotated[info.annotation, info]))
    try:
        adapter.validate_python(plain(node), context=from_file(document))
    except ValidationError as error:
        return {document.existing((name, *each["loc"])) for each in error.errors(include_url=False)}
    return set()


def _without(node: Node, paths: Collection[PathInside]) -> Node:
    """The tree but for what stands under the paths."""

    def inside(part: str | int) -> set[PathInside]:
        return {path[1:] for path in paths if path and path[0] == part}

    if isinstance(node, Entries):
        kept = {name: (key, _without(value, inside(name))) for name, key, value in node if () not in inside(name)}
        return Entries(kept, node.line, node.column)
    if isinstance(node, Items):
        items = tuple(_without(item, inside(n)) for n, item in enumerate(node.items) if () not in inside(n))
        return Items(items, node.line, node.column)
    return node
