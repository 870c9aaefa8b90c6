"""What RTC-Tools' examples need beyond the engine's own types, as a user would add it; and how their tables are read.

An hour (or half a day) of theirs is a day of ours: the volumes by step are the same, and so are their goals. Their first
row is the initial state.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from gallery import Case, case, days_before, in_order, least, make
from waterbalance.horizon import Floats
from waterbalance.network.component import Component
from waterbalance.network.fields import Downstream, Upstream
from waterbalance.network.ledger import Ledger
from waterbalance.network.step import Step
from waterbalance.policy.goal import Goal, Term

HOUR = 3600.0


def columns(path: Path) -> Mapping[str, Floats]:
    """The columns of a table by name, without the times."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {name: np.array([float(row[number]) for row in rows[1:]]) for number, name in enumerate(rows[0]) if number > 0}


def trapezoid(steps: int) -> Floats:
    """Weights of the flows after a first one of zero, where an integral goes from row to row in straight lines."""
    return np.array([*[1.0] * (steps - 1), 0.5])


class _Orifice(Component):
    """An opening to the sea, through which water runs where the polder stands higher.

    (inflow / section)^2 / 2g <= level - sea_level, by tangents, where it is downhill; else inflow = 0
    """

    varying = ("sea_level",)

    source: Upstream
    target: Downstream
    surface: float
    """Of the polder: level = storage / surface. [m2]"""

    seconds: float
    """In a step. [s]"""

    largest: float
    """[m3/s]"""

    section: float
    """Width x depth x coefficient. [m2]"""

    tangents: int
    sea_level: float = 0.0
    """[m]"""

    def formulate(self, step: Step) -> None:
        inflow, downhill = step.flow(self, "inflow"), step.switch(self, "downhill")
        fall = step.of(self.source, "storage") * (1 / self.surface) - step.given(self, "sea_level")
        slack = 2.0 * (1 - downhill)
        step.constraint(self, "shut", inflow <= self.largest * self.seconds * downhill)
        step.constraint(self, "is_downhill", fall + slack >= 0)
        step.constraint(self, "is_uphill", fall <= 2.0 * downhill)
        for number, share in enumerate(np.linspace(0, 1, self.tangents) ** 2):
            speed = share * self.largest / self.section
            head = 2 * speed / (self.section * self.seconds) * inflow - speed**2
            step.constraint(self, f"tangent {number}", head * (1 / (2 * 9.8)) <= fall + slack)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", inflow, at=self.target)

    def check(self, ledger: Ledger) -> None:
        inflow = ledger.value(self, "inflow")
        fall = np.maximum(0.0, ledger.value(self.source, "storage") / self.surface - ledger.given(self, "sea_level"))
        most = self.section * np.sqrt(2 * 9.8 * fall) * self.seconds
        ledger.within(self, "inflow", inflow, 0.0, most + 1e-3 * self.seconds * self.largest)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, inflow)


class _EnergyTarget(Component):
    """Energy that turbines less pumps should make.

    sum of energy per volume x inflow + too_little - too_much = target
    """

    is_rule = True
    varying = ("target",)

    class Machine(BaseModel):
        """A turbine, or a pump with a negative energy."""

        name: str
        energy_per_volume: float

    machines: tuple[Machine, ...]
    target: float = 0.0
    """[kWh]"""

    def formulate(self, step: Step) -> None:
        too_little, too_much = step.flow(self, "too_little"), step.flow(self, "too_much")
        made = sum(each.energy_per_volume * step.of(each.name, "inflow") for each in self.machines)
        step.constraint(self, "target", made + too_little - too_much == step.given(self, "target"))
        step.measure(self, "deviation", too_little + too_much, unit="kWh")

    def check(self, ledger: Ledger) -> None:
        made: Floats = sum((each.energy_per_volume * ledger.value(each.name, "inflow") for each in self.machines), start=0.0)
        missed = np.abs(made - ledger.given(self, "target"))
        ledger.within(self, "deviation", ledger.value(self, "deviation"), missed, np.inf)


def imported(shared: Path, name: str) -> dict[str, Floats]:
    """The series of an example, without the first row."""
    found = columns(shared / "cases" / "rtc" / "rtctools" / name / "input" / "timeseries_import.csv")
    return {column: values[1:] for column, values in found.items()}


def integral(name: str) -> Goal:
    """As little as possible of the integral of a flow."""
    return Goal(name="integral", terms=(Term(measure=name, benefit="trapezoid"),))


def polder(shared: Path, name: str, *goals: Goal, tangents: int = 200) -> Case:
    """A polder of a square kilometre, with pumps and with an orifice to a sea that rises and falls."""
    data = imported(shared, name)
    steps = len(data["Q_in"])
    return case(
        make("reservoir", "polder", capacity=0.5e6),
        make("pump_station", "pump", source="polder", target="sea", capacity=7 * HOUR, energy_per_volume=1),
        _Orifice(
            name="orifice",
            source="polder",
            target="sea",
            surface=1e6,
            seconds=HOUR,
            largest=10,
            section=3 * 0.8,
            tangents=tangents,
        ),
        make("outfall", "sea"),
        make("target_range", "band", subject="polder", lower=430_000, upper=440_000),
        make("smooth_flow", "changes", subject="pump", scale=4.5 * HOUR, segments=90),
        days=(1,) * steps,
        stocks={("polder", "storage"): 400_000},
        past={("pump", "inflow"): days_before(0.0)},
        series={
            ("polder", "inflow"): tuple(data["Q_in"] * HOUR),
            ("orifice", "sea_level"): tuple(data["H_sea"]),
            ("pump", "trapezoid"): tuple(trapezoid(steps)),
        },
        policy=in_order(least("spill"), *goals),
    )
