"""How good forecasts were: scores of members against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


def crps(members: npt.ArrayLike, observed: npt.ArrayLike) -> Floats:
    """Continuous ranked probability score of an ensemble, in the unit of the values; 0 is perfect.

    crps = mean_i |x_i - y| - 1 / 2 mean_ij |x_i - x_j|, for `members` of shape (..., members) and `observed` (...).

    With one member it is the absolute error. NaN where something is NaN. Source: Gneiting, T., Raftery, A. E. (2007),
    doi:10.1198/016214506000001437, eq. 21. Do not compare ensembles of very different size by it: few members are
    penalised.
    """
    ordered = np.sort(np.asarray(members, dtype=np.float64), axis=-1)
    size = ordered.shape[-1]
    error = np.abs(ordered - np.asarray(observed, dtype=np.float64)[..., None]).mean(axis=-1)
    # In sorted order the sum of |x_i - x_j| over all pairs is 2 sum_i (2 i - size - 1) x_i, i = 1 ... size.
    weights = 2.0 * np.arange(1, size + 1) - size - 1.0
    return np.asarray(error - (ordered @ weights) / size**2)


def pinball(quantile: npt.ArrayLike, observed: npt.ArrayLike, level: float) -> Floats:
    """Pinball loss of a quantile forecast: level (y - q) where y is above q, else (1 - level) (q - y); in the values' unit.

    Source: Koenker, R., Bassett, G. (1978), doi:10.2307/1913643.
    """
    above = np.asarray(observed, dtype=np.float64) - np.asarray(quantile, dtype=np.float64)
    return np.asarray(np.where(above >= 0.0, level * above, (level - 1.0) * above))


def seasonal_scale(history: npt.ArrayLike, season: int = 7) -> float:
    """Mean |x[d] - x[d - season]| of a history; NaN where nothing changes."""
    past = np.asarray(history, dtype=np.float64)
    changes = np.abs(past[season:] - past[:-season])
    changes = changes[np.isfinite(changes)]
    return float(changes.mean()) if changes.size and changes.mean() > 0.0 else float("nan")


def mase(forecast: npt.ArrayLike, observed: npt.ArrayLike, history: npt.ArrayLike, season: int = 7) -> float:
    """Mean absolute error of a forecast over that of the seasonal-naive one within the history; below 1 is better [1].

    mase = mean |y - f| / mean over the history of |x[d] - x[d - season]|; pairs with NaN are left out.

    Source: Hyndman, R. J., Koehler, A. B. (2006), doi:10.1016/j.ijforecast.2006.03.001. NaN when the history never
    changes from season to season: do not use it there.
    """
    errors = np.abs(np.asarray(forecast, dtype=np.float64) - np.asarray(observed, dtype=np.float64))
    errors = errors[np.isfinite(errors)]
    return float(errors.mean() / seasonal_scale(history, season)) if errors.size else float("nan")


def coverage(lower: npt.ArrayLike, upper: npt.ArrayLike, observed: npt.ArrayLike) -> float:
    """Share of the observed values from lower to upper bound, both included; NaN values are left out [1]."""
    values = np.asarray(observed, dtype=np.float64)
    known = np.isfinite(values)
    inside = (values >= np.asarray(lower, dtype=np.float64)) & (values <= np.asarray(upper, dtype=np.float64))
    return float(inside[known].mean()) if known.any() else float("nan")


def probability_integral_transform(members: npt.ArrayLike, observed: npt.ArrayLike) -> Floats:
    """Where what came stands among the members, from 0 to 1; even over many forecasts where their spread is right [1].

    pit = (number of members below y + half of those equal to y) / number of members, for `members` of shape (..., members).

    NaN where y is NaN. Source: Gneiting, T., Balabdaoui, F., Raftery, A. E. (2007), doi:10.1111/j.1467-9868.2007.00587.x.
    """
    ensemble, value = np.asarray(members, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    below = (ensemble < value[..., None]).mean(axis=-1) + (ensemble == value[..., None]).mean(axis=-1) / 2.0
    return np.asarray(np.where(np.isfinite(value), below, np.nan))
