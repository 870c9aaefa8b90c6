"""Pumps that lift water from one place to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.components._switched import _Switched
from waterbalance.network.fields import Downstream, Duration, EnergyPerVolume, EnergyPrice, EnergyRate, Upstream

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step

PEAK, HALF_PEAK, OFF_PEAK = "peak", "half_peak", "off_peak"


class PumpStation(_Switched):
    """Pumps that bring all they take, and use energy for it.

    outflow = inflow
    minimum_load x capacity x running <= inflow <= capacity x running
    inflow = peak_inflow + half_peak_inflow + off_peak_inflow + solar_inflow
    peak_inflow <= peak_hours x capacity, and so for the other groups of hours
    solar_inflow <= solar_energy / energy_per_volume
    energy = energy_per_volume x inflow
    grid_energy = energy_per_volume x (inflow - solar_inflow)
    energy_cost = energy_per_volume x sum over the groups of (price x inflow)

    where
        peak_hours: hours of a day, as a share of it; what neither peak nor half-peak takes is off-peak.

    Groups of hours exist where peak or half-peak hours are given, solar_inflow where solar_energy is; otherwise there is
    one inflow at one energy_price. `off_grid`, nothing but the sun drives the pumps. A goal for little `energy_cost` uses
    the cheapest hours first. Sun and groups of hours are not matched hour by hour: good where a tank evens out the day.
    Switches, and the times of `start` and `stop`, are those of a `desalination_plant`. The energy per volume is constant:
    good where the lift changes little against its mean.
    """

    varying: ClassVar[tuple[str, ...]] = (
        "capacity",
        "energy_price",
        "peak_price",
        "half_peak_price",
        "peak_hours",
        "half_peak_hours",
        "solar_energy",
    )
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    source: Upstream
    """Where the pumps take their water."""

    target: Downstream
    """Where the pumps bring their water."""

    energy_per_volume: EnergyPerVolume = 0.0
    """Energy for one cubic metre. [kWh/m3]"""

    energy_price: EnergyPrice | None = None
    """Price of energy, off-peak where there are groups of hours; no cost is measured when left out. [currency/kWh]"""

    peak_price: EnergyPrice = 0.0
    """Price of energy in peak hours; may change by season. [currency/kWh]"""

    half_peak_price: EnergyPrice = 0.0
    """Price of energy in half-peak hours. [currency/kWh]"""

    peak_hours: Duration | None = None
    """Peak hours of a day, `6 h`; a table may give none on Sundays; no such group when left out. [day]"""

    half_peak_hours: Duration | None = None
    """Half-peak hours of a day; no such group when left out. [day]"""

    solar_energy: EnergyRate | None = None
    """Energy that a solar array of the station can give; usually a forecast. [kWh/day]"""

    off_grid: bool = False
    """Whether the pumps have no other energy than the sun's."""

    @property
    def has_groups(self) -> bool:
        """Whether the hours of a day have different prices."""
        return self.peak_hours is not None or self.half_peak_hours is not None

    @model_validator(mode="after")
    def _energy_has_a_price_and_a_use(self) -> Self:
        if self.has_groups and (self.energy_price is None or self.capacity is None or self.off_grid):
            raise ValueError("peak_hours and half_peak_hours need a capacity, an energy_price for all other hours, and the grid")
        if (self.peak_hours or 0.0) + (self.half_peak_hours or 0.0) > 1:
            raise ValueError("peak_hours and half_peak_hours are more than a day together")
        if self.solar_energy is not None and self.energy_per_volume == 0:
            raise ValueError("solar_energy drives nothing without an energy_per_volume")
        if self.off_grid and self.solar_energy is None:
            raise ValueError("pumps that are off_grid need a solar_energy")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        capacity = step.given(self, "capacity")
        inflow = step.flow(self, "inflow", upper=capacity)
        self.say_switches(step, inflow, capacity)
        step.loss(self, "inflow", inflow, at=self.source)
        step.gain(self, "outflow", inflow, at=self.target)
        step.measure(self, "energy", self.energy_per_volume * inflow, unit=units.ENERGY)
        priced = self._say_groups(step, inflow)
        if self.energy_price is not None:
            cost = sum(step.given(self, price) * (self.energy_per_volume * flow) for price, flow in priced)
            step.measure(self, "energy_cost", cost, unit=units.MONEY)

    def _say_groups(self, step: Step, inflow: Flow) -> list[tuple[str, Flow]]:
        """Split the inflow by what drives it; the flows that cost money, each with the name of its price."""
        priced = self._groups(step) if self.has_groups else []
        if self.solar_energy is None:
            if priced:
                step.constraint(self, "groups", inflow == sum(flow for _, flow in priced))
            return priced or [("energy_price", inflow)]
        if not priced and not self.off_grid:
            priced = [("energy_price", step.flow(self, "grid_inflow"))]
        solar = step.flow(self, "solar_inflow", upper=step.derived(self, "sunny", self._sunny, step.given(self, "solar_energy")))
        step.constraint(self, "groups", inflow == sum(flow for _, flow in priced) + solar)
        step.measure(self, "solar_used", self.energy_per_volume * solar, unit=units.ENERGY)
        grid_energy = self.energy_per_volume * (inflow - solar)
        step.measure(self, "grid_energy", grid_energy, unit=units.ENERGY)
        return priced

    def _groups(self, step: Step) -> list[tuple[str, Flow]]:
        """What can be pumped in each group of hours, with the name of its price."""
        capacity, dear_hours, found = step.given(self, "capacity"), [], []
        for group in self._dear_groups:
            hours = step.given(self, f"{group}_hours")
            most = step.derived(self, f"{group}_capacity", np.multiply, capacity, hours)
            found.append((f"{group}_price", step.flow(self, f"{group}_inflow", upper=most)))
            dear_hours.append(hours)
        rest = step.derived(self, f"{OFF_PEAK}_capacity", _in_all_other_hours, capacity, *dear_hours)
        found.append(("energy_price", step.flow(self, f"{OFF_PEAK}_inflow", upper=rest)))
        return found

    @property
    def _dear_groups(self) -> list[str]:
        """The groups of hours that are not off-peak."""
        return [group for group, hours in ((PEAK, self.peak_hours), (HALF_PEAK, self.half_peak_hours)) if hours is not None]

    def _sunny(self, solar_energy: Floats) -> Floats:
        """What the sun can pump in a step. [m3]."""
        return solar_energy / self.energy_per_volume

    def check(self, ledger: Ledger) -> None:
        """Capacity and energy from the fields, hour group by hour group."""
        inflow, capacity = ledger.value(self, "inflow"), ledger.given(self, "capacity")
        ledger.within(self, "inflow", inflow, 0.0, capacity)
        self.check_switches(ledger, "inflow", inflow, capacity)
        ledger.equal(self, "outflow", ledger.value(self, "outflow"), inflow)
        ledger.equal(self, "energy", ledger.value(self, "energy"), self.energy_per_volume * inflow)
        bought = inflow - self._check_sun(ledger, inflow)
        if self.has_groups:
            self._check_groups(ledger, bought)
        elif self.energy_price is not None:
            cost = ledger.given(self, "energy_price") * self.energy_per_volume * bought
            ledger.equal(self, "energy_cost", ledger.value(self, "energy_cost"), cost)
        ledger.loses(self.source, inflow)
        ledger.gains(self.target, inflow)

    def _check_sun(self, ledger: Ledger, inflow: Floats) -> Floats:
        """What the sun has pumped; zeros without an array."""
        if self.solar_energy is None:
            return np.zeros_like(inflow)
        solar = ledger.value(self, "solar_inflow")
        used = self.energy_per_volume * solar
        ledger.within(self, "solar_inflow", solar, 0.0, inflow)
        ledger.within(self, "solar_used", used, 0.0, ledger.given(self, "solar_energy"))
        ledger.equal(self, "solar_used", ledger.value(self, "solar_used"), used)
        ledger.equal(self, "grid_energy", ledger.value(self, "grid_energy"), ledger.value(self, "energy") - used)
        if self.off_grid:
            ledger.equal(self, "solar_inflow", solar, inflow)
        elif not self.has_groups:
            ledger.equal(self, "grid_inflow", ledger.value(self, "grid_inflow"), inflow - solar)
        return solar

    def _check_groups(self, ledger: Ledger, bought: Floats) -> None:
        """Each group of hours within its hours, all together what is bought, and its cost."""
        named = {PEAK: self.peak_hours, HALF_PEAK: self.half_peak_hours}
        hours = {group: ledger.given(self, f"{group}_hours") for group, given in named.items() if given is not None}
        hours[OFF_PEAK] = 1.0 - np.sum(list(hours.values()), axis=0)
        prices = {PEAK: "peak_price", HALF_PEAK: "half_peak_price", OFF_PEAK: "energy_price"}
        pumped, cost = np.zeros_like(bought), np.zeros_like(bought)
        for group, share in hours.items():
            flow = ledger.value(self, f"{group}_inflow")
            ledger.within(self, f"{group}_inflow", flow, 0.0, ledger.given(self, "capacity") * np.maximum(share, 0.0))
            pumped = pumped + flow
            cost = cost + ledger.given(self, prices[group]) * self.energy_per_volume * flow
        ledger.equal(self, "inflow of all hours", pumped, bought)
        ledger.equal(self, "energy_cost", ledger.value(self, "energy_cost"), cost)


def _in_all_other_hours(capacity: Floats, *dear_hours: Floats) -> Floats:
    """What can be pumped in the hours that neither group takes. [m3]."""
    rest: Floats = capacity * np.maximum(1.0 - np.sum(dear_hours, axis=0), 0.0)
    return rest
