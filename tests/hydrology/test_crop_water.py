"""Crop coefficients, paddy demand, effective rain and open water."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.hydrology.crop_water import CropCoefficients, Edition, GrowthStages, crop_coefficient, fao56_coefficients
from waterbalance.hydrology.effective_rainfall import fixed_percentage, usda_scs
from waterbalance.hydrology.open_water import DEEP_TEMPERATE_WARMING, open_water_evaporation
from waterbalance.hydrology.paddy import land_preparation, net_demand

STAGES = GrowthStages(30, 30, 60, 30)


def test_curve_of_rice() -> None:
    """Level, rise, level, fall; nothing before planting and from harvest on."""
    curve = crop_coefficient([-1, 0, 29, 45, 60, 119, 135, 149, 150], STAGES, fao56_coefficients("rice"))
    assert curve == pytest.approx([0.0, 1.05, 1.05, 1.125, 1.2, 1.2, 0.975, 1.2 - 0.45 * 29 / 30, 0.0])


def test_fao56_example_28_dry_bean() -> None:
    """FAO-56 example 28, dry beans, on days of each of the four stages."""
    bean = CropCoefficients(0.15, 1.19, 0.35)
    curve = crop_coefficient([20, 40, 70, 95], GrowthStages(25, 25, 30, 20), bean)
    assert curve == pytest.approx([0.15, 0.77, 1.19, 0.56], abs=0.005)


@pytest.mark.parametrize(
    ("crop", "edition", "remedy"),
    [
        ("sorghum of nowhere", 1998, "Give the coefficients themselves, or choose one of those."),
        ("sorghum of nowhere", 2025, "Give the coefficients themselves, or choose one of those."),
        ("citrus", 2025, "Give the coefficients themselves, or take edition 1998."),
    ],
)
def test_an_older_edition_is_named_where_it_helps(crop: str, edition: Edition, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        fao56_coefficients(crop, edition)
    assert [each.remedy for each in caught.value.findings] == [remedy]


def test_editions_differ_where_known() -> None:
    """Rice at harvest moved from 0.75 to 1.05; a crop that the later table does not hold is refused."""
    assert fao56_coefficients("rice", 1998).end == 0.75
    assert fao56_coefficients("rice", 2025).end == 1.05
    assert fao56_coefficients("sugarcane", 2025).mid == 1.20
    with pytest.raises(InputError, match="allowed: rice, sugarcane"):
        fao56_coefficients("soybean", 2025)


def test_stage_of_no_length() -> None:
    """Without an initial stage the curve starts at once with the rise and stays finite."""
    curve = crop_coefficient([0, 5, 10], GrowthStages(0, 10, 10, 0), CropCoefficients(0.4, 1.2, 0.8))
    assert curve == pytest.approx([0.4, 0.8, 1.2])


def test_paddy_preparation_adds_up_to_its_depth() -> None:
    """The preparation depth is spread over the days before planting, and over no others."""
    days = np.arange(-40, 100)
    assert land_preparation(days, 0.18, 20).sum() == pytest.approx(0.18)
    assert not land_preparation(days, 0.18, 20)[days >= 0].any()
    assert not land_preparation(days, 0.18, 0).any()


depths = st.floats(0.0, 0.5)


@given(depths, depths, depths, depths)
def test_paddy_demand_is_never_negative(evapotranspiration: float, percolation: float, preparation: float, rain: float) -> None:
    """Demand and rain together cover the need; demand is cut at nothing."""
    demand = float(net_demand(evapotranspiration, percolation, preparation, rain))
    need = evapotranspiration + percolation + preparation
    assert demand >= 0.0
    assert demand + rain >= need - 1e-12
    assert demand <= need + 1e-12


def test_effective_rain_of_a_month_and_of_ten_days() -> None:
    """Hand-computed values of the CROPWAT formulas."""
    assert usda_scs([0.0, 100.0, 250.0, 400.0]) == pytest.approx([0.0, 84.0, 150.0, 165.0])
    assert usda_scs([40.0, 100.0], 10) == pytest.approx([40.0 * 101.0 / 125.0, 125.0 / 3.0 + 10.0])
    assert fixed_percentage(50.0, 0.8) == pytest.approx(40.0)


@given(st.floats(0.0, 3000.0), st.floats(0.0, 100.0), st.sampled_from([8.0, 10.0, 11.0, 30.0]))
def test_effective_rain_rises_with_rain_and_is_never_more(rain: float, extra: float, days: float) -> None:
    """More rain is never less use, and no more is used than falls."""
    assert usda_scs(rain, days) <= rain + 1e-9
    assert usda_scs(rain + extra, days) >= usda_scs(rain, days) - 1e-9


def test_open_water() -> None:
    """Coefficient times ET0; dew is not counted as inflow."""
    assert open_water_evaporation([4.0, -0.2]) == pytest.approx([4.2, 0.0])
    assert open_water_evaporation(4.0, DEEP_TEMPERATE_WARMING) == pytest.approx(2.6)
