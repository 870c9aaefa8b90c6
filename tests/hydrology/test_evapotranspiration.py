"""FAO-56 Penman-Monteith against the paper's worked examples, recorded weather and pvlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.hydrology import evapotranspiration as et
from waterbalance.hydrology import humidity, radiation

if TYPE_CHECKING:
    from pathlib import Path


def test_example_17_bangkok_in_april() -> None:
    """Monthly data, sunshine and soil heat flux: 5.72 mm/day."""
    day, latitude, elevation = 105, 13.0 + 44.0 / 60.0, 2.0
    extraterrestrial = radiation.extraterrestrial_radiation(latitude, day)
    daylight = radiation.daylight_hours(latitude, day)
    solar = radiation.solar_radiation_from_sunshine(8.5, daylight, extraterrestrial)
    heat_flux = et.monthly_soil_heat_flux(29.2, 30.2, next_known=False)
    depth = et.reference_evapotranspiration(
        maximum=34.8, minimum=25.6, vapour_pressure=2.85, wind=2.0, solar=solar, soil_heat_flux=heat_flux,
        clear_sky=radiation.clear_sky_radiation(extraterrestrial, elevation), pressure=humidity.atmospheric_pressure(elevation),
    )  # fmt: skip
    assert heat_flux == pytest.approx(0.14)
    assert extraterrestrial == pytest.approx(38.06, abs=0.05)
    assert daylight == pytest.approx(12.31, abs=0.01)
    assert solar == pytest.approx(22.65, abs=0.03)
    assert depth == pytest.approx(5.72, abs=0.01)


def test_example_18_uccle_in_july() -> None:
    """Daily data, humidity range and a 10 m anemometer: 3.88 mm/day."""
    day, latitude, elevation = 187, 50.8, 100.0
    extraterrestrial = radiation.extraterrestrial_radiation(latitude, day)
    solar = radiation.solar_radiation_from_sunshine(9.25, radiation.daylight_hours(latitude, day), extraterrestrial)
    wind = et.wind_at_two_metres(2.78, 10.0)
    vapour_pressure = humidity.vapour_pressure_from_humidity_range(21.5, 12.3, 84.0, 63.0)
    depth = et.reference_evapotranspiration(
        maximum=21.5, minimum=12.3, vapour_pressure=vapour_pressure, wind=wind, solar=solar,
        clear_sky=radiation.clear_sky_radiation(extraterrestrial, elevation), pressure=humidity.atmospheric_pressure(elevation),
    )  # fmt: skip
    assert wind == pytest.approx(2.078, abs=0.002)
    assert vapour_pressure == pytest.approx(1.409, abs=0.001)
    assert solar == pytest.approx(22.07, abs=0.01)
    assert depth == pytest.approx(3.88, abs=0.01)


def test_example_20_lyon_with_missing_data() -> None:
    """Temperatures only: dew point taken as Tmin, radiation from the temperature range: 4.56 mm/day."""
    day, latitude = 196, 45.0 + 43.0 / 60.0
    extraterrestrial = radiation.extraterrestrial_radiation(latitude, day)
    solar = radiation.solar_radiation_from_temperature(26.6, 14.8, extraterrestrial)
    depth = et.reference_evapotranspiration(
        maximum=26.6, minimum=14.8, vapour_pressure=humidity.saturation_vapour_pressure(14.8), wind=2.0, solar=solar,
        clear_sky=radiation.clear_sky_radiation(extraterrestrial, 200.0), pressure=humidity.atmospheric_pressure(200.0),
    )  # fmt: skip
    assert solar == pytest.approx(22.29, abs=0.01)
    assert depth == pytest.approx(4.56, abs=0.01)


def test_intermediate_examples() -> None:
    """Examples 2, 3, 5, 8, 9, 11, 12, 13 and 14 of the paper, to its printed digits."""
    assert humidity.atmospheric_pressure(1800.0) == pytest.approx(81.8, abs=0.05)
    assert humidity.psychrometric_constant(81.8) == pytest.approx(0.054, abs=0.0005)
    assert humidity.mean_saturation_vapour_pressure(24.5, 15.0) == pytest.approx(2.39, abs=0.005)
    assert humidity.vapour_pressure_from_humidity_range(25.0, 18.0, 82.0, 54.0) == pytest.approx(1.70, abs=0.005)
    assert humidity.vapour_pressure_from_mean_humidity(25.0, 18.0, 68.0) == pytest.approx(1.78, abs=0.005)
    assert radiation.extraterrestrial_radiation(-20.0, 246) == pytest.approx(32.2, abs=0.05)
    assert radiation.daylight_hours(-20.0, 246) == pytest.approx(11.7, abs=0.05)
    assert radiation.net_longwave_radiation(25.1, 19.1, 2.1, 14.5, 18.8) == pytest.approx(3.5, abs=0.05)
    assert radiation.net_radiation(14.45, 3.5) == pytest.approx(7.6, abs=0.05)
    assert et.monthly_soil_heat_flux(14.1, 18.8, next_known=True) == pytest.approx(0.33, abs=0.005)
    assert et.wind_at_two_metres(3.2, 10.0) == pytest.approx(2.4, abs=0.05)


@pytest.mark.parametrize(
    ("station", "latitude", "elevation"), [("467440_kaohsiung", 22.566, 2.3), ("467410_tainan", 22.99328, 40.8)]
)
def test_recorded_weather(shared: Path, station: str, latitude: float, elevation: float) -> None:
    """Records of two stations, with the vapour pressure from dew points, against what another implementation computed."""
    weather = shared / "kaohsiung" / "weather"
    daily, hourly = (next(weather.glob(f"cwa_{station}_{step}_*.csv")) for step in ("daily", "hourly"))
    days = pd.read_csv(daily, parse_dates=["date"], index_col="date")
    hours = pd.read_csv(hourly, parse_dates=["time_end_local"], index_col="time_end_local")
    hour_starts = hours.index.tz_localize(None) - pd.Timedelta(hours=1)
    days["dew_point"] = hours["dew_point_c"].set_axis(hour_starts).resample("D").mean()
    days = days.dropna()
    clear_sky = radiation.clear_sky_radiation(radiation.extraterrestrial_radiation(latitude, days.index.day_of_year), elevation)
    computed = et.reference_evapotranspiration(
        maximum=days["tmax_c"], minimum=days["tmin_c"], vapour_pressure=humidity.saturation_vapour_pressure(days["dew_point"]),
        wind=et.wind_at_two_metres(days["wind_mean_ms"], 10.0), solar=days["rs_mj_m2"], clear_sky=clear_sky,
        pressure=days["pres_kpa"],
    )  # fmt: skip
    assert len(days) > 500
    assert np.abs(computed - days["et0_fao56_mm_computed"].to_numpy()).mean() < 0.02


@pytest.mark.filterwarnings("ignore")
def test_extraterrestrial_radiation_against_pvlib() -> None:
    """The daily formula agrees with pvlib's sun, summed over ten-minute intervals, within 2 %."""
    from pvlib import irradiance, solarposition

    for day in pd.to_datetime(["2021-01-15", "2021-04-15", "2021-07-15", "2021-10-15"]):
        moments = pd.date_range(day, periods=144, freq="10min", tz="Asia/Taipei")
        height = solarposition.get_solarposition(moments, 22.6, 120.3)["elevation"]
        power = irradiance.get_extra_radiation(moments) * np.sin(np.radians(height)).clip(lower=0.0)
        total = float(power.sum()) * 600.0 / 1.0e6
        assert radiation.extraterrestrial_radiation(22.6, day.day_of_year) == pytest.approx(total, rel=0.02)


