"""Values from the last pass: kept where they have settled, damped where they swing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger

DAMPED_AFTER = 6
"""From this pass on half of a change is taken, so that two plans do not alternate for ever."""


def settled(ledger: Ledger, component: Component, name: str, new: Floats, tolerance: float, smallest: float = 0.0) -> Floats:
    """A given for the next pass: the last one where `new` is within a relative tolerance of it, else `new`.

    A change below `smallest` is none, whatever its share.
    """
    last = ledger.given(component, name)
    if np.allclose(new, last, rtol=tolerance, atol=smallest):
        return last
    return new if ledger.passes < DAMPED_AFTER else (last + new) / 2


def rounded(values: Floats, digits: int) -> Floats:
    """Positive values to so many digits: what lies below the tolerance would only repeat how a solver rounds."""
    places = 10.0 ** (digits - 1 - np.floor(np.log10(np.maximum(values, 1e-100))))
    return np.round(values * places) / places
