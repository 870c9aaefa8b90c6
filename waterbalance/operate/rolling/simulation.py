"""What a simulation found: what was done day after day, who went short, and whether the books close."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.plan.demand import demand_of
from waterbalance.plan.indicators import performance

PARAMETER = "value of a parameter"
"""In the place of a component, in the givens of a plan: what a named parameter gave."""

PARAMETER_AT_END = "value of a parameter after the step"
"""The same, from how the step itself ended."""

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from waterbalance.errors import Finding
    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.plan.indicators import Performance
    from waterbalance.plan.plan import Plan
    from waterbalance.scenario.schema import ReportedSettings


@dataclass(frozen=True)
class StorageCourse:
    """One storage over a simulation. Volumes in [m3]."""

    component: str
    before: float
    after: float
    lowest: float
    lowest_after: str
    """The day at whose end it was lowest."""


@dataclass(frozen=True)
class Simulation:
    """Day after day over a record. Volumes in [m3]."""

    scenario: str
    network: Network
    myopic: bool
    """Whether each day was planned without a look ahead."""

    applied: Plan
    """What was done: one plan with a step for each day, which no goal looked over as a whole."""

    findings: tuple[Finding, ...]
    """What the audit found on any day or over all of them; empty when everything is sound."""

    reported: tuple[ReportedSettings, ...] = ()
    """Series that the scenario wants reported under names of its own."""

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days that were simulated."""
        return self.applied.horizon.starts

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: what was known ahead, what nobody observed, orders that could not be kept."""
        return self.applied.notes

    @property
    def closing(self) -> State:
        """The state after the last day."""
        return self.applied.state_after(len(self.days))

    def to_frame(self) -> pd.DataFrame:
        """Tidy frame: day, component, quantity, value, unit; stocks at the end of the day."""
        frame = self.applied.to_frame()
        return frame.rename(columns={"step_start": "day"})[["day", "component", "quantity", "value", "unit"]]

    def reports(self) -> tuple[tuple[ReportedSettings, Floats], ...]:
        """Every reported series with its values, one for each day or step."""
        return tuple((each, self._report(each)) for each in self.reported)

    def _report(self, asked: ReportedSettings) -> Floats:
        if asked.parameter is not None:
            return self.applied.givens[PARAMETER_AT_END if asked.at_end else PARAMETER, asked.parameter]
        days = np.diff(self.applied.horizon.calendar) if asked.per_day else 1.0
        return (self._total(asked.of) - self._total(asked.minus)) / days

    def _total(self, names: tuple[str, ...]) -> Floats:
        keys = [name.split(".", 1) for name in names]
        return sum((self.applied.values[component, quantity] for component, quantity in keys), np.zeros(len(self.days)))

    def by_class(self) -> dict[str, Performance]:
        """How every class of users fared, in the order of the network."""
        demand: dict[str, np.ndarray] = {}
        shortage: dict[str, np.ndarray] = {}
        for component in self.network:
            asked = demand_of(component, self.applied)
            if asked is None:
                continue
            name = component.user_class_name or "other"
            zero = np.zeros(len(self.days))
            demand[name] = demand.get(name, zero) + asked
            shortage[name] = shortage.get(name, zero) + np.maximum(0.0, self.applied.values[component.name, "shortage"])
        years = tuple(day.year for day in self.days)
        return {name: performance(demand[name], shortage[name], years) for name in demand}

    def summary(self) -> dict[str, object]:
        """The simulation in a few numbers, ready for JSON."""
        return {
            "schema": "waterbalance.simulation/1",
            "scenario": self.scenario,
            "policy": self.applied.policy,
            "myopic": self.myopic,
            "first_day": str(self.days[0]),
            "last_day": str(self.days[-1]),
            "days": len(self.days),
            "classes": {name: asdict(each) for name, each in self.by_class().items()},
            "storages": [asdict(each) for each in self.storages()],
            "audit": [str(finding) for finding in self.findings],
            "notes": list(self.notes),
        }

    def storages(self) -> tuple[StorageCourse, ...]:
        """Every storage before the first day, after the last one, and when it was lowest."""
        return tuple(
            StorageCourse(
                key[0],
                self.applied.opening.stocks[key],
                float(self.applied.values[key][-1]),
                float(self.applied.values[key].min()),
                str(self.days[int(self.applied.values[key].argmin())]),
            )
            for key in self.applied.stocks
            if key[1] == "storage"
        )
