"""An open-source water allocation engine: balances written once, forecast, planned, audited and sent to the gates.

These are the public names; each is imported when it is first asked for, so that `import waterbalance` costs nothing.

    import waterbalance as wb

    scenario = wb.read_scenario("scenarios/tutorial")
    planned = wb.plan_scenario(scenario)
    planned.plan.to_frame()
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.errors import InputError, NoPlanError, WaterBalanceError
    from waterbalance.forecast.forecast import Forecast, Forecasts
    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.operate.planning.plan_scenario import plan_scenario
    from waterbalance.operate.rolling.members import simulate_members
    from waterbalance.operate.rolling.roll import simulate
    from waterbalance.optimise.solve import solve
    from waterbalance.plan.audit import audit
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Goal, Policy
    from waterbalance.scenario.forecasts import forecast
    from waterbalance.scenario.members import Members, read_members
    from waterbalance.scenario.read import read_scenario
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.derive import derive_schedule
    from waterbalance.schedule.schedule import Schedule

__all__ = [
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
]

_HOMES = {
    "Forecast": "waterbalance.forecast.forecast",
    "Forecasts": "waterbalance.forecast.forecast",
    "Goal": "waterbalance.policy.goal",
    "Horizon": "waterbalance.horizon",
    "InputError": "waterbalance.errors",
    "Members": "waterbalance.scenario.members",
    "Network": "waterbalance.network.network",
    "NoPlanError": "waterbalance.errors",
    "Plan": "waterbalance.plan.plan",
    "Policy": "waterbalance.policy.goal",
    "Scenario": "waterbalance.scenario.scenario",
    "Schedule": "waterbalance.schedule.schedule",
    "State": "waterbalance.network.state",
    "WaterBalanceError": "waterbalance.errors",
    "audit": "waterbalance.plan.audit",
    "derive_schedule": "waterbalance.schedule.derive",
    "forecast": "waterbalance.scenario.forecasts",
    "plan_scenario": "waterbalance.operate.planning.plan_scenario",
    "read_members": "waterbalance.scenario.members",
    "read_scenario": "waterbalance.scenario.read",
    "simulate": "waterbalance.operate.rolling.roll",
    "simulate_members": "waterbalance.operate.rolling.members",
    "solve": "waterbalance.optimise.solve",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'waterbalance' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


class _ForecastRoom(ModuleType):
    """The room `waterbalance.forecast`, which may be called like the public function of the same name."""

    def __call__(self, *arguments: object, **named: object) -> object:
        function = importlib.import_module(_HOMES["forecast"]).forecast
        return function(*arguments, **named)


class _Package(ModuleType):
    """The package; when the room `forecast` is imported, Python puts it in the place of the public function."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "forecast" and isinstance(value, ModuleType):
            value.__class__ = _ForecastRoom
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
