"""Limits that contradict each other, found before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place

if TYPE_CHECKING:
    from waterbalance.horizon import Horizon
    from waterbalance.optimise.compile import CompiledStep
    from waterbalance.optimise.givens import Givens

ROUNDING = 1e-9
"""Of the larger limit: what may be rounding. [-]"""


def require_possible(step: CompiledStep, givens: Givens, horizon: Horizon) -> None:
    """Raise `InputError` naming every quantity whose least is above its most, with the first date of it.

    `givens` holds what is known before the steps; what parameters make of the state of a step is not judged.
    """
    series = np.array([givens[key] for key in step.givens]).reshape(len(step.givens), len(horizon))
    lower, upper = step.lower.over(series), step.upper.over(series)
    with np.errstate(invalid="ignore"):
        crossed = lower > upper + ROUNDING * np.maximum(1.0, np.where(np.isfinite(upper), np.abs(upper), 0.0))
    findings = [
        Finding(
            f"the limits of {quantity} contradict each other",
            Place(component=owner),
            f"at least {lower[column, first]:g} and at most {upper[column, first]:g} on {horizon.starts[first]}"
            f" (over the step, where it is a flow); steps where they do: {int(crossed[column].sum())}",
            "a least that is not above the most, and a most of 0 or more",
            "Mend one of the two.",
        )
        for column, (owner, quantity) in enumerate(step.columns)
        if crossed[column].any()
        for first in [int(np.argmax(crossed[column]))]
    ]
    if findings:
        raise InputError("no plan is possible", tuple(findings))
