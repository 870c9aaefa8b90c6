"""Ways to tell how departures of a demand go on; each learns a few numbers, and tells from every day of the record.

    seasonal naive  the same weekday of the last week
    local level     a wandering level and a short memory beside it (statsmodels `UnobservedComponents`)
    ETS             level, damped trend and week, each smoothed exponentially (statsmodels `ETSModel`, A, Ad, A)
    SARIMAX         (1, 1, 1)(1, 0, 0) of 7 days (statsmodels)
    ridge           each lead by a robust regression of its own (`direct_ridge.py`)

What a way tells on a day rests on that day's past and on the learned numbers only, so that its past errors are honest up to
these few numbers. Sources: Harvey, A. C. (1989), doi:10.1017/CBO9781107049994; Hyndman, R. J., Koehler, A. B., Ord, J. K.,
Snyder, R. D. (2008), doi:10.1007/978-3-540-71918-2; Box, G. E. P., Jenkins, G. M. (1976).
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from waterbalance.forecast.direct_ridge import WEEK, by_week, learn_ridge, told_by_ridge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from waterbalance.horizon import Floats

LEADS: Final = 7
"""Days ahead that every way tells; further ahead its week goes on and fades (`household_blend.py`). [day]"""

Parameters = tuple["Floats", ...]


@dataclass(frozen=True)
class Way:
    """One way: how it learns from departures, shape (days,), NaN where unknown, and tells, shape (days, leads)."""

    shortest: int
    """Fewest known days to learn from. [day]"""

    learn: Callable[[Floats], Parameters]
    tell: Callable[[Floats, Parameters], Floats]


@contextmanager
def unconverged() -> Iterator[None]:
    """Take the best parameters found so far: the judges of a blend are its past errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def last_week(departures: Floats, _: Parameters = ()) -> Floats:
    """Seasonal naive, of the days that are known or filled."""
    filled = by_week(departures[None])[0]
    days = np.arange(len(filled))[:, None]
    return np.asarray(filled[np.maximum(days + np.arange(1, LEADS + 1) - WEEK, days % WEEK)])


def _local_level(departures: Floats) -> Any:  # noqa: ANN401 (statsmodels has no types)
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # noqa: PLC0415 (heavy: only to learn from meters)

    return UnobservedComponents(departures, "local level", autoregressive=1)


def _arima(departures: Floats) -> Any:  # noqa: ANN401
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # noqa: PLC0415

    weekly = (1, 0, 0, WEEK)
    return SARIMAX(departures, order=(1, 1, 1), seasonal_order=weekly, initialization="approximate_diffuse")


def _learn_states(make: Callable[[Floats], Any], start: Sequence[float], patience: int) -> Callable[[Floats], Parameters]:
    def learn(departures: Floats) -> Parameters:
        size = np.nanstd(departures)
        with unconverged():
            result = make(departures / size).fit(np.array(start), disp=False, maxiter=patience)
        return (np.asarray(result.params), np.asarray(size))

    return learn


def _tell_states(make: Callable[[Floats], Any]) -> Callable[[Floats, Parameters], Floats]:
    def tell(departures: Floats, parameters: Parameters) -> Floats:
        values, size = parameters
        model = make(departures / size)
        with unconverged():
            state = model.filter(values).filtered_state
        told = []
        for _ in range(LEADS):
            state = model["transition"] @ state
            told.append(model["design"][0] @ state)
        return np.asarray(size * np.stack(told, axis=1))

    return tell


def _ets(departures: Floats) -> Any:  # noqa: ANN401
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415

    filled = by_week(departures[None])[0]
    return ETSModel(filled, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=WEEK)


def _learn_ets(departures: Floats) -> Parameters:
    size = np.nanstd(departures)
    with unconverged():
        return (np.asarray(_ets(departures / size).fit(disp=False, maxiter=100).params), np.asarray(size))


def _tell_ets(departures: Floats, parameters: Parameters) -> Floats:
    """Level + (damping + ... + damping^h) trend + the week's, from the states of every day."""
    values, size = parameters
    model = _ets(departures / size)
    with unconverged():
        result = model.smooth(values)
    damping = values[model.param_names.index("damping_trend")]
    days, leads = np.arange(len(departures))[:, None], np.arange(1, LEADS + 1)
    damped = np.cumsum(damping**leads)
    week = np.asarray(result.season)[np.maximum(days + leads - WEEK, 0)]
    return np.asarray(size * (np.asarray(result.level)[:, None] + damped * np.asarray(result.slope)[:, None] + week))


def _learn_ridge(departures: Floats) -> Parameters:
    return learn_ridge(departures[None], LEADS)


def _tell_ridge(departures: Floats, parameters: Parameters) -> Floats:
    return np.asarray(told_by_ridge(departures[None], *parameters)[0])


def _learn_nothing(_: Floats) -> Parameters:
    return ()


WAYS: Final = MappingProxyType(
    {
        "seasonal naive": Way(1, _learn_nothing, last_week),
        "local level": Way(28, _learn_states(_local_level, (0.3, 0.02, 0.2, 0.5), 60), _tell_states(_local_level)),
        "ETS": Way(28, _learn_ets, _tell_ets),
        "SARIMAX": Way(56, _learn_states(_arima, (0.5, -0.8, 0.2, 0.4), 20), _tell_states(_arima)),
        "ridge": Way(84, _learn_ridge, _tell_ridge),
    }
)
