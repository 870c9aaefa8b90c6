"""What regressions leave over, by how the river stood: a day that is drawn lends its rank among days that stood alike.

    s = ln(|e| + mean |e| / 10) on level, level^2, change, |change| and rain        ridge regression: how large e is likely to be
    e[now] = the residual in the class of s[now] that has the rank of e[drawn] in the class of s[drawn]

After rain a river is hard to tell, in recession easy, and it errs to another side: three classes of equally many days tell
both. Ranks pass from class to class, so that a day that is drawn for all rivers is wet at all of them; from a day that stood as
today comes its own residual. Within the first 70 % of seven rivers a scale exp(s) in the place of classes won half as much on the
first day and lost from the second on; five classes were as good as three; classes beyond five days ahead lost.

Source: filtered historical simulation, Barone-Adesi, G. et al. (1999),
doi:10.1002/(SICI)1096-9934(199908)19:5<583::AID-FUT5>3.0.CO;2-S, with ranks for scales.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from waterbalance.forecast.river_state import ridge_weights

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

CLASSES: Final = 3

NEAR: Final = 5
"""Days ahead on which residuals go by how the river stands. [day]"""

_SMALL: Final = 0.1


@dataclass(frozen=True)
class ResidualStates:
    """Residuals of one regression."""

    weights: Floats
    """Of s, shape (columns,)."""

    bounds: Floats
    """From which s on the next class begins, shape (classes - 1,)."""

    starts: npt.NDArray[np.intp]
    """Where the residuals of each class begin, and the last end, shape (classes + 1,)."""

    ordered: Floats
    """Residuals, class after class, in each from the least to the greatest."""

    ranks: Floats
    """Of every day of the record within its class, from 0 to 1; 0.5 where its residual is not known, shape (days,)."""

    def lent(self, columns: Floats, drawn: npt.NDArray[np.intp]) -> Floats:
        """Residuals now, shape like `drawn`, with what s is told by, shape (columns,) or (members, columns)."""
        now = self._classes(columns)
        counts = self.starts[now + 1] - self.starts[now]
        return self.ordered[self.starts[now] + (self.ranks[drawn] * counts).astype(np.intp)]

    def sizes(self, residuals: Floats, columns: Floats, most: float) -> Floats:
        """How large residuals are beside the usual ones of their class, one in the mean of those that were learned from [1].

        Both are cut at `most` times the mean size of the class; NaN where unknown; shape like `residuals`.
        """
        parts = [np.abs(part) for part in np.split(self.ordered, self.starts[1:-1])]
        bounds = np.array([most * part.mean() for part in parts])
        usual = np.array([np.minimum(part, bound).mean() for part, bound in zip(parts, bounds, strict=True)])
        now = self._classes(columns)
        with np.errstate(invalid="ignore"):
            return np.where(usual[now] > 0.0, np.minimum(np.abs(residuals), bounds[now]) / usual[now], 1.0)

    def _classes(self, columns: Floats) -> npt.NDArray[np.intp]:
        return np.searchsorted(self.bounds, columns @ self.weights, side="right")


def residual_states(residuals: Floats, columns: Floats) -> ResidualStates:
    """Learn from the residuals of every day of a record, NaN where unknown, and what s is told by, shape (days, columns)."""
    known = np.flatnonzero(np.isfinite(residuals) & np.isfinite(columns).all(axis=1))
    sizes = np.abs(residuals[known])
    weights = ridge_weights(columns[known], np.log(np.maximum(sizes + _SMALL * sizes.mean(), 1.0e-12)))
    likely = columns[known] @ weights
    ranks = np.full(len(residuals), 0.5)
    parts = np.array_split(np.argsort(likely, kind="stable"), min(CLASSES, len(known)))
    ordered = []
    for part in parts:
        by_size = known[part][np.argsort(residuals[known[part]], kind="stable")]
        ranks[by_size] = (np.arange(len(part)) + 0.5) / len(part)
        ordered.append(residuals[by_size])
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    return ResidualStates(weights, np.array([likely[part[0]] for part in parts[1:]]), starts, np.concatenate(ordered), ranks)
