"""Scenario folders: files in, frozen values out."""

from waterbalance.scenario.forecasts import forecast
from waterbalance.scenario.json_schema import json_schema
from waterbalance.scenario.new import new_scenario
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario, horizon_of
from waterbalance.scenario.shortage import shortage_response
from waterbalance.scenario.state import state_at

__all__ = [
    "Scenario",
    "forecast",
    "horizon_of",
    "json_schema",
    "new_scenario",
    "read_scenario",
    "shortage_response",
    "state_at",
]
