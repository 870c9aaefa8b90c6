"""The contract of forecasters, in the manners of scikit-learn.

To add one, write one file with one class: settings in the constructor (no logic there), data in `fit`, which returns
the forecaster, learned names that end in `_`, and `predict`, which never looks beyond what `fit` saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecast import Forecast
    from waterbalance.horizon import Horizon


class Forecaster(Protocol):
    """Learns from a daily history, then tells members over a horizon."""

    def fit(self, history: pd.Series) -> Self:
        """Learn from daily values: a Series with a daily DatetimeIndex; gaps and NaN are allowed and counted.

        Rates are per day (a flow in [m3/day]). Raises `InputError` when there is too little to learn from.
        """
        ...

    def predict(self, horizon: Horizon, *, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps of `horizon` for equally likely members. The same seed gives the same members."""
        ...
