"""All series that a plan is made with, on the steps of a horizon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.scenario.checks import uncovered
from waterbalance.scenario.end_conditions import end_targets
from waterbalance.scenario.freshness import issue_notes, stale_notes
from waterbalance.scenario.scenario import horizon_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from waterbalance.horizon import Horizon
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]


def forecast(
    scenario: Scenario,
    history: Mapping[Key, pd.Series | pd.DataFrame] | None = None,
    horizon: Horizon | None = None,
) -> Forecasts:
    """Tables, dated fields, forecasters and end conditions of a scenario on a horizon (by default its own).

    Rates become amounts per step [m3 per step and so on], by the true length of each day; members are kept, and
    `Forecasts.choose(scenario.planning_values)` makes one plan's figures of them. `history` gives forecasters newer
    daily values than the scenario's own tables, by component and quantity, in internal units.

    Raises `InputError` with a finding for every series that does not cover the horizon and for every forecaster that
    refuses its settings or its history.
    """
    steps = horizon_of(scenario) if horizon is None else horizon
    findings = Findings()
    given = {} if history is None else history
    made: dict[Key, Forecast] = {}
    for key, recipe in scenario.forecasts.items():
        try:
            made[key] = predicted(key, recipe, given, steps)
        except InputError as error:
            findings.extend(placed(key, error))
    return with_tables(scenario, made, steps, findings)


def with_tables(
    scenario: Scenario, made: Mapping[Key, Forecast], steps: Horizon, complaints: Iterable[Finding] = ()
) -> Forecasts:
    """Forecasts that are made, with the scenario's tables, dated fields and end conditions.

    Raises `InputError` with the complaints, and a finding for every series that does not cover the horizon.
    """
    findings = Findings((*uncovered(scenario, steps), *complaints))
    findings.raise_if_any(InputError, f"the series from {steps.start} to {steps.end} cannot be made")
    tables = {key: Forecast(series.on_steps(steps)[:, None], series.label) for key, series in scenario.series.items()}
    targets = end_targets(scenario.end_conditions, scenario.series, scenario.network, steps)
    return Forecasts(steps, {**tables, **made, **targets})


def predicted(key: Key, recipe: Recipe, history: Mapping[Key, pd.Series | pd.DataFrame], horizon: Horizon) -> Forecast:
    """One series, from the history that is given or from the scenario's own. Raises `InputError` as its forecaster does."""
    settings = recipe.settings
    # Most forecasters learn from a series, that of crops from a frame of weather.
    learned: Any = history[key] if key in history else recipe.history(key, horizon.start)
    try:
        forecaster = settings.build(recipe.unit, recipe.columns).fit(learned)
    except InputError as error:
        if key in history or len(learned) == len(recipe.record(key, horizon.start)):
            raise
        raise InputError(error.title, tuple(_told_of_the_day(each, horizon.start) for each in error.findings)) from error
    told = forecaster.predict(horizon, members=settings.members, seed=settings.seed)
    notes = (
        *told.notes,
        *stale_notes(learned, settings, key[1], horizon.start),
        *issue_notes(recipe.columns, horizon.start),
    )
    return replace(told, label=settings.label or told.label, notes=notes)


def _told_of_the_day(finding: Finding, start: dt.date) -> Finding:
    """A complaint about a record whose later rows may not be used."""
    remedy = f"Only what was recorded before {start} counts: choose a later first day, or give a record that begins earlier."
    return replace(finding, remedy=remedy)


def placed(key: Key, error: InputError) -> list[Finding]:
    """What a forecaster complains about, with the series that it was to make."""
    name = ".".join(key)
    place = Place(component=name)
    if not error.findings:
        return [Finding(error.title, place)]
    return [
        Finding(f"{each.what} ({each.where})" if str(each.where) else each.what, place, each.found, each.allowed, each.remedy)
        for each in error.findings
    ]
