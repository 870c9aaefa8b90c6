"""How often a nightly job tries forecasters on their past."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration


class BacktestSettings(BaseModel):
    """When a backtest is due, and how long it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Duration = Field(default=7.0, ge=1.0)
    """How old a backtest may become; one of a forecaster whose settings have changed is due at once. [day]"""

    h: int = Field(default=10, ge=1, le=400, strict=True)
    """Days ahead; origins are as many days apart. [day]"""

    n_windows: int = Field(default=30, ge=0, le=1000, strict=True)
    """Origins; 0 for no backtests."""
