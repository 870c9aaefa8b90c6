"""The dual coefficient and the root zone against FAO-56's example 35, pyfao56 and its own balance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cotton_2013 as cotton
from waterbalance.errors import InputError
from waterbalance.hydrology import dual_crop
from waterbalance.hydrology.crop_water import (
    CropCoefficients,
    GrowthStages,
    crop_coefficient,
    fao56_basal_coefficients,
    fao56_coefficients,
)
from waterbalance.hydrology.dual_crop import SurfaceLayer
from waterbalance.hydrology.effective_rainfall import curve_number_runoff
from waterbalance.hydrology.evapotranspiration import wind_at_two_metres
from waterbalance.hydrology.growing_degree_days import ages_by_warmth, degree_days, since_planting, stages_in_days
from waterbalance.hydrology.root_zone import CropDays, Given, Refill, RootZoneBalance, root_zone_balance


def test_equation_72() -> None:
    """Wind 1.6 m/s, humidity 35 %, 0.3 m high: 1.212028 (USGS, swb2, test_fao56)."""
    assert dual_crop.highest_coefficient(0.35, 1.6, 35.0, 0.3) == pytest.approx(1.212028, abs=5e-7)
    assert dual_crop.highest_coefficient(1.3, 1.6, 35.0, 0.3) == 1.35


def test_example_35() -> None:
    """Ten days after an irrigation of 40 mm on 0.8 of the soil, with 6 mm of rain on the sixth; as printed in the paper.

    Kr and Ke within 0.01, ETc within 0.05 mm; TEW 18 mm, REW 8 mm, Kc max 1.21. On the first day the paper prints 5.5 mm, the
    sum of 4.1 and 1.4 as rounded: Kc max ET0 = 1.21 x 4.5 = 5.445 mm.
    """
    reference = np.array([[4.5], [5.0], [3.9], [4.2], [4.8], [2.7], [5.8], [5.1], [4.7], [5.2]])
    covered = 1.0 - np.array([[0.92], [0.91], [0.91], [0.90], [0.89], [0.89], [0.88], [0.87], [0.87], [0.86]])
    basal = np.array([[0.30], [0.31], [0.32], [0.33], [0.34], [0.36], [0.37], [0.38], [0.39], [0.40]])
    rain, applied = np.zeros((10, 1)), np.zeros((10, 1))
    rain[5], applied[0] = 6.0, 40.0
    crop = CropDays(basal, np.full((10, 1), 1.21), covered, np.full((10, 1), 200.0), np.full((10, 1), 0.6))
    told = root_zone_balance(reference, rain, crop, Given(applied, np.full((10, 1), 0.8)), (0.0, 18.0), SurfaceLayer(18.0, 8.0))
    reductions = [1.00, 1.00, 0.72, 0.41, 0.22, 0.71, 0.52, 0.23, 0.12, 0.07]
    coefficients = [0.91, 0.90, 0.64, 0.36, 0.19, 0.60, 0.44, 0.19, 0.10, 0.05]
    depths = [5.445, 6.1, 3.8, 2.9, 2.6, 2.6, 4.7, 2.9, 2.3, 2.4]
    assert told.reduction[:, 0] == pytest.approx(reductions, abs=0.01)
    assert told.coefficient[:, 0] == pytest.approx(coefficients, abs=0.01)
    assert told.potential[:, 0] == pytest.approx(depths, abs=0.05)
    assert told.surface[:, 0] == pytest.approx([5, 11, 14, 16, 17, 13, 16, 17, 17, 18], abs=0.5)


def cotton_crop() -> CropDays:
    """Its coefficients, roots and cover as pyfao56 has them (cotton2013.par); after harvest it stays as it was."""
    age = np.arange(cotton.LAST_DAY - cotton.FIRST_DAY + 1.0)
    stages, coefficients = GrowthStages(31, 52, 50, 21), CropCoefficients(0.15, 1.20, 0.573)
    basal = np.where(age < stages.season, crop_coefficient(age, stages, coefficients), coefficients.end)
    grown = np.maximum.accumulate((basal - 0.15) / (1.20 - 0.15))
    height = 0.05 + (1.2 - 0.05) * grown
    highest = dual_crop.highest_coefficient(basal, wind_at_two_metres(cotton.WIND, 3.0), cotton.LOWEST_HUMIDITY, height)
    covered = dual_crop.covered_fraction(basal, 0.15, highest, height)
    available = 1000.0 * (0.225 - 0.100) * (0.6 + (1.7 - 0.6) * grown)
    parts = (basal, highest, covered, available, np.full(len(age), 0.65))
    return CropDays(*(part[:, None] for part in parts))


def test_sums_of_pyfao56() -> None:
    """All sums of its first example within 0.01 mm, for three equal fields at once."""
    total = float(dual_crop.evaporable_water(0.225, 0.100, 0.11429))
    told = root_zone_balance(
        np.repeat(cotton.REFERENCE[:, None], 3, axis=1), cotton.daily(cotton.RAIN), cotton_crop(),
        Given(cotton.daily(cotton.IRRIGATION), cotton.daily(cotton.WETTED)), (75.0, total), SurfaceLayer(total, 9.0),
        early=False,
    )  # fmt: skip
    sums = {name: getattr(told, name).sum(axis=0) for name in ("potential", "evaporation", "transpiration", "percolation")}
    sums |= {"irrigation": told.irrigation.sum(axis=0), "depletion at the end": told.depletion[-1]}
    for name, depth in sums.items():
        assert depth == pytest.approx(np.full(3, cotton.SUMS[name]), abs=0.01), name


def gap(told: RootZoneBalance, start: np.ndarray, infiltrated: np.ndarray) -> np.ndarray:
    """What is missing in the balance of each day. [mm]"""
    before = np.vstack([start, told.depletion[:-1]])
    lost = told.evaporation + told.transpiration + told.percolation
    return before - infiltrated - told.irrigation + lost - told.depletion


@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.booleans())
def test_the_balance_closes(seed: int, early: bool, dual: bool, short: bool) -> None:
    """In any weather nothing is gained or lost, and the root zone stays between empty and full."""
    generator = np.random.default_rng(seed)
    shape = (60, 7)
    rain = generator.gamma(0.2, 40.0, shape)
    basal = generator.uniform(0.0, 1.2, shape)
    available = np.sort(generator.uniform(20.0, 200.0, shape), axis=0)
    crop = CropDays(basal, basal + 0.1, np.clip(basal - 0.2, 0.0, 0.9), available, np.full(shape, 0.5))
    start = generator.uniform(0.0, 20.0, shape[1])
    rule: Refill | Given = Refill((generator.uniform(size=shape) > 0.3).astype(float), wetted=0.4)
    if short:
        rule = Given(generator.gamma(0.1, 40.0, shape), np.full(shape, 0.4))
    layer = SurfaceLayer(25.0, 8.0) if dual else None
    told = root_zone_balance(generator.uniform(0.0, 9.0, shape), rain, crop, rule, (start, 10.0), layer, early=early)
    assert np.abs(gap(told, start, rain)).max() < 1e-9
    assert (told.depletion >= -1e-12).all()
    assert (told.depletion <= available + 1e-9).all()
    assert min(told.evaporation.min(), told.transpiration.min(), told.percolation.min()) >= 0.0
    assert (told.transpiration + told.evaporation <= told.potential + 1e-12).all()


def test_fields_at_once_are_fields_one_by_one() -> None:
    generator = np.random.default_rng(3)
    rain, basal = generator.gamma(0.2, 30.0, (90, 5)), generator.uniform(0.2, 1.2, (90, 5))
    same = np.ones((90, 5))
    crop = CropDays(basal, basal + 0.1, 0.5 * same, 120.0 * same, 0.5 * same)
    together = root_zone_balance(5.0, rain, crop, Refill(same), (30.0, 5.0), SurfaceLayer(25.0, 8.0))
    for field in range(5):
        part = CropDays(*(values[:, [field]] for values in (basal, basal + 0.1, 0.5 * same, 120.0 * same, 0.5 * same)))
        alone = root_zone_balance(5.0, rain[:, [field]], part, Refill(same[:, [field]]), (30.0, 5.0), SurfaceLayer(25.0, 8.0))
        assert (alone.depletion[:, 0] == together.depletion[:, field]).all()


def test_refill_by_hand() -> None:
    """Kc 1, 5 mm a day, TAW 100 mm, p 0.5: on the eleventh day 50 mm are gone and are refilled; as given in a shortage."""
    days = np.ones((12, 1))
    crop = CropDays(days, 1.2 * days, 0.0 * days, 100.0 * days, 0.5 * days)
    told = root_zone_balance(np.full((12, 1), 5.0), 0.0, crop, Refill(days), (0.0, 0.0))
    assert told.irrigation[:, 0].tolist() == [0.0] * 10 + [50.0, 0.0]
    assert told.depletion[:, 0] == pytest.approx([*range(5, 55, 5), 5, 10])
    short = root_zone_balance(np.full((12, 1), 5.0), 0.0, crop, Given(0.5 * told.irrigation, days), (0.0, 0.0))
    assert short.depletion[:, 0] == pytest.approx([*range(5, 55, 5), 30, 35])
    never = root_zone_balance(np.full((40, 1), 5.0), 0.0, CropDays(*(np.tile(p, (4, 1))[:40] for p in (
        days, 1.2 * days, 0.0 * days, 100.0 * days, 0.5 * days))), Refill(np.zeros((40, 1))), (0.0, 0.0))  # fmt: skip
    assert never.depletion[-1, 0] < 100.0
    assert never.transpiration[-1, 0] < 0.5


def test_curve_number() -> None:
    """CN 75: S = 84.67 mm; 100 mm of rain give (100 - 16.93)^2 / (100 + 67.73) = 41.14 mm, 16 mm give nothing."""
    assert curve_number_runoff([100.0, 16.0, 0.0], 75.0) == pytest.approx([41.14, 0.0, 0.0], abs=0.01)


def test_basal_editions() -> None:
    """Transpiration alone is less than the single coefficient; what an edition does not hold is refused."""
    for crop in ("rice", "sugarcane", "banana_second_year", "citrus"):
        assert fao56_basal_coefficients(crop).mid < fao56_coefficients(crop).mid
    assert fao56_basal_coefficients("sugarcane", 2025).mid == 1.15
    with pytest.raises(InputError, match="no basal crop coefficients of edition 2025 for this crop; found 'rice'"):
        fao56_basal_coefficients("rice", 2025)


def test_degree_days_by_hand() -> None:
    """Base 8, upper 30: 34 counts as 30, 4 as 8."""
    assert degree_days([34.0, 20.0, 6.0], [24.0, 4.0, 2.0], base=8.0, upper=30.0).tolist() == [19.0, 6.0, 0.0]


def test_curve_by_degree_days() -> None:
    """At 10 degree-days a day a curve in degree-days is the calendar's of a tenth; warmth brings the harvest forward."""
    age = np.arange(-5.0, 130.0)
    rice = fao56_coefficients("rice")
    steady = since_planting(np.full((len(age), 2), [10.0, 12.5]), age)
    by_warmth = crop_coefficient(steady, GrowthStages(200, 300, 400, 300), rice)
    assert by_warmth[:, 0] == pytest.approx(crop_coefficient(age, GrowthStages(20, 30, 40, 30), rice))
    assert (by_warmth[:, 1] > 0.0).sum() == 96
    assert steady[age < 0.0].tolist() == [[-1.0, -1.0]] * 5


