"""Scenario folders: files in, frozen values out."""

from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario, horizon_of
from waterbalance.scenario.state import state_at

__all__ = ["Scenario", "horizon_of", "read_scenario", "state_at"]
