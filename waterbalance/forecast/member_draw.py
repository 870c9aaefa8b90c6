"""How members are dealt out: evenly, and the same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from waterbalance.errors import Finding, Findings, InputError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def check_draw(members: object, seed: object) -> None:
    """Raise `InputError` where members are no whole number of 1 or more, or the seed none of 0 or more."""
    findings = Findings(
        Finding(f"a forecast cannot have such {name}", found=repr(number), allowed=f"a whole number, {least} or more")
        for name, number, least in (("members", members, 1), ("a seed", seed, 0))
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least
    )
    findings.raise_if_any(InputError, "a forecast")


def deal(choices: int, members: int, seed: int) -> npt.NDArray[np.intp]:
    """For each member one of `choices` possibilities (past years, say), each as often as any other, give or take one.

    The same seed and number of choices deal the same, so that members of several places keep to the same years.
    """
    generator = np.random.default_rng(seed)
    rounds = -(-members // choices)
    dealt = np.concatenate([generator.permutation(choices) for _ in range(rounds)])
    return np.asarray(dealt[:members], dtype=np.intp)


def even_levels(members: int, seed: int) -> Floats:
    """Probability levels (i + 0.5) / members in random order: the quantiles that equally likely members stand for [1]."""
    return np.asarray((np.random.default_rng(seed).permutation(members) + 0.5) / members)


def relative_factors(members: int, seed: int, uncertainty: float) -> Floats:
    """Lognormal factors exp(uncertainty z) of median 1, one a member; `uncertainty` is about the relative deviation [1]."""
    return np.asarray(np.exp(uncertainty * ndtri(even_levels(members, seed))))
