"""What other cuts would save against the last pass: a guess of the storages to come, so that passes settle sooner.

A rule that reads storages from the last pass is right up to the first step at which it changes its mind; what follows has
other storages. Guessed with the water that is saved, later steps are mostly right at once. Where the rule does not change
its mind nothing is guessed, so a plan that has settled rests on its own storages alone.
"""

from __future__ import annotations

import numpy as np

from waterbalance.horizon import Floats

Numbers = Floats | float

SAME_CUT = 1e-6
"""Share of the demand by which what lacks and the cut may differ and still be the same. [-]"""


def saved_water(demand: Numbers, shortage: Numbers, cut: Numbers, other_cut: Numbers) -> Floats:
    """Water that a user would leave with another cut; whoever lacked no more than the cut lacks just the other one. [m3].

    Losses on the way are left out.

    >>> ten, one = np.array([10.0]), np.array([1.0])
    >>> [float(saved_water(ten, shortage, one, np.array([4.0]))[0]) for shortage in (one, 3 * one, 5 * one)]
    [3.0, 1.0, 0.0]
    >>> float(saved_water(ten, one, one, np.zeros(1))[0])
    -1.0
    """
    only_cut = shortage <= cut + SAME_CUT * demand
    saved: Floats = np.where(only_cut, other_cut, np.maximum(shortage, other_cut)) - shortage
    return saved
