"""What rules have in common that allow no more than something."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from waterbalance.network.component import Component

if TYPE_CHECKING:
    from waterbalance.horizon import Floats

IN_FORCE = "in_force"
"""A given of every limit: 1 in service, 0 out of service, in between where a step is partly both."""


class _Limit(Component):
    """A limit that holds while the rule is in service: limit = infinite where in_force = 0.

    A step that is partly in service is limited as a whole, which is the careful side.
    """

    is_rule: ClassVar[bool] = True
    idle_zero: ClassVar[tuple[str, ...]] = (IN_FORCE,)

    def default_given(self, name: str) -> float | None:
        """A limit is in force, unless the engine finds it out of service."""
        return 1.0 if name == IN_FORCE else super().default_given(name)


def while_in_force(limit: Floats | float | None, in_force: Floats) -> Floats:
    """The limit, infinite where it is not in force or there is none."""
    return np.where(in_force > 0, np.inf if limit is None else limit, np.inf)
