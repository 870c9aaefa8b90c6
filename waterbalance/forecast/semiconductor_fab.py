"""Water demand of a semiconductor fab from its process layers, its heat and the weather."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.dated_table import DatedTable, range_findings, values_on
from waterbalance.forecast.exogenous import TARGET, weather_members
from waterbalance.forecast.fab import refuse_contradiction
from waterbalance.forecast.fab_cooling import HUMIDITY, TEMPERATURE, FabCooling, air_of_members
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.history import checked_history
from waterbalance.forecast.log_residuals import fit_log_residuals
from waterbalance.forecast.screening import screened

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon

UNTOLD_AIR: Final = "nobody tells the air of the days to come: it is that of past years around these dates"
NORMAL_AIR: Final = "nobody tells the air of the days to come: the towers have the monthly normals, alike in all members"

Alternative = tuple[tuple[int, float], ...]
"""What one member holds to be true: number of the plan and delay of the ramp [day] of each line."""

_LITRES: Final = 1000.0
_SHORTEST_RESIDUALS: Final = 60


@dataclass(frozen=True)
class ProcessLine:
    """One part of a fab's production: wafers of one generation."""

    name: str

    layers: DatedTable | float | tuple[DatedTable | float, ...]
    """Mask layers that are exposed, a ramped table where the line starts up; several equally likely plans as a tuple. [1/day]"""

    litres_per_layer: DatedTable | float
    """Ultrapure water for one layer, fresh and recycled together. [L]"""

    recycling: DatedTable | float = 0.0
    """Share of that which recycled water covers. [1]"""

    ramp_delays: tuple[float, ...] = (0.0,)
    """Equally likely delays of the table of layers; a member keeps to one. [day]"""

    @property
    def plans(self) -> tuple[DatedTable | float, ...]:
        """Its production plans, at least one."""
        return self.layers if isinstance(self.layers, tuple) else (self.layers,)


