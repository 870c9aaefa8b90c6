"""Evaporation of open water from reference evapotranspiration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

SHALLOW_OR_TROPICAL: Final = 1.05
"""Coefficient of water under 2 m deep, or of any depth in subhumid climates and the tropics. [1]"""

DEEP_TEMPERATE_WARMING: Final = 0.65
"""Coefficient of clear water over 5 m deep in a temperate climate while it warms (spring, early summer). [1]"""

DEEP_TEMPERATE_COOLING: Final = 1.25
"""Coefficient of clear water over 5 m deep in a temperate climate while it cools (autumn, winter). [1]"""


def open_water_evaporation(
    reference_evapotranspiration: npt.ArrayLike, coefficient: npt.ArrayLike = SHALLOW_OR_TROPICAL
) -> Floats:
    """Evaporation = coefficient x ET0, never negative; in the unit of ET0.

    Source: Allen et al. (1998), FAO Irrigation and Drainage Paper 56, table 12, group "open water". Do not use one
    coefficient through the year for deep lakes in temperate climates: they store heat in spring and give it back in
    autumn, so take `DEEP_TEMPERATE_WARMING` and `DEEP_TEMPERATE_COOLING` by season.
    """
    evaporation = np.asarray(coefficient, dtype=np.float64) * np.asarray(reference_evapotranspiration, dtype=np.float64)
    return np.asarray(np.maximum(evaporation, 0.0))
