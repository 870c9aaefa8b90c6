"""The contract of forecasters, in the manners of scikit-learn.

To add one, write one file with one class: settings in the constructor (no logic there), data in `fit`, which returns
the forecaster, learned names that end in `_`, and `predict`, which never looks beyond what `fit` saw and refuses a horizon
that begins before its end.

Equally likely members are the answer, since only they tell sums over days and what comes together at several places; a plan
needs both. Levels and quantiles are read off them, not asked of each forecaster: `frames.predict_frame(forecaster, horizon,
weather, level=[80], quantiles=None, members=100, seed=0)` tells `mean`, `median`, `lo-80`, `hi-80`, and the members as columns
on wish (`with_members=True`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from waterbalance.forecast.forecast import Forecast
    from waterbalance.horizon import Horizon

Past: TypeAlias = "pd.Series | pd.DataFrame"
"""Daily values, or a frame whose column `y` holds them and whose other columns are exogenous (`exogenous.py`)."""

Weather: TypeAlias = "pd.DataFrame | Sequence[pd.DataFrame] | None"
"""Exogenous columns over the days to come: one frame where they are known, several for equally likely members."""


class Forecaster(Protocol):
    """Learns from a daily history, then tells members over a horizon."""

    def fit(self, history: Past) -> Self:
        """Learn from daily values with a daily DatetimeIndex; gaps and NaN are allowed and counted.

        Rates are per day (a flow in [m3/day]). Raises `InputError` when there is too little to learn from, and when an
        exogenous column is missing or was not asked for.
        """
        ...

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps of `horizon` for equally likely members. The same seed gives the same members.

        `weather` holds the exogenous columns that the forecaster asks for, by name, on every day of the horizon.
        Raises `InputError` when one is missing or was not asked for, when the horizon begins in the history, and for
        members or a seed that cannot be.
        """
        ...


@runtime_checkable
class Follower(Protocol):
    """A forecaster that can take newer values without learning anew: its parameters stay."""

    def follow(self, history: Past) -> Self:
        """Go on from the last days of `history` with what `fit` has learned."""
        ...
