"""Cooling towers against a mass and energy balance, psychrometric charts, and Kaohsiung's hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from waterbalance.hydrology.cooling_tower import evaporation_per_heat, make_up
from waterbalance.hydrology.humidity import saturation_vapour_pressure
from waterbalance.hydrology.moist_air import enthalpy, humidity_ratio, saturated_temperature

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("degrees", "ratio", "heat"), [(20.0, 0.0147, 57.5), (30.0, 0.0272, 99.7), (0.0, 0.0038, 9.4)])
def test_saturated_air_of_the_chart(degrees: float, ratio: float, heat: float) -> None:
    """Table 2 of ASHRAE's chapter 1 at sea level."""
    air = humidity_ratio(saturation_vapour_pressure(degrees), 101.325)
    assert air == pytest.approx(ratio, abs=1e-4)
    assert enthalpy(degrees, air) == pytest.approx(heat, abs=0.4)


@given(st.floats(-20.0, 55.0), st.floats(70.0, 105.0))
def test_the_temperature_of_saturated_air_is_the_inverse(degrees: float, pressure: float) -> None:
    heat = enthalpy(degrees, humidity_ratio(saturation_vapour_pressure(degrees), pressure))
    assert saturated_temperature(heat, pressure) == pytest.approx(degrees, abs=1e-6)


def test_kaohsiung(shared: Path) -> None:
    """Daily means from hours, computed elsewhere with another saturation formula, and its months: 1.14 to 1.29 L/kWh."""
    hours = pd.read_csv(shared / "kaohsiung" / "weather" / "cwa_467440_kaohsiung_hourly_202006_202203.csv")
    ends = pd.to_datetime(hours["time_end_local"])
    each = evaporation_per_heat(hours["temp_air_c"], hours["rh_pct"] / 100.0, hours["pressure_hpa"] / 10.0)
    daily = pd.Series(each, index=ends).groupby((ends - pd.Timedelta(minutes=1)).dt.date.to_numpy()).mean()
    told = pd.read_csv(shared / "forecasting" / "kaohsiung_cooling_tower_evap_2020_2022_COMPUTED.csv")
    published = told.set_index(pd.to_datetime(told["time_end_local"].str[:10]).dt.date)["evap_L_per_kWh_heat"]
    both = pd.concat([daily, published], axis=1, join="inner").dropna()
    assert len(both) > 600
    assert np.abs(both.iloc[:, 0] - both.iloc[:, 1]).mean() < 0.01
    months = daily.groupby(pd.to_datetime(daily.index).month).mean()
    assert months.idxmin() in {1, 2}
    assert months.min() == pytest.approx(1.14, abs=0.02)
    assert months.max() == pytest.approx(1.29, abs=0.02)


def test_wet_bulb_alone_does_not_tell() -> None:
    """Air of the same wet bulb, once dry and once damp: the dry air evaporates more."""
    assert evaporation_per_heat(38.0, 0.30) > 1.1 * evaporation_per_heat(25.5, 0.90)


def test_make_up_by_hand() -> None:
    """Four cycles: of 4 m3, 3 evaporate and 1 is drained; drift beyond that asks for more."""
    assert make_up(3.0, 4.0) == pytest.approx(4.0)
    assert make_up(3.0, 4.0, drift=0.5) == pytest.approx(4.0)
    assert make_up(3.0, 4.0, drift=1.5) == pytest.approx(4.5)


@given(st.floats(0.0, 45.0), st.floats(0.05, 1.0))
def test_heat_and_mass_balance(degrees: float, humidity: float) -> None:
    """What leaves is saturated and holds the heat of both: found by bisection, without the slope of the curve."""
    entering = float(humidity_ratio(humidity * saturation_vapour_pressure(degrees), 101.3))
    gained = 1.2 * 4.186 * 5.5

    def surplus(leaving: float) -> float:
        saturated = float(humidity_ratio(saturation_vapour_pressure(leaving), 101.3))
        return float(enthalpy(leaving, saturated) - enthalpy(degrees, entering)) - gained

    leaving = brentq(surplus, -30.0, 70.0, xtol=1e-10)
    evaporated = float(humidity_ratio(saturation_vapour_pressure(leaving), 101.3)) - entering
    assert evaporation_per_heat(degrees, humidity) == pytest.approx(evaporated / gained * 3600.0, rel=1e-6)
