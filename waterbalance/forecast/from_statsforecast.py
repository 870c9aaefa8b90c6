"""Models of statsforecast behind the contract of forecasters; outside of the core (extra `statsforecast`)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.forecast.daily_steps import asked_days, over_steps
from waterbalance.forecast.direct_ridge import WEEK
from waterbalance.forecast.fitted import fitted
from waterbalance.forecast.forecast import Forecast
from waterbalance.forecast.member_draw import deal, even_levels
from waterbalance.forecast.whole_days import MEMORY, WholeDays, whole_days

if TYPE_CHECKING:
    from waterbalance.forecast.forecaster import Past, Weather
    from waterbalance.horizon import Floats, Horizon


class StatsforecastModel(Protocol):
    """What is used of a model of `statsforecast.models` (AutoETS, AutoARIMA, ...)."""

    uses_exog: bool
    """Whether it takes X."""

    def fit(self, y: Floats, X: Floats | None = None) -> Self:  # noqa: N803 (their name)
        """Learn y, shape (days,), with X, shape (days, columns)."""
        ...

    def predict(self, h: int, X: Floats | None = None, level: list[float] | None = None) -> dict[str, Floats]:  # noqa: N803
        """`mean` and `lo-80.0`, `hi-80.0` of the next `h` values."""
        ...


@dataclass
class FromStatsforecast:
    """A model of statsforecast on daily rates, such as `FromStatsforecast(AutoETS(season_length=7))`.

    member[d, m] = quantile of day d at the rank of m, with the weather of m where the model takes exogenous columns

    Members are the quantiles that the model tells: each keeps its rank over the days, so that sums spread too widely. Unknown
    days take the same weekday of the week before. Do not use it where sums over many days matter, nor with models that tell no
    intervals.
    """

    model: StatsforecastModel
    exogenous: tuple[str, ...] = ()
    """Columns that the model learns from (its X) and is told ahead, such as `temperature`."""

    memory: int = MEMORY
    """Most recent days that are learned from. [day]"""

    known_: WholeDays | None = field(default=None, init=False, repr=False)
    model_: StatsforecastModel | None = field(default=None, init=False, repr=False)

    def fit(self, history: Past) -> Self:
        """Learn from daily rates.

        Raises `InputError` for a faulty history, and `UsageError` for columns of which the model would make nothing.
        """
        if self.exogenous and not self.model.uses_exog:
            model, names = type(self.model).__name__, ", ".join(self.exogenous)
            raise UsageError(f"{model} of statsforecast takes no exogenous columns; found {names}; AutoARIMA takes them")
        known = whole_days(history, self.exogenous, shortest=2 * WEEK, memory=self.memory)
        columns = known.exogenous.to_numpy(dtype=np.float64) if self.exogenous else None
        self.known_, self.model_ = known, copy.deepcopy(self.model).fit(known.rates.to_numpy(), columns)
        return self

    def predict(self, horizon: Horizon, *, weather: Weather = None, members: int = 100, seed: int = 0) -> Forecast:
        """Amounts over the steps, shape (steps, members).

        Raises `InputError` when the horizon begins before the history ends, and for columns that are missing or too many.
        """
        known, model = fitted(self.known_, self), fitted(self.model_, self)
        days = asked_days(horizon, members, seed)
        leads = known.leads(days).to_numpy()
        ahead = known.ahead(weather, days, self)
        # Another draw than that of the weather: else the wettest weather would always come with the highest rank.
        ranks, dealt = even_levels(members, seed + 1), deal(len(ahead), members, seed)
        rates = np.empty((len(days), members))
        for number, frame in enumerate(ahead):
            mine = np.flatnonzero(dealt == number)
            columns = frame.to_numpy(dtype=np.float64) if self.exogenous else None
            rates[:, mine] = _quantiles(model, int(leads[-1]), columns, ranks[mine])[leads - 1]
        label = f"{type(self.model).__name__} of statsforecast, {known.history.years}"
        values = over_steps(np.maximum(rates, 0.0), horizon)
        return Forecast(values, label, known.history.missing, known.history.notes)


def _quantiles(model: StatsforecastModel, ahead: int, columns: Floats | None, ranks: Floats) -> Floats:
    """What the model tells at each rank, shape (ahead, ranks)."""
    central = [round(abs(200.0 * rank - 100.0), 6) for rank in ranks]
    told = model.predict(ahead, columns, level=sorted(set(central) - {0.0}) or None)
    names = [
        "mean" if level == 0.0 else f"{'lo' if rank < 0.5 else 'hi'}-{level}" for rank, level in zip(ranks, central, strict=True)
    ]
    return np.array([told[name] for name in names], dtype=np.float64).reshape(len(ranks), ahead).T
