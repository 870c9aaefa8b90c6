"""A solar array against pvlib's own chain of a whole system, against geometry, and against what arrays in Taiwan give."""

import datetime as dt
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import waterbalance as wb
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.forecast.solar import SolarEnergy
from waterbalance.horizon import Horizon
from waterbalance.hydrology.photovoltaics import ArrayPlace, on_the_array

KAOHSIUNG = (22.6, 120.3)
SOUTH = ArrayPlace(*KAOHSIUNG, tilt=20.0, azimuth=180.0)
EVERY_TENTH = pd.date_range("2021-01-05", "2021-12-31", freq="10D")


@pytest.fixture(scope="module")
def clear_year() -> pd.DataFrame:
    """Clear days by pvlib every ten minutes: radiation on the ground, and what a whole system makes of it."""
    from pvlib.location import Location
    from pvlib.modelchain import ModelChain
    from pvlib.pvsystem import Array, FixedMount, PVSystem
    from pvlib.temperature import TEMPERATURE_MODEL_PARAMETERS

    location = Location(*KAOHSIUNG, tz="Asia/Taipei", altitude=10)
    moments = pd.DatetimeIndex(
        np.concatenate([pd.date_range(day, periods=144, freq="10min").to_numpy() for day in EVERY_TENTH])
    ).tz_localize("Asia/Taipei")
    with warnings.catch_warnings():
        # pvlib asks pandas for the day of the year by a name that is deprecated.
        warnings.simplefilter("ignore")
        weather = location.get_clearsky(moments)
    weather["temp_air"], weather["wind_speed"] = 28.0, 2.0
    array = Array(
        FixedMount(SOUTH.tilt, SOUTH.azimuth),
        module_parameters={"pdc0": 1000.0, "gamma_pdc": -0.004},
        temperature_model_parameters=TEMPERATURE_MODEL_PARAMETERS["sapm"]["open_rack_glass_polymer"],
        albedo=0.2,
    )
    system = PVSystem([array], inverter_parameters={"pdc0": 1000.0 / 0.96})
    chain = ModelChain(system, location, aoi_model="physical", spectral_model="no_loss", losses_model="pvwatts")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain.run_model(weather)
    by_day = pd.DataFrame(
        {
            "level": weather["ghi"],
            "tilted": chain.results.total_irrad["poa_global"].fillna(0.0),
            "made": chain.results.ac.fillna(0.0),
        }
    )
    return by_day.groupby(by_day.index.date).sum() / 6000.0


def test_clear_days_are_turned_like_pvlib_turns_every_ten_minutes(clear_year: pd.DataFrame) -> None:
    ours = on_the_array(clear_year["level"].to_numpy()[:, None], EVERY_TENTH, SOUTH)[:, 0]
    theirs = clear_year["tilted"].to_numpy()
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.01)
    assert ours == pytest.approx(theirs, rel=0.04)
    # The turning matters: a tilted array has a fifth more in December, and less in June.
    assert theirs[-1] / clear_year["level"].iloc[-1] > 1.2
    assert theirs[16] < clear_year["level"].iloc[16]


def test_a_year_of_energy_with_the_ratio_of_pvlibs_whole_system(clear_year: pd.DataFrame) -> None:
    ratio = clear_year["made"].sum() / clear_year["tilted"].sum()
    assert 0.7 < ratio < 0.85
    array = SolarEnergy(*KAOHSIUNG, 20.0, 180.0, 250.0, ratio)
    # All days of a period stand for one of them, so that ten-day means are the days that pvlib knows.
    level = pd.Series(clear_year["level"].to_numpy(), index=EVERY_TENTH)
    daily = level.reindex(pd.date_range("2021-01-01", "2021-12-31"), method="nearest")
    array.fit(pd.DataFrame({"radiation": daily}))
    made = array.predict(Horizon((dt.date(2022, 1, 1), dt.date(2023, 1, 1))), members=1).values[0, 0]
    assert made == pytest.approx(250.0 * clear_year["made"].mean() * 365, rel=0.015)


def test_a_level_array_has_what_the_ground_has() -> None:
    level = np.array([[2.0, 5.0, 7.0]]).repeat(len(EVERY_TENTH), axis=0)
    flat = on_the_array(level, EVERY_TENTH, ArrayPlace(*KAOHSIUNG, tilt=0.0, azimuth=180.0))
    # But for the minutes about sunrise, in which the sun is too low to be direct.
    assert flat == pytest.approx(level, rel=0.01)


