"""Joint operation: reservoirs are kept equally full, as far as the water that comes and goes allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import field_validator

from waterbalance import units
from waterbalance.network.fields import Fraction, Subject
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class EqualFraction(_Limit):
    """Keeps reservoirs at the same fraction of their active storage.

    deviation(i) >= |storage(i) - dead_storage(i) - share(i) x sum over j of (storage(j) - dead_storage(j))|
        - tolerance x active(i)
    spread = sum over i of deviation(i)

    where
        active: capacity - dead_storage;
        share: active(i) / sum over j of active(j).

    The rule limits nothing: policies keep `spread` small, the presets after least spill. In goals of your own it must stand
    below least spill too, else water is spilt to make lakes equal. It speaks of storages at the end of steps, over the
    whole plan at once, so that lakes that cannot be equal today (one of them gets the rain) are brought together by
    steady orders. A tolerance above zero leaves the ordinary ups and downs alone: without it gates follow every shower.
    Reservoirs without a way from one to the other can only be balanced by what each of them supplies.

    Equal fractions waste little where inflows are in proportion to capacities; for when other shares waste less, see Lund
    and Guzman (1999), Derived operating rules for reservoirs in series or in parallel,
    doi:10.1061/(ASCE)0733-9496(1999)125:3(143).
    """

    reservoirs: tuple[Subject, ...]
    """Reservoirs that are operated jointly."""

    tolerance: Fraction = 0.02
    """How far from the joint fraction a reservoir may be for nothing. [-]"""

    @field_validator("reservoirs")
    @classmethod
    def _are_several(cls, reservoirs: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(reservoirs)) < len(reservoirs) or len(reservoirs) < 2:
            raise ValueError("at least two reservoirs, and each of them once")
        return reservoirs

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        pools = [step.given(name, field) for field in ("capacity", "dead_storage") for name in self.reservoirs]
        joint = sum(step.of(name, "storage") for name in self.reservoirs)
        spread = 0
        for number, name in enumerate(self.reservoirs):
            share = step.derived(self, f"share {name}", _share(number), *pools)
            equal = step.derived(self, f"dead storage apart {name}", _dead_storage_apart(number), *pools)
            free = step.derived(self, f"tolerance {name}", self._free(number), *pools)
            apart = step.of(name, "storage") - share * joint - equal
            deviation = step.flow(self, f"deviation {name}", unit=units.VOLUME)
            step.constraint(self, f"above {name}", deviation + free >= apart)
            step.constraint(self, f"below {name}", deviation + free >= -1.0 * apart)
            spread = spread + deviation
        step.measure(self, "spread", step.given(self, IN_FORCE) * spread)

    def _free(self, number: int) -> Callable[..., Floats]:
        return lambda *pools: self.tolerance * _active(pools)[number]

    def check(self, ledger: Ledger) -> None:
        """Every deviation is at least what the storages say, and the spread is their sum."""
        dead = np.array([ledger.given(name, "dead_storage") for name in self.reservoirs])
        room = np.array([ledger.given(name, "capacity") for name in self.reservoirs]) - dead
        active = np.array([ledger.value(name, "storage") for name in self.reservoirs]) - dead
        whole = np.maximum(room.sum(axis=0), 1e-9)
        apart = np.abs(active - room / whole * active.sum(axis=0))
        told = np.array([ledger.value(self, f"deviation {name}") for name in self.reservoirs])
        for name, found, least in zip(self.reservoirs, told, apart - self.tolerance * room, strict=True):
            ledger.within(self, f"deviation {name}", found, np.maximum(0.0, least), np.inf)
        ledger.equal(self, "spread", ledger.value(self, "spread"), ledger.given(self, IN_FORCE) * told.sum(axis=0))


def _active(pools: tuple[Floats, ...]) -> list[Floats]:
    """Active storages of all reservoirs, from their capacities and then their dead storages."""
    half = len(pools) // 2
    return [np.maximum(0.0, capacity - dead) for capacity, dead in zip(pools[:half], pools[half:], strict=True)]


def _share(number: int) -> Callable[..., Floats]:
    """A reservoir's part of the joint active storage."""

    def share(*pools: Floats) -> Floats:
        active = _active(pools)
        return np.asarray(active[number] / np.maximum(sum(active), 1e-9))

    return share


def _dead_storage_apart(number: int) -> Callable[..., Floats]:
    """How far the dead storages alone are from equal: dead_storage(i) - share(i) x their sum. [m3]."""

    def apart(*pools: Floats) -> Floats:
        dead = pools[len(pools) // 2 :]
        return np.asarray(dead[number] - _share(number)(*pools) * sum(dead))

    return apart
