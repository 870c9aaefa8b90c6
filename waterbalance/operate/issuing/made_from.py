"""What a plan was made from, as hashes: other inputs make another plan, which somebody has to agree to, whatever it orders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from waterbalance.report.json_text import json_text
from waterbalance.schedule.canonical import sha256
from waterbalance.store.states import state_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.report.manifest import Circumstances
    from waterbalance.report.planned import Planned


def made_from(planned: Planned) -> dict[str, str]:
    """Hashes of the state and the forecasts of a plan."""
    return {"state": _hash(json.loads(state_bytes(planned.state))), "forecasts": _hash(_plain(planned.forecasts))}


def known_besides(around: Circumstances) -> dict[str, str]:
    """Hashes of the readings that were known, and of the orders of people; empty for a run that is no night."""
    known = {name: told["sha256"] for name, told in around.known.items() if "sha256" in told}
    return {**known, "overrides": _hash([dict(each) for each in around.overrides])} if known else {}


def _plain(forecasts: Forecasts) -> Mapping[str, Any]:
    series = {".".join(key): each.values.tolist() for key, each in sorted(forecasts.series.items())}
    return {"edges": [str(edge) for edge in forecasts.horizon.edges], "series": series}


def _hash(value: object) -> str:
    # Through the text: its ten digits are the same on every machine.
    return sha256(json_text(value).encode())
