"""One night, from what was observed to what was told: this file reads as the paragraph that describes it.

Ask every source and judge what it says; listen to the alerts of others. Begin from what was observed, before what last night
expected. Forecast every series, each on the highest rung that holds. Put the orders of alerts and of people into effect. Plan on
the highest rung that gives a plan which the audit finds sound. Score what yesterday foresaw. Keep all of it. Issue what is agreed
to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from waterbalance.errors import Findings, InputError
from waterbalance.operate.comparing.difference import differences
from waterbalance.operate.configuring.events import rung_events
from waterbalance.operate.configuring.fit import misfits
from waterbalance.operate.issuing.record import can_be_ordered
from waterbalance.operate.night.issue_tonight import Clock, issue_tonight, until_agreed
from waterbalance.operate.night.keep_night import keep_night, scores_of
from waterbalance.operate.night.last_night import issued_before, last_night
from waterbalance.operate.night.night import Night, exit_code_of, trouble_of
from waterbalance.operate.night.night_events import observed_events
from waterbalance.operate.observing.alert_orders import with_alerts
from waterbalance.operate.observing.deliveries import Metered, accounts, first_steps, metered_volumes, with_metered
from waterbalance.operate.observing.expect import expect
from waterbalance.operate.observing.observe import Observed, observe
from waterbalance.operate.observing.opening import open_day, with_past
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.overriding import with_overrides
from waterbalance.operate.planning.scheduled import Followed
from waterbalance.report.lights import lights_of
from waterbalance.scenario.informed import informed
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.set_values import set_over

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.operate.comparing.difference import Difference
    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.configuring.stages import Stages
    from waterbalance.operate.night.last_night import LastNight
    from waterbalance.operate.observing.expect import Expected
    from waterbalance.operate.observing.opening import Opening
    from waterbalance.operate.planning.ladder import Laddered
    from waterbalance.operate.planning.overriding import Overridden
    from waterbalance.report.lights import AreaLights
    from waterbalance.report.planned import Planned
    from waterbalance.report.right_accounts import RightAccount
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store
    from waterbalance.store.lock import Lock


@dataclass(frozen=True)
class Job:
    """What one night is given."""

    settings: NightSettings
    scenario: Scenario
    store: Store
    day: dt.date
    run: str
    clock: Clock
    stages: Stages
    lock: Lock
    """Asked before anything leaves."""

    lost: str | None = None
    """What is told of a store that was lost."""


def observed_tonight(job: Job) -> Observed:
    """What is known tonight. Raises `InputError` with everything in the configuration that does not fit the scenario."""
    with job.stages.stage("observe"):
        unfit = Findings(misfits(job.settings.file, job.settings.document, job.scenario))
        unfit.raise_if_any(InputError, f"{job.settings.path} does not fit its scenario")
        observed = observe(job.settings, job.store, job.scenario, job.day, job.clock.now())
        observed = with_alerts(observed, job.settings, job.scenario, job.day, job.clock.now())
        job.stages.tell(observed_events(observed))
        return observed


def night(job: Job, observed: Observed) -> Night:
    """Everything after the observations. Raises what a night cannot mend: `nightly` falls back then."""
    file, stages, now = job.settings.file, job.stages, job.clock.now()
    with stages.stage("open"):
        known = informed(job.scenario, observed.readings, job.day, file.feeds)
        before = last_night(job.store, known, job.settings.results_folder, job.day, file.state.oldest_warm)
        opening, metered = _opened(job, known, observed, before)
    with stages.stage("forecast"):
        expected = _foreseen(job, known, opening, before)
        ordered = with_overrides(known, expected.forecasts, (*observed.orders, *file.overrides))
    with stages.stage("plan"):
        laddered = _noted(_planned(job, ordered, opening, before), observed)
        stages.tell(rung_events(laddered))
    with stages.stage("record"):
        lights, changed, rights = _beside(laddered.planned, before, opening, metered)
        scores = scores_of(before, observed, job.scenario, job.day)
        plan = keep_night(
            job.settings,
            job.store,
            job.scenario,
            laddered.planned,
            ordered.forecasts,
            run=job.run,
            overrides=ordered.in_force,
            observed=observed,
            before=before,
            scores=scores,
            now=now,
        )
    with stages.stage("issue"):
        job.lock.require_held()
        lost, orders = job.lost is not None, ordered.in_force
        issuance = issue_tonight(job.settings, job.store, ordered.scenario, plan, job.day, job.clock, lost=lost, orders=orders)
        issuance = until_agreed(job.settings, job.store, ordered.scenario, issuance, laddered.rung, job.clock)
    return Night(
        name=file.name,
        scenario=job.scenario.name,
        day=job.day,
        began_at=now,
        run=job.run,
        issuance=issuance,
        observed=observed,
        opening=opening,
        expected=replace(expected, forecasts=ordered.forecasts),
        laddered=laddered,
        overrides=ordered.in_force,
        lights=lights,
        compared=before.compared,
        differences=changed,
        scores=scores,
        accounts=rights,
        trouble=tuple(trouble_of(observed, opening)),
        exit_code=exit_code_of(issuance, laddered.rung, missing=bool(observed.missing)),
    )


def _planned(job: Job, ordered: Overridden, opening: Opening, before: LastNight) -> Laddered:
    """On the highest rung that holds, near the plan of the night before."""
    return plan_by_ladder(
        ordered.scenario,
        opening.state,
        ordered.forecasts,
        job.settings.file.ladder,
        previous=before.plan,
        followed=None if before.orders is None else Followed(before.orders),
        seconds=job.stages.left,
        keep_in=job.settings.results_folder / job.run,
        require=can_be_ordered,
    )


def _noted(laddered: Laddered, observed: Observed) -> Laddered:
    """With doubts of what the plan rests on as its notes: whoever agrees to it sees them, and no rule does."""
    planned = laddered.planned
    notes = (*planned.plan.notes, *map(str, observed.doubts))
    return replace(laddered, planned=replace(planned, plan=replace(planned.plan, notes=notes)))


def _beside(
    planned: Planned, before: LastNight, opening: Opening, metered: Metered
) -> tuple[tuple[AreaLights, ...], tuple[Difference, ...], tuple[RightAccount, ...]]:
    """What is told beside a plan, made before its orders leave: after that nothing may fail any more."""
    network = planned.scenario.network
    changed = () if before.compared is None else differences(before.compared.plan, planned.plan, network)
    return lights_of(planned, before.plan), changed, accounts(network, opening.state, metered)


def _foreseen(job: Job, known: Scenario, opening: Opening, before: LastNight) -> Expected:
    """Every forecast, and what parameters give from tonight's state."""
    steps = horizon_of(known, job.day)
    told = expect(known, steps, job.settings.file.forecasts, previous=issued_before(before.forecasts, known))
    return replace(told, forecasts=told.forecasts.merged(set_over(known, opening.state, steps)))


def _opened(job: Job, known: Scenario, observed: Observed, before: LastNight) -> tuple[Opening, Metered]:
    """The opening with what meters tell of the days before, in place of what was planned; and what they tell."""
    opening = open_day(known, job.day, before.expected, job.settings.file.state)
    metered = metered_volumes(observed.readings, known.network, known.time_zone)
    planned = {} if before.plan is None else first_steps(before.plan, opening.state.day)
    return with_past(opening, with_metered(opening.state, metered, known.network, expected_with=planned)), metered
