"""When a component is in service."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.component import Component


def in_service(component: Component, horizon: Horizon) -> Floats:
    """Share of every step in which the component is in service, shape (steps,). [-]."""
    if component.in_service_from is None and component.in_service_until is None:
        return np.ones(len(horizon))
    first = component.in_service_from or dt.date.min
    last = component.in_service_until
    after = dt.date.max if last is None else last + dt.timedelta(days=1)
    shares = [
        max(0, (min(end, after) - max(start, first)).days) / (end - start).days
        for start, end in zip(horizon.starts, horizon.ends, strict=True)
    ]
    return np.array(shares)


def while_in_service(values: Floats, service: Floats) -> Floats:
    """Values that count only in service: the share of the step in service, and zero outside even where unlimited."""
    return np.where(service > 0, service, 1.0) * np.where(service > 0, values, 0.0)
