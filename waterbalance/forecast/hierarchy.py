"""Districts and their sums: forecasts that add up, member by member.

    reconciled = S (S' W^-1 S)^-1 S' W^-1 told             (MinT; W the covariance of past errors, S who belongs to what)

`structural` takes W as the number of districts in each sum, where no errors are known; `proportional` keeps the sum that is told
and shares it out as the districts' own forecasts stand to each other. Sources: Wickramasuriya, S. L., Athanasopoulos, G.,
Hyndman, R. J. (2019), doi:10.1080/01621459.2018.1448825; member by member: Panagiotelis, A. et al. (2023),
doi:10.1016/j.ejor.2022.07.040; shrinkage: Schaefer, J., Strimmer, K. (2005), doi:10.2202/1544-6115.1175.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats


def summing_matrix(districts: Sequence[str], sums: Mapping[str, Sequence[str]]) -> Floats:
    """S, shape (districts + sums, districts): first each district itself, then each sum.

    Raises `UsageError` for a sum of something that is no district.
    """
    unknown = sorted({name for parts in sums.values() for name in parts} - set(districts))
    if unknown:
        raise UsageError(f"sums of districts that are not there: {', '.join(unknown)}; there are {', '.join(districts)}")
    rows = [[float(name in parts) for name in districts] for parts in sums.values()]
    return np.vstack([np.eye(len(districts)), np.reshape(rows, (-1, len(districts)))])


def reconciled(told: Floats, summing: Floats, covariance: Floats | None = None) -> Floats:
    """Districts, then sums, that add up, shape (series, ...) like `told`; least squares in the metric of past errors.

    Without `covariance`, shape (series, series), the structural one. A district that would fall below zero is told as zero, and
    its sums follow. Raises `UsageError` where the shapes do not fit.
    """
    if len(told) != len(summing):
        raise UsageError(f"{len(told)} series are told for {len(summing)} districts and sums")
    weights = np.diag(summing.sum(axis=1)) if covariance is None else covariance
    scaled = np.linalg.solve(weights, summing)
    share = np.linalg.solve(summing.T @ scaled, scaled.T)
    districts = np.maximum(np.tensordot(share, told, axes=1), 0.0)
    return np.asarray(np.tensordot(summing, districts, axes=1))


def proportional(districts: Floats, total: Floats) -> Floats:
    """Districts, shape (districts, ...), that add up to `total`, shape (...); equal shares where all districts tell zero."""
    whole = districts.sum(axis=0)
    equal = np.full_like(districts, 1.0 / len(districts))
    return np.asarray(total * np.divide(districts, whole, out=equal, where=np.broadcast_to(whole > 0.0, districts.shape)))


def shrunk_covariance(errors: Floats) -> Floats:
    """Covariance of errors, shape (times, series), drawn towards its diagonal as far as its doubt goes; (series, series).

    Raises `UsageError` with fewer than three times.
    """
    count = len(errors)
    if count < 3:
        raise UsageError(f"a covariance of errors needs three times or more; found {count}")
    spread = errors.std(axis=0)
    scaled = (errors - errors.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    products = scaled[:, :, None] * scaled[:, None, :]
    correlation = products.mean(axis=0)
    doubt = products.var(axis=0) / (count - 1)
    apart = ~np.eye(errors.shape[1], dtype=bool)
    power = (correlation[apart] ** 2).sum()
    towards = min(1.0, float(doubt[apart].sum() / power)) if power > 0.0 else 1.0
    drawn = np.where(apart, (1.0 - towards) * correlation, 1.0)
    floor = np.where(spread > 0.0, spread, max(spread.max(initial=0.0), 1.0) * 1.0e-6)
    return np.asarray(drawn * np.outer(floor, floor))
