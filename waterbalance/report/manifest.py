"""What a run rested on: inputs, versions, choices and how the solver fared."""

from __future__ import annotations

import datetime as dt
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waterbalance.report.planned import Planned

LIBRARIES = ("highspy", "numpy", "pandas", "pyomo", "scipy", "statsmodels", "pvlib", "pydantic", "plotly")
"""Whose versions may change a number or a page."""


def manifest(planned: Planned, written: dict[str, str]) -> dict[str, object]:
    """Ready for JSON. `written`: SHA-256 of every file of the run. Only `created` differs between equal runs."""
    plan = planned.plan
    return {
        "schema": "waterbalance.manifest/1",
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "scenario": planned.scenario.name,
        "start": str(planned.horizon.start),
        "inputs": dict(sorted(planned.scenario.files.items())),
        "outputs": dict(sorted(written.items())),
        "versions": {
            "waterbalance": engine_version(),
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        },
        "policy": plan.policy,
        "planning_values": dict(planned.scenario.planning_values),
        "seeds": _seeds(planned),
        "solver": [{"goal": rank.name, "status": rank.stop, "gap": rank.gap, "value": rank.value} for rank in plan.ranks],
        "numbers": None if plan.numbers is None else asdict(plan.numbers),
        "passes": plan.passes,
        "audit": [str(finding) for finding in planned.findings],
        "series": {
            f"{component}.{quantity}": each.label for (component, quantity), each in sorted(planned.forecasts.series.items())
        },
        "notes": list(plan.notes),
    }


def engine_version() -> str:
    """Version of this engine."""
    return _version("waterbalance")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _seeds(planned: Planned) -> dict[str, int]:
    """Seed of every forecaster that draws members."""
    return {
        f"{component}.{quantity}": recipe.settings.seed
        for (component, quantity), recipe in sorted(planned.scenario.forecasts.items())
    }
