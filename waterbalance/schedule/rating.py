"""From a discharge to the opening that lets it through, and back.

Every rating has a range in which it was made or in which its formula holds (its `ends`); outside of it there is no setting, and
it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import brentq

from waterbalance.errors import Finding, InputError, Place

GRAVITY = 9.81
"""[m/s2]"""

CLOSEST = 1e-9
"""How near an opening is found. [m]"""


class Rating(Protocol):
    """How a structure's setting and its discharge hang together."""

    @property
    def ends(self) -> tuple[float, float]:
        """Least and greatest setting for which it holds."""
        ...

    def setting(self, flow: float) -> float:
        """The setting for a discharge [m3/s]; `InputError` where the rating has none."""
        ...

    def flow(self, setting: float) -> float:
        """Discharge at a setting; beyond the ends that of the nearest one. [m3/s]."""
        ...


@dataclass(frozen=True)
class SluiceGate:
    """A vertical gate over a level sill, free or drowned; its setting is the opening a [m].

        free = 0.864 a b sqrt(g h) ((h - a) / (h + 15 a))^0.072
        drowned, where h < 0.81 d (d / a)^0.72:
            flow = free (h - d)^0.7 / (0.32 (0.81 d (d / a)^0.72 - h)^0.7 + (h - d)^0.7)

    h, d: depth above the sill upstream and downstream; b: width. Swamee 1992, doi:10.1061/(ASCE)0733-9437(1992)118:1(56).
    Not for radial gates, nor where the sill is raised.
    """

    structure: str
    width: float
    """[m]"""

    upstream_depth: float
    """Above the sill. [m]"""

    downstream_depth: float = 0.0
    """Above the sill. [m]"""

    greatest_opening: float = float("inf")
    """How far the gate travels. [m]"""

    def flow(self, setting: float) -> float:
        """Discharge through an opening. [m3/s]."""
        opening, upstream, downstream = min(setting, self.widest), self.upstream_depth, self.downstream_depth
        if opening <= 0.0 or upstream <= downstream:
            return 0.0
        contraction = ((upstream - opening) / (upstream + 15.0 * opening)) ** 0.072
        free = 0.864 * opening * self.width * np.sqrt(GRAVITY * upstream) * contraction
        drowning = 0.81 * downstream * (downstream / opening) ** 0.72 - upstream
        if downstream <= 0.0 or drowning <= 0.0:
            return float(free)
        drop = (upstream - downstream) ** 0.7
        return float(free * drop / (0.32 * drowning**0.7 + drop))

    @property
    def widest(self) -> float:
        """Widest opening for which the formula holds: the gate still touches the water (a < 2/3 h). [m]."""
        return min(self.greatest_opening, 2.0 / 3.0 * self.upstream_depth)

    @property
    def ends(self) -> tuple[float, float]:
        """Closed, and the widest opening. [m]."""
        return 0.0, self.widest

    def setting(self, flow: float) -> float:
        """Opening for a discharge. [m]. Raises `InputError` beyond the widest opening."""
        if flow == 0.0:
            return 0.0
        most = self.flow(self.widest)
        if not 0.0 < flow <= most:
            raise _outside(self.structure, flow, 0.0, most, f"a gate of {self.width:g} m at {self.upstream_depth:g} m of water")
        return float(brentq(lambda opening: self.flow(opening) - flow, 0.0, self.widest, xtol=CLOSEST))