def test_vectorised_like_single_days() -> None:
    """Days times places at once give the same as one by one, and NaN stays where it was."""
    maximum = np.array([[30.0, 31.0, np.nan], [25.0, 26.0, 27.0]])
    given = {"minimum": 20.0, "vapour_pressure": 2.0, "wind": 2.0, "solar": 20.0, "clear_sky": 25.0}
    together = et.reference_evapotranspiration(maximum=maximum, pressure=np.array([[101.0], [90.0]]), **given)
    alone = et.reference_evapotranspiration(maximum=26.0, pressure=90.0, **given)
    assert together.shape == (2, 3)
    assert together[1, 1] == alone
    assert np.isnan(together).tolist() == [[False, False, True], [False, False, False]]


def test_polar_night_and_day() -> None:
    """Beyond the polar circle the sun may stay down or up; neither gives NaN."""
    assert radiation.extraterrestrial_radiation(70.0, 355) == pytest.approx(0.0, abs=1e-9)
    assert radiation.daylight_hours(70.0, 172) == pytest.approx(24.0)


def made_up_weather() -> tuple[pd.DataFrame, float, float]:
    """Thirty years of days from formulas alone (no random numbers of a library), a fifth of them under dense cloud."""
    days = pd.date_range("1991-01-01", "2020-12-31")
    count, latitude, elevation = np.arange(len(days), dtype=float), 22.6, 30.0

    def noise(salt: float) -> np.ndarray:
        return np.modf(np.abs(np.sin((count + 1.0) * (12.9898 + salt)) * 43758.5453))[0]

    day_of_year = days.day_of_year.to_numpy()
    mean = 22.0 + 7.0 * np.cos(2.0 * np.pi * (day_of_year - 200.0) / 365.25) + 6.0 * (noise(0.0) - 0.5)
    half = 2.0 + 6.0 * noise(1.0)
    solar = radiation.extraterrestrial_radiation(latitude, day_of_year) * (0.08 + 0.68 * noise(4.0))
    columns = {"maximum": mean + half, "minimum": mean - half, "wind": 0.3 + 5.0 * noise(2.0) ** 2, "solar": solar}
    return pd.DataFrame(columns | {"humidity": 45.0 + 50.0 * noise(3.0)}, index=days), latitude, elevation


