"""What a night leaves to those after it: its run with all that it rested on, the states that it expects, and its scores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.operate.observing.expect import past_years
from waterbalance.operate.observing.score import score_forecasts, score_plan
from waterbalance.operate.planning.scheduled import Followed
from waterbalance.operate.remembering.followed_file import followed_bytes
from waterbalance.operate.remembering.keep_overrides import keep_overrides
from waterbalance.operate.remembering.remember import FOLLOWED, LADDER, NIGHT, OVERRIDES, inputs_of, keep_run
from waterbalance.report.manifest import Circumstances
from waterbalance.scenario.devices import devices_of
from waterbalance.schedule.canonical import canonical, sha256
from waterbalance.schedule.derive import daily_steps
from waterbalance.store import scores as judged
from waterbalance.store import states

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.operate.configuring.night_settings import NightSettings
    from waterbalance.operate.night.last_night import LastNight
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.operate.observing.score import Score
    from waterbalance.operate.planning.overriding import Override
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store

FARTHEST_STATE = 14
"""How many midnights ahead the state is kept: the next nights begin from it, also where one is missed. [day]"""

ERROR, CRPS, CRPS_OF_CLIMATOLOGY, INSIDE = "forecast error", "crps", "crps of climatology", "inside 80 %"
"""Measures of forecasts in the store."""


def configuration_of(settings: NightSettings, scenario: Scenario) -> str:
    """Hash of everything that somebody wrote: the configuration and the files of the scenario."""
    return sha256(canonical({"nightly": settings.sha256, "scenario": dict(scenario.files)}))


def scores_of(before: LastNight, observed: Observed, scenario: Scenario, day: dt.date) -> tuple[Score, ...]:
    """What the night before foresaw and planned, against what came since."""
    forecast = before.forecasts
    told: tuple[Score, ...] = ()
    if forecast is not None:
        judge = past_years(scenario, forecast.horizon)
        told = score_forecasts(_forecast_only(forecast, scenario), observed.readings, day, judge)
    return (*told, *(() if before.plan is None else score_plan(before.plan, observed.readings, day)))


def keep_night(  # noqa: PLR0913 (each is one thing that is kept)
    settings: NightSettings,
    store: Store,
    scenario: Scenario,
    planned: Planned,
    members: Forecasts,
    *,
    run: str,
    overrides: tuple[Override, ...],
    observed: Observed,
    before: LastNight,
    scores: tuple[Score, ...],
    now: dt.datetime,
) -> str:
    """Keep it all; returns the plan's hash. Raises what `keep_run` raises; then there is no plan to issue."""
    around = Circumstances(
        run=run,
        configuration=configuration_of(settings, scenario),
        parent=before.run,
        known={"readings": {"known_at": now.isoformat(), "sha256": observed.issue}},
        overrides=tuple(each.model_dump(mode="json", by_alias=True) for each in overrides),
        from_inputs=False,
    )
    files = {
        **inputs_of(scenario),
        LADDER: settings.file.ladder.model_dump_json().encode(),
        OVERRIDES: json.dumps([each.model_dump(mode="json", by_alias=True) for each in overrides]).encode(),
        NIGHT: json.dumps(_how(settings, planned, observed), ensure_ascii=False).encode(),
    }
    if before.orders is not None:
        files[FOLLOWED] = followed_bytes(Followed(before.orders))
    devices = devices_of(planned.scenario).values()
    kept = keep_run(
        store, planned, files, devices, settings.file.issuing.by, now, around, settings.results_folder, members=members
    )
    with store.writing() as connection:
        keep_overrides(connection, scenario, overrides, settings.file.issuing.by, now)
        judged.keep(connection, scenario.name, _rows(scores, before.run), now)
        states.keep(connection, scenario.name, planned.state, now, "observed", run)
        for midnight in range(1, min(daily_steps(planned.horizon), FARTHEST_STATE) + 1):
            expected = planned.plan.state_after(midnight)
            states.keep(connection, scenario.name, expected, now, "simulated", run)
    return kept.plan


def _how(settings: NightSettings, planned: Planned, observed: Observed) -> dict[str, object]:
    """On which rung the plan stands and why, and what it was informed of."""
    return {
        "rung": planned.fallback.rung,
        "reasons": list(planned.fallback.reasons),
        "feeds": {station: list(names) for station, names in settings.file.feeds.items()},
        "series": sorted({".".join(each.key) for each in observed.readings}),
    }


def _forecast_only(forecasts: Forecasts, scenario: Scenario) -> Forecasts:
    """Without tables, which nobody forecast."""
    kept = {key: each for key, each in forecasts.series.items() if key in scenario.forecasts}
    return type(forecasts)(forecasts.horizon, kept)


def _rows(scores: tuple[Score, ...], run: str | None) -> Iterator[judged.Score]:
    for each in scores:
        key = (run or "", each.date, each.component, each.quantity)
        yield judged.Score(*key, ERROR if each.of == "forecast" else "plan error", each.error, each.unit)
        if each.crps is not None:
            yield judged.Score(*key, CRPS, each.crps, each.unit)
        if each.climatology is not None:
            yield judged.Score(*key, CRPS_OF_CLIMATOLOGY, each.climatology, each.unit)
        if each.inside is not None:
            yield judged.Score(*key, INSIDE, float(each.inside), units.FRACTION)
