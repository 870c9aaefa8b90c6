"""What a storage should hold at the end of a step: a soft limit, whose shortfall policies rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance import units

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step, Stock


def want_storage(step: Step, component: Component, storage: Stock) -> None:
    """Say target_shortfall >= storage_target - storage, and measure the shortfall and the storage."""
    target_shortfall = step.flow(component, "target_shortfall", unit=units.VOLUME)
    step.constraint(component, "storage_target", storage + target_shortfall >= step.given(component, "storage_target"))
    step.measure(component, "target_shortfall", target_shortfall)
    step.measure(component, "storage", storage)


def check_wanted(ledger: Ledger, component: Component, storage: Floats) -> None:
    """The shortfall is at least what is missing."""
    missing = np.maximum(0.0, ledger.given(component, "storage_target") - storage)
    ledger.within(component, "target_shortfall", ledger.value(component, "target_shortfall"), missing, np.inf)
