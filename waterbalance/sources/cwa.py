"""What the data sets of Taiwan's Central Weather Administration share: a key in the query, marks for what is missing.

Converted from XML, a list of one may arrive without its brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from waterbalance.sources.http_client import Answer, Question
from waterbalance.sources.stations import unpromised

if TYPE_CHECKING:
    from waterbalance.sources.samples import Telling
    from waterbalance.sources.source import Surroundings

MISSING = (-99.0, -99.5, -999.0)
"""Numbers by which the administration says that it has none."""


def asked(address: str, variable: str, around: Surroundings, telling: Telling) -> Answer:
    """The answer of a data set. Raises as `HttpClient.json`, and `InputError` where the administration says that it failed."""
    answer = around.client.json(Question(around.name, address, {"format": "JSON"}, {"Authorization": variable}), around.now)
    success = answer.value.get("success", "true") if isinstance(answer.value, Mapping) else "true"
    if str(success).lower() != "true":
        raise unpromised(telling, "the answer says that it failed", f"success {success!r:.20}", "success 'true'")
    if answer.kept is not None:
        telling.found.append(answer.kept)
    return answer


def inside(value: Any, *path: str) -> Any:  # noqa: ANN401 (JSON may be anything)
    """What stands under a path of names; None where it ends before."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def several(value: Any) -> list[Any]:  # noqa: ANN401
    """A list, also of one that has lost its brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Names and values of mappings in mappings, the names joined by points."""
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from flat(each, f"{before}{name}.")
        else:
            yield f"{before}{name}", each
