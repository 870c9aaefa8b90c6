"""Forecasters tried on their past by the nightly job: as many a night as its time allows, those first that wait longest.

A series is due when its backtest is too old, when the settings of its forecaster or of the backtest are others, and when there is
none. What was found is kept lead by lead in `backtests.json` beside the folders of the runs. A backtest never fails a night.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from waterbalance.operate.comparing.backtest import backtest_scenario
from waterbalance.operate.configuring.stages import StageTimeoutError
from waterbalance.report.atomic import write_text
from waterbalance.report.backtest import backtest_dict
from waterbalance.report.json_text import json_text
from waterbalance.report.night.scores_told import BacktestTold, LeadTold
from waterbalance.schedule.canonical import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from waterbalance.operate.configuring.backtest_settings import BacktestSettings
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]

BACKTESTS = "backtests.json"
SCHEMA = "waterbalance.night_backtests/1"
TIME_WAS_OVER = "time was over"


@dataclass(frozen=True)
class Backtests:
    """The backtests of one job: where they are kept, and how they are made."""

    folder: Path
    scenario: Scenario
    """As it is known tonight."""

    settings: BacktestSettings

    def known(self) -> dict[str, Any]:
        """What is kept, by `component.quantity`; nothing where the file is none."""
        try:
            kept = json.loads((self.folder / BACKTESTS).read_text(encoding="utf-8"))
            return dict(kept["series"]) if kept["schema"] == SCHEMA else {}
        except (OSError, ValueError, LookupError, TypeError):
            return {}

    def due(self, day: dt.date) -> tuple[Key, ...]:
        """Series whose forecaster has to be tried, the longest waiting first."""
        if self.settings.n_windows == 0:
            return ()
        kept = self.known()
        waiting = []
        for key in self.scenario.forecasts:
            before = kept.get(".".join(key))
            made_on = dt.date.min if before is None else dt.date.fromisoformat(before["made_on"])
            changed = before is not None and before["settings"] != self._settings_of(key)
            if changed or (day - made_on).days >= self.settings.every:
                waiting.append((made_on, key))
        return tuple(key for _, key in sorted(waiting, key=lambda each: each[0]))

    def make(self, keys: tuple[Key, ...], day: dt.date) -> None:
        """Try one after another until time is over, and keep each at once.

        One that takes all the time of a night for itself is kept as such, so that it does not stand in the way of the others.
        """
        for number, key in enumerate(keys):
            try:
                self._keep(key, day, self._tried(key, day))
            except StageTimeoutError:
                if number == 0:
                    self._keep(key, day, {"forecaster": self._forecaster(key), "reason": TIME_WAS_OVER, "scores": []})
                return

    def _tried(self, key: Key, day: dt.date) -> Mapping[str, Any]:
        horizon = self.scenario.horizon.model_copy(update={"start": day})
        alone = replace(self.scenario, horizon=horizon, forecasts={key: self.scenario.forecasts[key]})
        asked = self.settings
        try:
            tried = backtest_scenario(alone, h=asked.h, step_size=asked.h, n_windows=asked.n_windows)
        except StageTimeoutError:
            raise
        except Exception as error:  # noqa: BLE001 (a forecaster of any library; the reason is shown in its row)
            return {"forecaster": self._forecaster(key), "reason": f"{type(error).__name__}: {error}", "scores": []}
        quantities = cast("list[dict[str, Any]]", backtest_dict(tried)["quantities"])
        return quantities[0]

    def _keep(self, key: Key, day: dt.date, found: Mapping[str, Any]) -> None:
        told = {"made_on": str(day), "settings": self._settings_of(key), **found}
        series = {**self.known(), ".".join(key): told}
        write_text(self.folder / BACKTESTS, json_text({"schema": SCHEMA, "series": dict(sorted(series.items()))}))

    def _forecaster(self, key: Key) -> str:
        return self.scenario.forecasts[key].settings.forecaster

    def _settings_of(self, key: Key) -> str:
        """Hash of what a backtest of the series goes by."""
        own = self.scenario.forecasts[key].settings.model_dump_json()
        return sha256(f"{own} {self.settings.h} {self.settings.n_windows}".encode())


def tell_backtests(backtests: Backtests) -> tuple[BacktestTold, ...]:
    """What is kept of the series that are still forecast."""
    kept = backtests.known()
    names = {".".join(key): key for key in backtests.scenario.forecasts}
    return tuple(_told(*names[name], kept[name]) for name in sorted(names) if name in kept)


def _told(component: str, quantity: str, kept: Mapping[str, Any]) -> BacktestTold:
    whole: Mapping[str, Any] = next((row for row in kept["scores"] if row["lead"] == 0), {})
    names = ("origins", "skill_climatology", "skill_seasonal_naive", "coverage_80", "accumulated_bias")
    leads = tuple(LeadTold(lead=row["lead"], skill=row["skill_climatology"]) for row in kept["scores"] if row["lead"] > 0)
    return BacktestTold(
        component=component,
        quantity=quantity,
        forecaster=kept["forecaster"],
        made_on=kept["made_on"],
        reason=kept["reason"],
        leads=leads,
        **{name: whole.get(name) for name in names},
    )
