"""Every forecaster of a scenario tried on its past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import InputError
from waterbalance.forecast.backtest import NO_RECORD, Tried, backtest
from waterbalance.forecast.exogenous import own_record
from waterbalance.scenario.weather_settings import is_dated, weather_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.scenario.scenario import Scenario

PERFECT = "perfect foresight: the weather of the days to come is told as it was recorded"


def backtest_scenario(
    scenario: Scenario,
    *,
    h: int = 10,
    step_size: int = 10,
    n_windows: int = 30,
    only: str | None = None,
    perfect_weather: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Tried, ...]:
    """Try the forecaster of every quantity that has a record of its own; `only` names a component.

    What has no record, or too short a one, is named with the reason. Weather after an origin is used only where it was issued
    before it; with `perfect_weather` it is told as it was recorded, which nobody knew: such scores are an upper bound.
    `progress` is told the quantity, how many origins are done, and of how many.
    """
    found = []
    for key, recipe in scenario.forecasts.items():
        if only is not None and key[0] != only:
            continue
        settings = recipe.settings
        history = recipe.record(key, scenario.horizon.start)
        dated = {column: series for column, series in recipe.columns.items() if is_dated(column)}
        names = settings.weather_names()
        notes = () if not names else (PERFECT,) if perfect_weather else (weather_note(recipe.columns),)

        def show(done: int, of: int, name: str = ".".join(key)) -> None:
            if progress is not None:
                progress(name, done, of)

        result, reason = None, ""
        if own_record(history) is None:
            reason = NO_RECORD
        else:
            try:
                result = backtest(
                    settings.build(recipe.unit, dated),
                    history,
                    h=h,
                    step_size=step_size,
                    n_windows=n_windows,
                    known_ahead=names if perfect_weather else (),
                    progress=show,
                )
            except InputError as error:
                reason = "; ".join(map(str, error.findings)) or error.title
        found.append(Tried(*key, recipe.unit, settings.forecaster, result, reason, notes))
    return tuple(found)
