"""The section `turns` of a scenario file: canals whose gates are scheduled within the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.network.fields import Duration, EnergyPerVolume, EnergyPrice, FlowRate, Fraction, Volume
from waterbalance.scenario.dates import LocalDate

HourOfDay = Annotated[float, Field(ge=0, le=24)]
Span = tuple[HourOfDay, HourOfDay]

HOURS_PER_DAY = 24.0

SHORTEST_SLOT = 0.25 / HOURS_PER_DAY - 1e-9
"""A quarter of an hour. [day]"""

LONGEST_TRAVEL = 31.0
"""Longer than any canal. [day]"""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GateSettings(_Settings):
    """What a gate or pump can do, and what its keeper will."""

    capacity: FlowRate
    """Most that may pass. [m3/day]"""

    least: FlowRate | None = None
    """Least that passes while it is open; no gate holds a trickle. None: 2 % of the capacity, 0 if automatic. [m3/day]"""

    minimum_run: Duration = 0.0
    """Once opened it stays open at least so long. [day]"""

    moves_a_day: int | None = Field(default=None, ge=1, strict=True)
    """Most openings, closings and changes of its flow on one day."""

    automatic: bool = Field(default=False, strict=True)
    """Whether it moves without a gatekeeper: at any hour."""

    ramp: FlowRate | None = None
    """Most by which its flow may change within an hour. [m3/day]"""

    title: Mapping[str, str] = {}
    """Name for people, by language (`en`, `zh-TW`)."""

    @model_validator(mode="after")
    def _can_be_open(self) -> Self:
        if self.least is not None and self.least > self.capacity:
            raise ValueError(f"least ({self.least:g} m3/day) is more than the capacity ({self.capacity:g} m3/day)")
        return self


class TurnoutSettings(GateSettings):
    """A gate to the fields of a zone."""

    zone: str
    """The irrigation zone."""

    structure: str | None = None
    """The canal or pipe of the network whose water it brings; may be left out where only one leads to the zone."""

    share: Fraction = 1.0
    """Its share of that water, by area or right; the shares of one structure make up the whole. [-]"""


class ReachSettings(_Settings):
    """A stretch of canal, with the turnouts at its end."""

    capacity: FlowRate
    """Most that may enter. [m3/day]"""

    travel_time: Duration = Field(default=0.0, le=LONGEST_TRAVEL)
    """From its beginning to its end. [day]"""

    conveyance_loss: Fraction = Field(default=0.0, lt=1)
    """Share of what enters that is lost; something has to arrive. [-]"""

    seepage: FlowRate = 0.0
    """Lost besides while it is wet. [m3/day]"""

    fill_volume: Volume = 0.0
    """What fills it when it was dry, over as many slots as its capacity needs. [m3]"""

    drain_volume: Volume = 0.0
    """Part of the filling that can still be taken before it falls dry. [m3]"""

    turnouts: Mapping[str, TurnoutSettings] = {}
    """By the name of the gate."""

    @model_validator(mode="after")
    def _drains_no_more_than_fills_it(self) -> Self:
        if self.drain_volume > self.fill_volume:
            raise ValueError(f"drain_volume ({self.drain_volume:g} m3) is more than the fill_volume ({self.fill_volume:g} m3)")
        return self


class RotationSettings(_Settings):
    """Groups of turnouts that have water in turn."""

    turn: Duration = Field(gt=0)
    """How long a turn lasts: a whole number of slots. [day]"""

    groups: Mapping[str, tuple[tuple[str, ...], ...]] = Field(min_length=1)
    """Blocks of turnouts by group, in the order of their turns; a group's blocks have its turn one after another."""

    order: Literal["fixed", "free"] = "fixed"
    """The order of the file, or whichever is best, each cycle anew."""

    first_day: LocalDate
    """Midnight at which a first turn began."""


class RateSettings(_Settings):
    """Hours with their own price of energy; of several rates that fit, the last counts."""

    hours: Span
    """From and until which hour of the day."""

    price: EnergyPrice
    """Price of energy. [currency/kWh]"""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    """Days of the week."""

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = tuple(range(1, 13))
    """Months of the year."""


class SolarSettings(_Settings):
    """The array that drives a pump: its energy is that of a pump station of the network, its hours are those of the sun."""

    pump_station: str
    """The pump station whose `solar_energy` it is."""

    latitude: float = Field(ge=-90, le=90)
    """North-positive. [degrees]"""

    longitude: float = Field(ge=-180, le=180)
    """East-positive. [degrees]"""


