"""What stored water is worth: the less of it there is, the more each cubic metre counts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance import units
from waterbalance.network.fields import Price, Subject, Volume
from waterbalance.network.rules._limit import IN_FORCE, _Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class ValueStep(BaseModel):
    """A part of the storage in which each cubic metre is worth the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    above: Volume
    """Joint storage where this part begins. [m3]"""

    value: Price
    """Worth of one more cubic metre in this part. [currency/m3]"""


class StorageValue(_Limit):
    """Worth of the water that storages hold together, for what comes after the plan.

    sum of storages = sum over parts of stored_k,  0 <= stored_k <= above of the next part - above
    storage_value = sum over parts of value_k x stored_k, while in service

    A goal counts it `at: last step` (maximised, or with a weight of -1 beside damage). The values fall, so the worth is
    concave: at the optimum the last cubic metre that is kept is worth what the last one that is released would save.
    Where no goal wants it large, at the steps before the last one, the model may fill the parts in any order; the plan
    tells them filled from below, and so the whole worth of what is stored at every step. Do not use it together with a
    target for the same storage in a higher rank, which would decide first.

    Method: Draper and Lund (2004), Optimal hedging and carryover storage value,
    doi:10.1061/(ASCE)0733-9496(2004)130:1(83).
    """

    storages: tuple[Subject, ...] = Field(min_length=1)
    """Reservoirs and tanks whose storages are added up."""

    marginal_value: tuple[ValueStep, ...] = Field(min_length=1)
    """Worth of one more cubic metre, by joint storage, in order of rising storage. [currency/m3]"""

    @model_validator(mode="after")
    def _the_value_falls(self) -> Self:
        places = [part.above for part in self.marginal_value]
        values = [part.value for part in self.marginal_value]
        if places[0] != 0 or any(later <= earlier for earlier, later in pairwise(places)):
            raise ValueError(f"the parts of marginal_value must begin at 0 and lie in order; found {places} m3")
        if any(later >= earlier for earlier, later in pairwise(values)) or values[-1] < 0:
            raise ValueError(
                f"the value of every part of marginal_value must be less than that of the one before, and none negative; "
                f"found {values}: with a rising value it would pay to keep all or nothing, which takes a decision and no price"
            )
        if len(set(self.storages)) < len(self.storages):
            raise ValueError(f"storages must name each storage once; found {', '.join(self.storages)}")
        return self

    @property
    def _widths(self) -> list[float]:
        """How much each part holds; the last one holds all the rest. [m3]."""
        ends = [*(part.above for part in self.marginal_value[1:]), np.inf]
        return [end - part.above for part, end in zip(self.marginal_value, ends, strict=True)]

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        parts = [
            step.flow(self, f"stored_{number}", upper=None if np.isinf(width) else width, unit=units.VOLUME)
            for number, width in enumerate(self._widths, start=1)
        ]
        step.constraint(self, "joint_storage", sum(parts) == sum(step.of(storage, "storage") for storage in self.storages))
        worth = sum(part.value * stored for part, stored in zip(self.marginal_value, parts, strict=True))
        step.measure(self, "storage_value", step.given(self, IN_FORCE) * worth, unit=units.MONEY)

    def readings(self, ledger: Ledger) -> Mapping[str, tuple[str, Floats]]:
        """The parts filled from below, and their worth, where the model tells too little."""
        stored, in_force = self._joint_storage(ledger), ledger.given(self, IN_FORCE)
        full, worth, told = [], 0.0 * stored, 0.0 * stored
        for number, (part, width) in enumerate(zip(self.marginal_value, self._widths, strict=True), start=1):
            full.append(np.clip(stored - part.above, 0.0, width))
            worth, told = worth + part.value * full[-1], told + part.value * ledger.value(self, f"stored_{number}")
        too_little = told < worth
        parts = {
            f"stored_{number}": ("m3", np.where(too_little, held, ledger.value(self, f"stored_{number}")))
            for number, held in enumerate(full, start=1)
        }
        return {**parts, "storage_value": (units.MONEY, in_force * np.maximum(told, worth))}

    def _joint_storage(self, ledger: Ledger) -> Floats:
        """What the storages hold together. [m3]."""
        return sum((ledger.value(name, "storage") for name in self.storages), start=0.0 * ledger.horizon.days)

    def check(self, ledger: Ledger) -> None:
        """The parts make up the storage, and the worth is what the falling values make of it."""
        stored = self._joint_storage(ledger)
        told: Floats = 0.0 * stored
        worth: Floats = 0.0 * stored
        most: Floats = 0.0 * stored
        before = 0.0
        for number, part in enumerate(self.marginal_value, start=1):
            amount = ledger.value(self, f"stored_{number}")
            told, worth = told + amount, worth + part.value * amount
            most = most + (part.value - before) * np.maximum(0.0, stored - part.above)
            before = part.value
        in_force = ledger.given(self, IN_FORCE)
        ledger.equal(self, "storage by parts", told, stored)
        ledger.equal(self, "storage_value", ledger.value(self, "storage_value"), in_force * worth)
        ledger.equal(self, "storage_value", ledger.value(self, "storage_value"), in_force * most)
