"""Demand of an irrigation zone by the balance of its fields, and what a shortage costs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.agriculture import CropDemand
from waterbalance.forecast.crop import Crop, Thresholds
from waterbalance.forecast.efficiency import Efficiency
from waterbalance.forecast.field_kinds import FIELD_KINDS, DryField, PaddyField
from waterbalance.horizon import Horizon
from waterbalance.hydrology.crop_water import CropCoefficients, GrowthStages, fao56_basal_coefficients, fao56_coefficients
from waterbalance.hydrology.paddy_practice import PaddyPractice, Ponding, paddy_days
from waterbalance.hydrology.paddy_store import PaddySoil, paddy_balance

HECTARE = 10_000.0
RICE = Crop(
    "rice", HECTARE, (2, 1), GrowthStages(20, 30, 40, 30), fao56_coefficients("rice"), percolation=0.004, preparation_days=20,
    field=PaddyField(), harvest_value=15.0, yield_response=(1.0, 1.09, 1.32, 0.5),
)  # fmt: skip
CORN = Crop(
    "corn", 2 * HECTARE, (3, 1), GrowthStages(20, 25, 30, 10), fao56_coefficients("sweet_corn"), 20, field=DryField(turn=5)
)
SUGARCANE = Crop(
    "cane", HECTARE, (2, 1), GrowthStages(30, 60, 190, 70), fao56_coefficients("sugarcane"), field=FIELD_KINDS["sugarcane"]
)
CITRUS = Crop(
    "citrus", HECTARE, (1, 1), GrowthStages(60, 90, 120, 95), fao56_coefficients("citrus"), field=FIELD_KINDS["orchard"]
)
ALL = (RICE, CORN, SUGARCANE, CITRUS)
SEASON = Horizon((dt.date(2021, 1, 5), dt.date(2021, 2, 1), dt.date(2021, 3, 1), dt.date(2021, 6, 10)))


def weather(years: range, rain: float = 0.003, seed: int = 1) -> pd.DataFrame:
    """Storms on a tenth of the days. [m/day]"""
    days = pd.date_range(f"{years[0]}-01-01", f"{years[-1]}-12-31")
    generator = np.random.default_rng(seed)
    storms = generator.gamma(1.0, 10.0 * rain, len(days)) * (generator.uniform(size=len(days)) < 0.1)
    return pd.DataFrame({"evapotranspiration": generator.uniform(0.002, 0.006, len(days)), "rain": storms}, index=days)


def zone(*crops: Crop, efficiency: float | Efficiency = 0.8) -> CropDemand:
    return CropDemand(crops, efficiency, rain_method="balance")


def daily(start: dt.date, days: int) -> Horizon:
    return Horizon(tuple(start + dt.timedelta(days=day) for day in range(days + 1)))


def test_all_flows_close() -> None:
    """Nothing is gained or lost on the fields or on the way, in any step of any member."""
    parts = Efficiency(0.8, 0.9, 0.75, returned=0.24)
    flows = {
        name: forecast.values
        for name, forecast in zone(*ALL, efficiency=parts).fit(weather(range(2010, 2020))).flows(SEASON, members=12).items()
    }
    gone = flows["evapotranspiration"] + flows["percolation"] + flows["spill"] + flows["stored"]
    assert np.abs(flows["irrigation"] + flows["rain"] - gone).max() < 1e-9 * HECTARE
    assert flows["demand"] * 0.8 * 0.9 * 0.75 == pytest.approx(flows["irrigation"])
    assert flows["demand"] - flows["irrigation"] == pytest.approx(flows["loss"])
    assert flows["return_flow"] == pytest.approx(0.24 * flows["loss"])


def test_one_field_is_the_balance_itself() -> None:
    """One block under known weather: what `paddy_balance` says, volume by volume."""
    past = weather(range(2019, 2022))
    days = pd.date_range("2020-01-05", "2021-06-09")
    frame = past.loc["2021-01-05":"2021-06-09"]
    told = zone(RICE).fit(past.loc[:"2021-01-04"]).predict(daily(dt.date(2021, 1, 5), len(frame)), weather=frame, members=1)
    planted = np.where(days < "2021-01-12", (days - pd.Timestamp("2020-02-01")).days, (days - pd.Timestamp("2021-02-01")).days)
    soil = PaddySoil(percolation=4.0)
    practice = PaddyPractice(RICE.stages, RICE.coefficients, preparation_days=20)
    known = past.loc[days]
    balance = paddy_balance(
        1000.0 * known[["evapotranspiration"]].to_numpy(), 1000.0 * known[["rain"]].to_numpy(),
        paddy_days(planted[:, None].astype(float), practice, soil), soil, -soil.drainable,
    )  # fmt: skip
    expected = balance.irrigation[-len(frame) :, 0] / 1000.0 * HECTARE / 0.8
    assert told.values[:, 0] == pytest.approx(expected, abs=1e-6)
    assert told.values.sum() > 0.0


def test_blocks_are_the_mean_of_their_plantings() -> None:
    """Four blocks over twenty days: planted 2, 7, 12 and 17 days after the first."""
    past = weather(range(2015, 2020))
    together = zone(replace(RICE, planting_days=20, blocks=4)).fit(past).predict(SEASON, members=5).values
    alone = [zone(replace(RICE, planting=(2, 1 + later))).fit(past).predict(SEASON, members=5).values for later in (2, 7, 12, 17)]
    assert together == pytest.approx(np.mean(alone, axis=0))


@pytest.mark.parametrize("crop", ALL, ids=lambda crop: crop.name)
def test_rain_helps_as_far_as_the_field_holds_it(crop: Crop) -> None:
    """The same rain in storms of ten times the size helps less, and none helps least."""
    even = weather(range(2015, 2020))
    even["rain"], storms, dry = 0.003, even.copy(), even.copy()
    storms["rain"], dry["rain"] = np.where(np.arange(len(even)) % 40 == 0, 0.120, 0.0), 0.0
    need = [float(zone(crop).fit(frame).predict(SEASON, members=1).values.sum()) for frame in (even, storms, dry)]
    assert need[0] < need[1] < need[2]
    saved = (need[2] - need[0]) * 0.8
    assert saved <= 0.003 * 156 * crop.area * 1.2


def test_members_are_years_or_frames() -> None:
    """Past years by default; frames of the days to come by name, each a member; the days before are as recorded."""
    past = weather(range(2010, 2022)).loc[:"2021-01-04"]
    years = zone(RICE).fit(past).predict(SEASON, members=22)
    assert len(np.unique(years.values.sum(axis=0).round(6))) == 11
    assert years.label == "weather years 2010-2021"
    assert years.notes == ("nobody tells the weather of the days to come: weather years 2010-2021 stand for it",)
    frames = [past.loc[f"{year}-01-05" : f"{year}-06-09"].iloc[:156] for year in (2013, 2017)]
    ahead = pd.date_range("2021-01-05", periods=156)
    told = zone(RICE).fit(past).predict(SEASON, weather=[frame.set_axis(ahead) for frame in frames], members=6)
    whole = np.unique(told.values.sum(axis=0).round(6))
    assert len(whole) == 2
    assert set(whole) <= set(years.values.sum(axis=0).round(6))


def test_the_fields_are_as_wet_as_the_days_before_made_them() -> None:
    """After a wet winter the land takes less to soak than after a dry one."""
    past = weather(range(2015, 2022)).loc[:"2021-01-11"]
    wet, dry = past.copy(), past.copy()
    wet.loc["2020-10-01":, "rain"], dry.loc["2020-10-01":, "rain"] = 0.02, 0.0
    frame = pd.DataFrame({"evapotranspiration": 0.004, "rain": 0.0}, index=pd.date_range("2021-01-12", periods=20))
    horizon = Horizon((dt.date(2021, 1, 12), dt.date(2021, 2, 1)))
    tight = replace(RICE, percolation=0.0)
    soaked = [float(zone(tight).fit(each).predict(horizon, weather=frame, members=1).values[0, 0]) for each in (wet, dry)]
    # At most the drainable pores (12 mm) and what three dry months took from the surface (34 mm); less, because a surface
    # that is still dry evaporates less while the land is soaked.
    assert 0.010 < (soaked[1] - soaked[0]) * 0.8 / HECTARE < 0.046


def test_days_after_the_horizon_began_change_nothing() -> None:
    """Told weather and a record up to the evening before: what a longer record says of later days is not looked at."""
    past = weather(range(2015, 2022))
    frame = pd.DataFrame({"evapotranspiration": 0.004, "rain": 0.001}, index=pd.date_range("2021-01-05", periods=156))
    poisoned = past.copy()
    poisoned.loc["2021-01-05":, "rain"] = 0.5
    first, second = (zone(*ALL).fit(each).predict(SEASON, weather=frame, members=1).values for each in (past, poisoned))
    assert (first == second).all()


def test_turns_and_wetting_and_drying_and_a_nursery() -> None:
    """By turns every day has its blocks; drying between them saves water; seedbeds take some."""
    past = weather(range(2015, 2020), rain=0.0)
    horizon = daily(dt.date(2021, 2, 20), 60)
    plain = zone(RICE).fit(past).predict(horizon, members=1).values[:, 0]
    turns = replace(RICE, field=PaddyField(turn=5))
    even = zone(turns).fit(past).predict(horizon, members=1).values[:, 0]
    assert (plain == 0.0).mean() > 0.5
    assert (even > 0.0).all()
    safe = Ponding(-150.0, 30.0, 100.0)
    saving = replace(RICE, field=PaddyField(ponding=(Ponding(), safe, safe, safe)))
    storms = weather(range(2015, 2020))
    need = [float(zone(crop).fit(storms).predict(SEASON, members=5).values.sum()) for crop in (RICE, saving)]
    assert need[1] < 0.97 * need[0]
    beds = replace(RICE, field=PaddyField(nursery_days=25))
    winter = daily(dt.date(2020, 12, 16), 27)
    assert zone(RICE).fit(past).predict(winter, members=1).values.sum() == 0.0
    assert zone(beds).fit(past).predict(winter, members=1).values.sum() > 0.0


def test_the_dual_coefficient_counts_every_wetting() -> None:
    """Drip on a third of the soil needs less than sprinkling all of it."""
    past = weather(range(2015, 2020))
    basal = fao56_basal_coefficients("sweet_corn")
    need = [
        float(
            zone(replace(CORN, field=DryField(basal=basal, wetted=wetted, turn=5)))
            .fit(past)
            .predict(SEASON, members=5)
            .values.sum()
        )
        for wetted in (1.0, 0.3)
    ]
    assert need[1] < need[0]


def test_normals_are_possible_and_said_to_be_poor() -> None:
    """Even rain is held by the fields: the note says so."""
    told = CropDemand((RICE,), 0.8, (0.004,) * 36, (0.003,) * 36, "balance").fit(pd.Series(dtype=float)).predict(SEASON)
    assert told.values[0, 0] > 0.0
    assert any("ten-day means only" in note for note in told.notes)


def test_what_a_shortage_costs() -> None:
    """More and more, and nearly the whole harvest without any water in a dry season."""
    past = weather(range(2015, 2020), rain=0.0)
    response = zone(RICE).fit(past).response(SEASON)
    assert response.shortage[0] == 0.0
    assert response.shortage[-1] == pytest.approx(1.0)
    assert (np.diff(response.damage) >= 0.0).all()
    # What the soil holds at planting keeps a few plants.
    assert 0.95 * 15.0 * HECTARE < response.damage[-1] <= 15.0 * HECTARE
    values = [part.value for part in response.parts]
    assert values == sorted(values)
    total = sum(
        part.value * (end - part.beyond) * response.demand
        for part, end in zip(response.parts, [*(later.beyond for later in response.parts[1:]), 1.0], strict=True)
    )
    assert total == pytest.approx(response.damage[-1])
    assert response.demand == pytest.approx(zone(RICE).fit(past).predict(SEASON, members=5).values.sum(axis=0).mean())


def test_faults_are_all_named() -> None:
    pond = Ponding(60.0, 50.0, 40.0)
    soil = PaddySoil(saturation=0.4)
    faulty = replace(
        RICE, field=PaddyField(soil=soil, ponding=(pond,) * 4, turn=0), blocks=0, yield_response=(9.0, 1.0, 1.0, 1.0)
    )
    bare = replace(CORN, field=None)
    with pytest.raises(InputError) as caught:
        zone(faulty, bare, efficiency=Efficiency(application=0.0, returned=2.0)).fit(weather(range(2015, 2017)))
    assert [str(finding).split(";")[0] for finding in caught.value.findings] == [
        "rice: rotation blocks is out of its range", "rice: a yield response factor is out of its range",
        "rice: days of a turn is out of its range", "rice: water contents of the puddled layer are not in order",
        *["rice: ponding depths are not in order"] * 4, "efficiency: application is out of its range",
        "efficiency: returned is out of its range", "corn has no field to keep a balance of",
    ]  # fmt: skip


def test_weather_in_millimetres_is_refused() -> None:
    frame = pd.DataFrame({"evapotranspiration": 4.0, "rain": 0.0}, index=pd.date_range("2021-01-05", periods=156))
    with pytest.raises(InputError, match="2021-01-05: evapotranspiration is out of its range; found 4 m/day"):
        zone(RICE).fit(weather(range(2015, 2017))).predict(SEASON, weather=frame)


def test_a_response_needs_values_and_water() -> None:
    free = replace(RICE, harvest_value=0.0)
    with pytest.raises(InputError, match="no crop has a harvest value"):
        zone(free).fit(weather(range(2015, 2017))).response(SEASON)
    autumn = Horizon((dt.date(2021, 9, 1), dt.date(2021, 10, 1)))
    with pytest.raises(InputError, match="asks for no water"):
        zone(RICE).fit(weather(range(2015, 2017))).response(autumn)
    planned = CropDemand((RICE,), 0.8).fit(weather(range(2015, 2017)))
    with pytest.raises(InputError, match="a planning method cannot tell"):
        planned.response(SEASON)


def test_told_weather_serves_the_planning_methods_too() -> None:
    """By their ten-day means: two frames with the same means are the same."""
    planned = CropDemand((replace(RICE, coefficients=CropCoefficients(1.0, 1.0, 1.0)),), 0.8, (0.004,) * 36, (0.0,) * 36)
    ahead = pd.date_range("2021-03-01", periods=20)
    even = pd.DataFrame({"evapotranspiration": 0.005, "rain": 0.001}, index=ahead)
    storm = even.assign(rain=np.where(np.arange(20) % 10 == 3, 0.010, 0.0))
    horizon = Horizon((dt.date(2021, 3, 1), dt.date(2021, 3, 21)))
    told = planned.fit(pd.Series(dtype=float)).predict(horizon, weather=[even, storm], members=2).values[0]
    assert told == pytest.approx(np.full(2, 20 * (0.005 + 0.004 - 0.8 * 0.001) * HECTARE / 0.8))


def in_warmth(degrees: float, days: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame({"evapotranspiration": 0.004, "rain": 0.0, "temperature": degrees}, index=days)


def test_each_member_of_the_weather_has_its_own_calendar_by_warmth() -> None:
    """Ten degree-days on every past day. With twenty a day a crop is what it would be with stages half as long, and with as
    many as ever what it is by the calendar; both in one forecast."""
    past = in_warmth(20.0, pd.date_range("2017-01-01", "2021-01-04"))
    past.loc["2020-12-01":, "rain"] = 0.05  # wet fields, whatever stood there the year before
    frames = [in_warmth(degrees, pd.date_range("2021-01-05", periods=156)) for degrees in (20.0, 30.0)]
    plain, dry = past.drop(columns="temperature"), frames[0].drop(columns="temperature")
    for field in (DryField(turn=5), PaddyField(dry_before_harvest=0)):
        crop = replace(CORN, planting=(1, 20), planting_days=1, blocks=1, field=field)
        lengths = replace(crop, stages=GrowthStages(20, 24, 30, 10)), replace(crop, stages=GrowthStages(10, 12, 15, 5))
        expected = [zone(each).fit(plain).predict(SEASON, weather=dry, members=1).values[:, 0] for each in lengths]
        warm = replace(lengths[0], thresholds=Thresholds(10.0, 35.0))
        told = zone(warm).fit(past).predict(SEASON, weather=frames, members=2).values
        found = sorted(told.T, key=np.sum, reverse=True)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        assert found[1].sum() < 0.8 * found[0].sum()


def test_what_was_planted_before_the_horizon_has_grown_by_the_recorded_warmth() -> None:
    """A record whose last twenty days were hot: the crop that stands is ahead, and asks for water for fewer days.

    Of typical warmth these twenty have twelve a day, for one of five years was hot: 39 x 10 + 20 x 20 degree-days are reached
    after 39 + 20 + 160 / 10 typical days, so that 16 days are gained, within a turn of five.
    """
    days = pd.date_range("2017-01-01", "2021-03-31")
    usual = in_warmth(20.0, days)
    hot = usual.copy()
    hot.loc["2021-03-12":, "temperature"] = 30.0
    warm = replace(CORN, thresholds=Thresholds(10.0, 35.0), planting=(2, 1), planting_days=1, blocks=1)
    ahead = in_warmth(20.0, pd.date_range("2021-04-01", periods=90))
    horizon = daily(dt.date(2021, 4, 1), 90)
    usually, early = (zone(warm).fit(record).predict(horizon, weather=ahead, members=1).values[:, 0] for record in (usual, hot))
    last = [int(np.flatnonzero(each).max()) for each in (usually, early)]
    assert abs(last[0] - last[1] - 16) <= 5


def test_warmth_needs_a_balance_and_a_temperature() -> None:
    warm = replace(CORN, thresholds=Thresholds(10.0, 8.0))
    with pytest.raises(InputError, match=r"no degree-days can be; found upper 8 degC; allowed: above the base, 10 degC"):
        zone(warm).fit(weather(range(2015, 2017)))
    warm = replace(CORN, thresholds=Thresholds(10.0))
    with pytest.raises(InputError, match="no temperature of the ten-day periods"):
        zone(warm).fit(weather(range(2015, 2017)))
    with pytest.raises(InputError, match="cannot go by warmth under a planning method"):
        CropDemand((warm,), 0.8).fit(weather(range(2015, 2017)))
    cold = in_warmth(5.0, pd.date_range("2017-01-01", "2020-12-31"))
    with pytest.raises(InputError, match="would never ripen"):
        zone(warm).fit(cold).predict(SEASON, members=1)


@pytest.mark.parametrize(
    ("name", "factor", "found"), [("rain", 1000.0, "m/day; allowed: 0 to 2"), ("evapotranspiration", 100.0, "allowed: 0 to 0.03")]
)
def test_weather_of_the_past_that_cannot_be_is_refused(name: str, factor: float, found: str) -> None:
    past = weather(range(2018, 2021))
    past.iloc[500:700, past.columns.get_loc(name)] *= factor
    with pytest.raises(InputError, match=f"{name} is out of its range; found .* {found}"):
        zone(RICE).fit(past)


def test_the_record_of_what_comes_is_no_member() -> None:
    """Past years would hold the season itself; frames of weather say what they know."""
    known = zone(RICE).fit(weather(range(2018, 2022)))
    with pytest.raises(InputError, match="the horizon begins in the history"):
        known.predict(SEASON)
    days = pd.date_range("2021-01-05", "2021-06-09")
    assert known.predict(SEASON, weather=weather(range(2021, 2022)).reindex(days)).members == 100
