"""Every forecaster of a scenario tried on its past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import InputError
from waterbalance.forecast.backtest import NO_RECORD, Tried, backtest
from waterbalance.forecast.exogenous import own_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.scenario.scenario import Scenario


def backtest_scenario(
    scenario: Scenario,
    *,
    h: int = 10,
    step_size: int = 10,
    n_windows: int = 30,
    only: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Tried, ...]:
    """Try the forecaster of every quantity that has a record of its own; `only` names a component.

    What has no record, or too short a one, is named with the reason. `progress` is told the quantity, how many origins are
    done, and of how many.
    """
    found = []
    for key, recipe in scenario.forecasts.items():
        if only is not None and key[0] != only:
            continue
        settings = recipe.settings
        history = settings.learns_from(key, recipe.columns)

        def show(done: int, of: int, name: str = ".".join(key)) -> None:
            if progress is not None:
                progress(name, done, of)

        result, reason = None, ""
        if own_record(history) is None:
            reason = NO_RECORD
        else:
            try:
                forecaster = settings.build(recipe.unit, recipe.columns)
                result = backtest(forecaster, history, h=h, step_size=step_size, n_windows=n_windows, progress=show)
            except InputError as error:
                reason = str(error.findings[0]) if error.findings else error.title
        found.append(Tried(*key, recipe.unit, settings.forecaster, result, reason))
    return tuple(found)
