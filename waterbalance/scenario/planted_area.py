"""Whether the crops of a zone find room in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.errors import Finding
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.scenario.crop_settings import CropDemandSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.scenario.whole import Whole

_HECTARE: Final = 10_000.0
_ROUNDING: Final = 1.01
"""Areas are told in whole hectares, and shares of them in per cent. [1]"""

_YEAR: Final = pd.date_range("2001-01-01", "2001-12-31")


def crops_beyond_the_zone(whole: Whole) -> Iterator[Finding]:
    """Zones whose crops stand on more land at one time than there is; crops that follow each other share theirs."""
    for (name, quantity), recipe in whole.scenario.forecasts.items():
        zone = whole.scenario.network.components.get(name)
        if quantity != "demand" or not isinstance(zone, IrrigationZone) or not isinstance(recipe.settings, CropDemandSettings):
            continue
        standing = np.sum([crop.crop().standing(_YEAR) for crop in recipe.settings.crops], axis=0)
        most = int(np.argmax(standing))
        if standing[most] > _ROUNDING * zone.area:
            yield Finding(
                f"the crops of {name} stand on more land than the zone has",
                whole.document.key_place(("forecasts", f"{name}.{quantity}", "crops"), name),
                f"{standing[most] / _HECTARE:,.0f} ha on {_YEAR[most]:%m-%d}",
                f"at most {zone.area / _HECTARE:,.0f} ha, the zone's area",
                "Mend the areas of the crops, or that of the zone.",
            )
