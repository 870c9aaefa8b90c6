"""`summary.json` of a night without a plan: in the place where plans have theirs, what came of it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.json_text import json_text

if TYPE_CHECKING:
    from waterbalance.report.night.told import NightTold

LABELS = {"remainder": "what is left of the last plan", "fallback": "declared fallback", "nothing": "nothing"}
"""What devices were told instead of a plan, by outcome."""


def no_plan_json(told: NightTold) -> str:
    """The file's text; fields that plans have, too, have their names."""
    verdict = told.verdict
    return json_text(
        {
            "schema": "waterbalance.no_plan/1",
            "scenario": told.scenario,
            "time_zone": told.time_zone,
            "start": str(told.day),
            "outcome": verdict.outcome,
            "exit_code": verdict.exit_code,
            "fallback_rung": None,
            "fallback_label": LABELS.get(verdict.outcome, verdict.outcome),
            "fallback_reasons": verdict.trouble,
        }
    )
