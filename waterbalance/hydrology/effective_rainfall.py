"""The part of the rain that a crop can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

_DAYS_OF_A_MONTH: Final = 30.0  # Three ten-day periods make a month, as in CROPWAT.


def fixed_percentage(rain: npt.ArrayLike, share: float) -> Floats:
    """Effective rain = share x rain; in the unit of `rain`.

    Source: Dastane, N. G. (1974): Effective rainfall in irrigated agriculture, FAO Irrigation and Drainage Paper 25;
    shares between 0.7 and 0.9 are usual for total rain of a season. Do not use it for single storms.
    """
    return np.asarray(share * np.asarray(rain, dtype=np.float64))


def usda_scs(rain: npt.ArrayLike, days: float = _DAYS_OF_A_MONTH) -> Floats:
    """Effective rain of a period of `days`, in [mm] per period, from its rain in [mm] per period.

    With P the rain of a month: P (125 - 0.2 P) / 125 up to 250 mm, and 125 + 0.1 P above. A shorter period is a month of
    the same intensity, scaled back, which for ten days gives P (125 - 0.6 P) / 125 up to 83.3 mm, and 41.7 + 0.1 P above.

    Source: the USDA Soil Conservation Service method (Technical Release 21, 1970) as simplified in CROPWAT (Smith, M.,
    1992, FAO Irrigation and Drainage Paper 46). Do not use it for ponded rice with high bunds, which keeps more, nor
    for single days.
    """
    months = days / _DAYS_OF_A_MONTH
    monthly = np.asarray(rain, dtype=np.float64) / months
    effective = np.where(monthly <= 250.0, monthly * (125.0 - 0.2 * monthly) / 125.0, 125.0 + 0.1 * monthly)
    return np.asarray(effective * months)


def curve_number_runoff(rain: npt.ArrayLike, number: npt.ArrayLike) -> Floats:
    """RO = (P - 0.2 S)^2 / (P + 0.8 S) where P > 0.2 S, with S = 254 (100 / CN - 1); in [mm] of a day from [mm] of a day.

    Source: USDA Soil Conservation Service, National Engineering Handbook, section 4 (1972), for average moisture. Do not use
    it for bunded fields.
    """
    storage = 254.0 * (100.0 / np.asarray(number, dtype=np.float64) - 1.0)
    beyond = np.maximum(np.asarray(rain, dtype=np.float64) - 0.2 * storage, 0.0)
    return np.asarray(np.divide(beyond**2, beyond + storage, out=np.zeros(np.shape(beyond + storage)), where=beyond > 0.0))
