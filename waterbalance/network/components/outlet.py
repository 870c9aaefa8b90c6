"""A gate or valve of a reservoir at one height: what it passes depends on the level."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import field_validator

from waterbalance.errors import Finding, InputError, Place
from waterbalance.network.component import Component
from waterbalance.network.components._gates import Gate, follow_each, sweep
from waterbalance.network.components._last_pass import rounded, settled
from waterbalance.network.components._rating import (
    DIGITS,
    SETTLED,
    Rated,
    RatingPoint,
    is_full,
    require_rating,
    room_for,
)
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.fields import FlowRate, Upstream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.components._open_water import _OpenWater
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step

RELEASE_LIMIT = "release_limit"
"""Given: the most that the outlet passes at the storages of the last pass. [m3/day]"""


class Outlet(Component):
    """A gate or valve of a reservoir, from which canals, pipes, turbines and reaches start.

    release = what they take
    release <= capacity
    release <= what runs out with d(storage)/dt = other gains and losses - ratings(storage), this gate all open

    Name the outlet as their `source`, and the reservoir as the source of the outlet; a reservoir may have several. Below
    the first row of the rating, the sill, nothing passes. The rating is straight in storage between its rows. What can
    pass in a step follows from the storages of the last pass, with the step's own drawdown; the plan is made again until
    it settles. A plan therefore does not see that keeping water raises the head for later. Leave the rating out where
    only the capacity limits, and the outlet where the reservoir's release_capacity says it all.

    Method: successive linear programming, Reznicek and Simonovic (1990), doi:10.1029/WR026i002p00189.
    """

    is_place: ClassVar[bool] = True
    varying: ClassVar[tuple[str, ...]] = ("capacity",)
    idle_zero: ClassVar[tuple[str, ...]] = ("capacity",)

    source: Upstream
    """The reservoir."""

    capacity: FlowRate | None = None
    """Most that the outlet passes at any level; usually a table where gates are mended. [m3/day]"""

    rating: tuple[RatingPoint, ...] = ()
    """Most that passes by level or storage of the reservoir, in rising rows, from the sill on; any level when left out."""

    @field_validator("rating")
    @classmethod
    def _rows_rise(cls, rows: tuple[RatingPoint, ...]) -> tuple[RatingPoint, ...]:
        if rows:
            require_rating(rows)
        return rows

    @property
    def is_rated_by_level(self) -> bool:
        """Whether the reservoir needs a survey."""
        return any(row.level is not None for row in self.rating)

    def default_given(self, name: str) -> float | None:
        """The first pass lets the outlet pass its greatest release."""
        return self.rating[-1].release if name == RELEASE_LIMIT else super().default_given(name)

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        limit = step.given(self, "capacity")
        if self.rating:
            limit = step.derived(self, "most", _least_of, limit, step.given(self, RELEASE_LIMIT), step.days)
        release = step.flow(self, "release", upper=limit)
        step.loss(self, "release", release, at=self.source)
        step.gain(self, "release", release)
        step.measure(self, "release", release)

    def gate(self, ledger: Ledger, reservoir: _OpenWater) -> Gate | None:
        """The gate as the plan operates it."""
        if not self.rating:
            return None
        release, limit = ledger.value(self, "release"), ledger.given(self, RELEASE_LIMIT)
        rated = Rated.of(self.rating, reservoir, ledger.given(self.source, "capacity"))
        return Gate(rated, release, is_full(release, limit, ledger.horizon.days))

    def revise(self, ledger: Ledger) -> Mapping[str, Floats]:
        """The most that passes at the storages of the last pass, with all gates of the reservoir."""
        if not self.rating:
            return {}
        reservoir, days = self._reservoir(ledger), ledger.horizon.days
        gates = reservoir.gates(ledger)
        net, opening = reservoir.net_gain(ledger, gates.values()), ledger.before(self.source, "storage")[0]
        swept = sweep(tuple(gates.values()), opening, net, days, reservoir.top(ledger))
        limit = rounded(swept.limits[list(gates).index(self.name)] / days, DIGITS)
        return {RELEASE_LIMIT: settled(ledger, self, RELEASE_LIMIT, limit, SETTLED, SETTLED * self.rating[-1].release)}

    def check(self, ledger: Ledger) -> None:
        """The outlet passes what others take, within its capacity and its rating at the plan's own storages."""
        release = ledger.value(self, "release")
        ledger.within(self, "release", release, 0.0, ledger.given(self, "capacity"))
        if self.rating:
            reservoir, days = self._reservoir(ledger), ledger.horizon.days
            gates = reservoir.gates(ledger)
            before, net = ledger.before(self.source, "storage"), reservoir.net_gain(ledger, gates.values())
            passes = follow_each(tuple(gates.values()), before, net, days, reservoir.top(ledger))
            most = passes[list(gates).index(self.name)]
            room = room_for(most, self.rating[-1].release, days)
            ledger.within(self, "release at the level of the reservoir", release, 0.0, most + room)
        ledger.loses(self.source, release)
        ledger.gains(self, release)

    def _reservoir(self, ledger: Ledger) -> Reservoir:
        reservoir = ledger.component(self.source)
        if not isinstance(reservoir, Reservoir) or (self.is_rated_by_level and not reservoir.level_area_volume):
            found = f"{self.source!r}, a {reservoir.type_name()}"
            remedy = "Give it level_area_volume, or rate the outlet by storage."
            finding = Finding("source has no level", Place(component=self.name), found, "a reservoir with a survey", remedy)
            raise InputError("an outlet cannot be rated", (finding,))
        return reservoir


def _least_of(capacity: Floats, rate: Floats, days: Floats) -> Floats:
    """The most over a step: the capacity, or the rating. [m3]."""
    return np.minimum(capacity, rate * days)
