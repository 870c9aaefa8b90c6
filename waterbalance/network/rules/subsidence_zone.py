"""Land that sinks where too much groundwater is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.fields import Duration, Length, Subject, Volume
from waterbalance.network.rules._limit import IN_FORCE, _Limit, while_in_force

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Expression, Flow, Step

PER_METRE = "storage_per_metre"
"""Given of an aquifer: water in a metre of it [m3/m]."""


class SubsidenceZone(_Limit):
    """How much all wells of a zone may draw together, and how far the water level may fall, so that the land does not sink.

    drawn = sum over the wells of the abstraction since the window began <= volume + overdraft
    cone of an aquifer <= drawdown_limit x its storage_per_metre + too_deep
    exceedance = overdraft + sum of too_deep
    overdraft = too_deep = 0, where the limit is hard

    The window is a number of days that ends with each step, or begins on the first day of the month, the season (1 January and
    1 July) or the year; what was drawn since then comes from the state's past of every well field. Compaction itself is not
    modelled, and does not come back when the water level does: the limits stand for what a survey found to be safe. A soft
    limit counts only where the policy has a goal for little `exceedance` (the presets have, with the environment); its
    exceedance counts in every step in which it lasts.
    """

    varying: ClassVar[tuple[str, ...]] = ("volume", "drawdown_limit")

    wells: tuple[Subject, ...] = ()
    """Well fields whose abstraction is added up."""

    quantity: str = "abstraction"
    """Which of their quantities counts."""

    volume: Volume | None = None
    """Most that the wells may draw together within the window; unlimited when left out. [m3]"""

    window: Duration | Literal["month", "season", "year"] = "season"
    """How far back the volume counts. [day]"""

    aquifers: tuple[Subject, ...] = ()
    """Aquifers whose drawdown is limited."""

    drawdown_limit: Length | None = None
    """Most that the mean water level of each aquifer may fall below its level at rest; unlimited when left out. [m]"""

    hard: bool = True
    """Whether the limits must be kept; soft ones are measured by their exceedance."""

    @model_validator(mode="after")
    def _there_is_a_limit_and_something_to_limit(self) -> Self:
        for names, field, limit in ((self.wells, "wells", "volume"), (self.aquifers, "aquifers", "drawdown_limit")):
            if bool(names) != (getattr(self, limit) is not None):
                raise ValueError(f"{field} and {limit} belong together")
            if len(set(names)) < len(names):
                raise ValueError(f"{field} names one of them twice")
        if not self.wells and not self.aquifers:
            raise ValueError("a subsidence zone needs wells with a volume, or aquifers with a drawdown_limit")
        return self

    @model_validator(mode="after")
    def _a_window_is_longer_than_nothing(self) -> Self:
        if self.window == 0:
            raise ValueError("a window of 0 days counts nothing; write '30 days', 'month', 'season' or 'year'")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        in_force, exceedance = step.given(self, IN_FORCE), []
        if self.wells:
            volume = step.derived(self, "volume_in_force", while_in_force, step.given(self, "volume"), in_force)
            flows = [step.of(well, self.quantity) for well in self.wells]
            drawn = sum(flow.total(self.window) for flow in flows)
            exceedance.append(self._limited(step, "drawn", drawn, "overdraft", volume))
        for aquifer in self.aquifers:
            limits = step.given(self, "drawdown_limit"), step.given(aquifer, PER_METRE), in_force
            deepest = step.derived(self, f"deepest_cone {aquifer}", _deepest_cone, *limits)
            cone = step.of(aquifer, "cone")
            exceedance.append(self._limited(step, f"cone {aquifer}", cone, f"too_deep {aquifer}", deepest))
        if not self.hard:
            step.measure(self, "exceedance", sum(exceedance))

    def _limited(self, step: Step, name: str, amount: Expression, beyond: str, limit: Expression) -> Expression:
        """A column of at most the limit that holds an amount but for what is beyond; what is beyond."""
        within = step.flow(self, f"{name} within", lower=None, upper=limit, unit=units.VOLUME)
        exceedance: Flow | float = 0.0 if self.hard else step.flow(self, beyond, unit=units.VOLUME)
        step.constraint(self, name, within + exceedance == amount)
        return exceedance

    def check(self, ledger: Ledger) -> None:
        """What was drawn and how deep the cones are, from the wells and aquifers themselves."""
        in_force, beyond = ledger.given(self, IN_FORCE) > 0, 0.0 * ledger.horizon.days
        amounts: dict[str, tuple[Floats, Floats, str]] = {}
        if self.wells:
            drawn = sum((ledger.total(well, self.quantity, self.window) for well in self.wells), start=0.0 * beyond)
            amounts["drawn"] = (drawn, ledger.given(self, "volume"), "overdraft")
        for aquifer in self.aquifers:
            deepest = ledger.given(self, "drawdown_limit") * ledger.given(aquifer, PER_METRE)
            amounts[f"cone {aquifer}"] = (ledger.value(aquifer, "cone"), deepest, f"too_deep {aquifer}")
        for name, (amount, limit, exceedance) in amounts.items():
            over = 0.0 * amount if self.hard else ledger.value(self, exceedance)
            ledger.within(self, exceedance, over, 0.0, np.inf)
            ledger.equal(self, f"{name} within", ledger.value(self, f"{name} within"), amount - over)
            ledger.within(self, name, amount - over, -np.inf, np.where(in_force, limit, np.inf))
            beyond = beyond + over
        if not self.hard:
            ledger.equal(self, "exceedance", ledger.value(self, "exceedance"), beyond)


def _deepest_cone(drawdown_limit: Floats, per_metre: Floats, in_force: Floats) -> Floats:
    """The largest cone that is allowed, shape (steps,). [m3]; infinite while the rule is out of service."""
    return while_in_force(drawdown_limit * per_metre, in_force)
