"""Fields and efficiencies of irrigation zones in a scenario file, and what a shortage costs them."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from scenario.folders import findings_about
from scenario.test_forecasts import with_forecast
from waterbalance import plan_scenario
from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.field_kinds import DryField, PaddyField
from waterbalance.hydrology.crop_water import CropCoefficients
from waterbalance.hydrology.paddy_practice import Ponding
from waterbalance.scenario import forecast, read_scenario, shortage_response
from waterbalance.scenario.crop_settings import CropSettings

RICE = (
    "{name: rice, area: 100 ha, planting: 03-01, stages: [20, 30, 35, 20], planting_days: 10, blocks: 5, percolation: 4 mm/day, "
    "preparation_days: 20, harvest_value: 120000 NTD/ha, field: {kind: paddy, turn: 4, bund: 120 mm, nursery_days: 20, "
    "ponding: [{minimum: 20 mm, optimum: 50 mm, maximum: 100 mm}, {minimum: -150 mm, optimum: 40 mm, maximum: 100 mm}, "
    "{minimum: -150 mm, optimum: 40 mm, maximum: 100 mm}, {minimum: -150 mm, optimum: 40 mm, maximum: 100 mm}], "
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


TWO_ZONES = """
waterbalance: 1
name: two_zones
time_zone: Asia/Taipei
horizon: {{start: 2026-02-01, last_day: 2026-06-30}}
policy: {{preset: economic}}
components:
  wells: {{type: well_field, capacity: 12000 CMD}}
  cheap_pipe: {{type: pipeline, source: wells, target: cheap, capacity: 1 m3/s}}
  dear_pipe: {{type: pipeline, source: wells, target: dear, capacity: 1 m3/s}}
  cheap: {{type: irrigation_zone, area: 100 ha, marginal_damage: {cheap}}}
  dear: {{type: irrigation_zone, area: 100 ha, marginal_damage: crops}}
forecasts:
  cheap.demand:
    {settings}
    crops: [{rice}]
  dear.demand:
    {settings}
    crops: [{dear_rice}]
