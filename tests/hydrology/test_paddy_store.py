"""Ponded rice: by hand, by its balance, and against AquaCrop over eleven seasons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hyderabad_rice as hyderabad
from waterbalance.hydrology.crop_water import GrowthStages, fao56_coefficients
from waterbalance.hydrology.paddy_practice import PaddyPractice, Ponding, nursery, paddy_days
from waterbalance.hydrology.paddy_store import PaddyBalance, PaddyDays, PaddySoil, paddy_balance
from waterbalance.hydrology.yield_response import RESPONSE_FACTORS, relative_yield

SOIL = PaddySoil(300.0, 0.54, 0.50, 0.32, percolation=4.0)
RICE = PaddyPractice(GrowthStages(20, 30, 40, 30), fao56_coefficients("rice"))
AGE = np.arange(-60.0, 160.0)[:, None]


def season(practice: PaddyPractice, rain: float | np.ndarray = 0.0, given_: np.ndarray | None = None) -> PaddyBalance:
    return paddy_balance(5.0, rain, paddy_days(AGE, practice, SOIL), SOIL, -60.0, given=given_)


def on(balance: np.ndarray, age: int) -> float:
    return float(balance[age + 60, 0])


def rain_fed() -> PaddyBalance:
    """The eleven seasons at Hyderabad without irrigation: AquaCrop's soil and canopy, the default surface layer.

    Two layers: 0.5 m that the roots use over a pan of 2 mm/day. The canopy is AquaCrop's without stress.
    """
    cover = hyderabad.canopy()
    shaded = 1.72 * cover - cover**2 + 0.30 * cover**3
    ageing = 0.0015 * np.maximum(np.arange(1.0, len(cover) + 1.0) - 50.0, 0.0) * cover
    same = np.ones((len(cover), 1))
    transpiring, wet = shaded * (1.1 - ageing), 1.1 * (1.0 - shaded)
    days = PaddyDays(-np.inf * same, 0.0 * same, 200.0 * same, 0.0 * same, transpiring[:, None], wet[:, None])
    # Closing stomata begin at half of the water between field capacity and wilting point.
    soil = PaddySoil(500.0, 0.54, 0.50, 0.32, percolation=2.0, stress_from=(20.0 + 0.5 * 90.0) / 110.0)
    return paddy_balance(hyderabad.REFERENCE, hyderabad.RAIN, days, soil, start=-20.0)


def of_seasons(flow: np.ndarray) -> np.ndarray:
    """Sums from planting to maturity. [mm]"""
    return np.asarray((flow * hyderabad.GROWING).sum(axis=0))


def test_aquacrop_over_eleven_seasons() -> None:
    """Runoff, evaporation and transpiration within 5 % as sums of the eleven seasons.

    A season whose drought stunts the canopy cannot come out: 2004 transpires 13 % too much. All others are within 5 % by
    themselves, and every runoff within 11 mm.
    """
    told = rain_fed()
    sums = {name: of_seasons(getattr(told, name)) for name in hyderabad.AQUACROP}
    for name, expected in hyderabad.AQUACROP.items():
        assert sums[name].sum() == pytest.approx(sum(expected), rel=0.05), name
    assert sums["spill"] == pytest.approx(hyderabad.AQUACROP["spill"], abs=11.0)
    ratios = sums["transpiration"] / hyderabad.AQUACROP["transpiration"]
    assert np.flatnonzero(np.abs(ratios - 1.0) > 0.05).tolist() == [4]
    assert ratios[4] == pytest.approx(1.13, abs=0.02)


def test_yields_of_aquacrop_over_eleven_seasons() -> None:
    """FAO-33 with one factor for the season: within 0.03 of a harvest on average, 0.08 at worst, the droughts in order.

    With CROPWAT's factors by stage the product falls far too low.
    """
    told = rain_fed()
    day = np.arange(len(told.level))
    stage = np.searchsorted([20, 50, 80], day, side="right")
    used, asked = (
        np.stack([of_seasons(flow * (stage == number)[:, None]) for number in range(4)])
        for flow in (told.evaporation + told.transpiration, told.potential)
    )
    published = hyderabad.YIELD / hyderabad.YIELD_WITHOUT_STRESS
    season = relative_yield(used, asked, RESPONSE_FACTORS["rice"])
    assert np.abs(season - published).mean() < 0.03
    assert np.abs(season - published).max() < 0.08
    assert np.argsort(season)[:2].tolist() == np.argsort(published)[:2].tolist() == [4, 2]
    stages = relative_yield(used, asked, (1.0, 1.09, 1.32, 0.5))
    assert np.abs(stages - published).mean() == pytest.approx(0.11, abs=0.01)


@given(st.integers(0, 10_000), st.booleans(), st.integers(-200, 60), st.integers(0, 30))
def test_the_balance_closes(seed: int, short: bool, lowest: int, drained: int) -> None:
    """In any weather and practice nothing is gained or lost, and the field stays between wilting and the bund."""
    generator = np.random.default_rng(seed)
    pond = Ponding(lowest, 60.0, 90.0)
    practice = replace(RICE, ponding=(pond,) * 4, drained=(30, drained))
    rain = generator.gamma(0.2, 60.0, (len(AGE), 6))
    start = generator.uniform(-SOIL.available, 90.0, 6)
    days = paddy_days(AGE - np.arange(6.0), practice, SOIL)
    less = generator.gamma(0.1, 60.0, rain.shape) if short else None
    told = paddy_balance(generator.uniform(0.0, 9.0, rain.shape), rain, days, SOIL, start, given=less)
    before = np.vstack([start, told.level[:-1]])
    lost = told.spill + told.evaporation + told.transpiration + told.percolation
    assert np.abs(before + rain + told.irrigation - lost - told.level).max() < 1e-9
    assert (told.level >= -SOIL.available - 1e-9).all()
    assert (told.level <= days.sill).all()
    assert (told.percolation <= SOIL.percolation).all()
    assert (
        min(getattr(told, name).min() for name in ("irrigation", "spill", "evaporation", "transpiration", "percolation")) >= 0.0
    )


def test_soaking_and_puddling_by_hand() -> None:
    """Without weather and percolation a layer that lacks 60 mm takes 60 + 50 mm, evenly over its days."""
    tight = replace(SOIL, percolation=0.0)
    told = paddy_balance(0.0, 0.0, paddy_days(AGE, RICE, tight), tight, -60.0)
    assert SOIL.soaking(0.34) == pytest.approx(60.0)
    assert told.irrigation[40:60, 0] == pytest.approx(np.full(20, 110.0 / 20.0))
    assert told.level[59, 0] == pytest.approx(50.0)
    assert not told.irrigation[:40].any()
    wet = paddy_balance(0.0, np.where(AGE == -15.0, 30.0, 0.0), paddy_days(AGE, RICE, tight), tight, -60.0)
    assert wet.irrigation.sum() == pytest.approx(110.0 - 30.0)


def test_irrigation_to_the_optimum_when_below_the_minimum() -> None:
    """Losses of 1.05 x 5 + 4 = 9.25 mm a day: 50 mm puddled, 40.75 on the eve of planting, then 31.5, 22.25, 13; and 37 mm."""
    told = season(RICE)
    assert [on(told.level, age) for age in range(-1, 4)] == pytest.approx([40.75, 31.5, 22.25, 13.0, 40.75], abs=0.01)
    assert [on(told.irrigation, age) for age in range(5)] == pytest.approx([0.0, 0.0, 0.0, 37.0, 0.0], abs=0.01)


def test_the_outlet_and_the_bund() -> None:
    """A storm of 200 mm leaves what stands above the outlet of 100 mm; with one above the bund, above that."""
    storm = np.where(AGE == 60.0, 200.0, 0.0)
    dry = season(RICE)
    pond = on(dry.level, 59) + on(dry.irrigation, 60)
    assert on(season(RICE, storm).spill, 60) == pytest.approx(pond + 200.0 - 100.0)
    high = replace(RICE, ponding=(Ponding(20.0, 50.0, 500.0),) * 4)
    assert on(season(high, storm).spill, 60) == pytest.approx(pond + 200.0 - 150.0)


def test_drained_in_mid_season_and_before_harvest() -> None:
    """The pond leaves on the first day, and no water comes until it is over; the last ten days are dry too."""
    told = season(replace(RICE, drained=(35, 7)))
    assert on(told.spill, 35) == pytest.approx(on(told.level, 34))
    assert not told.irrigation[60 + 35 : 60 + 42].any()
    assert on(told.irrigation, 42) > 50.0
    assert not told.irrigation[60 + 110 :].any()
    assert on(told.level, 119) < 0.0


def test_alternate_wetting_and_drying_saves_water_and_costs_no_transpiration() -> None:
    """The water table may fall to 150 mm: 6 mm of drainable pores. Less percolates; the crop does not feel it."""
    safe = Ponding(-150.0, 50.0, 100.0)
    always, alternate = season(RICE), season(replace(RICE, ponding=(Ponding(), safe, safe, safe)))
    assert SOIL.level_of_depth(150.0) == pytest.approx(-6.0)
    assert alternate.irrigation.sum() < always.irrigation.sum() - 20.0
    assert alternate.transpiration.sum() == pytest.approx(always.transpiration.sum())
    growing = alternate.level[60 + 20 : 60 + 110]
    assert growing.min() == pytest.approx(-6.0, abs=11.0)
    assert growing.min() < 0.0


def test_a_nursery_is_given_up_when_it_is_transplanted() -> None:
    """Prepared like the field, ponded for 25 days, then bare."""
    days = paddy_days(AGE, nursery(RICE, 25), SOIL)
    assert (days.filling[:, 0] > 0.0).sum() == 20
    assert np.isfinite(days.minimum[:, 0]).sum() == 25
    assert (days.basal[60 : 60 + 25] == 1.05).all()
    assert not days.basal[60 + 25 :].any()


def test_a_shortage_dries_the_field_and_stresses_the_crop() -> None:
    """Each cut costs transpiration, and none costs nothing."""
    full = season(RICE).irrigation
    used = [float(season(RICE, given_=share * full).transpiration.sum()) for share in (1.0, 0.6, 0.3, 0.0)]
    assert used == sorted(used, reverse=True)
    assert used[-1] < 0.4 * used[0]