@dataclass
class SemiconductorFab:
    """Fresh water that a fab takes, line by line.

    process = sum over lines of layers x litres_per_layer x (1 - recycling) / purification
    discharge = purification x process
    utilities = scrubber + make-up of the cooling towers (`fab_cooling.py`)
    intake = process + utilities - min(reuse x discharge, utilities)   [m3/day]

    kept between the minimum stable load and the contract while anything is produced. Members differ by the production plan
    (the second plan of one line comes with the second of all others), by the delay of each line's ramp and by the weather:
    past years, or `weather=` frames with `temperature` [degC] and `relative_humidity` [1].
    Where the fab's own meters are given, what the structure leaves unexplained is learned as a series of logarithms
    (`log_residuals.py`) and its paths are drawn too: for each plan and delay against what it asked for itself, so that every
    member starts from the meters and goes on along its own plan; no plan is given less weight.
    On-site tanks are part of the network (component `fab`), not of demand.

    Do not use it where only a total and its growth are known: `FabDemand` asks for less.
    """

    lines: tuple[ProcessLine, ...]
    """What is produced."""

    purification: float = 1.0
    """Ultrapure water made of one part of raw water; the rest is drained. [1]"""

    scrubber: DatedTable | float = 0.0
    """Water of the exhaust scrubbers. [m3/day]"""

    cooling: FabCooling | None = None
    """Cooling towers; none where left out."""

    reuse: float = 0.0
    """Share of the process's discharge that is used again in scrubbers and towers. [1]"""

    minimum_load: DatedTable | float = 0.0
    """Intake below which the fab cannot run stably. [m3/day]"""

    contract: DatedTable | float = math.inf
    """Most that the supply contract allows. [m3/day]"""

    label: str = "layers x litres, towers by the weather"
    """Where the figures come from; shown in the report."""

    air_: pd.DataFrame | None = field(default=None, init=False, repr=False)
    metered_: pd.Series | None = field(default=None, init=False, repr=False)
    notes_: tuple[str, ...] | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Check the settings; keep past air and meters where a frame holds them.

        A frame may have the columns `y` (intake [m3/day]), `temperature` [degC] and `relative_humidity` [1]. A series is the
        intake alone, and may be empty. Raises `InputError` with all that is out of its range or not asked for.
        """
        findings = Findings(self._range_findings())
        frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame({TARGET: history})
        for name in set(map(str, frame.columns)) - {TARGET, TEMPERATURE, HUMIDITY}:
            allowed = f"{TARGET}, {TEMPERATURE}, {HUMIDITY}"
            findings.add(Finding("the history has a column that was not asked for", found=repr(name), allowed=allowed))
        air = frame[[TEMPERATURE, HUMIDITY]].dropna() if {TEMPERATURE, HUMIDITY} <= set(frame.columns) else None
        if self.cooling is not None and air is None and not self.cooling.has_normals:
            remedy = "Give monthly normals, or daily weather to fit."
            findings.add(Finding("the air at the towers is not known", allowed=f"{TEMPERATURE} and {HUMIDITY}", remedy=remedy))
        findings.raise_if_any(InputError, "demand of a fab")
        self.air_, self.metered_, self.notes_ = air, None, ()
        if TARGET in frame.columns and frame[TARGET].notna().any():
            metered = screened(checked_history(frame[TARGET], shortest=1))
            self.notes_ = metered.notes
            if metered.values.notna().sum() >= _SHORTEST_RESIDUALS:
                self.metered_ = metered.values
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Volumes over the steps, shape (steps, members) [m3 per step].

        Raises `InputError` where weather is given and no tower asks for it, or a day of it is missing, and on a day whose
        minimum load is above the contract.
        """
        notes = fitted(self.notes_, self)
        if self.cooling is not None and weather is None:
            notes = (*notes, UNTOLD_AIR if self.air_ is not None else NORMAL_AIR)
        days = asked_days(horizon, members, seed)
        told = None if weather is None else weather_members(weather, (TEMPERATURE, HUMIDITY) if self.cooling else (), days)
        generator = np.random.default_rng(seed)
        alternatives = self._alternatives(members, generator)
        layers = self._layers(days, alternatives)
        air = None if self.cooling is None else air_of_members(self.cooling, self.air_, told, days, members, seed)
        intake = self._intake(days, layers, air)
        if self.metered_ is not None:
            intake = intake * np.exp(self._residual_paths(self.metered_, days, alternatives, generator))
        return Forecast(over_steps(self._bounded(days, intake, layers), horizon), self.label, notes=notes)

    def _alternatives(self, members: int, generator: np.random.Generator) -> list[Alternative]:
        """The plans and delays that each member keeps to, dealt evenly."""
        plans = generator.permutation(np.arange(members) % self._plans()).tolist()
        told = []
        for line in self.lines:
            delays = generator.permutation(np.resize(np.asarray(line.ramp_delays, dtype=np.float64), members)).tolist()
            told.append([(plan % len(line.plans), delay) for plan, delay in zip(plans, delays, strict=True)])
        return list(zip(*told, strict=True))

    def _layers(self, days: pd.DatetimeIndex, alternatives: list[Alternative]) -> list[Floats]:
        """Layers of each line, shape (days, alternatives)."""
        told = []
        for line, drawn in zip(self.lines, zip(*alternatives, strict=True), strict=True):
            known = {each: values_on(line.plans[each[0]], days - pd.Timedelta(days=each[1])) for each in set(drawn)}
            told.append(np.column_stack([known[each] for each in drawn]))
        return told

    def _plans(self) -> int:
        """How many production plans there are."""
        return max(len(line.plans) for line in self.lines)

    def _intake(self, days: pd.DatetimeIndex, layers: list[Floats], air: tuple[Floats, Floats] | None) -> Floats:
        """What the structure asks for, before limits, shape (days, members). [m3/day]."""
        discharge = np.zeros_like(layers[0])
        for line, made in zip(self.lines, layers, strict=True):
            fresh = values_on(line.litres_per_layer, days) / _LITRES * (1.0 - values_on(line.recycling, days))
            discharge = discharge + made * fresh[:, None]
        utilities = np.broadcast_to(values_on(self.scrubber, days)[:, None], discharge.shape)
        if self.cooling is not None and air is not None:
            utilities = utilities + self.cooling.make_up(*air, sum(layers, np.zeros_like(discharge)))
        return np.asarray(discharge / self.purification + utilities - np.minimum(self.reuse * discharge, utilities))

    def _bounded(self, days: pd.DatetimeIndex, intake: Floats, layers: list[Floats]) -> Floats:
        """Between the stable minimum and the contract while anything is produced, else nothing."""
        running = sum(layers, np.zeros_like(intake)) > 0.0
        least, most = values_on(self.minimum_load, days), values_on(self.contract, days)
        refuse_contradiction(days, least, most)
        return np.asarray(np.where(running, np.clip(intake, least[:, None], most[:, None]), 0.0))

    def _residual_paths(
        self, metered: pd.Series, days: pd.DatetimeIndex, alternatives: list[Alternative], generator: np.random.Generator
    ) -> Floats:
        """Paths of what the meters show beyond each member's own structure, shape (days, members); 0 where none is known."""
        distinct = list(dict.fromkeys(alternatives))
        past = self._past_structures(pd.DatetimeIndex(metered.index), distinct)
        # Plans that differ in the days to come only have one past, which is learned from once.
        structures, numbers = np.unique(past, axis=1, return_inverse=True)
        number_of = dict(zip(distinct, numbers.ravel().tolist(), strict=True))
        held = np.array([number_of[alternative] for alternative in alternatives])
        paths = np.zeros((len(days), len(alternatives)))
        for number, structure in enumerate(structures.T):
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.log(metered / structure)
            residuals, own = fit_log_residuals(ratio.where(np.isfinite(ratio))), held == number
            if residuals is not None:
                paths[:, own] = residuals.paths(days, int(own.sum()), generator)
        return paths

    def _past_structures(self, days: pd.DatetimeIndex, alternatives: list[Alternative]) -> Floats:
        """What each alternative asks for on the days before, NaN where the air is not known, shape (days, alternatives)."""
        air = None if self.cooling is None else self.cooling.air_on(days, self.air_)
        return self._intake(days, self._layers(days, alternatives), air)

    def _range_findings(self) -> list[Finding]:
        found = [Finding("the fab makes nothing", allowed="one line or more")] if not self.lines else []
        for line in self.lines:
            for plan in line.plans:
                found += range_findings(f"layers of {line.name}", plan, 0.0)
            if len(line.plans) not in (1, self._plans()):
                told, allowed = f"{len(line.plans)} plans", f"1 or {self._plans()}, as many as the other lines have"
                found.append(Finding(f"the plans of {line.name} are not those of the fab", found=told, allowed=allowed))
            found += range_findings(f"litres per layer of {line.name}", line.litres_per_layer, 0.0)
            found += range_findings(f"recycling of {line.name}", line.recycling, 0.0, 1.0)
            for delay in line.ramp_delays:
                found += range_findings(f"a ramp delay of {line.name}", delay, -3650.0, 3650.0)
        found += range_findings("purification", self.purification, 0.1, 1.0)
        found += range_findings("scrubber", self.scrubber, 0.0)
        found += range_findings("reuse", self.reuse, 0.0, 1.0)
        found += range_findings("minimum load", self.minimum_load, 0.0)
        found += range_findings("contract", self.contract, 0.0)
        return found + ([] if self.cooling is None else self.cooling.findings())
