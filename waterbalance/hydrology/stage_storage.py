"""Level, surface area and volume of a reservoir from its survey table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterbalance.errors import Finding, Findings, InputError

if TYPE_CHECKING:
    from waterbalance.horizon import Floats


@dataclass(frozen=True)
class StageStorage:
    """A level-area-volume table, straight between its rows.

    Straight lines keep the curves monotone and make `level` the exact inverse of `volume`; a spline would do neither.
    Raises `InputError` when rows are missing, levels or volumes do not rise, or areas are negative or shrink with level.
    """

    levels: tuple[float, ...]
    """Water levels, rising. [m]"""

    areas: tuple[float, ...]
    """Surface area at each level. [m2]"""

    volumes: tuple[float, ...]
    """Volume at each level, rising. [m3]"""

    def __post_init__(self) -> None:
        """Refuse a table that is no stage-storage curve."""
        findings = Findings()
        if len(self.levels) < 2 or not len(self.levels) == len(self.areas) == len(self.volumes):
            counts = f"{len(self.levels)} levels, {len(self.areas)} areas, {len(self.volumes)} volumes"
            findings.add(Finding("the table is not complete", found=counts, allowed="the same number of each, at least 2"))
        for name, values, strictly in (
            ("levels", self.levels, True),
            ("areas", self.areas, False),
            ("volumes", self.volumes, True),
        ):
            findings.extend(_order_findings(name, values, strictly=strictly))
        findings.raise_if_any(InputError, "a stage-storage table")

    def volume(self, level: npt.ArrayLike) -> Floats:
        """Volume at a level [m3].

        Raises `InputError` outside the table.
        """
        return self._read(level, self.levels, self.volumes, "level")

    def area(self, level: npt.ArrayLike) -> Floats:
        """Surface area at a level [m2].

        Raises `InputError` outside the table.
        """
        return self._read(level, self.levels, self.areas, "level")

    def level(self, volume: npt.ArrayLike) -> Floats:
        """Level at a volume [m].

        Raises `InputError` outside the table.
        """
        return self._read(volume, self.volumes, self.levels, "volume")

    def area_at_volume(self, volume: npt.ArrayLike) -> Floats:
        """Surface area at a volume [m2].

        Raises `InputError` outside the table.
        """
        return self._read(volume, self.volumes, self.areas, "volume")

    @staticmethod
    def _read(values: npt.ArrayLike, given: tuple[float, ...], wanted: tuple[float, ...], name: str) -> Floats:
        asked = np.asarray(values, dtype=np.float64)
        outside = asked[~((asked >= given[0]) & (asked <= given[-1]))]
        if outside.size:
            finding = Finding(
                f"a {name} outside the stage-storage table",
                found=f"{outside.flat[0]:g}",
                allowed=f"{given[0]:g} to {given[-1]:g}",
                remedy="Extend the table.",
            )
            raise InputError("stage and storage", (finding,))
        return np.asarray(np.interp(asked, given, wanted))


def _order_findings(name: str, values: tuple[float, ...], *, strictly: bool) -> list[Finding]:
    rises = np.diff(values)
    disordered = ~(rises > 0.0) if strictly else ~(rises >= 0.0)
    if disordered.any():
        row = int(np.argmax(disordered))
        return [Finding(f"{name} do not rise at row {row + 2}", found=f"{values[row]:g} then {values[row + 1]:g}")]
    if name == "areas" and values and values[0] < 0.0:
        return [Finding("an area is negative", found=f"{values[0]:g}", allowed="0 or more")]
    return []