class PumpSettings(_Settings):
    """What drives the head of a canal."""

    energy_per_volume: EnergyPerVolume = Field(gt=0)
    """Energy for one cubic metre. [kWh/m3]"""

    energy_price: EnergyPrice = 0.0
    """Price of energy at all hours without a rate. [currency/kWh]"""

    rates: tuple[RateSettings, ...] = ()
    """Hours with their own price."""

    solar: SolarSettings | None = None
    """The array, where there is one."""

    off_grid: bool = Field(default=False, strict=True)
    """Whether the pump has no other energy than the sun's."""

    @model_validator(mode="after")
    def _has_some_energy(self) -> Self:
        if self.off_grid and self.solar is None:
            raise ValueError("off_grid leaves the pump without energy; give it 'solar', or leave off_grid out")
        return self


class CanalSettings(GateSettings):
    """A canal: what is told beside its reaches is its head gate or pump."""

    parent: str | None = None
    """The canal that it branches off from, told before it; water comes from outside when left out."""

    parent_reach: int | None = Field(default=None, ge=1, strict=True)
    """At the end of which of the parent's reaches, counted from 1; the last one when left out."""

    structure: str | None = None
    """Name of the head in orders; the canal's own when left out."""

    operation: Literal["on_demand", "continuous", "rotational"] = "on_demand"
    """Whenever it is best; all the time, with one change a day; or in turns."""

    rotation: RotationSettings | None = None
    """The turns."""

    night_irrigation: bool = Field(default=True, strict=True)
    """Whether its turnouts may be open in the hours of `night`."""

    pump: PumpSettings | None = None
    """What lifts the water at its head."""

    reaches: tuple[ReachSettings, ...] = Field(min_length=1)
    """One after another."""

    source: str | None = None
    """Where the figures come from, or `assumed`."""

    @property
    def turnouts(self) -> tuple[str, ...]:
        """Names, in the order of the reaches."""
        return tuple(name for reach in self.reaches for name in reach.turnouts)

    @model_validator(mode="after")
    def _may_run_all_the_time(self) -> Self:
        if self.operation == "continuous" and not self.night_irrigation:
            raise ValueError("operation is continuous, day and night; with night_irrigation: false take on_demand or rotational")
        return self

    @model_validator(mode="after")
    def _turns_are_for_its_turnouts(self) -> Self:
        if (self.rotation is not None) != (self.operation == "rotational"):
            raise ValueError("operation is rotational where there is a rotation, and only there")
        if self.rotation is not None:
            named = [name for blocks in self.rotation.groups.values() for block in blocks for name in block]
            if sorted(named) != sorted(self.turnouts):
                wrong = sorted(set(named) ^ set(self.turnouts)) or sorted({name for name in named if named.count(name) > 1})
                raise ValueError(f"rotation has to name every turnout of the canal once; found wrong: {', '.join(wrong)}")
        return self


class TurnSettings(_Settings):
    """Gates that are set within the day; zones that no turnout serves keep their even daily orders."""

    slot: Duration = Field(default=2 / 24, ge=SHORTEST_SLOT, le=1)
    """Length of a slot, a quarter of an hour at least. [day]"""

    days: int = Field(default=7, ge=1, le=31, strict=True)
    """How many days are scheduled, of the plan's daily steps."""

    working_hours: Span | None = None
    """When gatekeepers move gates; at any hour when left out."""

    night: Span | None = None
    """When canals without night irrigation serve no fields."""

    time_limit: float | None = Field(default=60.0, gt=0)
    """Most seconds of search for each tree of canals; a search that is stopped by it cannot be replayed exactly."""

    gap: float = Field(default=0.01, gt=0, lt=1)
    """How near to the bound is near enough. [-]"""

    canals: Mapping[str, CanalSettings] = Field(min_length=1)
    """By name."""

    @property
    def structures(self) -> frozenset[str]:
        """Names of all gates and pumps that have orders in turns."""
        heads = {canal.structure or name for name, canal in self.canals.items()}
        return frozenset(heads | {turnout for canal in self.canals.values() for turnout in canal.turnouts})

    @property
    def titles(self) -> Mapping[str, Mapping[str, str]]:
        """Names for people of those gates that have some, by gate and language."""
        found = {canal.structure or name: canal.title for name, canal in self.canals.items()}
        for canal in self.canals.values():
            found |= {name: turnout.title for reach in canal.reaches for name, turnout in reach.turnouts.items()}
        return {gate: dict(title) for gate, title in found.items() if title}
