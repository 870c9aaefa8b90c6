"""What was carried over, as the files of a scenario folder."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.steps import refusal
from waterbalance.interop.yaml_text import node_count, yaml_text
from waterbalance.scenario.document import MOST_NODES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.steps import Combination

DAILY_STEPS = 30
"""Of plans with a look ahead, before their ten-day steps."""

STATE, NOT_CARRIED = "state.csv", "not_carried.csv"


def scenario_texts(model: Mapping[str, Any], carried: Carried, chosen: Combination, path: Path) -> dict[str, str]:
    """The files of a scenario's folder, by name."""
    title = model.get("metadata", {}).get("title") if isinstance(model.get("metadata"), dict) else None
    title = title if isinstance(title, str) and title.strip() else path.stem
    number = f"_{chosen.number}" if chosen.count > 1 else ""
    last = carried.steps.edges[-1]
    scenario: dict[str, object] = {
        "waterbalance": 1,
        "name": (re.sub(r"[^\w-]+", "_", title).strip("_") or "model") + number,
        "title": {"en": title},
        "description": _description(carried, path),
        "time_zone": "UTC",
        "horizon": {
            "start": str(carried.steps.edges[0]),
            "last_day": str(last.fromordinal(last.toordinal() - 1)),
            "daily_steps": DAILY_STEPS,
            **({} if carried.steps.settings is None else {"step": carried.steps.settings}),
        },
        "policy": {
            "name": "least cost",
            "smallest_change": False,
            "goals": [{"name": "least cost", "terms": [{"measure": "cost"}]}],
        },
        "components": carried.components,
    }
    optional: dict[str, object] = {
        "rules": carried.rules,
        "state": {"file": STATE} if carried.stocks else {},
        "parameters": carried.parameters,
        "set_by": carried.set_by,
        "reported": carried.reported,
        "not_carried_over": _lacks(carried),
    }
    scenario |= {name: section for name, section in optional.items() if section}
    _require_readable(scenario, path)
    texts = {"scenario.yaml": yaml_text(scenario)}
    texts |= {
        file: _csv([("date", *columns), *zip(dates, *columns.values(), strict=True)])
        for file, (dates, columns) in carried.tables.items()
    }
    if carried.stocks:
        header = ("date", *(f"{name} [m3]" for name in carried.stocks))
        texts[STATE] = _csv([header, (carried.steps.edges[0], *carried.stocks.values())])
    if carried.not_carried:
        rows = [(each.place, each.what, each.instead) for each in carried.not_carried]
        texts[NOT_CARRIED] = _csv([("place", "what", "instead"), *rows])
    return texts


def _require_readable(scenario: dict[str, object], path: Path) -> None:
    """Raise `InputError` where the scenario would be larger than is read, before anybody tries to."""
    count = node_count(scenario)
    if count > MOST_NODES:
        parts = sum(len(section) for section in (scenario["components"], scenario.get("rules", {})) if isinstance(section, dict))
        found = f"{parts} components and rules, which are {count} keys and values"
        remedy = "Import parts of it on their own."
        raise refusal(str(path), "nodes", "the model is too large for a scenario", found, f"at most {MOST_NODES}", remedy)


def _lacks(carried: Carried) -> dict[str, str]:
    """What is told with every plan, by its place in the model."""
    told: dict[str, list[str]] = {}
    for each in carried.not_carried:
        told.setdefault(each.place, []).append(f"{each.what}. {each.instead}")
    return {place: " ".join(texts) for place, texts in told.items()}


def _description(carried: Carried, path: Path) -> str:
    told = f"Imported from {path.name}. All volumes are in the model's own unit, which is called m3 here."
    if carried.not_carried:
        told += f" {len(carried.not_carried)} things could not be carried over: see {NOT_CARRIED}."
    return " ".join([told, *(f"{each[0].upper()}{each[1:]}." for each in carried.remarks)])


def _csv(rows: list[tuple[object, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [repr(each) if isinstance(each, float) else each for each in row] for row in rows
    )
    return out.getvalue()
