"""Crop coefficients: the piecewise curve of a season and the values of FAO-56.

Source: Allen, R. G., Pereira, L. S., Raes, D., Smith, M. (1998): Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapter 6 and table 12. Second edition: Pereira, L. S. et al. (2025), doi:10.4060/cd6621en.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from waterbalance.errors import Finding, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats

Edition = Literal[1998, 2025]


@dataclass(frozen=True)
class GrowthStages:
    """Lengths of the four growth stages: in [day], or in [degC day] with a curve by growing-degree days."""

    initial: float
    development: float
    mid: float
    late: float

    @property
    def season(self) -> float:
        """From planting to harvest, in the stages' unit."""
        return self.initial + self.development + self.mid + self.late


@dataclass(frozen=True)
class CropCoefficients:
    """Crop coefficients Kc in the initial stage, in mid-season and at harvest [1]."""

    initial: float
    mid: float
    end: float


# Rice 1998 prints a range of 0.90 to 0.60 at harvest; its middle is taken.
_TABLE_1998: Final = {
    "rice": CropCoefficients(1.05, 1.20, 0.75),
    "sugarcane": CropCoefficients(0.40, 1.25, 0.75),
    "banana_first_year": CropCoefficients(0.50, 1.10, 1.00),
    "banana_second_year": CropCoefficients(1.00, 1.20, 1.10),
    "citrus": CropCoefficients(0.70, 0.65, 0.70),
    "sweet_corn": CropCoefficients(0.30, 1.15, 1.05),
    "soybean": CropCoefficients(0.40, 1.15, 0.50),
    "groundnut": CropCoefficients(0.40, 1.15, 0.60),
    "sweet_potato": CropCoefficients(0.50, 1.15, 0.65),
    "small_vegetables": CropCoefficients(0.70, 1.05, 0.95),
}

# Taken from a secondary source; the paper itself was not at hand. That source has rows for banana and maize too, and a review
# of its own that found rows nobody had printed: only the two that are named elsewhere are kept.
_TABLE_2025: Final = {
    "rice": CropCoefficients(1.05, 1.20, 1.05),
    "sugarcane": CropCoefficients(0.40, 1.20, 0.80),
}

_TABLES: Final = {1998: _TABLE_1998, 2025: _TABLE_2025}

# Table 17. Rice at harvest: the middle of its range 0.70 to 0.45.
_BASAL_1998: Final = {
    "rice": CropCoefficients(1.00, 1.15, 0.575),
    "sugarcane": CropCoefficients(0.15, 1.20, 0.70),
    "banana_first_year": CropCoefficients(0.15, 1.05, 0.90),
    "banana_second_year": CropCoefficients(0.60, 1.10, 1.05),
    "citrus": CropCoefficients(0.65, 0.60, 0.65),
    "sweet_corn": CropCoefficients(0.15, 1.10, 1.00),
    "soybean": CropCoefficients(0.15, 1.10, 0.30),
    "groundnut": CropCoefficients(0.15, 1.10, 0.50),
    "sweet_potato": CropCoefficients(0.15, 1.10, 0.55),
    "small_vegetables": CropCoefficients(0.15, 0.95, 0.85),
}

# The secondary source has rice at 0.15 on the first day, which no ponded field can be: rice is left out.
_BASAL_2025: Final = {"sugarcane": CropCoefficients(0.15, 1.15, 0.70)}

_BASAL_TABLES: Final = {1998: _BASAL_1998, 2025: _BASAL_2025}


def fao56_coefficients(crop: str, edition: Edition = 1998) -> CropCoefficients:
    """Crop coefficients of FAO-56 for a subhumid climate (RHmin about 45 %, u2 about 2 m/s).

    The 1998 edition is table 12 (its rice range at harvest by the middle). Of the 2025 edition only what differs and
    is known here is kept (a secondary source); other crops are refused rather than answered from the older table.
    Raises `InputError` for a crop that the edition's table does not hold.
    """
    return _from_table(_TABLES[edition], _TABLES[1998], crop, f"crop coefficients of edition {edition}")


def fao56_basal_coefficients(crop: str, edition: Edition = 1998) -> CropCoefficients:
    """Basal crop coefficients Kcb of FAO-56 for the same climate: transpiration alone, over a dry soil surface.

    The 1998 edition is table 17 (rice at harvest by the middle of its range; citrus without ground cover, 70 % canopy). Of the
    2025 edition only sugarcane is known here (a secondary source). Raises `InputError` for a crop that the table does not hold.
    """
    return _from_table(_BASAL_TABLES[edition], _BASAL_TABLES[1998], crop, f"basal crop coefficients of edition {edition}")


def _from_table(
    table: Mapping[str, CropCoefficients], oldest: Mapping[str, CropCoefficients], crop: str, what: str
) -> CropCoefficients:  # fmt: skip
    if crop not in table:
        allowed = ", ".join(sorted(table))
        older = table is not oldest and crop in oldest
        remedy = f"Give the coefficients themselves, or {'take edition 1998' if older else 'choose one of those'}."
        raise InputError(
            "crop coefficients", (Finding(f"no {what} for this crop", found=repr(crop), allowed=allowed, remedy=remedy),)
        )
    return table[crop]


def crop_coefficient(days_since_planting: npt.ArrayLike, stages: GrowthStages, coefficients: CropCoefficients) -> Floats:
    """Kc by days since planting (0 on the planting day): level, rise, level, fall; 0 outside the season [1].

    Kc = Kc_ini in the initial stage; rises linearly over the development stage; Kc_mid in mid-season; falls linearly over
    the late stage to Kc_end at harvest (FAO-56, fig. 34 and eq. 66). Do not use a calendar curve where temperature shifts
    the stages by weeks: give growing-degree days since planting (`growing_degree_days.py`) and the stages in their unit.
    """
    day = np.asarray(days_since_planting, dtype=np.float64)
    # A stage of no length would give a knot twice, which np.interp takes as a jump: the later value holds from there on.
    knots = np.cumsum([0, stages.initial, stages.development, stages.mid, stages.late])
    values = [coefficients.initial, coefficients.initial, coefficients.mid, coefficients.mid, coefficients.end]
    curve = np.interp(day, knots, values)
    return np.asarray(np.where((day >= 0.0) & (day < stages.season), curve, 0.0))


def crop_evapotranspiration(coefficient: npt.ArrayLike, reference_evapotranspiration: npt.ArrayLike) -> Floats:
    """ETc = Kc x ET0 (eq. 58); in the unit of ET0."""
    return np.asarray(np.asarray(coefficient, dtype=np.float64) * np.asarray(reference_evapotranspiration, dtype=np.float64))
