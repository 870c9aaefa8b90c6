"""How long a store keeps things."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration


class KeepSettings(BaseModel):
    """How long things are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    results: Duration = Field(default=400.0, gt=0)
    """Forecasts, states and what runs rested on; without them a run cannot be replayed. [day]"""

    observations: Duration = Field(default=3652.5, gt=0)
    """Readings with all their versions, and scores. [day]"""

    alerts: Duration = Field(default=400.0, ge=1)
    """Alerts that were told, after their end. [day]"""
