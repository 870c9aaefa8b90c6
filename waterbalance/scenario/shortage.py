"""What a shortage costs an irrigation zone of a scenario, by the crops that its forecast is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from waterbalance.errors import Finding, InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.network.network import Network
from waterbalance.scenario.document import Scalar
from waterbalance.scenario.scenario import horizon_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.errors import Findings
    from waterbalance.forecast.agriculture import ShortageResponse
    from waterbalance.horizon import Horizon
    from waterbalance.network.component import Component
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.scenario import Scenario

DAMAGE: Final = "marginal_damage"
CROPS: Final = "crops"
"""The word in the place of rows: what a shortage costs is told by the crops of the zone's forecast."""


def asks_its_crops(entry: Entry) -> bool:
    """Whether a user of the file says `marginal_damage: crops`."""
    node = entry.document.node((*entry.path, DAMAGE))
    return DAMAGE in entry.kind.model_fields and isinstance(node, Scalar) and node.text == CROPS


def priced_by_crops(scenario: Scenario, entries: Iterable[Entry], findings: Findings) -> Scenario:
    """The scenario with the rows of `marginal_damage` where the file says `crops`; what hinders goes to the findings.

    The rows are those of the scenario's own horizon, whatever day a plan begins on: choose it so that it holds the season.
    """
    priced: dict[str, Component] = {}
    for entry in entries:
        if asks_its_crops(entry) and entry.name in scenario.network.components:
            component = scenario.network[entry.name]
            try:
                parts = shortage_response(scenario, entry.name).parts
            except InputError as error:
                findings.extend(replace(each, where=entry.key_place(DAMAGE)) for each in error.findings)
                continue
            rows = [{"beyond": part.beyond, "value": part.value} for part in parts]
            priced[entry.name] = entry.kind.model_validate({**dict(component), DAMAGE: rows})
    if not priced:
        return scenario
    return replace(scenario, network=Network.of([priced.get(each.name, each) for each in scenario.network]))


def shortage_response(scenario: Scenario, zone: str, horizon: Horizon | None = None) -> ShortageResponse:
    """Damage of a shortage over a horizon (by default the scenario's own); its `parts` are the zone's `marginal_damage`.

    Raises `InputError` where the zone's demand is not forecast by `crop_demand` with `rain_method: balance` and crops with
    a `harvest_value`.
    """
    key = (zone, "demand")
    recipe = scenario.forecasts.get(key)
    forecaster = None if recipe is None else recipe.settings.build(recipe.unit, recipe.columns)
    if recipe is None or not isinstance(forecaster, CropDemand):
        found = Finding(f"the demand of {zone} is not forecast from its crops", allowed="forecaster: crop_demand")
        raise InputError("what a shortage costs", (found,))
    learned = recipe.settings.learns_from(key, recipe.columns)
    return forecaster.fit(learned).response(horizon_of(scenario) if horizon is None else horizon)
