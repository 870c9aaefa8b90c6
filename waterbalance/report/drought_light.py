"""The engine's own reading of a storage against its curves, as a light.

    blue    storage >= lower curve
    green   lower curve > storage >= lower curve - 10 % of the band
    yellow  below that, but at least half-way between severe and lower curve
    orange  below half-way, but not below the severe curve
    red     storage < severe curve

where band = lower curve - severe curve; without a severe curve the dead storage takes its place. The colours are those
of the drought signals that water agencies use; the limits between them are the engine's, because agencies decide theirs
case by case. Do not take a light for an announcement.
"""

from __future__ import annotations

from typing import Literal

Light = Literal["blue", "green", "yellow", "orange", "red"]

LIGHTS: tuple[Light, ...] = ("blue", "green", "yellow", "orange", "red")
"""From best to worst."""

SLIGHT = 0.1
"""Share of the band below the lower curve that still counts as green. [-]"""

SAME = 1e-9
"""Share of the lower curve that two storages may differ and still be the same: end conditions aim at the curve itself. [-]"""


def drought_light(storage: float, lower_curve: float, severe_curve: float) -> Light:
    """Light of a storage. All in [m3].

    >>> [drought_light(storage, 100.0, 40.0) for storage in (120.0, 95.0, 80.0, 50.0, 39.0)]
    ['blue', 'green', 'yellow', 'orange', 'red']
    """
    band = max(lower_curve - severe_curve, 0.0)
    room = SAME * lower_curve
    if storage >= lower_curve - room:
        return "blue"
    if storage < severe_curve - room:
        return "red"
    if storage >= lower_curve - SLIGHT * band - room:
        return "green"
    return "yellow" if storage >= lower_curve - 0.5 * band - room else "orange"


def worst(lights: list[Light]) -> Light:
    """The worst of several lights."""
    return max(lights, key=LIGHTS.index)