def test_ages_by_warmth() -> None:
    """Typical: 10 degree-days a day for ten days, then 20. Planted on the third day; one member has 10 a day, one 30.

    After five days 50 are five typical days; 150 are 10 + (150 - 100) / 20 = 12.5 of them. A block that is four days old on
    the first day has typical days behind it.
    """
    ages = np.column_stack([np.arange(-2.0, 8.0), np.arange(4.0, 14.0)])
    typical = np.tile(np.repeat([10.0, 20.0], [10, 100]), (2, 1))
    told = ages_by_warmth(ages, np.tile([10.0, 30.0], (10, 1)), typical)
    assert told.shape == (10, 2, 2)
    assert told[:3, 0].tolist() == [[-2.0, -2.0], [-1.0, -1.0], [0.0, 0.0]]
    assert told[7, 0] == pytest.approx([5.0, 12.5])
    assert told[0, 1] == pytest.approx([4.0, 4.0])
    assert told[6, 1] == pytest.approx([10.0, 10.0 + (40 + 180 - 100) / 20])
    assert told[9, 1, 0] == pytest.approx(10.0 + 30.0 / 20.0)


def test_stages_in_days() -> None:
    """200, 300, 400 and 300 degree-days at 12.5 a day: 16, 24, 32 and 24 days; the curves are then the same."""
    warm = GrowthStages(200, 300, 400, 300)
    calendar = stages_in_days(np.full(120, 12.5), warm)
    assert calendar == GrowthStages(16, 24, 32, 24)
    age, rice = np.arange(0.0, 96.0), fao56_coefficients("rice")
    by_warmth = crop_coefficient(since_planting(np.full(96, 12.5), age), warm, rice)
    assert by_warmth == pytest.approx(crop_coefficient(age, calendar, rice))
    assert stages_in_days([10.0, 20.0, 30.0, 40.0], GrowthStages(0, 25, 35, 40)) == GrowthStages(0, 2, 1, 1)
    with pytest.raises(InputError, match="the days end before the harvest; found 500 degC day; allowed: 1200"):
        stages_in_days(np.full(40, 12.5), warm)