def test_east_and_west_have_the_same_day_and_south_more_than_north_in_winter() -> None:
    day, level = pd.DatetimeIndex(["2021-12-21"]), np.array([[4.0]])
    east, south, west, north = (
        on_the_array(level, day, ArrayPlace(*KAOHSIUNG, 30.0, azimuth))[0, 0] for azimuth in (90.0, 180.0, 270.0, 0.0)
    )
    assert east == pytest.approx(west, rel=0.01)
    assert south > 1.2 * 4.0 > 4.0 > east > north


@needs_shared
def test_measured_sun_gives_what_arrays_in_the_south_of_taiwan_give(shared: Path) -> None:
    """Tainan expected 870 GWh a year from 677 MW in 2018: 3.52 kWh a day from each kW. The ratio 0.74 is the mean of 202
    systems in Taiwan (Huang et al., ITRI)."""
    table = pd.read_csv(shared / "kaohsiung/weather/cwa_467410_tainan_daily_202006_202203_with_et0.csv", parse_dates=["date"])
    table = table.set_index("date")
    horizon = Horizon((dt.date(2022, 3, 3), dt.date(2023, 3, 3)))
    measured = SolarEnergy(*KAOHSIUNG, 20.0, 180.0, 1.0, 0.74).fit(pd.DataFrame({"radiation": table["rs_mj_m2"] / 3.6}))
    found = measured.predict(horizon, members=1).values.mean() / 365
    assert found == pytest.approx(870e6 / 677e3 / 365, rel=0.1)
    # Sunshine alone, by Angstrom's equation with the coefficients of FAO-56, comes near.
    sunshine = SolarEnergy(*KAOHSIUNG, 20.0, 180.0, 1.0, 0.74).fit(pd.DataFrame({"sunshine": table["sunshine_h"] / 24}))
    assert sunshine.predict(horizon, members=1).values.mean() / 365 == pytest.approx(found, rel=0.1)


def test_settings_out_of_range_are_all_told() -> None:
    with pytest.raises(InputError) as error:
        SolarEnergy(95.0, 120.0, 20.0, 400.0, 10.0, 1.2).fit(pd.Series(dtype=float))
    told = [finding.what for finding in error.value.findings]
    assert told == [
        "latitude is out of its range",
        "azimuth is out of its range",
        "performance ratio is out of its range",
        "the sun of the site is not known",
    ]
    with pytest.raises(InputError, match="the table of radiation is not complete"):
        SolarEnergy(22.0, 120.0, 20.0, 180.0, 10.0, 0.7, radiation=(5.0,)).fit(pd.Series(dtype=float))


SCENARIO = """\
waterbalance: 1
name: sun
time_zone: Asia/Taipei
horizon: {start: 2026-03-01, last_day: 2026-03-20}
policy: {preset: drought_practice}
components:
  wells: {type: well_field, capacity: 5000 m3/day}
  pumps:
    type: pump_station
    source: wells
    target: town
    capacity: 2000 m3/day
    energy_per_volume: 0.4 kWh/m3
    energy_price: 3 NTD/kWh
    peak_hours: 6 h
    peak_price: 8 NTD/kWh
  town: {type: household_supply, demand: 1500 m3/day}
forecasts:
  pumps.solar_energy:
    forecaster: solar
    latitude: 22.6
    longitude: 120.3
    tilt: 20
    peak_power: 100 kW
    performance_ratio: 74 %
    weather: {file: sun.csv}
"""


def test_a_scenario_says_where_its_array_stands(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    rows = "".join(f"{period},18\n" for period in range(1, 37))
    (tmp_path / "sun.csv").write_text(f"ten_day,weather.radiation [MJ/m2/day]\n{rows}", encoding="utf-8")
    planned = wb.plan_scenario(wb.read_scenario(tmp_path))
    assert planned.findings == ()
    plan = planned.plan
    # 5 kWh/m2 and a little more on the tilt; 600 kWh lift the day's 1500, and the sun drives what it can.
    sun = plan.values["pumps", "solar_used"][0]
    assert 0.74 * 100 * 5 < sun < 0.74 * 100 * 6
    assert plan.values["pumps", "grid_energy"][0] == pytest.approx(600 - sun, abs=0.1)
    assert plan.values["pumps", "energy_cost"][0] == pytest.approx(3 * (600 - sun), abs=1.0)
    assert plan.values["pumps", "peak_inflow"][0] == pytest.approx(0, abs=0.1)
