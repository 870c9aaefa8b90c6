"""What all values of a night have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Plain(BaseModel):
    """Values that JSON can hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
