"""Words for complaints: what was found, what is near, and what pydantic says, told for the writer of a file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding
from waterbalance.scenario.document import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from waterbalance.errors import Place
    from waterbalance.scenario.document import Document, PathInside

_LONGEST = 60

_ADVICE = frozenset({"add", "choose", "exchange", "extend", "give", "leave", "name", "put", "take", "use", "write"})
"""A clause of a validator's sentence that begins with one of these says what to do."""

_FOUND = "found "

_KINDS = {
    "tuple_type": "a list, as in [a, b, c]",
    "list_type": "a list, as in [a, b, c]",
    "model_type": "a mapping, as in {key: value}",
    "dict_type": "a mapping, as in {key: value}",
}
"""What is wanted where pydantic speaks of Python's types."""


def shown(value: object) -> str:
    """A found value, shortened where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def listed(options: Iterable[str]) -> str:
    """Allowed words in a row."""
    return ", ".join(options) or "none"


def nearest(word: str, options: Iterable[str], otherwise: str) -> str:
    """A remedy: the option nearest to a misspelt word, or else another advice."""
    close = difflib.get_close_matches(word, list(options), n=1, cutoff=0.7)
    return f"Did you mean {close[0]!r}?" if close else otherwise


def findings_of(
    complaints: Iterable[ErrorDetails],
    document: Document,
    path: PathInside,
    fields: Iterable[str] = (),
    component: str | None = None,
) -> Iterator[Finding]:
    """A finding, with its place in the document, for every complaint of pydantic about what stands under `path`.

    `fields` are the keys allowed there, where they are known.
    """
    told = set()
    for details in _without_echoes(tuple(complaints)):
        if details["type"] in {"union_tag_invalid", "union_tag_not_found"}:
            finding = _of_choice(details["ctx"], document, (*path, *details["loc"]), component)
        else:
            finding = _finding(details, document, path, tuple(fields), component)
        if finding not in told:
            told.add(finding)
            yield finding


def _without_echoes(complaints: tuple[ErrorDetails, ...]) -> Iterator[ErrorDetails]:
    """The complaints but for those of a list that is too short only because its items were refused, each with a complaint."""
    inside = {details["loc"][:length] for details in complaints for length in range(len(details["loc"]))}
    return (details for details in complaints if details["type"] != "too_short" or details["loc"] not in inside)


def _finding(
    details: ErrorDetails, document: Document, path: PathInside, fields: tuple[str, ...], component: str | None
) -> Finding:
    whole = (*path, *details["loc"])
    last = str(details["loc"][-1]) if details["loc"] else ""
    found = shown(details["input"])
    context: dict[str, Any] = details.get("ctx", {})
    if details["type"] == "extra_forbidden":
        allowed = fields if len(details["loc"]) == 1 else ()
        remedy = nearest(last, allowed, "Remove the key, or mend its spelling.")
        return Finding(
            "unknown key", document.key_place(whole, component), repr(last), listed(allowed) if allowed else None, remedy
        )
    if details["type"] == "missing":
        return Finding(
            "a key is missing", document.place(whole, component), f"no {last!r}", f"a value for {last!r}", f"Add '{last}: ...'."
        )
    if last:
        # The last key that stands in the file: pydantic also names the alternative of a union that it tried.
        last = str(document.existing(whole)[-1])
    name = repr(last) if last else repr(path[-1])
    where = document.place(whole, component) if details["loc"] else document.key_place(whole, component)
    if details["type"] == "literal_error":
        expected = str(context.get("expected", ""))
        options = [option.strip("'") for option in expected.replace(" or ", ", ").split(", ")]
        return Finding(
            f"{name} is not one of the allowed words",
            where,
            found,
            expected,
            nearest(str(details["input"]), options, "Choose one."),
        )
    message = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if details["type"] in {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}:
        limit = message.removeprefix("Input should be ")
        raw = document.node(document.existing(whole))
        found = shown(getattr(raw, "text", details["input"]))
        return Finding(f"{name} is out of its range", where, found, limit, "Mend the number or its unit.")
    if details["type"] == "value_error" and isinstance(details["input"], Mapping | list | tuple):
        message = message if last in message or not details["loc"] else f"{last}: {message}"
        return _of_sentence(message, found, where, document, whole, component)
    message = _KINDS.get(details["type"], message)
    message, question, guess = message.partition(" Did you mean ")
    remedy = f"{question.strip()} {guess}" if guess else "Write a value of that kind."
    return Finding(f"{name} cannot be read", where, found, message.removesuffix("."), remedy)


def _of_choice(context: Mapping[str, Any], document: Document, whole: PathInside, component: str | None) -> Finding:
    """A word that chooses among several kinds is missing or unknown."""
    key = str(context["discriminator"]).strip("'")
    node = document.node((*whole, key))
    if not isinstance(node, Scalar):
        return Finding("a key is missing", document.place(whole, component), f"no {key!r}", None, f"Add '{key}: ...'.")
    options = [option.strip("'") for option in str(context.get("expected_tags", "")).split(", ")]
    where = document.place((*whole, key), component)
    return Finding(f"unknown {key}", where, repr(node.text), listed(options), nearest(node.text, options, "Choose one of those."))


def _of_sentence(message: str, found: str, where: Place, document: Document, whole: PathInside, component: str | None) -> Finding:
    """What a validator of several values says is the complaint itself; its clauses may also tell what it found and what to do.

    It stands at the field where the sentence begins with a field's name.
    """
    clauses = message.removesuffix(".").split("; ")
    advice = next((number for number, clause in enumerate(clauses) if clause.split(maxsplit=1)[0] in _ADVICE), len(clauses))
    told, remedy = clauses[:advice], "; ".join(clauses[advice:])
    shown_by_it = [clause.removeprefix(_FOUND) for clause in told if clause.startswith(_FOUND)]
    if len(shown_by_it) == 1:
        told = [clause for clause in told if not clause.startswith(_FOUND)]
        found = shown_by_it[0]
    field = (*whole, message.split(maxsplit=1)[0])
    node = document.node(field)
    if node is not None:
        where = document.place(field, component)
        found = shown(node.text) if isinstance(node, Scalar) and not shown_by_it else found
    # A whole component is too much to be shown.
    return Finding(
        "; ".join(told),
        where,
        None if found.endswith("...") else found,
        None,
        f"{remedy[0].upper()}{remedy[1:]}." if remedy else "Change what is told here.",
    )
