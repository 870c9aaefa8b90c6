"""What is told of the common days of several futures: one number each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.horizon import Floats


def expected_on_stem(values: Floats, probability: Sequence[float]) -> Floats:
    """The expected value in each common step of what has shape (branches, common steps).

    Equal values stay as they are, to the last digit, and infinite ones infinite.
    """
    common: Floats = np.where((values == values[0]).all(axis=0), values[0], np.array(probability) @ values)
    return common
