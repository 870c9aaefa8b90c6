"""Ridge regression that outliers cannot pull, for many series at once.

    minimise  sum_i s^2 rho((y[i] - a - x[i] b) / s) + penalty |b|^2 / 2                      (a is not penalised)
    rho(r) = r^2 / 2 for |r| <= BEND, else BEND |r| - BEND^2 / 2;   s = 1.4826 median |residual|

Solved by pseudo-observations: residuals are clipped at BEND s and regressed again, and the normal matrix stays the same from
pass to pass, so that a pass costs two products of a matrix and a vector. Sources: Huber, P. J. (1981): Robust statistics,
7.8, doi:10.1002/0471725250; ridge: Hoerl, A. E., Kennard, R. W. (1970), doi:10.1080/00401706.1970.10488634.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

BEND: Final = 1.345
"""Where the loss turns from square to straight: 95 % efficient for normal errors (Huber 1981). [1]"""

PASSES: Final = 15

_NORMAL: Final = 1.4826


def huber_ridge(columns: Floats, targets: Floats, penalty: float, passes: int = PASSES) -> tuple[Floats, Floats]:
    """Constants a, shape (...), and coefficients b, shape (..., columns), of `targets`, shape (..., rows), NaN where unknown.

    `columns` has the shape (..., rows, columns), finite numbers of comparable size: the penalty is the weight of a prior at
    zero, as so many rows in which a column is one.
    """
    known = np.isfinite(targets)
    count = np.maximum(known.sum(axis=-1), 1)[..., None]
    seen = columns * known[..., None]
    middle = seen.sum(axis=-2) / count
    crossed = np.swapaxes(seen, -1, -2)
    normal = crossed @ seen - (count * middle)[..., :, None] * middle[..., None, :]
    inverse = np.linalg.inv(normal + penalty * np.eye(columns.shape[-1]))
    observed = np.where(known, targets, 0.0)
    centre = _medians(targets)  # of the targets where the columns are at their middle
    slopes = np.zeros_like(middle)
    for _ in range(passes):
        constant = centre - (middle * slopes).sum(axis=-1)
        residual = known * (observed - constant[..., None] - (seen @ slopes[..., None])[..., 0])
        limit = BEND * _NORMAL * _medians(np.where(known, np.abs(residual), np.nan))[..., None]
        clipped = np.clip(residual, -limit, limit)
        gained = (crossed @ clipped[..., None])[..., 0] - middle * clipped.sum(axis=-1, keepdims=True)
        slopes = slopes + (inverse @ (gained - penalty * slopes)[..., None])[..., 0]
        centre = centre + clipped.sum(axis=-1) / count[..., 0]
    return np.asarray(centre - (middle * slopes).sum(axis=-1)), np.asarray(slopes)


def _medians(values: Floats) -> Floats:
    """Medians of what is known along the last axis, zero where nothing is."""
    known = np.isfinite(values).sum(axis=-1)
    ordered = np.sort(values, axis=-1)  # NaN last
    pair = np.stack([np.maximum(known - 1, 0) // 2, np.minimum(known // 2, values.shape[-1] - 1)], axis=-1)
    return np.asarray(np.where(known > 0, np.take_along_axis(ordered, pair, axis=-1).mean(axis=-1), 0.0))
