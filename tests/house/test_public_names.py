"""The public names: all there, each from its room, in whatever order they are asked for."""

import subprocess
import sys

import pytest

import waterbalance as wb

NAMES = {
    "Forecast",
    "Forecasts",
    "Goal",
    "Horizon",
    "InputError",
    "Members",
    "Network",
    "NoPlanError",
    "Plan",
    "Policy",
    "Scenario",
    "Schedule",
    "State",
    "WaterBalanceError",
    "audit",
    "derive_schedule",
    "forecast",
    "plan_scenario",
    "read_members",
    "read_scenario",
    "simulate",
    "simulate_members",
    "solve",
}


def test_the_contract_names_them() -> None:
    assert set(wb.__all__) == NAMES
    assert set(dir(wb)) >= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_can_be_had_first_in_a_fresh_process(name: str) -> None:
    probe = f"import waterbalance as wb; assert callable(wb.{name}); from waterbalance import {name}; assert callable({name})"
    subprocess.run([sys.executable, "-W", "error", "-c", probe], check=True)


def test_what_is_no_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="simulate_nothing"):
        _ = wb.simulate_nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", ["", "import waterbalance.forecast.crop as crop", "wb.read_scenario", "wb.forecast"])
def test_forecast_is_the_room_and_the_function(before: str) -> None:
    probe = f"""
import waterbalance as wb
{before}
try:
    wb.forecast(None)
except AttributeError as error:
    assert "horizon" in str(error), error
import waterbalance.forecast.forecast as module
assert module.Forecasts is wb.Forecasts
"""
    subprocess.run([sys.executable, "-W", "error", "-c", probe], check=True)