"""


def two_zones(folder: Path, cheap: str = "crops", **changes: str) -> Path:
    """Two zones under the same sun; a harvest of the second brings twice as much."""
    folder.mkdir()
    settings = {"forecaster": "crop_demand", "rain_method": "balance", "efficiency": "0.7", **changes}
    lines = [*(f"{key}: {value}" for key, value in settings.items()), "weather: {file: weather.csv}"]
    rice, dear = RICE, RICE.replace("harvest_value: 120000", "harvest_value: 240000")
    text = TWO_ZONES.format(cheap=cheap, settings="\n    ".join(lines), rice=rice, dear_rice=dear)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in range(3 * 365)]
    header = "date,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    (folder / "weather.csv").write_text("\n".join([header, *(f"{day},4,0" for day in days)]), encoding="utf-8")
    return folder


def test_the_economic_policy_cuts_by_the_crops_of_the_file(tmp_path: Path) -> None:
    """Nothing but files: what a cubic metre less costs comes from the crops, and the cheaper harvest goes short first."""
    scenario = read_scenario(two_zones(tmp_path / "zones"))
    rows = {name: [(part.beyond, part.value) for part in scenario.network[name].marginal_damage] for name in ("cheap", "dear")}
    parts = shortage_response(scenario, "cheap").parts
    assert rows["cheap"] == [(part.beyond, pytest.approx(part.value)) for part in parts]
    assert rows["dear"] == [(share, pytest.approx(2.0 * value)) for share, value in rows["cheap"]]
    planned = plan_scenario(scenario)
    assert planned.findings == ()
    lacking = {name: planned.plan.values[name, "shortage"] for name in rows}
    for step, demand in enumerate(planned.forecasts.series["cheap", "demand"].value("median")):
        total = float(sum(lacking[name][step] for name in rows))
        by_hand = cheapest_first(rows, float(demand), total)
        assert {name: float(lacking[name][step]) for name in rows} == pytest.approx(by_hand, rel=1e-3, abs=1.0)
    assert lacking["cheap"].sum() > lacking["dear"].sum() > 0.0


def cheapest_first(rows: dict[str, list[tuple[float, float]]], demand: float, total: float) -> dict[str, float]:
    """Shortage of each zone, all of one demand, when the parts of their curves are lost in the order of their values. [m3]"""
    parts = sorted(
        (value, name, demand * (end - beyond))
        for name, curve in rows.items()
        for (beyond, value), end in zip(curve, [*(share for share, _ in curve[1:]), 1.0], strict=True)
    )
    told = dict.fromkeys(rows, 0.0)
    for _, name, width in parts:
        taken = min(width, total)
        told[name], total = told[name] + taken, total - taken
    return told


def test_what_returns_is_told_once(tmp_path: Path) -> None:
    """24 % of what is lost between head and root zones, 1 - 0.8 x 0.9 x 0.75 = 46 % of the water, comes back to the drain."""
    folder = two_zones(
        tmp_path / "zones", efficiencies="{conveyance: 80 %, distribution: 90 %, application: 75 %, returned: 24 %}"
    )
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8").replace("    efficiency: 0.7\n", "")
    text = text.replace("marginal_damage: crops}", "return_fraction: crops, return_to: drain}").replace(
        "preset: economic", "preset: water_act"
    )
    file.write_text(text.replace("rules:", "").replace("  wells:", "  drain: {type: outfall}\n  wells:"), encoding="utf-8")
    scenario = read_scenario(folder)
    assert scenario.network["dear"].return_fraction == pytest.approx(0.24 * 0.46)
    planned = plan_scenario(scenario)
    assert planned.findings == ()
    values = planned.plan.values
    assert values["dear", "return_flow"].sum() > 0.0
    assert values["dear", "return_flow"] == pytest.approx(0.24 * 0.46 * values["dear", "consumption"])


@pytest.mark.parametrize(
    ("cheap", "changes", "message"),
    [
        ("crops", {"rain_method": "usda_scs"}, "a planning method cannot tell what a shortage costs"),
        ("fields", {}, "marginal_damage"),
    ],
)
def test_what_hinders_a_price_by_crops(tmp_path: Path, cheap: str, changes: dict[str, str], message: str) -> None:
    """Told at the field of the zone."""
    folder = two_zones(tmp_path / "zones", cheap, **changes)
    found = [finding for finding in findings_about(folder) if message in str(finding)]
    assert found
    line = next(
        number for number, text in enumerate((folder / "scenario.yaml").read_text().splitlines(), 1) if "  cheap: " in text
    )
    assert any(finding.where.line == line for finding in found)


def test_a_zone_with_a_plain_demand_has_no_crops_to_ask(tutorial: Path) -> None:
    text = (tutorial / "scenario.yaml").read_text(encoding="utf-8")
    changed = text.replace("    type: irrigation_zone\n", "    type: irrigation_zone\n    marginal_damage: crops\n", 1)
    assert changed != text
    (tutorial / "scenario.yaml").write_text(changed, encoding="utf-8")
    assert any("is not forecast from its crops" in str(each) for each in findings_about(tutorial))


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
        ("upland, basal: [0.15, 1.1, 0.5]", "basal coefficients are for the dual coefficient"),
        ("upland, dual: true, basal: [0.15, 11, 0.5]", "a basal crop coefficient is out of its range"),
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


CITRUS = "name: citrus, area: 50 ha, planting: 02-01, stages: [60, 90, 120, 95], edition: 2025"


@pytest.mark.parametrize(
    ("crop", "what", "allowed"),
    [
        (f"{{{CITRUS}, field: orchard}}", "no crop coefficients of edition 2025 for this crop", "rice, sugarcane"),
        (
            f"{{{CITRUS}, coefficients: [0.7, 0.65, 0.7], field: {{kind: orchard, dual: true}}}}",
            "no basal crop coefficients of edition 2025 for this crop",
            "sugarcane",
        ),
    ],
)
def test_a_crop_that_the_later_edition_lacks_is_never_taken_from_the_older(
    tutorial: Path, crop: str, what: str, allowed: str
) -> None:
    """The complaint says what is missing, what there is, and what to do."""
    [told] = [line for line in at_the_forecast(balanced(tutorial, crop)) if what in line]
    assert f"; allowed: {allowed}; found 'citrus'. Give the coefficients themselves, or take edition 1998" in told


def test_what_the_complaint_advises_works(tutorial: Path) -> None:
    """With coefficients of its own the crop is forecast, by the dual coefficient too."""
    field = "coefficients: [0.7, 0.65, 0.7], field: {kind: orchard, dual: true, basal: [0.65, 0.6, 0.65]}"
    scenario = read_scenario(balanced(tutorial, f"{{{CITRUS}, {field}}}"))
    recipe = scenario.forecasts["town", "demand"]
    forecaster = recipe.settings.build(recipe.unit, recipe.columns)
    assert isinstance(forecaster, CropDemand)
    [citrus] = forecaster.crops
    assert isinstance(citrus.field, DryField)
    assert citrus.field.basal == CropCoefficients(0.65, 0.6, 0.65)
    assert forecast(scenario).series["town", "demand"].values.sum() > 0.0
