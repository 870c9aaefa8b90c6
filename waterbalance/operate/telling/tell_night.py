"""A night as plain values: what its report is made of, and what stands in `night.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waterbalance.operate.night.night import trouble_of
from waterbalance.operate.planning.ladder import KEPT_AS
from waterbalance.operate.telling.tell_observed import tell_observed, tell_opening
from waterbalance.operate.telling.tell_orders import tell_orders
from waterbalance.operate.telling.tell_planned import tell_planned
from waterbalance.operate.telling.tell_scores import DAYS_BACK, tell_scores, tell_skill
from waterbalance.report.night.told import NightTold, Verdict

if TYPE_CHECKING:
    from waterbalance.operate.day import Job
    from waterbalance.operate.night.night import Night


def tell_night(job: Job, night: Night) -> NightTold:
    """Everything but the backtests. Raises `StoreError` where the memory cannot be read."""
    now, file = job.clock.now(), job.settings.file
    opening = () if night.opening is None else night.opening.notes
    of_plan = () if night.laddered is None else (*night.laddered.notes, *night.laddered.planned.plan.notes)
    told: dict[str, Any] = {
        "name": night.name,
        "scenario": night.scenario,
        "day": night.day,
        "run": night.run,
        "time_zone": job.scenario.time_zone,
        "began_at": night.began_at,
        "told_at": now,
        "verdict": verdict(night),
        "accounts": night.accounts,
        "scores": tell_scores(night.scores),
        "skill": tell_skill(job.store, night.scenario, night.day),
        "skill_nights": DAYS_BACK,
        "seconds": dict(night.seconds),
        "kept_program": KEPT_AS if (job.settings.results_folder / night.run / KEPT_AS).is_file() else None,
        "notes": tuple(dict.fromkeys((*opening, *of_plan))),
        **tell_observed(night.observed, file.sources),
        **tell_opening(night.opening, () if night.observed is None else night.observed.readings),
        **tell_orders(job.store, job.scenario, now),
        **tell_planned(night, job.scenario),
    }
    return NightTold(**told)


def verdict(night: Night) -> Verdict:
    """What went well or wrong; what a field of its own tells is no trouble besides."""
    observed, issuance = night.observed, night.issuance
    known = set(trouble_of(observed, night.opening)) if observed is not None and night.opening is not None else set()
    return Verdict(
        outcome=issuance.outcome,
        exit_code=night.exit_code,
        plan=issuance.plan,
        commands=issuance.commands,
        waits_for=tuple(str(each) for each in issuance.waits_for),
        unconfirmed=issuance.unconfirmed,
        silent=() if observed is None else observed.silent,
        missing=() if observed is None else tuple(".".join(key) for key in observed.missing),
        missed=night.missed,
        trouble=tuple(each for each in night.trouble if each not in known),
    )
