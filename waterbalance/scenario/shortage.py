"""What a shortage costs an irrigation zone of a scenario, by the crops that its forecast is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.driven_by_weather import DrivenByWeather
from waterbalance.forecast.recorded_weather import RecordedWeather
from waterbalance.scenario.scenario import horizon_of

if TYPE_CHECKING:
    from waterbalance.forecast.agriculture import ShortageResponse
    from waterbalance.horizon import Horizon
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.scenario import Scenario


def shortage_response(scenario: Scenario, zone: str, horizon: Horizon | None = None) -> ShortageResponse:
    """Damage of a shortage over a horizon (by default the scenario's own); its `parts` are the zone's `marginal_damage`.

    Raises `InputError` where the zone's demand is not forecast by `crop_demand` with `rain_method: balance` and crops with
    a `harvest_value`.
    """
    forecaster, recipe = crops_of(scenario, zone)
    steps = horizon_of(scenario) if horizon is None else horizon
    return forecaster.fit(recipe.history((zone, "demand"), steps.start)).response(steps)


def crops_of(scenario: Scenario, zone: str) -> tuple[CropDemand, Recipe]:
    """The forecaster of a zone's demand, and the recipe that it is built by.

    Raises `InputError` where the zone's demand is not forecast by `crop_demand`.
    """
    key = (zone, "demand")
    recipe = scenario.forecasts.get(key)
    forecaster = None if recipe is None else recipe.settings.build(recipe.unit, recipe.columns)
    if isinstance(forecaster, DrivenByWeather | RecordedWeather):
        forecaster = forecaster.forecaster
    if recipe is None or not isinstance(forecaster, CropDemand):
        found = Finding(f"the demand of {zone} is not forecast from its crops", allowed="forecaster: crop_demand")
        raise InputError("what the crops tell", (found,))
    return forecaster, recipe
