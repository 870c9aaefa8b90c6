"""Values from the last pass: kept where they have settled, damped where they swing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.component import Component
    from waterbalance.network.ledger import Ledger


def settled(ledger: Ledger, component: Component, name: str, new: Floats, tolerance: float, smallest: float = 0.0) -> Floats:
    """A given for the next pass: the last one where `new` is within a relative tolerance, else `new`.

    A change below `smallest` is none, whatever its share.
    """
    last = ledger.given(component, name)
    if np.allclose(new, last, rtol=tolerance, atol=smallest):
        return last
    earlier = ledger.given_earlier(component, name)
    if earlier is None:
        return new
    # Values that go on in one direction are on their way; those that turn back would alternate for ever.
    turns_back = (new - last) * (last - earlier) < 0
    return np.where(turns_back, (last + new) / 2, new)


def rounded(values: Floats, digits: int) -> Floats:
    """Positive values to so many digits: what lies below the tolerance would only repeat how a solver rounds."""
    places = 10.0 ** (digits - 1 - np.floor(np.log10(np.maximum(values, 1e-100))))
    return np.round(values * places) / places
