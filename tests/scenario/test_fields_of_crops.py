"""Fields and efficiencies of irrigation zones in a scenario file, and what a shortage costs them."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from scenario.folders import findings_about
from scenario.test_forecasts import with_forecast
from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.field_kinds import DryField, PaddyField
from waterbalance.hydrology.paddy_practice import Ponding
from waterbalance.scenario import forecast, read_scenario, shortage_response
from waterbalance.scenario.crop_settings import CropSettings

RICE = (
    "{name: rice, area: 100 ha, planting: 03-01, stages: [20, 30, 35, 20], planting_days: 10, blocks: 5, percolation: 4 mm/day, "
    "preparation_days: 20, harvest_value: 120000 NTD/ha, field: {kind: paddy, turn: 4, bund: 120 mm, nursery_days: 20, "
    "ponding: [{minimum: 20 mm, optimum: 50 mm, maximum: 100 mm}, {minimum: -150 mm, optimum: 40 mm, maximum: 100 mm}], "
    "drained: {first_day: 35, days: 7}}}"
)
CANE = "{name: sugarcane, area: 50 ha, planting: 02-01, stages: [30, 60, 190, 70], field: {kind: sugarcane, dual: true}}"
PARTS = "efficiencies: {conveyance: 80 %, distribution: 90 %, application: 0.75, returned: 24 %}"


def balanced(folder: Path, crops: str, efficiency: str = PARTS, method: str = "balance") -> Path:
    """The tutorial, whose town's demand is made that of fields under three years of daily weather."""
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in range(3 * 365)]
    rows = [f"{day},{3 + (day.timetuple().tm_yday % 4)},{40 if number % 17 == 0 else 0}" for number, day in enumerate(days)]
    header = "date,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    (folder / "tables/weather.csv").write_text("\n".join([header, *rows]))
    settings = f"forecaster: crop_demand, rain_method: {method}, {efficiency}, weather: {{file: tables/weather.csv}}"
    return with_forecast(folder, f"{settings}, members: 3, crops: [{crops}]")


def test_the_balance_of_fields_from_a_file(tutorial: Path) -> None:
    """Everything that the file says arrives, in the units of the forecaster."""
    scenario = read_scenario(balanced(tutorial, f"{RICE}, {CANE}"))
    recipe = scenario.forecasts["town", "demand"]
    forecaster = recipe.settings.build(recipe.unit, recipe.columns)
    assert isinstance(forecaster, CropDemand)
    rice, cane = forecaster.crops
    deep, saving = Ponding(20.0, 50.0, 100.0), Ponding(-150.0, 40.0, 100.0)
    assert isinstance(rice.field, PaddyField)
    assert rice.field.ponding == (deep, saving, saving, saving)
    assert (rice.field.bund, rice.field.turn, rice.field.nursery_days, rice.field.drained) == (120.0, 4, 20, (35, 7))
    assert (rice.blocks, rice.harvest_value, rice.yield_response) == (5, pytest.approx(12.0), (1.10,))
    assert isinstance(cane.field, DryField)
    assert cane.field.basal is not None
    assert cane.field.basal.mid == 1.20
    made = forecast(scenario).series["town", "demand"]
    assert made.values.shape == (4, 3)
    assert (made.values.sum(axis=0) > 0.0).all()
    assert made.label == "weather years 2023-2025"
    whole = balanced_copy(tutorial, "efficiency: 0.54")
    assert forecast(read_scenario(whole)).series["town", "demand"].values == pytest.approx(made.values)


def balanced_copy(folder: Path, efficiency: str) -> Path:
    """The same with one figure in the place of its parts."""
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    assert PARTS in text
    (folder / "scenario.yaml").write_text(text.replace(PARTS, efficiency), encoding="utf-8")
    return folder


def test_a_shortage_has_its_price(tutorial: Path) -> None:
    """Rising values, which make up the harvest that is lost without water."""
    response = shortage_response(read_scenario(balanced(tutorial, RICE)), "town")
    values = np.array([part.value for part in response.parts])
    assert (np.diff(values) > 0.0).all()
    assert 0.0 < response.damage[-1] <= 12.0 * 1.0e6


def test_a_zone_without_crops_has_no_price(tutorial: Path) -> None:
    with pytest.raises(InputError, match="the demand of town is not forecast from its crops"):
        shortage_response(read_scenario(tutorial), "town")


def test_a_crop_without_a_field_cannot_be_balanced(tutorial: Path) -> None:
    bare = "{name: rice, area: 100 ha, planting: 03-01, stages: [20, 30, 35, 20]}"
    with pytest.raises(InputError) as caught:
        forecast(read_scenario(balanced(tutorial, bare)))
    assert "rice has no field to keep a balance of" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("upland, bund: 100 mm", "a field of the kind upland has no bund"),
        ("paddy, holding: 0.1, dual: true", "a field of the kind paddy has no dual, holding"),
        ("paddy, ponding: [{minimum: 90 mm, optimum: 50 mm, maximum: 100 mm}]", "ponding depths are not in order"),
        ("bog", "kind"),
    ],
)
def test_wrong_fields_are_told(tutorial: Path, field: str, message: str) -> None:
    crop = f"{{name: rice, area: 100 ha, planting: 03-01, stages: [20, 30, 35, 20], field: {{kind: {field}}}}}"
    told = at_the_forecast(balanced(tutorial, crop))
    assert message in told[0], told


def at_the_forecast(folder: Path) -> list[str]:
    """What is complained of on the line of the forecast; a zone that then lacks its demand is told elsewhere."""
    last = len((folder / "scenario.yaml").read_text(encoding="utf-8").splitlines())
    return [str(finding) for finding in findings_about(folder) if finding.where.line == last]


@pytest.mark.parametrize(
    ("efficiency", "message"),
    [
        ("efficiency: 1.5", "'efficiency' is out of its range; found '1.5'"),
        ("efficiencies: {conveyance: 0.8, distribution: 0.9}", "no 'application'"),
        ("efficiencies: {conveyance: 8, distribution: 1, application: 1}", "'conveyance' is out of its range; found '8'"),
        ("rain_share: 0.7", "give one of the two"),
        ("efficiency: 0.5, efficiencies: {conveyance: 1, distribution: 1, application: 1}", "give one of the two"),
    ],
)
def test_wrong_efficiencies_are_told(tutorial: Path, efficiency: str, message: str) -> None:
    told = at_the_forecast(balanced(tutorial, RICE, efficiency))
    assert any(message in line for line in told), told


def test_the_later_edition_of_the_table() -> None:
    settings = {"name": "rice", "area": 1.0e4, "planting": "03-01", "stages": (20, 30, 35, 20)}
    assert CropSettings.model_validate(settings).crop().coefficients.end == 0.75
    assert CropSettings.model_validate(settings | {"edition": 2025}).crop().coefficients.end == 1.05