# pyet 1.5.0 (pandas 2.3.3, numpy 2.2.6), pm_fao56 on `made_up_weather`, computed in November 2026: the sums of the thirty
# years, and every 251st day. The largest difference of all 10 958 days was 3.3e-10 mm.
PYET_YEARS = [
    1162.73, 1159.54, 1136.23, 1194.79, 1173.22, 1145.18, 1178.44, 1161.27, 1177.87, 1232.32, 1155.33, 1183.88, 1169.97,
    1255.03, 1201.5, 1198.99, 1184.57, 1235.61, 1186.7, 1161.09, 1172.49, 1182.72, 1174.29, 1193.39, 1128.71, 1178.16,
    1168.24, 1205.76, 1171.5, 1160.28,
]  # fmt: skip
PYET_DAYS = [
    1.7041, 4.6179, 1.9608, 1.5124, 4.4643, 1.2058, 2.4169, 3.524, 4.269, 3.1626, 2.9578, 1.8933, 1.1875, 1.9631, 3.0772,
    2.2651, 1.9539, 3.5933, 2.954, 2.3263, 3.1925, 5.0486, 2.331, 2.4957, 6.3001, 2.7782, 1.6361, 1.5501, 4.6857, 2.3642,
    4.5905, 4.291, 2.0335, 3.8806, 2.701, 2.3888, 2.8897, 2.9457, 0.8964, 2.1096, 6.1505, 1.7674, 3.7515, 5.7392,
]  # fmt: skip


def test_equal_to_pyet_over_thirty_years() -> None:
    """Single days within 0.001 mm, whole years within 0.01 mm (their printed digits)."""
    weather, latitude, elevation = made_up_weather()
    days = pd.DatetimeIndex(weather.index)
    beyond = radiation.extraterrestrial_radiation(latitude, days.day_of_year)
    computed = et.reference_evapotranspiration(
        maximum=weather["maximum"], minimum=weather["minimum"], wind=weather["wind"], solar=weather["solar"],
        vapour_pressure=humidity.vapour_pressure_from_mean_humidity(weather["maximum"], weather["minimum"], weather["humidity"]),
        clear_sky=radiation.clear_sky_radiation(beyond, elevation), pressure=humidity.atmospheric_pressure(elevation),
    )  # fmt: skip
    years = pd.Series(computed).groupby(days.year).sum()
    assert computed[::251] == pytest.approx(PYET_DAYS, abs=0.001)
    assert years.to_numpy() == pytest.approx(PYET_YEARS, abs=0.01)


def test_dense_cloud_does_not_warm_the_ground() -> None:
    """Under the darkest sky the ground still loses a little; without sun nothing is divided by nothing."""
    darkest = radiation.net_longwave_radiation(25.0, 20.0, 2.0, [0.1, 7.5], 25.0)
    assert darkest[0] == darkest[1] > 0.0
    assert np.isfinite(radiation.net_longwave_radiation(-20.0, -30.0, 0.1, 0.0, 0.0))
