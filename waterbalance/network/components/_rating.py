"""Rating of an outlet or a spillway: the most that it passes, by the level or the storage of its reservoir."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from waterbalance.network.fields import FlowRate, Level, Volume

if TYPE_CHECKING:
    import numpy.typing as npt

    from waterbalance.horizon import Floats
    from waterbalance.network.components._open_water import _OpenWater

SETTLED = 1e-4
"""A limit has settled where it changes by less than this from pass to pass. [-]"""

RATING_TOLERANCE = 0.01
"""The audit objects where more passes than this beyond the rating at the plan's own storages. [-]"""


def room_for(rating: Floats, greatest: float, days: Floats) -> Floats:
    """How far a plan may be from a rating: a hundredth of it, and what settles of the greatest release. [m3]."""
    return RATING_TOLERANCE * rating + SETTLED * greatest * days


DIGITS = 8
"""To so many digits a limit is taken from the last pass."""


class RatingPoint(BaseModel):
    """One row of a rating: by level, or by storage where the reservoir has no survey."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level | None = None
    """Water level of the reservoir. [m]"""

    storage: Volume | None = None
    """Storage of the reservoir, instead of the level. [m3]"""

    release: FlowRate
    """Most that passes there. [m3/day]"""

    @model_validator(mode="after")
    def _is_by_one_of_two(self) -> Self:
        if (self.level is None) == (self.storage is None):
            raise ValueError("a row of a rating needs a level or a storage, and not both")
        return self


def require_rating(points: tuple[RatingPoint, ...]) -> None:
    """Raise `ValueError` where the rows are no rating: rising, and all by level or all by storage."""
    levels = [point.level for point in points if point.level is not None]
    storages = [point.storage for point in points if point.storage is not None]
    if levels and storages:
        raise ValueError("a rating is either by level or by storage")
    if len(points) == 1:
        raise ValueError("a rating needs at least two rows")
    for what, values in (("levels", levels or storages), ("releases", [point.release for point in points])):
        if any(later < earlier or (what == "levels" and later == earlier) for earlier, later in pairwise(values)):
            raise ValueError(f"the {what} of a rating must rise from row to row; found {values}")


def is_full(released: Floats, limit: Floats, days: Floats) -> npt.NDArray[np.bool_]:
    """Steps that released all that a limit [m3/day] allowed them."""
    return released >= limit * days * (1 - SETTLED)


@dataclass(frozen=True)
class Rated:
    """A rating on the storages of one reservoir, straight between its rows; nothing passes below the first one."""

    storages: Floats
    """Shape (rows, steps). [m3]"""

    releases: Floats
    """Shape (rows,). [m3/day]"""

    @classmethod
    def of(cls, points: tuple[RatingPoint, ...], reservoir: _OpenWater, capacity: Floats) -> Self:
        """The rating of a reservoir with these capacities, shape (steps,)."""
        storages = [
            np.full_like(capacity, point.storage)
            if point.storage is not None
            else reservoir.storage_at(float(point.level or 0.0), capacity)
            for point in points
        ]
        return cls(np.array(storages), np.array([point.release for point in points]))

    def lines(self, step: int) -> tuple[list[float], list[float], list[float]]:
        """Storages, releases and the slope behind each row; beyond the last row nothing more passes."""
        storages = self.storages[:, step]
        rises, gains = np.diff(storages), np.diff(self.releases)
        slopes = np.divide(gains, rises, out=np.zeros_like(rises), where=rises > 0)
        return storages.tolist(), self.releases.tolist(), [*slopes.tolist(), 0.0]