@dataclass(frozen=True)
class Weir:
    """An overshot gate; its setting is the level of its crest above the channel's zero [m].

        free = 2/3 coefficient sqrt(2 g) width h^1.5,  h = upstream_level - crest
        drowned, where d = downstream_level - crest > 0:  flow = free (1 - (d / h)^1.5)^0.385

    Poleni's formula; drowned flow after Villemonte 1947 (Engineering News-Record 139(26), 54-57). The crest stays between
    `lowest` and `highest`; the setting of no flow is `highest`, which must stand out of the water.
    """

    structure: str
    width: float
    """[m]"""

    upstream_level: float
    """[m]"""

    lowest: float
    """Lowest crest. [m]"""

    highest: float
    """Highest crest. [m]"""

    downstream_level: float = float("-inf")
    """[m]"""

    coefficient: float = 0.62
    """Of discharge. [-]"""

    def flow(self, setting: float) -> float:
        """Discharge over a crest at this level. [m3/s]."""
        crest = min(max(setting, self.lowest), self.highest)
        head, below = self.upstream_level - crest, self.downstream_level - crest
        if head <= 0.0 or below >= head:
            return 0.0
        free = 2.0 / 3.0 * self.coefficient * np.sqrt(2.0 * GRAVITY) * self.width * head**1.5
        return float(free if below <= 0.0 else free * (1.0 - (below / head) ** 1.5) ** 0.385)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest crest. [m]."""
        return self.lowest, self.highest

    def setting(self, flow: float) -> float:
        """Level of the crest for a discharge. [m]. Raises `InputError` where no crest between the lowest and highest gives it."""
        most, least = self.flow(self.lowest), self.flow(self.highest)
        if not least <= flow <= most:
            raise _outside(self.structure, flow, least, most, f"a crest between {self.lowest:g} and {self.highest:g} m")
        if flow == least:
            return self.highest
        return float(brentq(lambda crest: self.flow(crest) - flow, self.lowest, self.highest, xtol=CLOSEST))


@dataclass(frozen=True)
class PumpCurve:
    """A pump of variable speed against a pipe; its setting is the speed as a share of the rated one [-].

    pump: head = shut_off_head n^2 - curvature Q^2     (affinity laws)
    pipe: head = static_head + friction Q^2
    Q = sqrt((shut_off_head n^2 - static_head) / (curvature + friction))
    """

    structure: str
    shut_off_head: float
    """Head at rated speed without flow. [m]"""

    curvature: float
    """Of the pump. [m/(m3/s)2]"""

    static_head: float
    """[m]"""

    friction: float = 0.0
    """Of the pipe. [m/(m3/s)2]"""

    slowest: float = 0.5
    """Lowest speed at which it may run. [-]"""

    def flow(self, setting: float) -> float:
        """Discharge at a speed; below the slowest it stands still. [m3/s]."""
        if setting < self.slowest:
            return 0.0
        over = self.shut_off_head * min(setting, 1.0) ** 2 - self.static_head
        return float(np.sqrt(max(over, 0.0) / (self.curvature + self.friction)))

    @property
    def ends(self) -> tuple[float, float]:
        """Slowest and rated speed. [-]."""
        return self.slowest, 1.0

    def setting(self, flow: float) -> float:
        """Speed for a discharge; zero stands still. Raises `InputError` below the slowest and over the rated speed."""
        if flow == 0.0:
            return 0.0
        least, most = map(self.flow, self.ends)
        if not least <= flow <= most:
            raise _outside(self.structure, flow, least, most, f"speeds of {self.slowest:g} to 1 of the rated one")
        head = self.static_head + (self.curvature + self.friction) * flow**2
        return min(max(float(np.sqrt(head / self.shut_off_head)), self.slowest), 1.0)


@dataclass(frozen=True)
class RatedTable:
    """Settings and discharges that were measured, both rising; straight lines between them."""

    structure: str
    settings: tuple[float, ...]
    flows: tuple[float, ...]
    """[m3/s]"""

    def __post_init__(self) -> None:
        rising = all(np.all(np.diff(values) > 0) for values in (self.settings, self.flows))
        if len(self.settings) != len(self.flows) or len(self.settings) < 2 or not rising:
            allowed = "two or more pairs, each setting and each discharge above the one before"
            finding = Finding("a rating is no table", Place(component=self.structure), f"{len(self.settings)} settings", allowed)
            raise InputError("a rating cannot be used", (finding,))

    def flow(self, setting: float) -> float:
        """Discharge at a setting. [m3/s]."""
        return float(np.interp(setting, self.settings, self.flows))

    @property
    def ends(self) -> tuple[float, float]:
        """First and last setting."""
        return self.settings[0], self.settings[-1]

    def setting(self, flow: float) -> float:
        """Setting for a discharge. Raises `InputError` outside of the table."""
        if not self.flows[0] <= flow <= self.flows[-1]:
            raise _outside(self.structure, flow, self.flows[0], self.flows[-1], f"a table of {len(self.flows)} pairs")
        return float(np.interp(flow, self.flows, self.settings))


def _outside(structure: str, flow: float, least: float, most: float, rating: str) -> InputError:
    finding = Finding(
        "the discharge lies outside of the structure's rating",
        Place(component=structure),
        f"{flow:.4g} m3/s",
        f"{least:.4g} to {most:.4g} m3/s ({rating})",
        "Look at the levels that the rating was given, or order another structure.",
    )
    return InputError("no setting for a discharge", (finding,))
