"""Words for complaints: what was found, what is near, and what pydantic says, told for the writer of a file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from waterbalance.scenario.document import Document, PathInside

_LONGEST = 60


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
    for details in complaints:
        finding = _finding(details, document, path, tuple(fields), component)
        if finding not in told:
            told.add(finding)
            yield finding


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
    message, question, guess = message.partition(" Did you mean ")
    remedy = f"{question.strip()} {guess}" if guess else "Write a value of that kind."
    return Finding(f"{name} cannot be read", where, found, message.removesuffix("."), remedy)
