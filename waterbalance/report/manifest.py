"""What a run rested on: inputs, versions, choices and how the solver fared."""

from __future__ import annotations

import datetime as dt
import platform
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from waterbalance.report.input_times import input_times
from waterbalance.report.installed import host, installed, installed_hash, version_of
from waterbalance.report.turns import turn_searches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.report.planned import Planned

LIBRARIES = ("highspy", "numpy", "pandas", "pyomo", "scipy", "statsmodels", "pvlib", "pydantic", "plotly")
"""Whose versions may change a number or a page."""

THREADS = 1
"""Of the solver: more would not give the same plan twice."""


@dataclass(frozen=True)
class Circumstances:
    """What a run rested on that its plan does not tell."""

    run: str | None = None
    """The name that the run is to have; None: a new one."""

    configuration: str | None = None
    """Hash of the configuration of the job."""

    parent: str | None = None
    """The run before it, whose plan or state it went on from."""

    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of inputs that are no files of the scenario: when they became known or were issued, by name."""

    overrides: tuple[Mapping[str, Any], ...] = ()
    """What somebody had set for a while."""

    from_inputs: bool = True
    """Whether state and forecasts follow from the scenario's files alone, so that a replay can make them anew."""


def manifest(planned: Planned, written: Mapping[str, str], circumstances: Circumstances | None = None) -> dict[str, object]:
    """Ready for JSON. `written`: SHA-256 of every file of the run. Only `created` and `host` differ between equal runs."""
    plan, scenario = planned.plan, planned.scenario
    around = circumstances or Circumstances()
    return {
        "schema": "waterbalance.manifest/1",
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "scenario": scenario.name,
        "time_zone": scenario.time_zone,
        "approvals": scenario.issuing.approvals,
        "start": str(planned.horizon.start),
        "configuration": around.configuration,
        "parent": around.parent,
        "inputs": dict(sorted(scenario.files.items())),
        "input_times": {**input_times(scenario), **{name: dict(each) for name, each in sorted(around.known.items())}},
        "overrides": [dict(each) for each in around.overrides],
        "from_inputs": around.from_inputs,
        "outputs": dict(sorted(written.items())),
        "versions": {
            "waterbalance": engine_version(),
            "python": platform.python_version(),
            **{name: version_of(name) for name in LIBRARIES},
        },
        "installed": installed(),
        "installed_hash": installed_hash(),
        "host": host(),
        "policy": plan.policy,
        "planning_values": dict(scenario.planning_values),
        "futures": _futures(planned),
        "seeds": _seeds(planned),
        "options": {**asdict(planned.limits), "threads": THREADS, "switch_steps": plan.switch_steps},
        "solver": [{"goal": rank.name, "status": rank.stop, "gap": rank.gap, "value": rank.value} for rank in plan.ranks],
        "turns": [asdict(search) for search in turn_searches(planned)],
        "numbers": None if plan.numbers is None else asdict(plan.numbers),
        "passes": plan.passes,
        "audit": [str(finding) for finding in planned.findings],
        "series": {
            f"{component}.{quantity}": each.label for (component, quantity), each in sorted(planned.forecasts.series.items())
        },
        "notes": list(plan.notes),
    }


def _futures(planned: Planned) -> dict[str, object] | None:
    """The members that a plan was made for, with what stands for each; None where it was made for one value."""
    fan = planned.fan
    if fan is None:
        return None
    told = {str(member): probability for member, probability in zip(fan.members, fan.probability, strict=True)}
    return {"members": told, "out_of": fan.out_of, "common_steps": fan.common_steps, "distance": fan.distance}


def stopped_by_clock(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Goals and canals of a manifest whose search the wall clock ended: where, depends on the machine and its load."""
    goals = [each["goal"] for each in told.get("solver", ()) if each["status"] == "time limit"]
    return (*goals, *(each["canal"] for each in told.get("turns", ()) if each["stopped_by"] == "time limit"))


def engine_version() -> str:
    """Version of this engine."""
    return version_of("waterbalance")


def _seeds(planned: Planned) -> dict[str, int]:
    """Seed of every forecaster that draws members."""
    return {
        f"{component}.{quantity}": recipe.settings.seed
        for (component, quantity), recipe in sorted(planned.scenario.forecasts.items())
    }
