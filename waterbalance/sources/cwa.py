"""What the data sets of Taiwan's Central Weather Administration share: a key in the query, marks for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from waterbalance.sources.http_client import Answer, Question
from waterbalance.sources.stations import unpromised

if TYPE_CHECKING:
    from waterbalance.sources.samples import Telling
    from waterbalance.sources.source import Surroundings

MISSING = (-99.0, -99.5, -999.0, -9991.0, -9996.0, -9997.0, -9998.0, -9999.0)
"""Numbers by which the administration says that it has none: those of four digits are of its records, -9998 a trace."""


def asked(address: str, variable: str, around: Surroundings, telling: Telling) -> Answer:
    """The answer of a data set. Raises as `HttpClient.json`, and `InputError` where the administration says that it failed."""
    answer = around.client.json(Question(around.name, address, {"format": "JSON"}, {"Authorization": variable}), around.now)
    success = answer.value.get("success", "true") if isinstance(answer.value, Mapping) else "true"
    if str(success).lower() != "true":
        raise unpromised(telling, "the answer says that it failed", f"success {success!r:.20}", "success 'true'")
    if answer.kept is not None:
        telling.found.append(answer.kept)
    return answer
